/**
 * Keeps what a picture draws within hard numbers: sub-draws and triangles. A headset's driver takes each range of a
 * multi-draw as a draw call, and 500 parts at four levels each would be 2,000. Levels that hardly differ are drawn as
 * one, then what is small is drawn coarsely, then not at all; the budget of levels.ts has made all of that rare.
 */

import { NO_GEOMETRY, NOT_DRAWN, residentSlot, type DrawRanges } from "./draw_list";
import { RIBBON } from "./edge_lines";
import { countedShare } from "./thinning";

/** What one picture may draw. */
export interface DrawLimits {
  /** Sub-draws of all lists. */
  readonly subDraws: number;
  /** Triangles of faces and of the ribbons that are display edges. */
  readonly triangles: number;
  /** Whether display edges are drawn at all. */
  readonly edges: boolean;
}

/** What a choice of levels draws. */
export interface Drawn {
  readonly subDraws: number;
  readonly triangles: number;
}

/** A choice of levels that is too much; `level` and `edged` are changed. */
export interface LimitedChoice {
  /** (draws) */
  readonly geometry: Uint32Array;
  /** (draws) occurrence of each; null: each is its own. */
  readonly owner: Uint32Array | null;
  /** (occurrences) 1: drawn. */
  readonly visible: Uint8Array;
  /** (draws) level or NOT_DRAWN. */
  readonly level: Uint8Array;
  /** (occurrences) 1: with display edges. */
  readonly edged: Uint8Array;
  /** (draws) pixels. */
  readonly sizes: Float32Array;
  readonly faces: DrawRanges;
  readonly edges: DrawRanges;
  /** (geometries × levels) log2 of errors as in levels.ts. */
  readonly errors: Float32Array;
}

/** Pixels below which the first step draws coarsely; each further step is larger by this. */
const FIRST_PX = 8;
const STEP = 1.3;
/** Of what is drawn coarsely, this much smaller is not drawn. */
const LEFT_OUT = 1 / 8;
/** Beyond this nothing has a size: nothing is drawn any more. */
const LAST_PX = 2 ** 24;

/** Changes levels until `count` (faces and what lets light through) is within the limits; whether it had to. */
export function limitFaces(choice: LimitedChoice, limits: DrawLimits, count: () => Drawn): boolean {
  let drawn = count();
  if (fits(drawn, limits)) return false;
  if (drawn.subDraws > limits.subDraws) {
    mergeLevels(choice, drawn.subDraws - limits.subDraws, limits.triangles - drawn.triangles);
    drawn = count();
  }
  for (let pixels = FIRST_PX; !fits(drawn, limits) && pixels <= LAST_PX; pixels *= STEP) {
    coarsen(choice, pixels, drawn.subDraws > limits.subDraws);
    drawn = count();
  }
  return true;
}

function fits(drawn: Drawn, limits: DrawLimits): boolean {
  return drawn.subDraws <= limits.subDraws && drawn.triangles <= limits.triangles;
}

/** One slot of a geometry that is drawn. */
interface UsedSlot {
  readonly level: number;
  readonly triangles: number;
  count: number;
  /** Pixels of its largest placement. */
  largest: number;
}

/** Two slots of one geometry that could be one. */
interface Merge {
  readonly geometry: number;
  readonly fine: UsedSlot;
  readonly coarse: UsedSlot;
}

/**
 * Draws neighbouring levels of a geometry as one: the finer one where there are triangles to spare for it, cheapest
 * first; else the coarser one, where the difference is smallest first.
 *
 * over: sub-draws to save. spare: triangles, may be negative.
 */
function mergeLevels(choice: LimitedChoice, over: number, spare: number): void {
  const { geometry, level, faces, errors } = choice;
  const { levels } = faces;
  const used = usedSlots(choice);
  const becomes = new Map<number, number>(); // geometry × levels + level → level
  const put = (g: number, from: UsedSlot, to: UsedSlot): void => {
    for (let l = 0; l < levels; l += 1) {
      const now = becomes.get(g * levels + l) ?? l;
      if (now === from.level) becomes.set(g * levels + l, to.level);
    }
    to.count += from.count;
    to.largest = Math.max(to.largest, from.largest);
    const slots = used.get(g) ?? [];
    slots.splice(slots.indexOf(from), 1);
  };
  const pairs = (): Merge[] => {
    const found: Merge[] = [];
    for (const [g, slots] of used)
      for (let i = 0; i + 1 < slots.length; i += 1) {
        const [fine, coarse] = [slots[i], slots[i + 1]];
        if (fine && coarse) found.push({ geometry: g, fine, coarse });
      }
    return found;
  };
  const dearer = ({ fine, coarse }: Merge): number =>
    (fine.triangles - coarse.triangles) * coarse.count;
  const visibly = ({ geometry: g, fine, coarse }: Merge): number =>
    fine.largest * 2 ** (errors[g * levels + coarse.level] ?? 0);
  let open = over;
  // Each round joins at most one pair of a geometry, so there are fewer rounds than levels.
  for (let round = 1; round < levels && open > 0; round += 1) {
    const joined = new Set<number>();
    for (const pair of pairs().sort((a, b) => dearer(a) - dearer(b))) {
      const extra = dearer(pair);
      if (open <= 0 || extra > spare) break;
      if (joined.has(pair.geometry)) continue;
      joined.add(pair.geometry);
      put(pair.geometry, pair.coarse, pair.fine);
      spare -= extra;
      open -= 1;
    }
  }
  for (let round = 1; round < levels && open > 0; round += 1) {
    const joined = new Set<number>();
    for (const pair of pairs().sort((a, b) => visibly(a) - visibly(b))) {
      if (open <= 0) break;
      if (joined.has(pair.geometry)) continue;
      joined.add(pair.geometry);
      put(pair.geometry, pair.fine, pair.coarse);
      open -= 1;
    }
  }
  if (becomes.size === 0) return;
  for (let draw = 0; draw < level.length; draw += 1) {
    const wanted = level[draw] ?? NOT_DRAWN;
    const g = geometry[draw] ?? NO_GEOMETRY;
    if (wanted === NOT_DRAWN || g === NO_GEOMETRY) continue;
    const slot = residentSlot(faces, g, wanted);
    const to = slot < 0 ? undefined : becomes.get(slot);
    if (to !== undefined) level[draw] = to;
  }
}

/** What is drawn of each geometry, finest first; only those with more than one level. */
function usedSlots({
  geometry,
  owner,
  visible,
  level,
  sizes,
  faces,
}: LimitedChoice): Map<number, UsedSlot[]> {
  const { levels, count } = faces;
  const slots = new Map<number, UsedSlot>();
  for (let draw = 0; draw < level.length; draw += 1) {
    const wanted = level[draw] ?? NOT_DRAWN;
    const g = geometry[draw] ?? NO_GEOMETRY;
    if (wanted === NOT_DRAWN || g === NO_GEOMETRY) continue;
    if ((visible[owner ? (owner[draw] ?? draw) : draw] ?? 0) === 0) continue;
    const slot = residentSlot(faces, g, wanted);
    if (slot < 0) continue;
    const size = sizes[draw] ?? 0;
    const known = slots.get(slot);
    if (known) {
      known.count += 1;
      if (size > known.largest) known.largest = size;
    } else
      slots.set(slot, {
        level: slot - g * levels,
        triangles: (count[slot] ?? 0) / 3,
        count: 1,
        largest: size,
      });
  }
  const used = new Map<number, UsedSlot[]>();
  for (const slot of [...slots.keys()].sort((a, b) => a - b)) {
    const g = Math.floor(slot / levels);
    const one = slots.get(slot);
    if (one) used.set(g, [...(used.get(g) ?? []), one]);
  }
  for (const [g, own] of used) if (own.length < 2) used.delete(g);
  return used;
}

/**
 * Draws what is smaller than so many pixels at its coarsest level, and what is far smaller not at all: a crowd of equal
 * parts gets thinner (`thinning.ts`).
 *
 * whole: all placements of a geometry stay or go together, which is what saves sub-draws.
 */
function coarsen(
  { geometry, owner, level, sizes, faces }: LimitedChoice,
  pixels: number,
  whole: boolean,
): void {
  const coarsest = faces.levels - 1;
  for (let draw = 0; draw < level.length; draw += 1) {
    const wanted = level[draw] ?? NOT_DRAWN;
    const size = sizes[draw] ?? 0;
    if (wanted === NOT_DRAWN || size >= pixels) continue;
    // The whole of a part in pieces stands in for them at the coarsest level.
    const isPiece = owner !== null && (owner[draw] ?? draw) !== draw;
    const least = isPiece ? Math.max(0, coarsest - 1) : coarsest;
    const counted = size * countedShare(whole ? (geometry[draw] ?? 0) : draw);
    level[draw] = counted < pixels * LEFT_OUT ? NOT_DRAWN : Math.max(wanted, least);
  }
}

/** Leaves the display edges of the smallest parts out until the rest fits; whether it had to. */
export function limitEdges(choice: LimitedChoice, limits: DrawLimits, faces: Drawn): boolean {
  const { geometry, visible, edged, sizes, edges } = choice;
  let subDraws = limits.subDraws - faces.subDraws;
  let triangles = limits.triangles - faces.triangles;
  const shown = new Map<number, { ribbons: number; largest: number }>();
  for (let o = 0; o < edged.length; o += 1) {
    if (edged[o] !== 1 || visible[o] !== 1) continue;
    const g = geometry[o] ?? NO_GEOMETRY;
    const elements = edges.count[g] ?? 0;
    if (elements === 0) continue;
    const known = shown.get(g) ?? { ribbons: 0, largest: 0 };
    known.ribbons += (elements * RIBBON) / 3;
    known.largest = Math.max(known.largest, sizes[o] ?? 0);
    shown.set(g, known);
  }
  const kept = new Set<number>();
  if (limits.edges)
    for (const [g, { ribbons }] of [...shown].sort((a, b) => b[1].largest - a[1].largest)) {
      if (subDraws < 1 || ribbons > triangles) break;
      kept.add(g);
      subDraws -= 1;
      triangles -= ribbons;
    }
  if (kept.size === shown.size) return false;
  for (let o = 0; o < edged.length; o += 1) if (!kept.has(geometry[o] ?? 0)) edged[o] = 0;
  return limits.edges;
}
