import { describe, expect, it } from "vitest";
import type { Viewpoint } from "../protocol/viewpoint";
import { RangeSet } from "./ranges";
import { structureOf } from "./viewpoint.test-data";
import { byId, localise } from "./viewpoint_parts";

const BASE: Viewpoint = {
  format: "holotable-viewpoint/1",
  revision_id: "0190b6d4-0000-7000-8000-000000000000",
};
/** Rev C: `id-400` is new; part 5 of Rev B is gone; all others stand one further on from 100. */
const REV_C = structureOf(1_000);
const B_TO_C = {
  other_count: 1_000,
  runs: [
    [0, 0, 5],
    [6, 5, 95],
    [101, 101, 899],
  ],
} as const;

describe("parts of a view", () => {
  it("made on this model stay as they are", () => {
    const visibility = { hidden: [[1, 3]] as const, isolated: false, ghosted: [] };
    const { viewpoint, newer, gone } = localise({ ...BASE, visibility }, REV_C, null);
    expect(viewpoint.visibility).toEqual(visibility);
    expect([newer.size, gone]).toEqual([0, 0]);
  });

  it("beyond this model's end are left out", () => {
    const said = { ...BASE, visibility: { hidden: [[990, 2_000]] as const } };
    expect(localise(said, REV_C, null).viewpoint.visibility?.hidden).toEqual([[990, 999]]);
  });

  it("made on another revision are found by their stable ids, and the lost are counted", () => {
    const said = {
      ...BASE,
      visibility: {
        hidden: [
          [4, 7],
          [99, 102],
        ] as const,
      },
    };
    const { viewpoint, gone } = localise(said, REV_C, B_TO_C);
    // 4→4, 5 gone, 6→5, 7→6; 99→98, 100→99, 101→101, 102→102
    expect(viewpoint.visibility?.hidden).toEqual([
      [4, 6],
      [98, 99],
      [101, 102],
    ]);
    expect(gone).toBe(1);
  });

  it("that did not exist then are visible", () => {
    const said = { ...BASE, visibility: { hidden: [[0, 3]] as const } };
    const { viewpoint, newer } = localise(said, REV_C, B_TO_C);
    expect([...newer]).toEqual([100]);
    expect(viewpoint.visibility?.hidden).toEqual([[0, 3]]);
  });

  it("that did not exist then are hidden if the view was an isolation", () => {
    const said = { ...BASE, visibility: { hidden: [[0, 98]] as const, isolated: true } };
    const { viewpoint, newer } = localise(said, REV_C, B_TO_C);
    expect(newer.size).toBe(1);
    expect(RangeSet.parse(viewpoint.visibility?.hidden).has(100)).toBe(true);
  });

  it("keep measurements of lost parts, without the part", () => {
    const said: Viewpoint = {
      ...BASE,
      measurements: [
        {
          id: "m",
          name: "m",
          kind: "distance",
          mode: "points",
          value: 1,
          exact: true,
          anchors: [
            {
              position: [0, 0, 0],
              occurrence: 5,
              local: [0, 0, 0],
              snap: "vertex",
              entity: { occurrence: 5, kind: "vertex", index: 1 },
            },
            { position: [1, 0, 0], occurrence: 6, local: [0, 0, 0], snap: "vertex" },
          ],
        },
      ],
    };
    const anchors = localise(said, REV_C, B_TO_C).viewpoint.measurements?.[0]?.anchors;
    expect(anchors?.map(({ occurrence, entity }) => [occurrence, entity])).toEqual([
      [null, null],
      [5, undefined],
    ]);
  });

  it("may be given by id: of a part, of an assembly for all below it, or of all but them", () => {
    const id = (row: number): string => `id-${row}`;
    expect([...byId(REV_C, { ids: [id(11)] })]).toEqual([0]);
    expect(byId(REV_C, { ids: [id(1)] }).size).toBe(100);
    expect(byId(REV_C, { ids: [id(1), "unknown"], all_but: true }).size).toBe(900);
    const said = { ...BASE, selection: { parts: { ids: [id(12)] } } };
    expect(localise(said, REV_C, null).viewpoint.selection?.parts).toEqual([[1, 1]]);
  });

  it("of 100,000 occurrences are translated in a moment", () => {
    const structure = structureOf(100_000);
    const runs = Array.from({ length: 50_000 }, (_, run): [number, number, number] => [
      run * 2,
      run * 2,
      1,
    ]);
    const scattered = Array.from({ length: 20_000 }, (_, n): [number, number] => [n * 5, n * 5]);
    const started = performance.now();
    const said: Viewpoint = { ...BASE, visibility: { hidden: scattered } };
    const { newer } = localise(said, structure, { other_count: 100_000, runs });
    expect(newer.size).toBe(50_000);
    // Generous: the point is that it is not quadratic.
    expect(performance.now() - started).toBeLessThan(1_500);
  });
});
