import { expect, test } from "vitest";
import { MOST_ROWS, scrollFor, windowOf } from "./virtual";

test("a window of rows surrounds what is seen", () => {
  const seen = windowOf(1000, 28, 2800, 280);
  expect(seen.first).toBe(94);
  expect(seen.end).toBeGreaterThanOrEqual(111);
  expect(seen.top).toBe(94 * 28);
  expect(seen.height).toBe(28_000);
});

test("never more than 80 rows, however tall the view and wherever it stands", () => {
  for (const height of [100, 800, 2000, 4000])
    for (const top of [0, 5000, 1e6, 2.8e6]) {
      const seen = windowOf(100_000, 28, top, height);
      expect(seen.end - seen.first).toBeLessThanOrEqual(MOST_ROWS);
    }
});

test("the last row is reached though the list is taller than browsers allow", () => {
  const count = 2_000_000;
  const seen = windowOf(count, 36, 0, 900);
  expect(seen.height).toBeLessThan(17_000_000);
  const end = windowOf(count, 36, seen.height - 900, 900);
  expect(end.end).toBe(count);
  // The last row stands at the very bottom of the view.
  const bottom = end.top + (count - end.first) * 36;
  expect(bottom).toBeCloseTo(seen.height, 1);
});

test("scrolling to a row moves no more than needed, and not at all when it is seen", () => {
  expect(scrollFor(5, "nearest", 100, 28, 0, 280)).toBeNull();
  expect(scrollFor(20, "nearest", 100, 28, 0, 280)).toBe(21 * 28 - 280);
  expect(scrollFor(0, "nearest", 100, 28, 500, 280)).toBe(0);
  expect(scrollFor(50, "center", 100, 28, 0, 280)).toBe(50 * 28 + 14 - 140);
  expect(scrollFor(99, "center", 100, 28, 0, 280)).toBe(2800 - 280);
  const far = scrollFor(1_999_999, "nearest", 2_000_000, 36, 0, 900) ?? 0;
  expect(windowOf(2_000_000, 36, far, 900).end).toBe(2_000_000);
});
