import { expect, it } from "vitest";
import { LaserTrail, TRAIL_MS } from "./laser_trail";

it("fades over a second and a half and is over then", () => {
  const trail = new LaserTrail();
  trail.add([0, 0, 0], 0);
  trail.add([1, 0, 0], 100);
  expect(trail.pieces(100)).toEqual([{ from: [0, 0, 0], to: [1, 0, 0], left: 1 }]);
  const [half] = trail.pieces(100 + TRAIL_MS / 2 - 100);
  expect(half?.left).toBeCloseTo(0.566, 2);
  expect(trail.isOver(1_599)).toBe(false);
  expect(trail.pieces(1_600)).toEqual([]);
  expect(trail.isOver(1_600)).toBe(true);
});

it("keeps a bounded number of points however often it is told", () => {
  const trail = new LaserTrail();
  for (let ms = 0; ms < 3_000; ms += 2) trail.add([ms, 0, 0], ms);
  expect(trail.pieces(3_000).length).toBeLessThan(66);
  expect(trail.pieces(3_000).at(-1)?.to).toEqual([2_998, 0, 0]);
});
