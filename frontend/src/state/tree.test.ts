import { expect, test } from "vitest";
import { Structure } from "./model";
import { SKID_PARTS, skid, structureFile } from "./model_fixture.test-data";
import { RangeSet } from "./ranges";
import { RowSearch, initiallyExpanded, shareOf, treeLines } from "./tree";

test("only rows whose ancestors are all expanded have a line", () => {
  const rows = (expanded: readonly number[]): number[] =>
    treeLines(skid(), new Set(expanded)).map(({ row }) => row);
  expect(rows([])).toEqual([0]);
  expect(rows([0])).toEqual([0, 1, 4, 5]);
  expect(rows([0, 1])).toEqual([0, 1, 2, 3, 4, 5]);
  expect(rows([1])).toEqual([0]);
});

test("a line says level, position and number of siblings", () => {
  const line = treeLines(skid(), new Set([0, 1])).find(({ row }) => row === 3);
  expect(line).toEqual({
    row: 3,
    depth: 2,
    hasChildren: false,
    expanded: false,
    position: 2,
    siblings: 2,
  });
});

test("the tree opens down to the first choice", () => {
  expect([...initiallyExpanded(skid())]).toEqual([0]);
});

test("100,000 rows are laid out in well under a frame's patience", () => {
  const rows = Array.from(
    { length: 100_000 },
    (_, row) => [row === 0 ? -1 : 0, `Part ${row}`, row === 0 ? -1 : 0, null, false] as const,
  );
  const rack = new Structure(structureFile(rows, SKID_PARTS));
  const start = performance.now();
  expect(treeLines(rack, new Set([0]))).toHaveLength(100_000);
  expect(new RowSearch(rack).find("77777")).toEqual([77_777]);
  // Generous: a shared build machine; a desk needs a tenth of it.
  expect(performance.now() - start).toBeLessThan(1500);
});

test("a row shares none, some or all of its occurrences with a set", () => {
  const structure = skid();
  expect(shareOf(structure, 1, RangeSet.empty)).toBe("none");
  expect(shareOf(structure, 1, RangeSet.of(1))).toBe("some");
  expect(shareOf(structure, 1, RangeSet.of(0, 1, 2))).toBe("all");
  expect(shareOf(structure, 4, RangeSet.of(2))).toBe("all");
});

test("search finds every word in any order, whatever the case, or an id", () => {
  const search = new RowSearch(skid());
  expect(search.find("b-02 beam")).toEqual([3]);
  expect(search.find("BEAM")).toEqual([2, 3]);
  expect(search.find("id-4")).toEqual([4]);
  expect(search.find("  ")).toEqual([]);
  expect(search.find("pump")).toEqual([]);
});
