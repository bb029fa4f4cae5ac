import { beforeEach, describe, expect, it } from "vitest";
import { plainComparing } from "../state/areas/comparing";
import type { Bounds } from "../state/model";
import { type CameraPose, type Workspace, createWorkspace } from "../state/workspace";
import { ViewCamera } from "./camera";
import { ComparePanes } from "./compare_panes";

const CANVAS = { clientWidth: 800, clientHeight: 400 };
const BOX: Bounds = { min: [-1, -1, -1], max: [1, 1, 1] };
const AHEAD: CameraPose = {
  position: [0, 0, 5],
  target: [0, 0, 0],
  up: [0, 1, 0],
  fov_rad: 0.8,
  ortho_height_m: null,
};
let workspace: Workspace;
let view: ViewCamera;
let panes: ComparePanes;

function apart(mode: "overlay" | "side_by_side" = "side_by_side"): void {
  workspace.comparing.set({ ...plainComparing("old", "B"), mode });
  workspace.comparison.set({
    ...{ state: "ready", counts: {}, approximate: 0, unchecked: 0, stops: [], stopCount: 0 },
    columns: {
      from: new Uint8Array(1),
      to: new Uint8Array(1),
      partnersTo: new Int32Array(1),
      partnersFrom: new Int32Array(1),
    },
  });
  view.setAspect(panes.aspect);
  view.apply(BOX);
}

beforeEach(() => {
  workspace = createWorkspace();
  view = new ViewCamera(AHEAD);
  panes = new ComparePanes(CANVAS, workspace, view);
});

describe("two revisions side by side", () => {
  it("have half of the picture each, and one picture has all of it", () => {
    apart("overlay");
    expect([panes.split, panes.aspect, panes.isOld(10)]).toEqual([false, 2, false]);
    expect(panes.project([0, 0, 0])?.x).toBeCloseTo(400);
    apart();
    expect([panes.split, panes.aspect]).toEqual([true, 1]);
    expect([panes.isOld(399), panes.isOld(400)]).toEqual([true, false]);
  });

  it("show the same point in the middle of both halves", () => {
    apart();
    expect(panes.project([0, 0, 0])?.x).toBeCloseTo(600);
    expect(panes.projectOld([0, 0, 0])?.x).toBeCloseTo(200);
    // What one half shows beyond its edge does not stand in the other one.
    expect(panes.projectOld([3, 0, 0])).toBeNull();
  });

  it("are met by the same ray at the same place of each half", () => {
    apart();
    const [left, right] = [panes.rayAt(250, 120), panes.rayAt(650, 120)];
    expect(left.direction.distanceTo(right.direction)).toBeLessThan(1e-12);
  });

  it("are seen by one camera until they are unlocked, then the hand moves the one it is on", () => {
    apart();
    expect(panes.take(AHEAD)).toBe(false);
    workspace.comparing.update((now) => now && { ...now, oldCamera: AHEAD });
    expect(panes.unlocked).toBe(true);
    expect(panes.handled).toBe(view);
    const canvas = Object.assign(new EventTarget(), {
      getBoundingClientRect: () => ({ left: 0 }),
    });
    const press = (clientX: number): boolean =>
      canvas.dispatchEvent(Object.assign(new Event("pointerdown"), { clientX }));
    const stop = panes.listen(canvas);
    press(100);
    expect(panes.handled).not.toBe(view);
    const elsewhere: CameraPose = { ...AHEAD, position: [5, 0, 0] };
    expect(panes.take(elsewhere)).toBe(true);
    expect(workspace.comparing.get()?.oldCamera).toBe(elsewhere);
    press(500);
    expect(panes.take(elsewhere)).toBe(false);
    stop();
  });

  it("are one picture in a headset", () => {
    apart();
    panes.whole = true;
    expect([panes.split, panes.aspect]).toEqual([false, 2]);
  });
});
