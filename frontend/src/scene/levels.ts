/** Which level each occurrence is drawn at: by the pixels its error takes on screen, under a triangle budget. */

import type { DrawRanges } from "./draw_list";
import { NO_GEOMETRY, NOT_DRAWN, residentSlot } from "./draw_list";
import type { Pieces } from "./pieces";
import { countedShare } from "./thinning";

/** What the eye sees, reduced to what sizes depend on. */
export interface LevelView {
  /** Eye, model frame, metres. */
  readonly eye: readonly [number, number, number];
  /** Pixels that one metre covers at one metre's distance; orthographic: at any. */
  readonly pixelsPerMetre: number;
  readonly orthographic: boolean;
  /** (4 × 6) planes of the view, inward normals and constants; null: everything counts as in view. */
  readonly frustum: Float32Array | null;
  /**
   * Parts outside of the picture are drawn as far away from its sides as this share of their distance, since pictures
   * turn sooner than levels are chosen. Infinity, or left out: all of them.
   */
  readonly beyond?: number;
  /**
   * Share of its size that a part outside of the picture counts with, instead of `beyond`: whoever turns their head
   * finds it there, coarser, and the budget knows of it.
   */
  readonly around?: number;
  /** Pixels below which nothing is drawn; left out: as the budget says. */
  readonly leastPixels?: number;
  /** Whether a crowd of equal parts that is too much gets thinner (`thinning.ts`) instead of vanishing at once. */
  readonly thin?: boolean;
  /** A finer level is taken only when a part this many times smaller deserved it, too; left out: at once. */
  readonly steady?: number;
}

/**
 * Error of a level relative to the part's diagonal where the manifest does not say, coarsest last. Simplifying
 * to 35, 10 and 2 % of a typical machine part leaves about these.
 */
const TYPICAL_ERROR = [0, 0.004, 0.013, 0.05, 0.12] as const;
/** Pixels of error that nobody sees on a moving picture. */
const PIXEL_ERROR = 0.8;
/** log2 of the pixels of error that leaving an occurrence out counts as, per pixel of its size. */
const LEFT_OUT = 1;
/** Occurrences smaller than this many pixels have no display edges: they would only be dark noise. */
export const EDGE_MIN_PX = 22;

/** What of the placements choosing levels needs; `Occurrences` is one, and so is its copy in a worker. */
export interface LevelScene {
  readonly count: number;
  readonly geometry: Uint32Array;
  readonly pieces: Pieces;
  readonly boxes: Float32Array;
  readonly explode: number;
  readonly explodeDirections: Float32Array;
}

/** What to choose from. */
export interface LevelInput {
  readonly occurrences: LevelScene;
  readonly ranges: DrawRanges;
  /** (geometries × levels) triangles that each level costs, here or not; left out: what has arrived. */
  readonly triangles?: Float32Array;
  /** (geometries × levels) of `relativeErrors`. */
  readonly errors: Float32Array;
  /** (occurrences) 1: drawn. */
  readonly visible: Uint8Array;
  readonly view: LevelView;
  /** Triangles. */
  readonly budget: number;
  /** `LevelChoice.allowed` of the last choice: it is kept while it is neither too dear nor far too cheap. */
  readonly allowedBefore?: number | null;
}

/** What is chosen. */
export interface LevelOutput {
  /** (occurrences, then pieces) level or NOT_DRAWN. */
  readonly level: Uint8Array;
  /** (occurrences) 1: large enough for display edges. */
  readonly edged: Uint8Array;
  /** (geometries) pixels of the largest placement. */
  readonly largest: Float32Array | null;
  /** (geometries) bit l: some placement in view deserves level l, whether it is here or not. */
  readonly wants?: Uint8Array;
  /** (draws) pixels of each visible one; 0: out of view. */
  readonly sizes?: Float32Array;
}

/** What `chooseLevels` found. */
export interface LevelChoice {
  /** Triangles that the choice draws, visible ones only. */
  triangles: number;
  /** Whether the budget forced anything coarser than the eye deserves. */
  reduced: boolean;
  /** Sixths of octaves of error that were allowed; the next choice may keep to it. */
  allowed: number;
  /** Whether any level or edge flag differs from before. */
  changed: boolean;
}

/**
 * (geometries × levels) log2 of each level's error over its geometry's diagonal; −Infinity: as good as level 0.
 *
 * errors: metres, of the manifest. diagonals: (geometries) metres.
 */
export function relativeErrors(
  errors: readonly (readonly number[])[] | undefined,
  diagonals: Float32Array,
  levels: number,
): Float32Array {
  const out = new Float32Array(diagonals.length * levels);
  for (let g = 0; g < diagonals.length; g += 1)
    for (let l = 0; l < levels; l += 1) {
      const known = errors?.[g]?.[l];
      const relative =
        known === undefined
          ? (TYPICAL_ERROR[l] ?? 1)
          : known / Math.max(diagonals[g] ?? 0, Number.MIN_VALUE);
      out[g * levels + l] = Math.log2(relative);
    }
  return out;
}

/**
 * Fills `level`, `edged` and `largest`. Each step to a coarser level is sorted into sixths of octaves of the pixels
 * of error that it costs; the error that fits the budget is then found on those few numbers instead of on 100,000
 * occurrences. What would show less than the error by its whole size is not drawn.
 */
export function chooseLevels(input: LevelInput, output: LevelOutput): LevelChoice {
  const { occurrences, ranges, visible, view, budget } = input;
  const { count, geometry, pieces } = occurrences;
  const { largest, wants } = output;
  wants?.fill(0);
  const ladder = new Ladder(input);
  const least = view.leastPixels ?? 0;
  const steady = view.steady ?? 1;
  if (sizes.length < geometry.length) sizes = new Float32Array(geometry.length);
  largest?.fill(0);
  const ready = readyHeads(occurrences, ranges);
  /** Octaves by which leaving this one out costs more or less than its size says. */
  const counted = (o: number): number => (view.thin ? Math.log2(countedShare(o)) : 0);
  for (let o = 0; o < count; o += 1) {
    const g = geometry[o] ?? NO_GEOMETRY;
    if ((visible[o] ?? 0) === 0 || g === NO_GEOMETRY) continue;
    const seen = sizeOf(occurrences, o, o, view);
    const size = seen > 0 && seen < least ? BEYOND : seen;
    sizes[o] = size;
    if (size === BEYOND) continue;
    if (largest && size > (largest[g] ?? 0)) largest[g] = size;
    const own = pieces.of.get(o);
    if (own) {
      for (let d = own.first; d < own.first + own.count; d += 1) {
        sizes[d] = Math.max(0, sizeOf(occurrences, d, o, view));
        const piece = geometry[d] ?? 0;
        // In view or not, all pieces of a part must be here before any is drawn.
        const least = size > 0 ? UNSEEN_PIECE : 0;
        if (largest) largest[piece] = Math.max(largest[piece] ?? 0, sizes[d] ?? 0, least);
      }
      if (ready.has(g)) {
        ladder.addSplit(g, size, own.first, own.count, geometry, counted(o));
        continue;
      }
    }
    ladder.add(g, size, counted(o));
  }
  const { allowed, triangles, reduced } = ladder.settle(budget, input.allowedBefore ?? null);
  let changed = false;
  const set = (draw: number, wanted: number): void => {
    if (output.level[draw] === wanted) return;
    output.level[draw] = wanted;
    changed = true;
  };
  const coarsest = ranges.levels - 1;
  for (let o = 0; o < count; o += 1) {
    const g = geometry[o] ?? NO_GEOMETRY;
    if ((visible[o] ?? 0) === 0 || g === NO_GEOMETRY) continue;
    const size = sizes[o] ?? 0;
    let wanted = size === BEYOND ? NOT_DRAWN : ladder.levelAt(g, size, allowed, counted(o));
    // Coarser at once, finer only when it is worth it: a head is never quite still.
    if (steady > 1 && wanted < (output.level[o] ?? NOT_DRAWN))
      wanted = Math.min(
        output.level[o] ?? NOT_DRAWN,
        ladder.levelAt(g, size / steady, allowed, counted(o)),
      );
    const own = pieces.of.get(o);
    if (own) {
      const enough = wanted === NOT_DRAWN || ladder.suffices(g, size, allowed);
      const whole = enough || !ready.has(g);
      set(o, whole ? (wanted === NOT_DRAWN ? NOT_DRAWN : coarsest) : NOT_DRAWN);
      for (let d = own.first; d < own.first + own.count; d += 1) {
        const piece = geometry[d] ?? 0;
        const level = enough ? NOT_DRAWN : ladder.pieceLevelAt(piece, sizes[d] ?? 0, allowed);
        if (wants && size > 0 && level !== NOT_DRAWN)
          wants[piece] = (wants[piece] ?? 0) | (1 << level);
        set(d, whole ? NOT_DRAWN : level);
      }
    } else {
      set(o, wanted);
      if (wants && size > 0 && wanted !== NOT_DRAWN) wants[g] = (wants[g] ?? 0) | (1 << wanted);
    }
    const withEdges = size >= EDGE_MIN_PX ? 1 : 0;
    if (output.edged[o] !== withEdges) {
      output.edged[o] = withEdges;
      changed = true;
    }
  }
  output.sizes?.set(sizes.subarray(0, geometry.length));
  return { triangles, reduced, allowed, changed };
}

/** Share of the budget that a finer choice than the last one must fit into. */
const EASY = 0.9;

/** In place of a size: so far outside of the picture that it is not drawn. */
const BEYOND = -1;

/** Pixels that a piece out of view counts as. */
const UNSEEN_PIECE = 0.5;

/** Pixels of each draw, kept so that choosing allocates nothing. */
let sizes = new Float32Array(0);

/** Sixths of octaves from 2⁻¹² to 2¹⁴ pixels of error; bin 0 also holds what costs nothing. */
const BINS = 157;
const PER_OCTAVE = 6;
const LOWEST = -12;

function binOf(log2Pixels: number): number {
  const bin = Math.ceil((log2Pixels - LOWEST) * PER_OCTAVE);
  return bin > 0 ? Math.min(BINS - 1, bin) : 0; // NaN and −Infinity, too
}

const ALLOWED_BIN = Math.floor((Math.log2(PIXEL_ERROR) - LOWEST) * PER_OCTAVE);

/** What each allowed error draws in all: one histogram of steps from level to level. */
class Ladder {
  private readonly levels: number;
  private readonly errors: Float32Array;
  /** (geometries × levels) triangles that a placement costs at each wanted level, with what has arrived. */
  private readonly triangles: Float32Array;
  private readonly steps = new Float64Array(BINS);
  private finest = 0;

  constructor({ ranges, errors, triangles }: LevelInput) {
    this.levels = ranges.levels;
    this.errors = errors;
    this.triangles = triangles ?? residentTriangles(ranges);
  }

  add(geometry: number, size: number, counted: number): void {
    const at = geometry * this.levels;
    const log = Math.log2(size);
    let drawn = this.triangles[at] ?? 0;
    this.finest += drawn;
    let bin = 0;
    for (let l = 1; l < this.levels; l += 1) {
      bin = Math.max(bin, binOf(log + (this.errors[at + l] ?? 0)));
      const coarser = this.triangles[at + l] ?? 0;
      this.note(bin, coarser - drawn);
      drawn = coarser;
    }
    this.leaveOut(bin, log + counted, size, drawn);
  }

  /** A part in pieces: they are drawn until the whole at its coarsest level suffices. */
  addSplit(
    head: number,
    size: number,
    first: number,
    count: number,
    of: Uint32Array,
    counted: number,
  ): void {
    const log = Math.log2(size);
    const whole = this.headBin(head, log);
    let together = 0;
    for (let d = first; d < first + count; d += 1) {
      const at = (of[d] ?? 0) * this.levels;
      const own = Math.log2(sizes[d] ?? 0);
      let drawn = this.triangles[at] ?? 0;
      this.finest += drawn;
      let bin = 0;
      for (let l = 1; l < this.levels - 1; l += 1) {
        bin = Math.max(bin, binOf(own + (this.errors[at + l] ?? 0)));
        if (bin >= whole) break;
        const coarser = this.triangles[at + l] ?? 0;
        this.note(bin, coarser - drawn);
        drawn = coarser;
      }
      together += drawn;
    }
    const drawn = this.triangles[head * this.levels + this.levels - 1] ?? 0;
    this.note(whole, drawn - together);
    this.leaveOut(whole, log + counted, size, drawn);
  }

  /** The bin of allowed error: what the eye deserves, or the first within the budget. */
  settle(
    budget: number,
    before: number | null,
  ): { allowed: number; triangles: number; reduced: boolean } {
    let allowed = ALLOWED_BIN;
    let triangles = this.finest;
    for (let bin = 0; bin <= allowed; bin += 1) triangles += this.steps[bin] ?? 0;
    const reduced = triangles > budget;
    // As before, while that fits and a tenth less would not be finer either.
    while (
      allowed < BINS - 1 &&
      (triangles > budget || (before !== null && allowed < before && triangles > budget * EASY))
    ) {
      allowed += 1;
      triangles += this.steps[allowed] ?? 0;
    }
    return { allowed, triangles, reduced };
  }

  levelAt(geometry: number, size: number, allowed: number, counted = 0): number {
    const at = geometry * this.levels;
    const log = Math.log2(size);
    let level = 0;
    while (level + 1 < this.levels && binOf(log + (this.errors[at + level + 1] ?? 0)) <= allowed)
      level += 1;
    return level === this.levels - 1 && size > 0 && binOf(log + counted + LEFT_OUT) <= allowed
      ? NOT_DRAWN
      : level;
  }

  pieceLevelAt(geometry: number, size: number, allowed: number): number {
    const level = this.levelAt(geometry, size, allowed);
    return Math.min(level, this.levels - 2);
  }

  /** Whether a part in pieces may be drawn as the whole that stands in base.glb. */
  suffices(head: number, size: number, allowed: number): boolean {
    return this.headBin(head, Math.log2(size)) <= allowed;
  }

  private headBin(head: number, log: number): number {
    return binOf(log + (this.errors[head * this.levels + this.levels - 1] ?? 0));
  }

  private leaveOut(least: number, log: number, size: number, drawn: number): void {
    if (size > 0) this.note(Math.max(least, binOf(log + LEFT_OUT)), -drawn);
  }

  private note(bin: number, change: number): void {
    this.steps[bin] = (this.steps[bin] ?? 0) + change;
  }
}

/** Geometries in pieces of which every piece has arrived at some level: they can replace the whole. */
function readyHeads(occurrences: LevelScene, ranges: DrawRanges): ReadonlySet<number> {
  const ready = new Set<number>();
  for (const [head, { first, count }] of occurrences.pieces.geometries) {
    let all = true;
    for (let g = first; g < first + count && all; g += 1) all = residentSlot(ranges, g, 0) >= 0;
    if (all) ready.add(head);
  }
  return ready;
}

/**
 * (geometries × levels) triangles that each level costs whether it is here or not: as counted when it was here, as the
 * next coarser one where no file holds it, else estimated from how the whole model's levels relate.
 *
 * known: (geometries × levels) elements. own: 1 where a file holds this level. placed: triangles of each level of the
 * manifest, finest first.
 */
export function levelCosts(
  known: Int32Array,
  own: Uint8Array,
  placed: readonly number[],
  levels: number,
): Float32Array {
  const out = new Float32Array(known.length);
  const coarsest = Math.max(1, placed[levels - 1] ?? 1);
  for (let start = 0; start < known.length; start += levels) {
    let next = 0;
    let base = 0;
    for (let l = levels - 1; l >= 0; l -= 1) {
      const counted = (known[start + l] ?? 0) / 3;
      if (l === levels - 1) base = counted;
      if (counted > 0) next = counted;
      else if (own[start + l] === 1) next = Math.max(next, (base * (placed[l] ?? 0)) / coarsest);
      out[start + l] = next;
    }
  }
  return out;
}

function residentTriangles(ranges: DrawRanges): Float32Array {
  const { count, levels } = ranges;
  const triangles = new Float32Array(count.length);
  for (let slot = 0; slot < count.length; slot += 1) {
    const at = residentSlot(ranges, Math.floor(slot / levels), slot % levels);
    triangles[slot] = at < 0 ? 0 : (count[at] ?? 0) / 3;
  }
  return triangles;
}

/** Diagonal of an occurrence in pixels; 0 when it is out of view. */
export function screenSize(occurrences: LevelScene, occurrence: number, view: LevelView): number {
  return Math.max(0, sizeOf(occurrences, occurrence, occurrence, view));
}

/** The same of a draw: an occurrence or a piece of one, which explodes with its owner. */
function sizeOf(occurrences: LevelScene, draw: number, owner: number, view: LevelView): number {
  const b = occurrences.boxes;
  const at = draw * 6;
  const dx = (b[at + 3] ?? 0) - (b[at] ?? 0);
  if (dx < 0) return 0;
  const dy = (b[at + 4] ?? 0) - (b[at + 1] ?? 0);
  const dz = (b[at + 5] ?? 0) - (b[at + 2] ?? 0);
  const apart = occurrences.explode;
  const d = occurrences.explodeDirections;
  const cx = ((b[at] ?? 0) + (b[at + 3] ?? 0)) / 2 + (d[owner * 3] ?? 0) * apart;
  const cy = ((b[at + 1] ?? 0) + (b[at + 4] ?? 0)) / 2 + (d[owner * 3 + 1] ?? 0) * apart;
  const cz = ((b[at + 2] ?? 0) + (b[at + 5] ?? 0)) / 2 + (d[owner * 3 + 2] ?? 0) * apart;
  const diagonal = Math.sqrt(dx * dx + dy * dy + dz * dz);
  const radius = diagonal / 2;
  const ex = cx - view.eye[0];
  const ey = cy - view.eye[1];
  const ez = cz - view.eye[2];
  const away = Math.sqrt(ex * ex + ey * ey + ez * ez);
  const f = view.frustum;
  let outside = 0;
  if (f)
    for (let i = 0; i < 24; i += 4) {
      const inside =
        (f[i] ?? 0) * cx + (f[i + 1] ?? 0) * cy + (f[i + 2] ?? 0) * cz + (f[i + 3] ?? 0) + radius;
      if (-inside > outside) outside = -inside;
    }
  if (outside > 0 && view.around === undefined)
    return outside > away * (view.beyond ?? Infinity) ? BEYOND : 0;
  const share = outside > 0 ? (view.around ?? 1) : 1;
  if (view.orthographic) return diagonal * view.pixelsPerMetre * share;
  const distance = away - radius;
  // From inside its box a part is as large as it gets.
  return (diagonal * view.pixelsPerMetre * share) / Math.max(distance, radius * 0.05, 1e-9);
}
