import { describe, expect, it } from "vitest";
import { type Seen, lookOf, periscopePlace, solidity } from "./looks";

const beside: Seen = {
  ...{ inXr: true, theirScale: 20, myScale: 20, others: 3, speaking: false, distance: 1.5 },
};

describe("how others are drawn", () => {
  it.each<[string, Partial<Seen>, string]>([
    ["at the same table", {}, "full"],
    ["in a crowd", { others: 13 }, "head"],
    ["in a large crowd", { others: 25 }, "pin"],
    ["in a large crowd, speaking", { others: 25, speaking: true }, "head"],
    ["at a table, seen from 1:1", { myScale: 1 }, "periscope"],
    ["at 1:1, seen from the table", { theirScale: 1 }, "figurine"],
    ["at 1:1, far from the table", { theirScale: 1, distance: 5 }, "pin"],
    ["at a desk", { inXr: false }, "monitor"],
  ])("somebody %s", (_where, more, look) => {
    expect(lookOf({ ...beside, ...more })).toBe(look);
  });

  it("keeps a giant's periscope on their bearing and as tall as a person", () => {
    const [x, y, z] = periscopePlace([30, 35, -40], [0, 1.6, 0]);
    expect(y).toBeLessThanOrEqual(2);
    expect(Math.hypot(x, z)).toBeCloseTo(4, 9);
    expect(x / z).toBeCloseTo(30 / -40, 9);
    expect(periscopePlace([1, 1.5, 0], [0, 1.6, 0])).toEqual([1, 1.5, 0]);
  });

  it("fades who comes nearer than half a metre, unless that is switched off", () => {
    expect(solidity(0.5, true)).toBe(1);
    expect(solidity(0.42, true)).toBeLessThan(0.5);
    expect(solidity(0.2, true)).toBe(0);
    expect(solidity(0.2, false)).toBe(1);
  });
});
