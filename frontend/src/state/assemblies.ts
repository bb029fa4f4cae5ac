/** The assemblies that a model falls into: the children of the first row that has more than one. */

import type { Structure } from "./model";

/** (occurrences) number of the top assembly, or loose part, that each belongs to; counted from 0. */
export function topAssemblies(structure: Structure): Int32Array {
  const group = new Int32Array(structure.occurrenceCount);
  topRows(structure).forEach((row, number) => {
    for (const [first, last] of structure.occurrencesUnder(row).toJSON())
      group.fill(number, first, last + 1);
  });
  return group;
}

/** Rows of the first level of the tree that has a choice; a single root is the model itself. */
export function topRows(structure: Structure): readonly number[] {
  const solid = (rows: readonly number[]): readonly number[] =>
    rows.filter((row) => structure.occurrenceCountUnder(row) > 0);
  let rows = solid(structure.roots);
  for (;;) {
    const [only] = rows;
    if (rows.length !== 1 || only === undefined) return rows;
    const children = solid(structure.children(only));
    if (children.length === 0) return rows;
    rows = children;
  }
}
