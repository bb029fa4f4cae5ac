import { describe, expect, it } from "vitest";
import type { CameraPose } from "../../state/workspace";
import { type Hop, hopDue } from "./hops";

const last: Hop = { atMs: 0, eye: [0, 0, 0], target: [0, 0, -1] };
const camera = (more: Partial<CameraPose>): CameraPose => ({
  ...{ position: [0, 0, 0], target: [0, 0, -1], up: [0, 1, 0], fov_rad: 1, ortho_height_m: null },
  ...more,
});

describe("following by hops", () => {
  it("begins at once and waits two seconds from then on", () => {
    const there = camera({ position: [5, 0, 0] });
    expect(hopDue(null, there, 0, 1)).toBe(true);
    expect(hopDue(last, there, 1_999, 1)).toBe(false);
    expect(hopDue(last, there, 2_000, 1)).toBe(true);
  });

  it("stays while they hardly move, at my scale", () => {
    const near = camera({ position: [1, 0, 0], target: [1, 0, -1] });
    expect(hopDue(last, near, 9_000, 20)).toBe(false);
    expect(hopDue(last, near, 9_000, 1)).toBe(true);
    expect(hopDue(last, camera({ target: [1, 0, -1] }), 9_000, 20)).toBe(true);
  });
});
