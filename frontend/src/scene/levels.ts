/** Which level each occurrence is drawn at: by its size on screen, under a triangle budget. */

import type { DrawRanges } from "./draw_list";
import { NO_GEOMETRY, residentSlot } from "./draw_list";
import type { Occurrences } from "./occurrences";

/** What the eye sees, reduced to what sizes depend on. */
export interface LevelView {
  /** Eye, model frame, metres. */
  readonly eye: readonly [number, number, number];
  /** Pixels that one metre covers at one metre's distance; orthographic: at any. */
  readonly pixelsPerMetre: number;
  readonly orthographic: boolean;
  /** (4 × 6) planes of the view, inward normals and constants; null: everything counts as in view. */
  readonly frustum: Float32Array | null;
}

/**
 * Error of a level relative to the part's diagonal, coarsest last. Simplifying to 35, 10 and 2 % of a
 * typical machine part leaves about these (measured on the gearbox sample: 0.004, 0.013, 0.05).
 */
const RELATIVE_ERROR = [0, 0.004, 0.013, 0.05, 0.12] as const;
/** Pixels of error that nobody sees on a moving picture. */
const PIXEL_ERROR = 0.8;
/** Occurrences smaller than this many pixels have no display edges: they would only be dark noise. */
export const EDGE_MIN_PX = 22;

/** What `chooseLevels` found. */
export interface LevelChoice {
  /** Triangles that the choice draws, visible ones only. */
  triangles: number;
  /** Whether the budget forced anything coarser than the eye deserves. */
  reduced: boolean;
  /** Whether any level or edge flag differs from before. */
  changed: boolean;
}

/**
 * Fills `level` and `edged` for every occurrence, and `largest` (geometries) with the pixels of the largest
 * placement. One pass sorts the sizes into octave sixths; the error that fits the budget is then found on those
 * few numbers instead of on 100,000 occurrences.
 */
export function chooseLevels(
  occurrences: Occurrences,
  ranges: DrawRanges,
  visible: Uint8Array,
  view: LevelView,
  budget: number,
  level: Uint8Array,
  edged: Uint8Array,
  largest: Float32Array | null = null,
): LevelChoice {
  const { count, geometry } = occurrences;
  const { levels } = ranges;
  const resident = residentTriangles(ranges);
  const bins = new Uint8Array(count);
  const perBin = new Float64Array(BINS * levels);
  largest?.fill(0);
  for (let o = 0; o < count; o += 1) {
    if ((visible[o] ?? 0) === 0) continue;
    const g = geometry[o] ?? NO_GEOMETRY;
    if (g === NO_GEOMETRY) continue;
    const size = screenSize(occurrences, o, view);
    if (largest && size > (largest[g] ?? 0)) largest[g] = size;
    const bin = binOf(size);
    bins[o] = bin;
    for (let l = 0; l < levels; l += 1) {
      const at = bin * levels + l;
      perBin[at] = (perBin[at] ?? 0) + (resident[g * levels + l] ?? 0);
    }
  }
  const levelOfBin = new Uint8Array(BINS);
  const total = (allowed: number): number => {
    let triangles = 0;
    for (let bin = 0; bin < BINS; bin += 1) {
      const wanted = levelFor(sizeOfBin(bin), allowed, levels - 1);
      levelOfBin[bin] = wanted;
      triangles += perBin[bin * levels + wanted] ?? 0;
    }
    return triangles;
  };
  let triangles = total(PIXEL_ERROR);
  const reduced = triangles > budget;
  if (reduced) {
    let low = Math.log2(PIXEL_ERROR);
    let high = 12;
    // 7 halvings: the error within a tenth of an octave.
    for (let i = 0; i < 7; i += 1) {
      const middle = (low + high) / 2;
      if (total(2 ** middle) > budget) low = middle;
      else high = middle;
    }
    triangles = total(2 ** high);
  }
  let changed = false;
  for (let o = 0; o < count; o += 1) {
    const bin = bins[o] ?? 0;
    const wanted = levelOfBin[bin] ?? 0;
    const withEdges = bin >= EDGE_BIN ? 1 : 0;
    if (level[o] === wanted && edged[o] === withEdges) continue;
    level[o] = wanted;
    edged[o] = withEdges;
    changed = true;
  }
  return { triangles, reduced, changed };
}

/** Sixths of octaves from a quarter pixel to 16,384; bin 0 also holds what is out of view. */
const BINS = 96;
const PER_OCTAVE = 6;

function binOf(size: number): number {
  if (size <= 0.25) return 0;
  return Math.min(BINS - 1, Math.max(0, Math.ceil((Math.log2(size) + 2) * PER_OCTAVE)));
}

/** The largest size in a bin: a level is chosen for that one. */
function sizeOfBin(bin: number): number {
  return bin === 0 ? 0.25 : 2 ** (bin / PER_OCTAVE - 2);
}

const EDGE_BIN = binOf(EDGE_MIN_PX);

/** (geometries × levels) triangles that a placement costs at each wanted level, with what has arrived. */
function residentTriangles(ranges: DrawRanges): Float32Array {
  const { count, levels } = ranges;
  const triangles = new Float32Array(count.length);
  for (let slot = 0; slot < count.length; slot += 1) {
    const at = residentSlot(ranges, Math.floor(slot / levels), slot % levels);
    triangles[slot] = at < 0 ? 0 : (count[at] ?? 0) / 3;
  }
  return triangles;
}

/** The coarsest level whose error stays below `allowed` pixels on a part `size` pixels long. */
export function levelFor(size: number, allowed: number, deepest: number): number {
  for (let level = deepest; level > 0; level -= 1)
    if (size * (RELATIVE_ERROR[level] ?? 1) <= allowed) return level;
  return 0;
}

/** Diagonal of an occurrence in pixels; 0 when it is out of view. */
export function screenSize(occurrences: Occurrences, occurrence: number, view: LevelView): number {
  const b = occurrences.boxes;
  const at = occurrence * 6;
  const dx = (b[at + 3] ?? 0) - (b[at] ?? 0);
  if (dx < 0) return 0;
  const dy = (b[at + 4] ?? 0) - (b[at + 1] ?? 0);
  const dz = (b[at + 5] ?? 0) - (b[at + 2] ?? 0);
  const away = occurrences.explode;
  const d = occurrences.explodeDirections;
  const cx = ((b[at] ?? 0) + (b[at + 3] ?? 0)) / 2 + (d[occurrence * 3] ?? 0) * away;
  const cy = ((b[at + 1] ?? 0) + (b[at + 4] ?? 0)) / 2 + (d[occurrence * 3 + 1] ?? 0) * away;
  const cz = ((b[at + 2] ?? 0) + (b[at + 5] ?? 0)) / 2 + (d[occurrence * 3 + 2] ?? 0) * away;
  const diagonal = Math.sqrt(dx * dx + dy * dy + dz * dz);
  const radius = diagonal / 2;
  const f = view.frustum;
  if (f)
    for (let i = 0; i < 24; i += 4)
      if (
        (f[i] ?? 0) * cx + (f[i + 1] ?? 0) * cy + (f[i + 2] ?? 0) * cz + (f[i + 3] ?? 0) <
        -radius
      )
        return 0;
  if (view.orthographic) return diagonal * view.pixelsPerMetre;
  const ex = cx - view.eye[0];
  const ey = cy - view.eye[1];
  const ez = cz - view.eye[2];
  const distance = Math.sqrt(ex * ex + ey * ey + ez * ez) - radius;
  // From inside its box a part is as large as it gets.
  return (diagonal * view.pixelsPerMetre) / Math.max(distance, radius * 0.05, 1e-9);
}
