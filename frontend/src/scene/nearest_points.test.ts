import { describe, expect, it } from "vitest";
import { NearestPoints } from "./nearest_points";

/** Numbers from 0 to 1 (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function nearest(points: Float32Array, place: readonly number[]): number {
  let best = Infinity;
  let value = NaN;
  for (let at = 0; at < points.length; at += 4) {
    const away = Math.hypot(
      ...[0, 1, 2].map((axis) => (points[at + axis] ?? 0) - (place[axis] ?? 0)),
    );
    if (away < best) [best, value] = [away, points[at + 3] ?? NaN];
  }
  return value;
}

describe("the nearest of many points", () => {
  it.each([1, 2, 3])("is the one that looking at all of them finds, seed %i", (seed) => {
    const next = generator(seed);
    // A thin plate: most cubes of the grid are empty.
    const points = Float32Array.from({ length: 4 * 500 }, (_, at) =>
      at % 4 === 2 ? next() * 0.01 : at % 4 === 3 ? at : next(),
    );
    const found = new NearestPoints(points);
    for (let i = 0; i < 200; i += 1) {
      const place = [next() * 3 - 1, next() * 3 - 1, next() * 3 - 1] as const;
      expect(found.valueAt(...place)).toBe(nearest(points, place));
    }
  });

  it("is the only one, wherever one asks, and none of none", () => {
    expect(new NearestPoints(Float32Array.of(1, 2, 3, 7)).valueAt(-5, 0, 9)).toBe(7);
    expect(new NearestPoints(new Float32Array(0)).valueAt(0, 0, 0)).toBeNaN();
  });
});
