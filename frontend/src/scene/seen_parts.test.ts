import { expect, test } from "vitest";
import { seenParts } from "./seen_parts";

/** Two boards, the nearer over the right half; a speck that no grid meets. */
function pick(x: number, y: number) {
  if (Math.hypot(x - 31, y - 41) < 2) return { occurrence: 7, distance: 1 };
  if (x >= 100) return { occurrence: 3, distance: 5 };
  return y < 100 ? { occurrence: 5, distance: 9 } : null;
}
const SIZE = { width: 200, height: 200 };

test("what can be seen is listed nearest first, each with a point that is on it", () => {
  const seen = seenParts(pick, SIZE, [], () => 0);
  expect(seen.map(({ occurrence }) => occurrence)).toEqual([3, 5]);
  for (const { occurrence, x, y } of seen) expect(pick(x, y)?.occurrence).toBe(occurrence);
  expect(seen[0]?.x).toBeGreaterThan(120);
});

test("small parts are looked for where they should be, and left out when hidden behind others", () => {
  const small = [
    { occurrence: 7, x: 31, y: 41 },
    { occurrence: 9, x: 150, y: 50 },
  ];
  const seen = seenParts(pick, SIZE, small, () => 0);
  expect(seen.map(({ occurrence }) => occurrence)).toEqual([7, 3, 5]);
});

test("looking ends with its time", () => {
  let ms = 0;
  let looks = 0;
  const slow = (x: number, y: number) => {
    ms += 10;
    looks += 1;
    return pick(x, y);
  };
  seenParts(slow, { width: 2000, height: 2000 }, [], () => ms);
  expect(looks).toBeLessThan(120);
});
