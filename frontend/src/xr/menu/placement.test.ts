import { describe, expect, it } from "vitest";
import type { Vec3 } from "../../state/model";
import { MAIN, handPlace, mainPlace, noNearer } from "./placement";

const eye: Vec3 = [0, 1.6, 0];

describe("where boards stand", () => {
  it("puts the main panel 1.2 m away, its top 5° below the eyes, however the head leans", () => {
    const { position, distance } = mainPlace(eye, [0, -0.9, -0.1]);
    expect(distance).toBe(1.2);
    const [x, y, z] = position;
    expect(Math.hypot(x, y - 1.6, z)).toBeCloseTo(1.2, 9);
    const middle = Math.atan2(1.6 - y, -z);
    expect(((middle - (11 * Math.PI) / 180) * 180) / Math.PI).toBeCloseTo(5, 9);
    expect(MAIN.width).toBeGreaterThan(32);
  });

  it("has nothing nearer than an arm's length", () => {
    const near = noNearer([0, 1.6, -0.1], eye);
    expect(near.position[2]).toBeCloseTo(-0.45, 9);
    expect(noNearer(eye, eye).distance).toBeGreaterThanOrEqual(0.4);
  });

  it("stands above a controller, and beside a bare palm at the little finger", () => {
    const hand: Vec3 = [-0.2, 1.2, -0.5];
    expect(handPlace(hand, "left", false, eye, [1, 0, 0]).position[1]).toBeCloseTo(1.33, 9);
    expect(handPlace(hand, "left", true, eye, [1, 0, 0]).position[0]).toBeCloseTo(-0.1, 9);
    expect(handPlace(hand, "right", true, eye, [1, 0, 0]).position[0]).toBeCloseTo(-0.3, 9);
  });
});
