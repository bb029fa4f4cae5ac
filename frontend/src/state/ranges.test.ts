import { describe, expect, test } from "vitest";
import { RangeSet } from "./ranges";

/** A repeatable random sequence (mulberry32); the seed is in the test's name when it fails. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const LIMIT = 60;

function numbers(next: () => number): number[] {
  const count = Math.floor(next() * 40);
  return Array.from({ length: count }, () => Math.floor(next() * LIMIT));
}

const sorted = (set: ReadonlySet<number>): number[] => [...set].sort((a, b) => a - b);

describe.each(Array.from({ length: 40 }, (_, seed) => seed))("seed %i", (seed) => {
  const next = random(seed);
  const [a, b] = [numbers(next), numbers(next)];
  const [left, right] = [RangeSet.from(a), RangeSet.from(b)];
  const [naiveLeft, naiveRight] = [new Set(a), new Set(b)];

  test("every operation agrees with a plain set", () => {
    const universe = Array.from({ length: LIMIT }, (_, number) => number);
    expect([...left]).toEqual(sorted(naiveLeft));
    expect(left.size).toBe(naiveLeft.size);
    expect(universe.filter((number) => left.has(number))).toEqual(sorted(naiveLeft));
    expect([...left.union(right)]).toEqual(sorted(new Set([...a, ...b])));
    expect([...left.intersect(right)]).toEqual(
      sorted(naiveLeft).filter((number) => naiveRight.has(number)),
    );
    expect([...left.minus(right)]).toEqual(
      sorted(naiveLeft).filter((number) => !naiveRight.has(number)),
    );
    expect([...left.invert(LIMIT)]).toEqual(universe.filter((number) => !naiveLeft.has(number)));
    expect(left.contains(right)).toBe(b.every((number) => naiveLeft.has(number)));
    expect(left.meets(right)).toBe(a.some((number) => naiveRight.has(number)));
    expect(left.first).toBe(sorted(naiveLeft)[0] ?? null);
  });

  test("ranges are disjoint, ascending and never adjacent, so that equal sets are written equally", () => {
    const pairs = left.union(right).toJSON();
    pairs.forEach(([first, last], index) => {
      const before = pairs[index - 1];
      expect(last).toBeGreaterThanOrEqual(first);
      if (before) expect(first).toBeGreaterThan(before[1] + 1);
    });
    expect(RangeSet.fromRanges(pairs).equals(left.union(right))).toBe(true);
  });
});

test("the wire form is a list of pairs", () => {
  expect(JSON.stringify(RangeSet.of(3, 1, 2, 9))).toBe("[[1,3],[9,9]]");
});

test("hiding all but one of 100,000 is two ranges", () => {
  expect(RangeSet.of(42).invert(100_000).toJSON()).toEqual([
    [0, 41],
    [43, 99_999],
  ]);
});

test("an inverted range of negative length is empty", () => {
  expect(RangeSet.span(5, 4).isEmpty).toBe(true);
  expect(RangeSet.empty.invert(0).isEmpty).toBe(true);
});
