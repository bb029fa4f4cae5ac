import { describe, expect, it } from "vitest";
import { seeded } from "./fixture";
import { RangeAllocator } from "./range_allocator";

describe("stretches of a buffer", () => {
  it("follow one another until one is given back, whose place is then taken again", () => {
    const of = new RangeAllocator();
    expect([of.take(10), of.take(20), of.take(5)]).toEqual([0, 10, 30]);
    of.give(10, 20);
    expect(of.take(8)).toBe(10);
    expect(of.take(12)).toBe(18);
    expect([of.end, of.used]).toEqual([35, 35]);
  });

  it("go where they leave the smallest hole", () => {
    const of = new RangeAllocator();
    for (const count of [10, 1, 6, 1, 8, 1]) of.take(count);
    for (const [first, count] of [
      [0, 10],
      [11, 6],
      [18, 8],
    ] as const)
      of.give(first, count);
    expect(of.take(7)).toBe(18);
    expect(of.take(6)).toBe(11);
    expect(of.take(10)).toBe(0);
  });

  it("become one hole when they touch, and the end moves back when the last is free", () => {
    const of = new RangeAllocator();
    for (let i = 0; i < 4; i += 1) of.take(10);
    of.give(10, 10);
    of.give(30, 10);
    expect(of.end).toBe(30);
    of.give(20, 10);
    expect(of.end).toBe(10);
    of.give(0, 10);
    expect([of.end, of.used]).toEqual([0, 0]);
  });

  it("never overlap, whatever is taken and given back (seed 20261122)", () => {
    const random = seeded(20261122);
    const of = new RangeAllocator();
    const held: { first: number; count: number }[] = [];
    for (let round = 0; round < 3000; round += 1) {
      if (held.length > 0 && random() < 0.48) {
        const [gone] = held.splice(Math.floor(random() * held.length), 1);
        if (gone) of.give(gone.first, gone.count);
      } else {
        const count = 1 + Math.floor(random() * 50);
        held.push({ first: of.take(count), count });
      }
      if (round % 100 !== 0) continue;
      const sorted = [...held].sort((a, b) => a.first - b.first);
      sorted.forEach(({ first, count }, i) => {
        expect(first + count).toBeLessThanOrEqual(sorted[i + 1]?.first ?? of.end);
      });
      expect(of.used).toBe(held.reduce((sum, { count }) => sum + count, 0));
    }
    for (const { first, count } of held) of.give(first, count);
    expect([of.end, of.used]).toEqual([0, 0]);
  });

  it("fit below a limit only where there is room", () => {
    const of = new RangeAllocator();
    of.take(10);
    of.take(10);
    of.give(0, 10);
    expect(of.fits(10, 20)).toBe(true);
    expect(of.fits(11, 20)).toBe(false);
    expect(of.fits(11, 31)).toBe(true);
  });
});
