import { describe, expect, it } from "vitest";
import type { Vec3 } from "../../state/model";
import { distance } from "../vector";
import { distanceToTriangles, nearestOnTriangle } from "./mesh";

const P: Vec3 = [0.3, 0.4, 2];
const corners: Record<string, readonly [Vec3, Vec3, Vec3]> = {
  "a triangle": [
    [0, 0, 0],
    [1, 0, 0],
    [0, 1, 0],
  ],
  "a line whose first corners are one": [
    [0, 0, 0],
    [0, 0, 0],
    [1, 1, 0],
  ],
  "a line whose last corners are one": [
    [0, 0, 0],
    [1, 1, 0],
    [1, 1, 0],
  ],
  "a line that comes back": [
    [0, 0, 0],
    [1, 1, 0],
    [0, 0, 0],
  ],
  "a line in three parts": [
    [0, 0, 0],
    [1, 1, 0],
    [0.2, 0.2, 0],
  ],
  "a point": [
    [0.3, 0.4, 1],
    [0.3, 0.4, 1],
    [0.3, 0.4, 1],
  ],
};
const feet: Record<string, Vec3> = {
  "a triangle": [0.3, 0.4, 0],
  "a point": [0.3, 0.4, 1],
};

describe("the nearest point of", () => {
  for (const [name, three] of Object.entries(corners))
    it(`${name}, whichever corner comes first`, () => {
      const foot = feet[name] ?? [0.35, 0.35, 0];
      const [a, b, c] = three;
      for (const [x, y, z] of [
        [a, b, c],
        [b, c, a],
        [c, a, b],
        [c, b, a],
      ] as const) {
        expect(distance(nearestOnTriangle(P, x, y, z), foot)).toBeLessThan(1e-12);
        const away = distanceToTriangles(Float64Array.of(...x, ...y, ...z), P);
        expect(away).toBeCloseTo(distance(P, foot), 12);
      }
    });
});
