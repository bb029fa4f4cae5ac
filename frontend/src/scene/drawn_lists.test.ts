import { describe, expect, it, vi } from "vitest";
import { DrawnLists } from "./drawn_lists";
import { emptyLists, type DrawnLevels, type ModelLists } from "./model_lists";

/** What a worker answers: lists that draw elements 300 to 359. */
function answered(): DrawnLevels & { readonly lists: ModelLists } {
  const lists = emptyLists();
  lists.faces.subDraws = 1;
  lists.faces.firsts[0] = 300;
  lists.faces.counts[0] = 60;
  return { level: new Uint8Array(2), edged: new Uint8Array(2), lists };
}

/** Lists of two occurrences that have been drawn once; then nothing is due. */
function drawn() {
  const state = new DrawnLists(2, 2, 4);
  const build = vi.fn();
  state.refresh(build);
  build.mockClear();
  return { state, build };
}

/** The same, with lists made beside the page. */
function drawnBeside() {
  const { state, build } = drawn();
  const answer = answered();
  state.asked();
  state.take(answer);
  state.refresh(build);
  return { state, build, answer };
}

describe("the lists that are drawn", () => {
  it("are made in the page for the first picture, and then only when something asks for it", () => {
    const state = new DrawnLists(2, 2, 4);
    const build = vi.fn();
    expect([state.refresh(build), state.refresh(build)]).toEqual([true, false]);
    state.change();
    expect(state.refresh(build)).toBe(true);
    expect(build).toHaveBeenCalledTimes(2);
  });

  it("are those of an answer while that is true, and nothing is made", () => {
    const { state, build, answer } = drawnBeside();
    expect(build).not.toHaveBeenCalled();
    expect(state.lists).toBe(answer.lists);
    expect([state.level, state.edged]).toEqual([answer.level, answer.edged]);
    state.asked();
    state.take(answered());
    expect([state.refresh(build), state.refresh(build)]).toEqual([true, false]);
    expect(build).not.toHaveBeenCalled();
  });

  it("are made in the page, at the answer's levels, when something was hidden meanwhile", () => {
    const { state, build } = drawn();
    const before = state.lists;
    const answer = answered();
    state.asked();
    state.change();
    state.refresh(build);
    build.mockClear();
    state.take(answer);
    expect(state.refresh(build)).toBe(true);
    expect(build).toHaveBeenCalledWith(state, before);
    expect(state.level).toBe(answer.level);
  });

  it("are made in the page when triangles went that the answer draws", () => {
    for (const [first, due] of [
      [359, 1],
      [360, 0],
    ] as const) {
      const { state, build } = drawnBeside();
      state.asked();
      state.left(first, 30);
      state.refresh(build);
      build.mockClear();
      state.take(answered());
      state.refresh(build);
      expect(build).toHaveBeenCalledTimes(due);
    }
  });

  it("are made at once when triangles went that are drawn now, but not when others went", () => {
    const { state, build } = drawnBeside();
    state.left(0, 300);
    expect(state.refresh(build)).toBe(false);
    state.left(290, 11);
    expect(state.refresh(build)).toBe(true);
    expect(build).toHaveBeenCalledTimes(1);
  });

  it("stay when triangles come, for the next answer draws them; without a worker they are made", () => {
    const { state, build } = drawnBeside();
    state.arrived();
    expect(state.refresh(build)).toBe(false);
    const alone = drawn();
    alone.state.arrived();
    expect(alone.state.refresh(alone.build)).toBe(true);
  });

  it("are made in the page again when nobody answers any more", () => {
    const { state, build } = drawnBeside();
    state.alone();
    expect(state.refresh(build)).toBe(true);
    state.arrived();
    expect(state.refresh(build)).toBe(true);
    expect(build).toHaveBeenCalledTimes(2);
  });

  it("give their arrays away once, when others are drawn", () => {
    const { state } = drawn();
    const { level, edged, lists } = state;
    const answer = answered();
    state.asked();
    expect(state.takeSpare()).toBeNull();
    state.take(answer);
    const spare = state.takeSpare();
    expect([spare?.level === level, spare?.edged === edged, spare?.lists === lists]).toEqual([
      true,
      true,
      true,
    ]);
    expect(state.takeSpare()).toBeNull();
    // Lists that were not taken go back, and those that are drawn never do.
    const late = answered();
    state.asked();
    state.change();
    state.take(late);
    expect(state.takeSpare()?.lists).toBe(late.lists);
    expect(state.lists).toBe(answer.lists);
  });
});
