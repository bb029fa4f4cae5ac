import { expect, test } from "vitest";
import { DEFAULT_COLOUR, Structure, fileAxis, isZUp, toFileAxes } from "./model";
import { MANIFEST, SKID_PARTS, skid, structureFile } from "./model_fixture.test-data";

test("an occurrence is the rank among the rows that have a part", () => {
  const structure = skid();
  expect(structure.occurrenceCount).toBe(4);
  expect([0, 1, 2, 3].map((occurrence) => structure.rowOfOccurrence(occurrence))).toEqual([
    2, 3, 4, 5,
  ]);
  expect([0, 1, 2, 3, 4, 5].map((row) => structure.occurrenceOfRow(row))).toEqual([
    -1, -1, 0, 1, 2, 3,
  ]);
});

test("a colour is inherited from the nearest ancestor that has one", () => {
  const structure = skid();
  expect(structure.colour(2)).toBe("#112233ff");
  expect(structure.colour(3)).toBe("#445566ff");
  expect(structure.colour(4)).toBe(DEFAULT_COLOUR);
});

test("a row without a name shows its part's name, never nothing", () => {
  expect(skid().name(5)).toBe("Cover");
});

test("the occurrences under a row are those of its whole subtree", () => {
  const structure = skid();
  expect(structure.occurrencesUnder(0).toJSON()).toEqual([[0, 3]]);
  expect(structure.occurrencesUnder(1).toJSON()).toEqual([[0, 1]]);
  expect(structure.occurrencesUnder(4).toJSON()).toEqual([[2, 2]]);
  expect(structure.occurrenceCountUnder(0)).toBe(4);
});

test("rows of a subtree need not be neighbours", () => {
  const scattered = new Structure(
    structureFile(
      [
        [-1, "Root", -1, null, false],
        [0, "A", -1, null, false],
        [0, "B", -1, null, false],
        [1, "A1", 0, null, false],
        [2, "B1", 0, null, false],
        [1, "A2", 0, null, false],
      ],
      SKID_PARTS,
    ),
  );
  expect(scattered.occurrencesUnder(1).toJSON()).toEqual([
    [0, 0],
    [2, 2],
  ]);
  expect(scattered.occurrencesUnder(2).toJSON()).toEqual([[1, 1]]);
});

test("a chain of 50,000 assemblies overflows nothing", () => {
  const depth = 50_000;
  const chain = new Structure(
    structureFile(
      Array.from({ length: depth }, (_, row) => [
        row - 1,
        `Level ${row}`,
        row === depth - 1 ? 0 : -1,
        null,
        false,
      ]),
      SKID_PARTS,
    ),
  );
  expect(chain.occurrencesUnder(0).size).toBe(1);
  expect(chain.depth(depth - 1)).toBe(depth - 1);
});

test("what the file hides starts hidden, children of hidden rows included", () => {
  expect(skid().hiddenByFile.toJSON()).toEqual([[3, 3]]);
  const hiddenAssembly = new Structure(
    structureFile(
      [
        [-1, "Root", -1, null, true],
        [0, "Part", 0, null, false],
      ],
      SKID_PARTS,
    ),
  );
  expect(hiddenAssembly.hiddenByFile.toJSON()).toEqual([[0, 0]]);
});

test("a set of occurrences is named by the highest row that is exactly it", () => {
  const structure = skid();
  expect(structure.rowOfSet(structure.occurrencesUnder(1))).toBe(1);
  expect(structure.rowOfSet(structure.occurrencesUnder(4))).toBe(4);
  expect(
    structure.rowOfSet(structure.occurrencesUnder(0).minus(structure.occurrencesUnder(4))),
  ).toBe(-1);
});

test("identical occurrences share a part", () => {
  expect(skid().identical(0).toJSON()).toEqual([[0, 1]]);
});

test("a path runs from the root to the row", () => {
  expect(skid().path(3)).toEqual([0, 1, 3]);
});

test("coordinates and axes are the file's own: z up unless it says y, y for OBJ", () => {
  const { source } = MANIFEST;
  expect(toFileAxes([1, 2, 3], source)).toEqual([1, -3, 2]);
  expect(toFileAxes([1, 2, 3], { ...source, up_axis: "y" })).toEqual([1, 2, 3]);
  expect(isZUp({ ...source, up_axis: null })).toBe(true);
  expect(isZUp({ ...source, up_axis: null, kind: "obj" })).toBe(false);
  for (const axis of ["x", "y", "z"] as const) {
    const inFile = toFileAxes(fileAxis(axis, source), source).map((value) => value + 0);
    expect(inFile).toEqual([axis === "x", axis === "y", axis === "z"].map(Number));
  }
});
