import { describe, expect, it } from "vitest";
import type { CameraPose } from "../state/workspace";
import { SteadyView } from "./steady_view";

const camera = (x: number, up: CameraPose["up"] = [0, 1, 0]): CameraPose => ({
  ...{ position: [x, 0, 0], target: [x, 0, -10], up, fov_rad: 1, ortho_height_m: null },
});

describe("a headset's view at a desk", () => {
  it("keeps the horizon level", () => {
    expect(new SteadyView().follow(camera(0, [0.6, 0.8, 0]), 0).up).toEqual([0, 1, 0]);
  });

  it("calms small movements and comes to rest where the head is", () => {
    const view = new SteadyView();
    view.follow(camera(0), 0);
    const soon = view.follow(camera(0.1), 50).position[0];
    expect(soon).toBeGreaterThan(0);
    expect(soon).toBeLessThan(0.03);
    let last = soon;
    for (let ms = 100; ms < 4_000; ms += 50) last = view.follow(camera(0.1), ms).position[0];
    expect(last).toBeCloseTo(0.1, 5);
  });

  it("jumps where the head jumped", () => {
    const view = new SteadyView();
    view.follow(camera(0), 0);
    expect(view.follow(camera(9), 50).position[0]).toBe(9);
  });
});
