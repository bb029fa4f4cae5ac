/** Which occurrences are drawn with which geometry and level: the list behind one multi-draw call. */

import type { Run } from "./pieces";
import { LIST_WIDTH } from "./shaders";

/** Where each geometry lies in the shared buffers, per level. */
export interface DrawRanges {
  /** First element of geometry `g` at level slot `s` is at [g × levels + s]; elements = indices or vertices. */
  readonly first: Int32Array;
  /** Number of elements; 0: not there. */
  readonly count: Int32Array;
  readonly levels: number;
}

/** One multi-draw call: parallel arrays of `subDraws` entries and the list texture's content. */
export interface DrawList {
  subDraws: number;
  /** Elements of each sub-draw. */
  counts: Int32Array;
  /** First element of each sub-draw. */
  firsts: Int32Array;
  instances: Int32Array;
  /** subDraws positions, then at those positions the occurrences; padded to whole texture rows. */
  entries: Uint32Array;
  /** Used length of `entries`. */
  length: number;
  /** Elements drawn, all occurrences. */
  elements: number;
  occurrences: number;
}

/** A list that draws nothing. */
export function emptyDrawList(): DrawList {
  return {
    subDraws: 0,
    counts: new Int32Array(64),
    firsts: new Int32Array(64),
    instances: new Int32Array(64),
    entries: new Uint32Array(LIST_WIDTH),
    length: 0,
    elements: 0,
    occurrences: 0,
  };
}

export const NO_GEOMETRY = 0xffffffff;
/** In place of a level: too small to be seen, or something else is drawn instead. */
export const NOT_DRAWN = 255;

/** What decides whether and how an occurrence is drawn. */
export interface DrawInput {
  /** (draws) geometry number or NO_GEOMETRY: first the occurrences', then their pieces'. */
  readonly geometry: Uint32Array;
  /** (draws) wanted level or NOT_DRAWN; shorter ones are not drawn. */
  readonly level: Uint8Array;
  /** (draws) occurrence of each; left out: each is its own. */
  readonly owner?: Uint32Array;
  /** Draws of an occurrence's pieces; used with `candidates`. */
  readonly piecesOf?: (occurrence: number) => Run | undefined;
  readonly ranges: DrawRanges;
  /** Whether to draw occurrence `o`; its geometry lies at `slot` of the ranges. */
  readonly include: (occurrence: number, slot: number) => boolean;
  /** Only these occurrences are looked at; null: all. */
  readonly candidates: Iterable<number> | null;
}

/**
 * Nearest level that is there: the wanted one, else the next coarser, else the next finer.
 * Returns the slot in the ranges, or -1.
 */
export function residentSlot(ranges: DrawRanges, geometry: number, wanted: number): number {
  const start = geometry * ranges.levels;
  const from = Math.min(wanted, ranges.levels - 1);
  for (let level = from; level < ranges.levels; level += 1)
    if ((ranges.count[start + level] ?? 0) > 0) return start + level;
  for (let level = from - 1; level >= 0; level -= 1)
    if ((ranges.count[start + level] ?? 0) > 0) return start + level;
  return -1;
}

/** Scratch of `buildDrawList`, kept so that a rebuild allocates nothing. */
interface Scratch {
  slots: Int32Array;
  picked: Uint32Array;
  perSlot: Int32Array;
}
const scratch: Scratch = {
  slots: new Int32Array(0),
  picked: new Uint32Array(0),
  perSlot: new Int32Array(0),
};

/** Fills `out` by counting sort over geometry and level: linear in the occurrences. */
export function buildDrawList(input: DrawInput, out: DrawList): void {
  const { geometry, level, owner, piecesOf, ranges, include, candidates } = input;
  const slotCount = ranges.count.length;
  if (scratch.slots.length < geometry.length) {
    scratch.slots = new Int32Array(geometry.length);
    scratch.picked = new Uint32Array(geometry.length);
  }
  if (scratch.perSlot.length < slotCount) scratch.perSlot = new Int32Array(slotCount);
  const { slots, picked, perSlot } = scratch;
  perSlot.fill(0, 0, slotCount);

  let chosen = 0;
  const consider = (draw: number): void => {
    const own = geometry[draw] ?? NO_GEOMETRY;
    const wanted = level[draw] ?? NOT_DRAWN;
    if (own === NO_GEOMETRY || wanted === NOT_DRAWN) return;
    const occurrence = owner?.[draw] ?? draw;
    const slot = residentSlot(ranges, own, wanted);
    if (slot < 0 || !include(occurrence, slot)) return;
    slots[chosen] = slot;
    picked[chosen] = occurrence;
    chosen += 1;
    perSlot[slot] = (perSlot[slot] ?? 0) + 1;
  };
  if (candidates === null) for (let i = 0; i < geometry.length; i += 1) consider(i);
  else
    for (const occurrence of candidates) {
      consider(occurrence);
      const run = piecesOf?.(occurrence);
      if (run) for (let d = run.first; d < run.first + run.count; d += 1) consider(d);
    }

  let subDraws = 0;
  for (let slot = 0; slot < slotCount; slot += 1) if ((perSlot[slot] ?? 0) > 0) subDraws += 1;
  reserve(out, subDraws, subDraws + chosen);
  let draw = 0;
  let at = subDraws;
  out.elements = 0;
  for (let slot = 0; slot < slotCount; slot += 1) {
    const instances = perSlot[slot] ?? 0;
    if (instances === 0) continue;
    const elements = ranges.count[slot] ?? 0;
    out.counts[draw] = elements;
    out.firsts[draw] = ranges.first[slot] ?? 0;
    out.instances[draw] = instances;
    out.entries[draw] = at;
    out.elements += elements * instances;
    perSlot[slot] = at; // from here on: where the slot's next occurrence goes
    at += instances;
    draw += 1;
  }
  for (let i = 0; i < chosen; i += 1) {
    const slot = slots[i] ?? 0;
    const to = perSlot[slot] ?? 0;
    out.entries[to] = picked[i] ?? 0;
    perSlot[slot] = to + 1;
  }
  out.subDraws = subDraws;
  out.length = subDraws + chosen;
  out.occurrences = chosen;
}

function reserve(list: DrawList, subDraws: number, entries: number): void {
  if (list.counts.length < subDraws) {
    const size = subDraws * 2;
    list.counts = new Int32Array(size);
    list.firsts = new Int32Array(size);
    list.instances = new Int32Array(size);
  }
  if (list.entries.length < entries)
    list.entries = new Uint32Array(Math.ceil((entries * 1.25) / LIST_WIDTH) * LIST_WIDTH);
}
