import { expect, test } from "vitest";
import { Structure } from "./model";
import { SKID_PARTS, skid, structureFile } from "./model_fixture.test-data";
import { RangeSet } from "./ranges";
import {
  TreeLines,
  allExpanded,
  ancestors,
  facetHierarchy,
  initiallyExpanded,
  setHierarchy,
  shareOf,
  structureHierarchy,
} from "./tree";

const tree = structureHierarchy(skid());

test("only rows whose ancestors are all expanded have a line", () => {
  const rows = (expanded: readonly number[]): number[] => {
    const lines = new TreeLines(tree, new Set(expanded));
    return Array.from({ length: lines.length }, (_, index) => lines.node(index));
  };
  expect(rows([])).toEqual([0]);
  expect(rows([0])).toEqual([0, 1, 4, 5]);
  expect(rows([0, 1])).toEqual([0, 1, 2, 3, 4, 5]);
  expect(rows([1])).toEqual([0]);
});

test("a line says level, position and number of siblings", () => {
  const lines = new TreeLines(tree, new Set([0, 1]));
  expect(lines.at(lines.indexOf(3))).toEqual({
    node: 3,
    depth: 2,
    hasChildren: false,
    expanded: false,
    position: 2,
    siblings: 2,
  });
  expect(lines.at(99)).toBeNull();
});

test("the tree opens down to the first choice", () => {
  expect([...initiallyExpanded(tree)]).toEqual([0]);
  expect(ancestors(tree, 3)).toEqual([0, 1]);
  expect([...allExpanded(tree)].sort()).toEqual([0, 1]);
});

test("100,000 open rows are laid out in well under a frame's patience", () => {
  const rows = Array.from(
    { length: 100_000 },
    (_, row) => [row === 0 ? -1 : 0, `Part ${row}`, row === 0 ? -1 : 0, null, false] as const,
  );
  const rack = structureHierarchy(new Structure(structureFile(rows, SKID_PARTS)));
  const start = performance.now();
  const lines = new TreeLines(rack, new Set([0]));
  expect(lines.length).toBe(100_000);
  expect(lines.indexOf(77_777)).toBe(77_777);
  // Generous: a shared build machine; a desk needs a tenth of it.
  expect(performance.now() - start).toBeLessThan(200);
});

test("a row shares none, some or all of its occurrences with a set", () => {
  expect(shareOf(tree, 1, RangeSet.empty)).toBe("none");
  expect(shareOf(tree, 1, RangeSet.of(1))).toBe("some");
  expect(shareOf(tree, 1, RangeSet.of(0, 1, 2))).toBe("all");
  expect(shareOf(tree, 4, RangeSet.of(2))).toBe("all");
});

test("parts can be listed by what they are, each group with its count", () => {
  const byPart = facetHierarchy(skid(), "part");
  expect(byPart.roots.map((node) => [byPart.name(node), byPart.count(node)])).toEqual([
    ["Beam", 2],
    ["Valve", 1],
    ["Cover", 1],
  ]);
  const beam = byPart.nodeOfOccurrence(1);
  expect([byPart.name(beam), byPart.parent(beam), byPart.row(beam)]).toEqual(["Beam B-02", 0, 3]);
  expect(byPart.row(0)).toBe(-1);
  const byColour = facetHierarchy(skid(), "colour");
  expect(byColour.swatch(0)).toBe("#112233");
});

test("sets that overlap each hold their parts", () => {
  const sets = setHierarchy(skid(), [
    { id: "a", name: "First", ranges: RangeSet.of(0, 1) },
    { id: "b", name: "Second", ranges: RangeSet.of(1, 2, 99) },
  ]);
  const lines = new TreeLines(sets, new Set([0, 1]));
  expect(Array.from({ length: lines.length }, (_, at) => sets.name(lines.node(at)))).toEqual([
    "First",
    "Beam B-01",
    "Beam B-02",
    "Second",
    "Beam B-02",
    "Valve V-17",
  ]);
  expect(sets.count(1)).toBe(2);
});

test("type-ahead goes on behind the active line and around the end", () => {
  const lines = new TreeLines(tree, new Set([0, 1]));
  const beam = (node: number): boolean => tree.name(node).startsWith("Beam");
  expect(lines.findFrom(3, beam)).toBe(3);
  expect(lines.findFrom(4, beam)).toBe(2);
  expect(lines.findFrom(0, () => false)).toBe(-1);
  expect(lines.rangesBetween(2, 4).toJSON()).toEqual([[0, 2]]);
});
