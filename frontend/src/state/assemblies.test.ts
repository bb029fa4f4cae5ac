import { expect, test } from "vitest";
import { topAssemblies, topRows } from "./assemblies";
import { Structure } from "./model";
import { SKID_PARTS, SKID_ROWS, skid, structureFile } from "./model_fixture.test-data";

test("a single root is the model itself: its children are the assemblies", () => {
  expect(topRows(skid())).toEqual([1, 4, 5]);
  expect([...topAssemblies(skid())]).toEqual([0, 0, 1, 2]);
});

test("several roots are the assemblies", () => {
  const twice = [
    ...SKID_ROWS,
    ...SKID_ROWS.map(([parent, name, part, colour, hidden]) => {
      const shifted = parent < 0 ? -1 : parent + SKID_ROWS.length;
      return [shifted, name, part, colour, hidden] as const;
    }),
  ];
  const structure = new Structure(structureFile(twice, SKID_PARTS));
  expect([...topAssemblies(structure)]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
});

test("a model of one part is one assembly", () => {
  const structure = new Structure(structureFile([[-1, "Block", 0, null, false]], SKID_PARTS));
  expect([...topAssemblies(structure)]).toEqual([0]);
});
