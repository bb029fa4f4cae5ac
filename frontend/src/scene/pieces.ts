/**
 * Pieces of very large meshes: a geometry of the manifest's `pieces` stands in base.glb as a whole at the coarsest
 * level, and in finer chunks only piece by piece, each a geometry of its own on the same grid.
 */

import type { Manifest } from "../state/model";

/** Numbers that follow each other. */
export interface Run {
  readonly first: number;
  readonly count: number;
}

/** Which draws follow those of the occurrences: one for each piece of each placed geometry that has some. */
export interface Pieces {
  /** Draws of an occurrence's pieces. */
  readonly of: ReadonlyMap<number, Run>;
  /** Geometries that are pieces of a geometry. */
  readonly geometries: ReadonlyMap<number, Run>;
  /** Number of draws of all pieces. */
  readonly count: number;
}

/** geometry: (occurrences) of each occurrence. */
export function piecesOf(manifest: Manifest, geometry: Uint32Array): Pieces {
  const geometries = new Map<number, Run>();
  for (const [head, { first, boxes }] of Object.entries(manifest.pieces ?? {}))
    geometries.set(Number(head), { first, count: boxes.length });
  const of = new Map<number, Run>();
  let draws = geometry.length;
  if (geometries.size > 0)
    geometry.forEach((g, occurrence) => {
      const run = geometries.get(g);
      if (!run) return;
      of.set(occurrence, { first: draws, count: run.count });
      draws += run.count;
    });
  return { of, geometries, count: draws - geometry.length };
}
