import { describe, expect, it } from "vitest";
import { RangeSet } from "../state/ranges";
import {
  NO_GEOMETRY,
  buildDrawList,
  emptyDrawList,
  residentSlot,
  type DrawRanges,
} from "./draw_list";

/** Two geometries, three levels; geometry 1 does not change between its levels and stands in the coarsest only. */
const RANGES: DrawRanges = {
  levels: 3,
  first: Int32Array.of(0, 60, 90, 0, 0, 99),
  count: Int32Array.of(60, 30, 9, 0, 0, 12),
};

describe("which level is there", () => {
  it("is the wanted one, else the next coarser, else the next finer", () => {
    expect(residentSlot(RANGES, 0, 1)).toBe(1);
    expect(residentSlot(RANGES, 1, 0)).toBe(5);
    const onlyFine: DrawRanges = { ...RANGES, count: Int32Array.of(60, 0, 0, 0, 0, 0) };
    expect(residentSlot(onlyFine, 0, 2)).toBe(0);
    expect(residentSlot(onlyFine, 1, 2)).toBe(-1);
  });

  it("never reaches into the next geometry when there are fewer levels than wanted", () => {
    const edges: DrawRanges = { levels: 1, first: Int32Array.of(0, 8), count: Int32Array.of(8, 4) };
    expect(residentSlot(edges, 0, 3)).toBe(0);
  });
});

describe("the draw list", () => {
  const ALL = new Uint8Array(6).fill(1);
  const geometry = Uint32Array.of(0, 1, 0, NO_GEOMETRY, 0, 1);
  const level = Uint8Array.of(0, 0, 2, 0, 0, 1);

  it("has one sub-draw per geometry and level, with its visible occurrences", () => {
    const drawn = Uint8Array.of(1, 1, 1, 1, 0, 1);
    const list = emptyDrawList();
    buildDrawList({ geometry, level, ranges: RANGES, candidates: null, drawn }, list);
    expect(list.subDraws).toBe(3);
    const draws = Array.from({ length: list.subDraws }, (_, d) => {
      const from = list.entries[d] ?? 0;
      return {
        first: list.firsts[d],
        count: list.counts[d],
        of: [...list.entries.slice(from, from + (list.instances[d] ?? 0))],
      };
    });
    expect(draws).toEqual([
      { first: 0, count: 60, of: [0] },
      { first: 90, count: 9, of: [2] },
      { first: 99, count: 12, of: [1, 5] },
    ]);
    expect(list.elements).toBe(60 + 9 + 24);
    expect(list.occurrences).toBe(4);
  });

  it("has of each occurrence the kinds of geometry asked for", () => {
    const list = emptyDrawList();
    const kinds = Uint8Array.of(1, 1, 3, 0, 0, 2);
    const drawn = Uint8Array.of(1, 1, 2, 3, 2, 3);
    buildDrawList({ geometry, level, ranges: RANGES, candidates: null, drawn, kinds }, list);
    const entries = [...list.entries.slice(list.subDraws, list.length)];
    expect(entries.sort()).toEqual([0, 2, 5]);
  });

  it("looks only at candidates when there are some", () => {
    const list = emptyDrawList();
    buildDrawList(
      { geometry, level, ranges: RANGES, candidates: RangeSet.of(1, 4), drawn: ALL },
      list,
    );
    expect(list.occurrences).toBe(2);
  });

  it("holds 100,000 occurrences and keeps the entries in whole texture rows", () => {
    const many = new Uint32Array(100_000);
    const list = emptyDrawList();
    buildDrawList(
      {
        geometry: many,
        level: new Uint8Array(100_000),
        ranges: RANGES,
        candidates: null,
        drawn: new Uint8Array(100_000).fill(1),
      },
      list,
    );
    expect(list.subDraws).toBe(1);
    expect(list.instances[0]).toBe(100_000);
    expect(list.entries.length % 1024).toBe(0);
    expect(list.entries[100_000]).toBe(99_999);
  });
});
