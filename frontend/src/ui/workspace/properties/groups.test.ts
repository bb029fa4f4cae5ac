import { expect, test } from "vitest";
import type { SelectionSums } from "../../../api/parts";
import { MANIFEST, skid } from "../../../state/model_fixture.test-data";
import {
  favouriteKey,
  favouriteLines,
  foundIn,
  modelGroups,
  rowGroups,
  sharedGroups,
  tableText,
} from "./groups";

const SHOWN = { unit: "mm", source: MANIFEST.source } as const;
const NOTHING_LEFT_OUT = { count: 0, names: [] };
const SUMS: SelectionSums = {
  occurrences: 3,
  parts: 2,
  mass: {
    method: "mesh",
    occurrences: 3,
    volume_m3: 0.002,
    area_m2: 0.1,
    centroid_m: null,
    inertia_m5: null,
    mass_kg: 15.7,
    centre_of_mass_m: [0, 0, 0],
    inertia_kg_m2: null,
    closed: null,
    open_edges: null,
    density_kg_m3: null,
    open: NOTHING_LEFT_OUT,
    weightless: { count: 1, names: ["Gasket"] },
    unmeasured: NOTHING_LEFT_OUT,
    hidden: 0,
  },
  properties: [
    { group: "M", name: "Grade", value: "8.8", distinct: 1, occurrences: 3, unit: "", total: null },
    { group: "M", name: "Width", value: null, distinct: 2, occurrences: 3, unit: "m", total: 0.44 },
    {
      group: "M",
      name: "Finish",
      value: "zinc",
      distinct: 1,
      occurrences: 1,
      unit: "",
      total: null,
    },
  ],
};

test("several parts show what is common, what varies, and what adds up", () => {
  const groups = sharedGroups(3, SUMS, SHOWN);
  const lines = Object.fromEntries(
    groups.flatMap(({ lines: all }) => all.map(({ name, value }) => [name, value])),
  );
  expect(lines["Parts selected"]).toBe("3");
  expect(lines["Grade"]).toBe("8.8");
  expect(lines["Width"]).toBe("varies (2), sum 440.00 mm");
  expect(lines["Finish"]).toBe("zinc (1 of them)");
  expect(lines["Mass"]).toMatch(/^≈ 15\.7/);
  expect(lines["No density, not in the mass"]).toBe("1 (Gasket)");
});

test("one part shows its own, and the model itself when nothing is selected", () => {
  const names = rowGroups(skid(), 2, 2, null, SHOWN).flatMap(({ lines }) =>
    lines.map(({ name }) => name),
  );
  expect(names).toEqual(expect.arrayContaining(["Kind", "Part name", "Placed", "Volume"]));
  expect(modelGroups(MANIFEST, SHOWN).map(({ title }) => title)).toEqual(["Model", "File"]);
});

test("a value of the file asks for all parts that have it too", () => {
  const detail = {
    id: "x",
    name: "x",
    kind: "part",
    path: [],
    part: 0,
    number: 0,
    properties: { Pset: { Grade: "8.8", Count: 3, External: true, Note: 'a "b"', None: null } },
    mass: SUMS.mass,
  };
  const lines = rowGroups(skid(), 2, 2, detail, SHOWN).flatMap(({ lines: all }) => all);
  const alike = Object.fromEntries(lines.map(({ name, alike: query }) => [name, query]));
  expect(alike).toMatchObject({
    Grade: '"Pset/Grade"="8.8"',
    Count: '"Pset/Count"="3"',
    External: '"Pset/External"="true"',
  });
  expect(alike["Note"] ?? alike["None"]).toBeUndefined();
});

test("the search keeps lines whose group, name or value hold every word", () => {
  const groups = sharedGroups(3, SUMS, SHOWN);
  expect(foundIn(groups, "zinc").map(({ lines }) => lines.length)).toEqual([1]);
  expect(foundIn(groups, "m width")).toHaveLength(1);
  expect(foundIn(groups, "nothing at all")).toEqual([]);
  expect(foundIn(groups, " ")).toBe(groups);
});

test("favourites are found again in another selection", () => {
  const keys = new Set([favouriteKey("M", "Grade")]);
  const pinned = favouriteLines(sharedGroups(3, SUMS, SHOWN), keys);
  expect(pinned.map(({ title, name, value }) => [title, name, value])).toEqual([
    ["M", "Grade", "8.8"],
  ]);
});

test("a table is one line for each property, and no value breaks it", () => {
  const text = tableText([{ title: "G", lines: [{ name: "a\tb", value: "1\n2" }] }]);
  expect(text).toBe("G\ta b\t1 2");
});
