/**
 * A correction of what a file says of itself, or of what was assumed where it says nothing: its unit and
 * which way is up. Data of the revision, applied when its package is opened; nothing is converted again.
 */

import type { Bounds, Manifest, Matrix4, StructureFile, Vec3 } from "./model";

/** Metres of each unit that a file may be in. */
export const FILE_UNITS = {
  um: 1e-6,
  mm: 1e-3,
  cm: 1e-2,
  m: 1,
  km: 1e3,
  in: 0.0254,
  ft: 0.3048,
} as const;
export type FileUnit = keyof typeof FILE_UNITS;

/** `placement` of a revision; null believes the file. */
export interface Correction {
  readonly unit: FileUnit | null;
  readonly up_axis: "y" | "z" | null;
}

/** What a correction does to every coordinate: `scale`, and a quarter turn about x (−1, 0 or 1). */
export interface Placement {
  readonly scale: number;
  /** 1: (x, y, z) → (x, z, −y), a z-up file read as y-up; −1: the way back. */
  readonly turn: -1 | 0 | 1;
}

export const AS_READ: Placement = { scale: 1, turn: 0 };

export function isFileUnit(unit: string): unit is FileUnit {
  return Object.hasOwn(FILE_UNITS, unit);
}

/** The axis that conversion took for up: the file's own, else z, for OBJ y. */
export function assumedUp(source: Manifest["source"]): "y" | "z" {
  return source.up_axis ?? (source.kind === "obj" ? "y" : "z");
}

/** What a correction means for a file that was read as `source` says. */
export function placementOf(
  source: Manifest["source"],
  correction: Correction | null | undefined,
): Placement {
  if (!correction) return AS_READ;
  const readAs = source.length_unit ?? "mm";
  const scale =
    correction.unit && isFileUnit(readAs) ? FILE_UNITS[correction.unit] / FILE_UNITS[readAs] : 1;
  const up = assumedUp(source);
  const wanted = correction.up_axis ?? up;
  return { scale, turn: wanted === up ? 0 : wanted === "z" ? 1 : -1 };
}

/** The manifest as if the file had said it; `placement` then tells what to do to base.glb. */
export function placedManifest(
  manifest: Manifest,
  correction: Correction | null | undefined,
): Manifest {
  const placement = placementOf(manifest.source, correction);
  const source = {
    ...manifest.source,
    length_unit: correction?.unit ?? manifest.source.length_unit,
    up_axis: correction?.up_axis ?? manifest.source.up_axis,
  };
  if (placement.scale === 1 && placement.turn === 0) return { ...manifest, source };
  const { scale } = placement;
  return {
    ...manifest,
    source,
    placement,
    bounds: placedBounds(manifest.bounds, placement),
    origin: placedPoint(manifest.origin, placement),
    chunks: manifest.chunks.map((chunk) => ({
      ...chunk,
      bounds: placedBounds(chunk.bounds, placement),
    })),
    grids: manifest.grids.map((grid) => scaledGrid(grid, scale)),
    ...(manifest.points
      ? {
          points: {
            ...manifest.points,
            levels: manifest.points.levels.map((level) => ({
              ...level,
              spacing_m: level.spacing_m * scale,
            })),
            chunks: manifest.points.chunks.map((chunk) => ({
              ...chunk,
              grid: scaledGrid(chunk.grid, scale),
              bounds: placedBounds(chunk.bounds, placement),
            })),
          },
        }
      : {}),
    ...(manifest.shared ? { shared: scaledMotions(manifest.shared, scale) } : {}),
    ...(manifest.errors
      ? { errors: manifest.errors.map((levels) => levels.map((error) => error * scale)) }
      : {}),
  };
}

/** The structure in the same frame: parts keep their own axes and grow, roots turn. */
export function placedStructure(file: StructureFile, placement: Placement): StructureFile {
  const { scale, turn } = placement;
  if (scale === 1 && turn === 0) return file;
  return {
    ...file,
    transform: file.transform.map((matrix, row) => {
      const grown = matrix && grownMatrix(matrix, scale);
      return turn !== 0 && (file.parent[row] ?? -1) < 0 ? turnedMatrix(grown, turn) : grown;
    }),
    parts: file.parts.map((part) => ({
      ...part,
      volume_m3: part.volume_m3 === null ? null : part.volume_m3 * scale ** 3,
      area_m2: part.area_m2 === null ? null : part.area_m2 * scale ** 2,
      bounds: { min: scaled(part.bounds.min, scale), max: scaled(part.bounds.max, scale) },
    })),
  };
}

/** Rows of 3 × 4 matrices (12 numbers each) into the placed frame, in place. */
export function placeRows(rows: Float32Array, { scale, turn }: Placement): void {
  for (let at = 0; at < rows.length; at += 12)
    for (let column = 0; column < 4; column += 1) {
      const y = (rows[at + 4 + column] ?? 0) * scale;
      const z = (rows[at + 8 + column] ?? 0) * scale;
      rows[at + column] = (rows[at + column] ?? 0) * scale;
      rows[at + 4 + column] = turn === 0 ? y : turn * z;
      rows[at + 8 + column] = turn === 0 ? z : -turn * y;
    }
}

/** A point of the file as it was read, metres, in the placed frame. */
export function placedPoint([x, y, z]: Vec3, { scale, turn }: Placement): Vec3 {
  const turned: Vec3 = turn === 0 ? [x, y, z] : [x, turn * z, -turn * y];
  return scaled(turned, scale);
}

function placedBounds({ min, max }: Bounds, placement: Placement): Bounds {
  const a = placedPoint(min, placement);
  const b = placedPoint(max, placement);
  return {
    min: [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.min(a[2], b[2])],
    max: [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.max(a[2], b[2])],
  };
}

type Grid = Manifest["grids"][number];

function scaledGrid([x, y, z, step]: Grid, scale: number): Grid {
  return [x * scale, y * scale, z * scale, step * scale];
}

/** Parts keep their own axes and grow: so do the ways from one part's frame to another's. */
function scaledMotions(
  shared: NonNullable<Manifest["shared"]>,
  scale: number,
): NonNullable<Manifest["shared"]> {
  return Object.fromEntries(
    Object.entries(shared).map(([part, { geometry, motion }]) => [
      part,
      { geometry, motion: grownMatrix(motion, scale) },
    ]),
  );
}

function scaled([x, y, z]: Vec3, scale: number): Vec3 {
  // No negative zeros: they would be shown as −0.
  return [x * scale + 0, y * scale + 0, z * scale + 0];
}

/** Column-major: only the translation grows with the unit. */
function grownMatrix(matrix: Matrix4, scale: number): Matrix4 {
  return matrix.map((value, index) => (index >= 12 && index < 15 ? value * scale : value));
}

const IDENTITY: Matrix4 = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** A quarter turn about x, applied after the matrix. */
function turnedMatrix(matrix: Matrix4 | null, turn: -1 | 1): Matrix4 {
  const m = matrix ?? IDENTITY;
  return m.map((value, index) => {
    const row = index % 4;
    if (row === 1) return turn * (m[index + 1] ?? 0) + 0;
    if (row === 2) return -turn * (m[index - 1] ?? 0) + 0;
    return value;
  });
}
