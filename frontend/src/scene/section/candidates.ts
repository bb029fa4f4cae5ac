/** Which occurrences a plane may cut: their boxes reach over it, and no other plane takes them away. */

import type { Occurrences } from "../occurrences";
import type { CutPlane } from "../batch_materials";

/** Occurrences looked at before the page gets a turn. */
const AT_ONCE = 20_000;

/**
 * Yields after every `AT_ONCE` occurrences; returns the candidates in ascending order.
 *
 * isWanted: visible, neither a ghost nor spared.
 */
export function* cutBy(
  occurrences: Occurrences,
  plane: CutPlane,
  others: readonly CutPlane[],
  isWanted: (occurrence: number) => boolean,
): Generator<undefined, number[]> {
  const found: number[] = [];
  const box = new Float64Array(6);
  for (let o = 0; o < occurrences.count; o += 1) {
    if (o % AT_ONCE === AT_ONCE - 1) yield;
    if (!occurrences.has(o) || !isWanted(o)) continue;
    occurrences.boxInto(o, box);
    if (heightOf(box, plane, -1) >= plane.offset || heightOf(box, plane, 1) <= plane.offset)
      continue;
    if (others.some((other) => heightOf(box, other, 1) <= other.offset)) continue;
    found.push(o);
  }
  return found;
}

/** The least (side −1) or greatest (1) height of a box, x, y, z least and greatest, along a plane's normal. */
export function heightOf(
  box: Float64Array | readonly number[],
  { normal }: CutPlane,
  side: 1 | -1,
): number {
  let height = 0;
  for (let axis = 0; axis < 3; axis += 1) {
    const n = normal[axis] ?? 0;
    height += n * (box[n * side > 0 ? axis + 3 : axis] ?? 0);
  }
  return height;
}

/** Rows from grid steps to the model frame of an occurrence as it stands now, into `out` at `at`. */
export function placedRows(
  occurrences: Occurrences,
  occurrence: number,
  out: Float64Array,
  at: number,
): void {
  const { matrices, explodeDirections, explode } = occurrences;
  for (let i = 0; i < 12; i += 1) out[at + i] = matrices[occurrence * 12 + i] ?? 0;
  for (let r = 0; r < 3; r += 1) {
    const away = (explodeDirections[occurrence * 3 + r] ?? 0) * explode;
    out[at + r * 4 + 3] = (out[at + r * 4 + 3] ?? 0) + away;
  }
}
