import { expect, test } from "vitest";
import { RangeSet } from "../ranges";
import { captureColouring, createColouring, restoreColouring } from "./colouring";
import { captureSelecting, createSelecting, restoreSelecting } from "./selecting";
import { captureShowing, createShowing, restoreShowing } from "./showing";

/** What a URL or a file would carry. */
const carried = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("selection and sets come back as they were", () => {
  const before = createSelecting();
  before.selection.set(RangeSet.of(1, 2, 9));
  before.selectedEntities.set([{ occurrence: 1, kind: "face", index: 3 }]);
  before.sets.set([{ id: "a", name: "Pumps", ranges: RangeSet.of(4) }]);
  const after = createSelecting();
  restoreSelecting(after, carried(captureSelecting(before)));
  expect(after.selection.get().toJSON()).toEqual([
    [1, 2],
    [9, 9],
  ]);
  expect(after.selectedEntities.get()).toEqual(before.selectedEntities.get());
  expect(after.sets.get()).toEqual(before.sets.get());
});

test("colours come back as they were", () => {
  const before = createColouring();
  before.colouring.set({
    title: "Mass",
    property: "mass",
    groups: [{ label: "1 kg", colour: "#00224e", ranges: RangeSet.of(1, 2) }],
  });
  const after = createColouring();
  restoreColouring(after, carried(captureColouring(before)));
  expect(after.colouring.get()).toEqual(before.colouring.get());
  restoreColouring(after, null);
  expect(after.colouring.get()).toBeNull();
});

test("what is shown comes back as it was", () => {
  const before = createShowing();
  before.hidden.set(RangeSet.of(1));
  before.isolated.set(true);
  before.ghosted.set(RangeSet.of(5, 6));
  const after = createShowing();
  restoreShowing(after, carried(captureShowing(before)));
  expect(captureShowing(after)).toEqual(captureShowing(before));
});

test.each([
  null,
  7,
  "x",
  [],
  { selection: "all", sets: [{}], entities: [{}], groups: 1, hidden: [[2]] },
])("what is none of ours is left out: %s", (value) => {
  const state = createSelecting();
  restoreSelecting(state, value);
  expect(captureSelecting(state)).toEqual({ selection: [], entities: [], sets: [] });
  const colours = createColouring();
  restoreColouring(colours, value);
  expect(colours.colouring.get()).toBeNull();
  const showing = createShowing();
  restoreShowing(showing, value);
  expect(showing.hidden.get().isEmpty).toBe(true);
});
