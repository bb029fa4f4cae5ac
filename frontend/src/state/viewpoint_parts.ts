/**
 * The parts of a viewpoint in the numbers of the model on the table: stable ids are looked up, numbers of another
 * revision go through a correspondence, and parts that did not exist then follow UX.md §2.10.
 */

import type { PartIds, Viewpoint } from "../protocol/viewpoint";
import { rewriteParts } from "../protocol/viewpoint_reader";
import type { Structure } from "./model";
import { RangeSet, type Range } from "./ranges";

/** Which occurrences of another structure are which here: first there, first here, how many. */
export interface Correspondence {
  readonly other_count: number;
  readonly runs: readonly (readonly [number, number, number])[];
}

/** A viewpoint for the model on the table. */
export interface Localised {
  readonly viewpoint: Viewpoint;
  /** Occurrences that did not exist when it was made. */
  readonly newer: RangeSet;
  /** Occurrences that it names and that are gone. */
  readonly gone: number;
}

/**
 * A viewpoint whose parts are dense ranges of `structure`.
 * correspondence: from the structure it was made on; null when that is this one.
 */
export function localise(
  viewpoint: Viewpoint,
  structure: Structure,
  correspondence: Correspondence | null,
): Localised {
  const move = correspondence ? mover(correspondence) : null;
  const newer = move ? structure.all().minus(move.all) : RangeSet.empty;
  let gone = 0;
  const parts = (value: unknown): RangeSet => {
    if (isPartIds(value)) return byId(structure, value);
    const there = RangeSet.parse(value);
    if (!move) return there.intersect(structure.all());
    const here = move.set(there);
    gone += there.size - here.size;
    return here;
  };
  const occurrence = (value: unknown): number | null => {
    if (typeof value === "number") {
      const here = move ? move.one(value) : value;
      return here !== null && here < structure.occurrenceCount ? here : null;
    }
    if (typeof value !== "string") return null;
    const row = structure.rowOfId(value);
    return row < 0 ? null : structure.occurrencesUnder(row).first;
  };
  const here = rewriteParts(viewpoint, {
    Parts: (value) => parts(value).toJSON(),
    Occurrence: occurrence,
    EntityRef: (value) => {
      // Faces and edges are numbered within a shape that another revision may have changed.
      if (move || !isEntity(value)) return undefined;
      const own = occurrence(value.occurrence);
      return own === null ? undefined : { ...value, occurrence: own };
    },
  });
  const { visibility } = here;
  // Newer parts: hidden if the view was an isolation, else as the file shows them.
  const extra = visibility?.isolated ? newer : newer.intersect(structure.hiddenByFile);
  if (!visibility || extra.isEmpty) return { viewpoint: here, newer, gone };
  const hidden = RangeSet.parse(visibility.hidden).union(extra).toJSON();
  return { viewpoint: { ...here, visibility: { ...visibility, hidden } }, newer, gone };
}

/** The occurrences of stable ids: of rows, or of all but them. Unknown ids are nothing. */
export function byId(structure: Structure, { ids, all_but }: PartIds): RangeSet {
  const found: Range[] = [];
  for (const id of ids) {
    const row = structure.rowOfId(id);
    if (row >= 0) found.push(...structure.occurrencesUnder(row).toJSON());
  }
  const named = RangeSet.fromRanges(found);
  return all_but === true ? structure.all().minus(named) : named;
}

interface Mover {
  /** Everything here that was there. */
  readonly all: RangeSet;
  set(there: RangeSet): RangeSet;
  one(there: number): number | null;
}

function mover({ runs }: Correspondence): Mover {
  const sorted = [...runs].sort((a, b) => a[0] - b[0]);
  const find = (there: number): number => {
    // The last run that begins at or before `there`.
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle]?.[0] ?? 0) <= there) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };
  return {
    all: RangeSet.fromRanges(sorted.map(([, here, count]): Range => [here, here + count - 1])),
    set: (there) => {
      const here: Range[] = [];
      for (const [first, last] of there.toJSON())
        for (let index = Math.max(0, find(first)); index < sorted.length; index += 1) {
          const run = sorted[index];
          if (!run || run[0] > last) break;
          const from = Math.max(first, run[0]);
          const to = Math.min(last, run[0] + run[2] - 1);
          if (from <= to) here.push([run[1] + from - run[0], run[1] + to - run[0]]);
        }
      return RangeSet.fromRanges(here);
    },
    one: (there) => {
      const run = sorted[find(there)];
      return run && there < run[0] + run[2] ? run[1] + there - run[0] : null;
    },
  };
}

function isPartIds(value: unknown): value is PartIds {
  return typeof value === "object" && value !== null && "ids" in value;
}

function isEntity(value: unknown): value is { readonly occurrence: unknown } {
  return typeof value === "object" && value !== null && "occurrence" in value;
}
