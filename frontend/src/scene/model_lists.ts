/**
 * The lists that one picture of a model draws: opaque faces, what lets light through, display edges. They are made
 * beside the page with each choice of levels (level_solver.ts), and in the page when something else has changed.
 */

import {
  buildDrawList,
  emptyDrawList,
  type DrawInput,
  type DrawList,
  type DrawRanges,
} from "./draw_list";

export interface ModelLists {
  readonly faces: DrawList;
  readonly blended: DrawList;
  readonly edges: DrawList;
}

/** What decides what the lists hold, but for the levels. */
export interface ListSource {
  /** (draws) geometry of each, or NO_GEOMETRY. */
  readonly geometry: Uint32Array;
  /** (draws) occurrence of each; null: each is its own. */
  readonly owner: Uint32Array | null;
  readonly faces: DrawRanges;
  readonly edges: DrawRanges;
  /** (geometries × levels) opacity bits of `decode.ts`. */
  readonly opacity: Uint8Array;
  /** (occurrences) 1: neither hidden nor empty. */
  readonly visible: Uint8Array;
  readonly kinds: DrawnKinds;
}

/** Which kinds of geometry each occurrence is drawn with; opacity bits of `decode.ts`. */
export interface DrawnKinds {
  /** (occurrences) among the opaque faces. */
  readonly opaque: Uint8Array;
  /** (occurrences) among what lets light through; null: no occurrence but by its geometry, and none has such. */
  readonly blended: Uint8Array | null;
}

/** What is drawn of a choice of levels. */
export interface DrawnLevels {
  /** (draws) level or NOT_DRAWN. */
  readonly level: Uint8Array;
  /** (occurrences) 1: with display edges. */
  readonly edged: Uint8Array;
  /** What that draws; null: not made yet. */
  readonly lists: ModelLists | null;
}

/** Lists that draw nothing. */
export function emptyLists(): ModelLists {
  return { faces: emptyDrawList(), blended: emptyDrawList(), edges: emptyDrawList() };
}

/** Fills `out`. */
export function buildLists(
  source: ListSource,
  levels: Pick<DrawnLevels, "level" | "edged">,
  out: ModelLists,
): void {
  buildFaces(source, levels, out);
  buildEdges(source, levels, out);
}

function inputOf({
  geometry,
  owner,
}: ListSource): Pick<DrawInput, "geometry" | "owner" | "candidates"> {
  return { geometry, ...(owner ? { owner } : {}), candidates: null };
}

/** Fills the lists of faces. */
export function buildFaces(
  source: ListSource,
  { level }: Pick<DrawnLevels, "level">,
  out: ModelLists,
): void {
  const { faces, opacity, kinds } = source;
  const solid = { ...inputOf(source), level, ranges: faces, kinds: opacity };
  buildDrawList({ ...solid, drawn: kinds.opaque }, out.faces);
  if (kinds.blended) buildDrawList({ ...solid, drawn: kinds.blended }, out.blended);
  else if (out.blended.subDraws > 0) Object.assign(out.blended, emptyDrawList());
}

/** Fills the list of display edges. */
export function buildEdges(
  source: ListSource,
  { edged }: Pick<DrawnLevels, "edged">,
  out: ModelLists,
): void {
  const { visible, edges } = source;
  const count = visible.length;
  if (withEdges.length !== count) {
    withEdges = new Uint8Array(count);
    oneLevel = new Uint8Array(count);
  }
  for (let o = 0; o < count; o += 1) withEdges[o] = (visible[o] ?? 0) & (edged[o] ?? 0);
  const drawn = { level: oneLevel, ranges: edges, drawn: withEdges };
  buildDrawList({ ...inputOf(source), ...drawn }, out.edges);
}

/** (occurrences) scratch, kept so that a rebuild allocates nothing; display edges have one level. */
let withEdges = new Uint8Array(0);
let oneLevel = new Uint8Array(0);

/** The arrays of what is drawn, to hand them to another thread. */
export function buffersOf({ level, edged, lists }: DrawnLevels): ArrayBuffer[] {
  const buffers = [level.buffer, edged.buffer];
  for (const list of lists ? [lists.faces, lists.blended, lists.edges] : [])
    for (const { buffer } of [list.counts, list.firsts, list.instances, list.entries])
      buffers.push(buffer);
  return buffers as ArrayBuffer[]; // none of them is over a shared buffer
}

/** Whether the faces that are drawn include any of these elements of the shared buffer. */
export function drawsElements(
  { faces, blended }: ModelLists,
  first: number,
  count: number,
): boolean {
  return [faces, blended].some(({ firsts, counts, subDraws }) => {
    for (let d = 0; d < subDraws; d += 1) {
      const from = firsts[d] ?? 0;
      if (from < first + count && from + (counts[d] ?? 0) > first) return true;
    }
    return false;
  });
}
