import { describe, expect, it } from "vitest";
import { OPAQUE, TRANSPARENT } from "./decode";
import { NOT_DRAWN } from "./draw_list";
import { buildLists, drawsElements, emptyLists, type ListSource } from "./model_lists";

/** Three geometries at one level: opaque, see-through, and both. */
const SOURCE: ListSource = {
  geometry: Uint32Array.of(0, 1, 2, 0),
  owner: null,
  faces: { levels: 1, first: Int32Array.of(0, 30, 60), count: Int32Array.of(30, 30, 30) },
  edges: { levels: 1, first: Int32Array.of(0, 4, 8), count: Int32Array.of(4, 4, 0) },
  opacity: Uint8Array.of(OPAQUE, TRANSPARENT, OPAQUE | TRANSPARENT),
  visible: Uint8Array.of(1, 1, 1, 1),
  kinds: {
    opaque: new Uint8Array(4).fill(OPAQUE),
    blended: new Uint8Array(4).fill(TRANSPARENT),
  },
};
const LEVELS = { level: new Uint8Array(4), edged: new Uint8Array(4).fill(1) };

function entries(list: { entries: Uint32Array; subDraws: number; length: number }): number[] {
  return [...list.entries.slice(list.subDraws, list.length)].sort();
}

describe("the lists of a model", () => {
  it("part opaque from see-through geometry; what is both is in both", () => {
    const out = emptyLists();
    buildLists(SOURCE, LEVELS, out);
    expect([entries(out.faces), entries(out.blended)]).toEqual([
      [0, 2, 3],
      [1, 2],
    ]);
  });

  it("have edges of what is visible, large enough and has some", () => {
    const out = emptyLists();
    const source = { ...SOURCE, visible: Uint8Array.of(1, 1, 1, 0) };
    buildLists(source, { ...LEVELS, edged: Uint8Array.of(0, 1, 1, 1) }, out);
    expect(entries(out.edges)).toEqual([1]);
  });

  it("have edges of parts of which no faces are drawn at any level", () => {
    const out = emptyLists();
    buildLists(SOURCE, { ...LEVELS, level: new Uint8Array(4).fill(NOT_DRAWN) }, out);
    expect([out.faces.occurrences, out.edges.occurrences]).toEqual([0, 3]);
  });

  it("forget what let light through when nothing does any more", () => {
    const out = emptyLists();
    buildLists(SOURCE, LEVELS, out);
    const kinds = { ...SOURCE.kinds, blended: null };
    buildLists({ ...SOURCE, kinds }, LEVELS, out);
    expect([out.blended.subDraws, out.blended.occurrences]).toEqual([0, 0]);
  });

  it("know which elements they draw", () => {
    const out = emptyLists();
    buildLists(SOURCE, { ...LEVELS, level: Uint8Array.of(0, NOT_DRAWN, NOT_DRAWN, 0) }, out);
    expect(drawsElements(out, 29, 1)).toBe(true);
    expect(drawsElements(out, 30, 60)).toBe(false);
  });
});
