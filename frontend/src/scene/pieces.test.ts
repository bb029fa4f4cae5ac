import { describe, expect, it } from "vitest";
import { NOT_DRAWN, buildDrawList, emptyDrawList, type DrawList } from "./draw_list";
import { splitBoxes } from "./fixture";
import { NOBODY } from "./shaders";
import { Picker, type PickState } from "./picking";

const state = (count: number): PickState => ({
  visible: new Uint8Array(count).fill(1),
  isGhost: () => false,
  isUncut: () => false,
  planes: [],
});

/** Positions are single precision. */
const closeTo = (value: number): unknown => expect.closeTo(value, 5);

/** Occurrences of a list, one for each range that is drawn. */
const shown = (list: DrawList): number[] =>
  [...list.entries.slice(list.subDraws, list.length)].filter((entry) => entry !== NOBODY);

describe("pieces", () => {
  it("follow the occurrences, each with its own box and its occurrence's number", () => {
    const { occurrences } = splitBoxes([
      [0, 0, 0],
      [5, 0, 0],
    ]);
    expect(occurrences.count).toBe(2);
    expect([...occurrences.geometry]).toEqual([0, 0, 1, 2, 1, 2]);
    expect([...occurrences.owner]).toEqual([0, 1, 0, 0, 1, 1]);
    expect([...occurrences.boxes.slice(3 * 6, 4 * 6)]).toEqual([0.5, 0, 0, 1, 1, 1]);
    expect([...occurrences.boxes.slice(4 * 6, 5 * 6)]).toEqual([5, 0, 0, 5.5, 1, 1]);
    expect([...occurrences.boxes.slice(6, 12)]).toEqual([5, 0, 0, 6, 1, 1]);
  });

  it("are drawn as their occurrence: hidden, selected and ghosted with it", () => {
    const { occurrences, ranges } = splitBoxes([
      [0, 0, 0],
      [5, 0, 0],
    ]);
    const { geometry, owner, pieces } = occurrences;
    const level = Uint8Array.of(NOT_DRAWN, NOT_DRAWN, 0, 0, 0, 0);
    const list = emptyDrawList();
    const input = { geometry, owner, level, ranges: ranges.faces };
    buildDrawList({ ...input, candidates: null, drawn: Uint8Array.of(0, 1) }, list);
    expect(shown(list)).toEqual([1, 1]);
    buildDrawList(
      { ...input, candidates: [1], piecesOf: (o) => pieces.of.get(o), drawn: Uint8Array.of(1, 1) },
      list,
    );
    expect(list.subDraws).toBe(2);
    expect(shown(list)).toEqual([1, 1]);
  });

  it("are what a ray hits, as one occurrence", () => {
    const { occurrences, ranges } = splitBoxes([[0, 0, 0]]);
    const picker = new Picker(occurrences, ranges);
    const left = picker.pick([0.2, 0.5, 5], [0, 0, -1], state(1));
    const right = picker.pick([0.8, 0.5, 5], [0, 0, -1], state(1));
    expect(left).toMatchObject({ occurrence: 0, geometry: 1, distance: closeTo(4) });
    expect(right).toMatchObject({ occurrence: 0, geometry: 2, distance: closeTo(4) });
    expect(left && picker.corners(left)).toHaveLength(3);
    expect(picker.pick([1.2, 0.5, 5], [0, 0, -1], state(1))).toBeNull();
  });

  it("leave the whole to answer rays until they have arrived", () => {
    const { occurrences, ranges } = splitBoxes([[0, 0, 0]], false);
    const hit = new Picker(occurrences, ranges).pick([0.2, 0.5, 5], [0, 0, -1], state(1));
    expect(hit).toMatchObject({ occurrence: 0, geometry: 0, distance: closeTo(4) });
  });
});
