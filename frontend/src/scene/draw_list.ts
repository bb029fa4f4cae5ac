/** Which occurrences are drawn with which geometry and level: the list behind one multi-draw call. */

import type { Run } from "./pieces";
import { LIST_WIDTH, NOBODY, RUN_FLAG } from "./shaders";

/** Where each geometry lies in the shared buffers, per level. */
export interface DrawRanges {
  /** First element of geometry `g` at level slot `s` is at [g × levels + s]; elements = indices or vertices. */
  readonly first: Int32Array;
  /** Number of elements; 0: not there. */
  readonly count: Int32Array;
  readonly levels: number;
  /** Lets ranges that lie side by side be drawn together; left out: each is a sub-draw. */
  readonly runs?: DrawRuns;
}

/**
 * How ranges lie side by side. 20,000 parts that occur once would be 20,000 sub-draws, which a graphics driver takes as
 * so many draw calls; a run of up to 128 of them is one, and each vertex knows which of them it belongs to.
 */
export interface DrawRuns {
  /** Slots that are here, in the order of the buffer. */
  order(): Int32Array;
  /** (slots) which 128 ranges of which chunk; only ranges of one block may form a run. */
  readonly block: Int32Array;
  /** (slots) number within the block, as the vertices have it. */
  readonly ordinal: Uint8Array;
}

/** A run goes on over ranges that are not drawn while these are no larger a share of it: they cost vertices. */
const HOLES = 0.25;

/** One multi-draw call: parallel arrays of `subDraws` entries and the list texture's content. */
export interface DrawList {
  subDraws: number;
  /** Elements of each sub-draw. */
  counts: Int32Array;
  /** First element of each sub-draw. */
  firsts: Int32Array;
  instances: Int32Array;
  /**
   * A head for each sub-draw, then at those positions the occurrences; padded to whole texture rows. The head of a run
   * has RUN_FLAG and the position that ordinal 0 would have.
   */
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
  /** (occurrences) 0: not drawn; else the kinds of geometry it is drawn with. Read in the innermost loop: plain bytes. */
  readonly drawn: Uint8Array;
  /** (slots) kinds a geometry has, as `opacity` of a chunk; left out: of every kind. */
  readonly kinds?: Uint8Array;
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
  const { geometry, level, owner, piecesOf, ranges, drawn, kinds, candidates } = input;
  const slotCount = ranges.count.length;
  if (scratch.slots.length < geometry.length) {
    scratch.slots = new Int32Array(geometry.length);
    scratch.picked = new Uint32Array(geometry.length);
  }
  if (scratch.perSlot.length < slotCount) scratch.perSlot = new Int32Array(slotCount);
  const { slots, picked, perSlot } = scratch;
  perSlot.fill(0, 0, slotCount);

  const only = candidates === null ? null : drawsOf(candidates, piecesOf);
  const draws = only ? only.length : geometry.length;
  const { count, levels } = ranges;
  const coarsest = levels - 1;
  let chosen = 0;
  for (let i = 0; i < draws; i += 1) {
    const draw = only ? (only[i] ?? 0) : i;
    const occurrence = owner ? (owner[draw] ?? draw) : draw;
    const allowed = drawn[occurrence] ?? 0;
    const wanted = level[draw] ?? NOT_DRAWN;
    if (allowed === 0 || wanted === NOT_DRAWN) continue;
    const own = geometry[draw] ?? NO_GEOMETRY;
    if (own === NO_GEOMETRY) continue;
    // Nearly always the wanted level is there, and this loop is what a picture of 100,000 parts costs.
    let slot = own * levels + (wanted < coarsest ? wanted : coarsest);
    if ((count[slot] ?? 0) === 0) slot = residentSlot(ranges, own, wanted);
    if (slot < 0 || (kinds && ((kinds[slot] ?? 0) & allowed) === 0)) continue;
    slots[chosen] = slot;
    picked[chosen] = occurrence;
    chosen += 1;
    perSlot[slot] = (perSlot[slot] ?? 0) + 1;
  }

  const used = layOut(ranges, slotCount, out);
  const { subDraws } = out;
  for (let i = 0; i < chosen; i += 1) {
    const slot = slots[i] ?? 0;
    const to = perSlot[slot] ?? 0;
    out.entries[to + subDraws] = picked[i] ?? 0;
    perSlot[slot] = to + 1;
  }
  out.length = subDraws + used;
  out.occurrences = chosen;
}

/** Draws of these occurrences and of their pieces. */
function drawsOf(candidates: Iterable<number>, piecesOf: DrawInput["piecesOf"]): readonly number[] {
  const draws: number[] = [];
  for (const occurrence of candidates) {
    draws.push(occurrence);
    const run = piecesOf?.(occurrence);
    if (run) for (let d = run.first; d < run.first + run.count; d += 1) draws.push(d);
  }
  return draws;
}

/**
 * Writes the sub-draws of the slots that have occurrences (`scratch.perSlot`) and leaves in `perSlot` where each slot's
 * first occurrence goes, counted from behind the heads. Returns how many entries there are behind the heads.
 */
function layOut(ranges: DrawRanges, slotCount: number, out: DrawList): number {
  const { perSlot } = scratch;
  const { first, count, runs } = ranges;
  const order = runs?.order() ?? null;
  const steps = order ? order.length : slotCount;
  let most = 0;
  for (let step = 0; step < steps; step += 1)
    if ((perSlot[order ? (order[step] ?? 0) : step] ?? 0) > 0) most += 1;
  reserveDraws(out, most);
  const { counts, firsts, instances } = out;
  let draws = 0;
  // In a run no ordinal comes before 0, so its head may point before the first entry: all entries stand RUN_ROOM later.
  let at = runs ? RUN_ROOM : 0;
  let elements = 0;
  let open = -1; // block of the run that may go on, or -1
  let runOrdinal = 0;
  let runAt = 0;
  let runEnd = 0;
  let drawn = 0;
  for (let step = 0; step < steps; step += 1) {
    const slot = order ? (order[step] ?? 0) : step;
    const own = perSlot[slot] ?? 0;
    if (own === 0) continue;
    const from = first[slot] ?? 0;
    const size = count[slot] ?? 0;
    const block = runs?.block[slot] ?? -1;
    elements += size * own;
    const gap = from - runEnd;
    if (own === 1 && open >= 0 && block === open && gap >= 0 && gap <= HOLES * (drawn + size)) {
      const ordinal = runs?.ordinal[slot] ?? 0;
      const to = runAt + ordinal - runOrdinal;
      draws -= 1;
      heads[draws] = (runAt - runOrdinal + RUN_FLAG) >>> 0;
      counts[draws] = from + size - (firsts[draws] ?? 0);
      draws += 1;
      perSlot[slot] = to;
      at = to + 1;
      runEnd = from + size;
      drawn += size;
      continue;
    }
    if (heads.length <= draws) heads = grown(heads);
    heads[draws] = at;
    counts[draws] = size;
    firsts[draws] = from;
    instances[draws] = own;
    draws += 1;
    perSlot[slot] = at;
    open = own === 1 ? block : -1;
    runOrdinal = runs?.ordinal[slot] ?? 0;
    runAt = at;
    runEnd = from + size;
    drawn = size;
    at += own;
  }
  out.subDraws = draws;
  out.elements = elements;
  reserveEntries(out, draws + at);
  out.entries.fill(NOBODY, draws, draws + at);
  // Without the flag's bit: adding must not carry into it.
  for (let d = 0; d < draws; d += 1) {
    const head = heads[d] ?? 0;
    const flag = head >= RUN_FLAG ? RUN_FLAG : 0;
    out.entries[d] = head - flag + draws + flag;
  }
  return at;
}

/** Entries before the first: as many as there are ordinals in a run. */
const RUN_ROOM = 128;

let heads = new Uint32Array(256);

function grown(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

function reserveDraws(list: DrawList, subDraws: number): void {
  if (list.counts.length >= subDraws) return;
  const size = subDraws * 2;
  list.counts = new Int32Array(size);
  list.firsts = new Int32Array(size);
  list.instances = new Int32Array(size);
}

function reserveEntries(list: DrawList, entries: number): void {
  if (list.entries.length < entries)
    list.entries = new Uint32Array(Math.ceil((entries * 1.25) / LIST_WIDTH) * LIST_WIDTH);
}
