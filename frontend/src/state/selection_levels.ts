/** What belongs together in the tree: the set a click selects at each level, parents, and parts alike. */

import type { SelectionLevel } from "./areas/selecting";
import { topRows } from "./assemblies";
import type { Alike } from "./commands/selection";
import type { Structure } from "./model";
import { RangeSet } from "./ranges";
import { storeyOfRows } from "./storeys";

/** What a click on an occurrence selects; body and face begin with their part. */
export function setAtLevel(
  structure: Structure,
  occurrence: number,
  level: SelectionLevel,
): RangeSet {
  const part = RangeSet.of(occurrence);
  switch (level) {
    case "assembly": {
      const row = structure.rowOfOccurrence(occurrence);
      const above = new Set(structure.path(row));
      const top = topRows(structure).find((each) => above.has(each));
      return top === undefined ? part : structure.occurrencesUnder(top);
    }
    case "subassembly":
      return parentSet(structure, part);
    case "part":
    case "body":
    case "face":
      return part;
  }
}

/** Everything under the nearest ancestor that holds more than these; these when there is none. */
export function parentSet(structure: Structure, ranges: RangeSet): RangeSet {
  const first = ranges.first;
  if (first === null) return ranges;
  for (let row = structure.rowOfOccurrence(first); row >= 0; row = structure.parent(row)) {
    if (structure.occurrenceCountUnder(row) <= ranges.size) continue;
    const under = structure.occurrencesUnder(row);
    if (under.contains(ranges)) return under;
  }
  return ranges;
}

/** All occurrences that share a value with one of these. */
export function alikeSet(structure: Structure, ranges: RangeSet, by: Alike): RangeSet {
  const keyOf = keyReader(structure, by);
  const keys = new Set<string | number>();
  for (const occurrence of ranges) keys.add(keyOf(structure.rowOfOccurrence(occurrence)));
  const found = new Int32Array(structure.occurrenceCount);
  let count = 0;
  for (let occurrence = 0; occurrence < structure.occurrenceCount; occurrence += 1)
    if (keys.has(keyOf(structure.rowOfOccurrence(occurrence)))) found[count++] = occurrence;
  return RangeSet.fromAscending(found, count);
}

function keyReader(structure: Structure, by: Alike): (row: number) => string | number {
  switch (by) {
    case "part":
      return (row) => structure.partNumber(row);
    case "name":
      return (row) => structure.name(row);
    case "type":
      return (row) => structure.kind(row);
    case "layer":
      return (row) => structure.file.layer[row] ?? "";
    case "colour":
      return (row) => structure.colour(row);
    case "parent":
      return (row) => structure.parent(row);
    case "storey": {
      const storeys = storeyOfRows(structure);
      return (row) => storeys[row] ?? -1;
    }
  }
}
