import { describe, expect, it } from "vitest";
import {
  DISPLAY_MODES,
  USUAL_DISPLAY,
  USUAL_POINTS,
  captureDisplaying,
  createDisplaying,
  inMode,
  modeOf,
  restoreDisplaying,
} from "./displaying";

describe("what a viewpoint keeps of the display", () => {
  it("comes back as it was", () => {
    const state = createDisplaying();
    state.display.set({ ...USUAL_DISPLAY, shading: "wireframe", grid: true, background: "white" });
    state.points.set({ ...USUAL_POINTS, colours: "class", hiddenClasses: [2, 6], pixels: 4 });
    const kept: unknown = JSON.parse(JSON.stringify(captureDisplaying(state)));
    const other = createDisplaying();
    restoreDisplaying(other, kept);
    expect(other.display.get()).toEqual(state.display.get());
    expect(other.points.get()).toEqual(state.points.get());
  });

  it("leaves the projection to the camera", () => {
    const state = createDisplaying();
    state.display.set({ ...USUAL_DISPLAY, projection: "orthographic" });
    restoreDisplaying(state, captureDisplaying(createDisplaying()));
    expect(state.display.get().projection).toBe("orthographic");
  });

  it("is as usual where it makes no sense", () => {
    const state = createDisplaying();
    restoreDisplaying(state, { shading: "neon", edges: 3, points: { pixels: 1e9, metres: "x" } });
    expect(state.display.get()).toEqual(USUAL_DISPLAY);
    expect(state.points.get()).toEqual({ ...USUAL_POINTS, pixels: 12 });
    restoreDisplaying(state, null);
    expect(state.display.get()).toEqual(USUAL_DISPLAY);
  });

  it("keeps class codes once and in order", () => {
    const state = createDisplaying();
    restoreDisplaying(state, { points: { hiddenClasses: [6, 2, 6, -1, 300, 2.5, "2"] } });
    expect(state.points.get().hiddenClasses).toEqual([2, 6]);
  });
});

describe("the modes of the Display menu", () => {
  it("are told apart again", () => {
    for (const mode of DISPLAY_MODES) expect(modeOf(inMode(USUAL_DISPLAY, mode))).toBe(mode);
  });
});
