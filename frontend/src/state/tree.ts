/** The model tree as a flat list of visible rows, and the search over its names. */

import type { Structure } from "./model";
import type { RangeSet } from "./ranges";

/** One line of the open tree. */
export interface TreeLine {
  readonly row: number;
  /** 0 at the roots. */
  readonly depth: number;
  readonly hasChildren: boolean;
  readonly expanded: boolean;
  /** 1-based among its siblings, and how many there are, for screen readers. */
  readonly position: number;
  readonly siblings: number;
}

/** The lines on view, top to bottom, when these rows are expanded. */
export function treeLines(structure: Structure, expanded: ReadonlySet<number>): TreeLine[] {
  const lines: TreeLine[] = [];
  // An explicit stack: a chain of 10,000 assemblies must not overflow the call stack.
  const open: { rows: readonly number[]; next: number; depth: number }[] = [
    { rows: structure.roots, next: 0, depth: 0 },
  ];
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const row = top.rows[top.next];
    if (row === undefined) {
      open.pop();
      continue;
    }
    top.next += 1;
    const children = structure.children(row);
    const isOpen = children.length > 0 && expanded.has(row);
    lines.push({
      row,
      depth: top.depth,
      hasChildren: children.length > 0,
      expanded: isOpen,
      position: top.next,
      siblings: top.rows.length,
    });
    if (isOpen) open.push({ rows: children, next: 0, depth: top.depth + 1 });
  }
  return lines;
}

/** The rows to expand at first: single children all the way down, then one level of choices. */
export function initiallyExpanded(structure: Structure): Set<number> {
  const expanded = new Set<number>();
  let rows = structure.roots;
  for (;;) {
    const only = rows[0];
    if (rows.length !== 1 || only === undefined) return expanded;
    expanded.add(only);
    rows = structure.children(only);
  }
}

/** How many of a row's occurrences are in a set. */
export type Share = "none" | "some" | "all";

/** Which share of the occurrences at or under a row is in `set`. */
export function shareOf(structure: Structure, row: number, set: RangeSet): Share {
  if (set.isEmpty) return "none";
  const occurrence = structure.occurrenceOfRow(row);
  const total = structure.occurrenceCountUnder(row);
  if (total === 0) return "none";
  if (total === 1 && occurrence >= 0) return set.has(occurrence) ? "all" : "none";
  const shared = structure.occurrencesUnder(row).intersect(set).size;
  return shared === 0 ? "none" : shared === total ? "all" : "some";
}

/** Finds rows by name or id; made once per structure, then each search is one pass over lower case names. */
export class RowSearch {
  private readonly structure: Structure;
  private readonly names: readonly string[];

  constructor(structure: Structure) {
    this.structure = structure;
    this.names = Array.from({ length: structure.count }, (_, row) =>
      structure.name(row).toLowerCase(),
    );
  }

  /** Rows whose name has every word of the query, or whose id is the query; in tree order. */
  find(query: string): number[] {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    const byId = this.structure.rowOfId(query.trim());
    if (byId >= 0) return [byId];
    const found: number[] = [];
    this.names.forEach((name, row) => {
      if (words.every((word) => name.includes(word))) found.push(row);
    });
    return found;
  }
}
