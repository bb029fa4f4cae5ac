import { describe, expect, it } from "vitest";
import { throwArc } from "./arc";

describe("the teleport arc", () => {
  it("lands on the floor where a ball of that speed would", () => {
    const { landing } = throwArc([0, 1.2, 0], [0, 0, -1], () => null);
    // t = sqrt(2h/g) = 0.495 s at 5.5 m/s: 2.72 m, with the error of thirty steps a second.
    expect(landing?.[1]).toBe(0);
    expect(landing?.[2]).toBeGreaterThan(-2.9);
    expect(landing?.[2]).toBeLessThan(-2.5);
  });

  it("stands on what is level and not on a wall", () => {
    const step = throwArc([0, 1.2, 0], [0, 0, -1], (_from, to) =>
      to[2] < -1 ? { point: [0, 0.4, -1], normal: [0, 1, 0] } : null,
    );
    expect(step.landing).toEqual([0, 0.4, -1]);
    const wall = throwArc([0, 1.2, 0], [0, 0, -1], (_from, to) =>
      to[2] < -1 ? { point: [0, 1, -1], normal: [0, 0, 1] } : null,
    );
    expect(wall.landing).toBeNull();
  });

  it("thrown straight up comes down again", () => {
    const { landing } = throwArc([0.5, 1, 0.5], [0, 1, 0], () => null);
    expect(landing?.[0]).toBeCloseTo(0.5, 9);
    expect(landing?.[2]).toBeCloseTo(0.5, 9);
  });
});
