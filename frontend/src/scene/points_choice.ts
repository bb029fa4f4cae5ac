/**
 * Which chunks of points a view deserves: coarse ones first, finer ones where the gaps between points
 * would show, largest gaps first, until the budget is spent. Pure: no GPU, no network.
 */

import type { PointsManifest } from "../state/model";
import type { LevelView } from "./levels";
import type { Occurrences } from "./occurrences";

/** Device pixels between neighbours that nobody sees as a gap. */
export const TARGET_PX = 1.7;
/** Share of its distance by which a box counts as in view beside it: the camera may turn meanwhile. */
const VIEW_MARGIN = 0.08;

export type PointChunk = PointsManifest["chunks"][number];

/** A chunk that the view deserves, at one placement of its cloud. */
export interface WantedPoints {
  /** Index into `chunks`. */
  readonly chunk: number;
  readonly occurrence: number;
  /** Device pixels between neighbours if it were missing; Infinity: the first picture. */
  readonly gap: number;
  /** Smallest and largest x, y, z, model frame. */
  readonly box: Float32Array;
}

export interface PointsChoice {
  /** Largest gap first. */
  readonly wanted: readonly WantedPoints[];
  readonly points: number;
  /** Device pixels of the gaps that remain. */
  readonly gap: number;
  /** The budget was felt. */
  readonly reduced: boolean;
}

/** Where a chunk's grid lies in the grid of its geometry: steps = offset + scale · q. */
export interface GridOfChunk {
  readonly offset: readonly [number, number, number];
  readonly scale: number;
}

/** See `GridOfChunk`; grids: of the manifest. */
export function gridOf(
  chunk: PointChunk,
  grids: readonly (readonly [number, number, number, number])[],
): GridOfChunk {
  const [x, y, z, step] = grids[chunk.geometry] ?? [0, 0, 0, 1];
  const [cx, cy, cz, own] = chunk.grid;
  return { offset: [(cx - x) / step, (cy - y) / step, (cz - z) / step], scale: own / step };
}

/** Fills the extents of geometries that are clouds; extents: (6 × geometries) grid steps. */
export function addCloudExtents(
  points: PointsManifest | undefined,
  grids: readonly (readonly [number, number, number, number])[],
  extents: Uint16Array,
): void {
  const seen = new Set<number>();
  for (const chunk of points?.chunks ?? []) {
    const { offset, scale } = gridOf(chunk, grids);
    const at = chunk.geometry * 6;
    for (let axis = 0; axis < 3; axis += 1) {
      const from = Math.max(0, Math.floor(offset[axis] ?? 0));
      const to = Math.min(65535, Math.ceil((offset[axis] ?? 0) + scale * (chunk.size[axis] ?? 0)));
      const first = !seen.has(chunk.geometry);
      extents[at + axis] = first ? from : Math.min(extents[at + axis] ?? 0, from);
      extents[at + 3 + axis] = first ? to : Math.max(extents[at + 3 + axis] ?? 0, to);
    }
    seen.add(chunk.geometry);
  }
}

/** All placements of all chunks of a model, with their boxes. */
export class PlacedPoints {
  readonly chunks: readonly PointChunk[];
  /** (levels) metres. */
  readonly spacings: readonly number[];
  private readonly coarsest: number;
  private readonly grids: readonly GridOfChunk[];
  private readonly occurrences: Occurrences;
  private readonly placed: readonly { chunk: number; occurrence: number; box: Float32Array }[];
  private standing = NaN;

  constructor(
    points: PointsManifest,
    grids: readonly (readonly [number, number, number, number])[],
    occurrences: Occurrences,
  ) {
    this.chunks = points.chunks;
    this.coarsest = points.coarsest;
    this.spacings = points.levels.map(({ spacing_m }) => spacing_m);
    this.grids = points.chunks.map((chunk) => gridOf(chunk, grids));
    this.occurrences = occurrences;
    const places = new Map<number, number[]>();
    const clouds = new Set(points.chunks.map(({ geometry }) => geometry));
    for (let o = 0; o < occurrences.count; o += 1) {
      const geometry = occurrences.geometry[o] ?? 0;
      if (clouds.has(geometry)) places.set(geometry, [...(places.get(geometry) ?? []), o]);
    }
    this.placed = points.chunks.flatMap(({ geometry }, chunk) =>
      (places.get(geometry) ?? []).map((occurrence) => ({
        chunk,
        occurrence,
        box: new Float32Array(6),
      })),
    );
  }

  grid(chunk: number): GridOfChunk {
    return this.grids[chunk] ?? { offset: [0, 0, 0], scale: 1 };
  }

  /** Metres between neighbours of a level at a placement. */
  spacing(level: number, chunk: number, occurrence: number): number {
    const { scale } = this.grid(chunk);
    const own = (this.chunks[chunk]?.grid[3] ?? 1) / scale;
    return ((this.spacings[level] ?? 0) * this.occurrences.stepLength(occurrence)) / own;
  }

  /** visible: (occurrences) 1: shown. budget: points. */
  choose(view: LevelView, visible: Uint8Array, budget: number): PointsChoice {
    this.followExplode();
    const found: WantedPoints[] = [];
    for (const { chunk, occurrence, box } of this.placed) {
      if ((visible[occurrence] ?? 0) === 0) continue;
      const level = this.chunks[chunk]?.level ?? 0;
      if (level === this.coarsest) {
        found.push({ chunk, occurrence, gap: Infinity, box });
        continue;
      }
      const away = distanceTo(box, view.eye);
      if (!inView(box, view.frustum, view.orthographic ? 0 : away * VIEW_MARGIN)) continue;
      const coarser = this.spacing(level + 1, chunk, occurrence);
      const gap =
        (coarser * view.pixelsPerMetre) / (view.orthographic ? 1 : Math.max(away, coarser));
      if (gap > TARGET_PX) found.push({ chunk, occurrence, gap, box });
    }
    found.sort((a, b) => b.gap - a.gap || a.chunk - b.chunk);
    let points = 0;
    for (const [i, { chunk, gap }] of found.entries()) {
      const more = this.chunks[chunk]?.points ?? 0;
      if (gap !== Infinity && points + more > budget)
        return { wanted: found.slice(0, i), points, gap, reduced: true };
      points += more;
    }
    return { wanted: found, points, gap: TARGET_PX, reduced: false };
  }

  private followExplode(): void {
    const { standing } = this.occurrences;
    if (this.standing === standing) return;
    this.standing = standing;
    for (const { chunk, occurrence, box } of this.placed) {
      const { offset, scale } = this.grid(chunk);
      const size = this.chunks[chunk]?.size ?? [0, 0, 0];
      box.fill(Infinity, 0, 3).fill(-Infinity, 3);
      for (let corner = 0; corner < 8; corner += 1) {
        const at = (axis: 0 | 1 | 2): number =>
          offset[axis] + ((corner >> axis) & 1 ? scale * (size[axis] ?? 0) : 0);
        const point = this.occurrences.fromSteps(occurrence, at(0), at(1), at(2));
        for (let axis = 0; axis < 3; axis += 1) {
          const value = point[axis] ?? 0;
          box[axis] = Math.min(box[axis] ?? 0, value);
          box[axis + 3] = Math.max(box[axis + 3] ?? 0, value);
        }
      }
    }
  }
}

/**
 * The level whose spacing is really shown around each wanted chunk: as fine as everything wanted there has
 * arrived. Until then points are drawn large enough to close the gaps.
 */
export function shownLevels(
  wanted: readonly WantedPoints[],
  chunks: readonly PointChunk[],
  isHere: (chunk: number) => boolean,
): number[] {
  const byLevel = new Map<number, WantedPoints[]>();
  for (const each of wanted) {
    const level = chunks[each.chunk]?.level ?? 0;
    byLevel.set(level, [...(byLevel.get(level) ?? []), each]);
  }
  return wanted.map((own) => {
    let shown = chunks[own.chunk]?.level ?? 0;
    for (let level = shown - 1; level >= 0; level -= 1) {
      const around = (byLevel.get(level) ?? []).filter(
        (other) => other.occurrence === own.occurrence && overlap(other.box, own.box),
      );
      if (around.some(({ chunk }) => !isHere(chunk))) break;
      if (around.length > 0) shown = level;
    }
    return shown;
  });
}

function overlap(a: Float32Array, b: Float32Array): boolean {
  for (let axis = 0; axis < 3; axis += 1)
    if ((a[axis] ?? 0) > (b[axis + 3] ?? 0) || (b[axis] ?? 0) > (a[axis + 3] ?? 0)) return false;
  return true;
}

function distanceTo(box: Float32Array, eye: readonly [number, number, number]): number {
  let sum = 0;
  for (let axis = 0; axis < 3; axis += 1) {
    const at = eye[axis] ?? 0;
    const out = Math.max((box[axis] ?? 0) - at, 0, at - (box[axis + 3] ?? 0));
    sum += out * out;
  }
  return Math.sqrt(sum);
}

/** frustum: (4 × 6) inward normals and constants. margin: metres. */
function inView(box: Float32Array, frustum: Float32Array | null, margin: number): boolean {
  if (!frustum) return true;
  for (let p = 0; p < frustum.length; p += 4) {
    let reach = (frustum[p + 3] ?? 0) + margin;
    for (let axis = 0; axis < 3; axis += 1) {
      const n = frustum[p + axis] ?? 0;
      reach += n * (n > 0 ? (box[axis + 3] ?? 0) : (box[axis] ?? 0));
    }
    if (reach < 0) return false;
  }
  return true;
}
