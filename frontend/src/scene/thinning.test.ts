import { expect, test } from "vitest";
import { countedShare } from "./thinning";

test("any stretch of a list counts as everything from half to twice its size", () => {
  for (const first of [0, 1_000, 99_900]) {
    const shares = Array.from({ length: 100 }, (_, i) => countedShare(first + i)).sort(
      (a, b) => a - b,
    );
    expect(shares[0]).toBeGreaterThanOrEqual(0.5);
    expect(shares[99]).toBeLessThan(2);
    shares.forEach((share, i) => expect(Math.abs(share - (0.5 + 0.015 * i))).toBeLessThan(0.04));
  }
});

test("a part counts the same in every picture", () => {
  expect(countedShare(4711)).toBe(countedShare(4711));
});
