import { describe, expect, it } from "vitest";
import type { Vec3 } from "../../state/model";
import { type Palm, palmAsks } from "./palm";

const eye: Vec3 = [0, 1.6, 0];

/** A left hand held up half a metre before the eyes, its palm to them: the thumb is at the left. */
function left(reach = 0.17): Palm {
  const wrist: Vec3 = [0, 1.5, -0.5];
  return {
    wrist,
    indexBase: [-0.03, 1.59, -0.5],
    littleBase: [0.03, 1.58, -0.5],
    indexTip: [-0.03, 1.5 + reach, -0.5],
    middleTip: [0, 1.5 + reach, -0.5],
    littleTip: [0.03, 1.5 + reach - 0.02, -0.5],
  };
}

describe("a palm that asks for the menu", () => {
  it("is flat, faces the eyes and is looked at", () => {
    expect(palmAsks(left(), "left", eye, [0, 0, -1])).toBe(true);
  });

  it("is not a fist, not the back of a hand, and not a hand beside the gaze", () => {
    expect(palmAsks(left(0.06), "left", eye, [0, 0, -1])).toBe(false);
    expect(palmAsks(left(), "right", eye, [0, 0, -1])).toBe(false);
    expect(palmAsks(left(), "left", eye, [1, 0, 0])).toBe(false);
  });
});
