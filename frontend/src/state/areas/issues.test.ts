import { expect, test } from "vitest";
import { EVERY_PIN, type Pin, createIssuing, drawnPins, fitsFilter, resetIssuing } from "./issues";

function pin(over: Partial<Pin> = {}): Pin {
  return {
    ...{ id: "one", kind: "issue", number: 1, title: "Weld", status: "Open", category: "open" },
    ...{ blocking: false, assigneeId: null, part: "p", occurrence: 0, place: [0, 0, 0] },
    ...{ state: "placed", distance_m: 0 },
    ...over,
  };
}

test("closed ones are shown when they are asked for", () => {
  const closed = pin({ category: "closed" });
  expect(fitsFilter(closed, EVERY_PIN, null)).toBe(false);
  expect(fitsFilter(closed, { ...EVERY_PIN, categories: ["closed"] }, null)).toBe(true);
  expect(fitsFilter(pin(), { ...EVERY_PIN, categories: ["closed"] }, null)).toBe(false);
});

test("mine are those assigned to me; nobody has none", () => {
  const mine = { ...EVERY_PIN, mine: true };
  expect(fitsFilter(pin({ assigneeId: "me" }), mine, "me")).toBe(true);
  expect(fitsFilter(pin({ assigneeId: "ben" }), mine, "me")).toBe(false);
  expect(fitsFilter(pin({ assigneeId: null }), mine, null)).toBe(false);
});

test("what is detached has no place in the picture, and hidden pins have none at all", () => {
  const state = createIssuing();
  state.pins.set([pin({ id: "here" }), pin({ id: "gone", state: "detached" })]);
  expect(drawnPins(state).map(({ id }) => id)).toEqual(["here"]);
  state.pinsShown.set(false);
  expect(drawnPins(state)).toEqual([]);
});

test("another model takes away what was about to be pinned, and keeps the filter", () => {
  const state = createIssuing();
  state.pinTask.set({ kind: "issue" });
  state.pinStack.set({ x: 1, y: 2, ids: ["one"] });
  state.pinFilter.set({ ...EVERY_PIN, mine: true });
  resetIssuing(state);
  expect([state.pinTask.get(), state.pinPlace.get(), state.pinStack.get()]).toEqual([
    null,
    null,
    null,
  ]);
  expect(state.pinFilter.get().mine).toBe(true);
});
