/**
 * What sections do to drawn annotations. Half a frame cannot be read, so an annotation is drawn whole or not at all: it
 * goes with the part that is cut away entirely, and when nothing is left of where its drawing touches the part.
 */

import type { CutPlane } from "./batch_materials";
import { heightOf } from "./section/candidates";

/** x, y, z least, then greatest; model frame. */
export type Box = readonly number[];

/** How near to the part's box a drawing touches it, as a share of the box's diagonal: leaders end beside round faces. */
const NEAR = 0.01;

/** A drawing as far as a cut is concerned; model frame, metres. */
export interface Anchored {
  /** Of its part; null for what is drawn for the whole scene. */
  readonly box: Box | null;
  /** x, y, z of each point where it touches its part. */
  readonly anchors: Float32Array;
}

/** Where a drawing touches a part: its points at the part's box, or else the one that is nearest to it. */
export function anchorsOf(drawings: readonly Float32Array[], box: Box | null): Float32Array {
  const found: number[] = [];
  const margin = box ? NEAR * diagonal(box) : Infinity;
  let nearest: readonly number[] = [];
  let least = Infinity;
  for (const points of drawings)
    for (let i = 0; i < points.length; i += 3) {
      const point = [points[i] ?? 0, points[i + 1] ?? 0, points[i + 2] ?? 0];
      const away = box ? outside(point, box) : 0;
      if (away <= margin) found.push(...point);
      else if (away < least) {
        least = away;
        nearest = point;
      }
    }
  return Float32Array.from(found.length > 0 ? found : nearest);
}

/** Whether planes take a drawing away. slack: metres by which what lies in a plane may be off it. */
export function isCutAway(
  { box, anchors }: Anchored,
  planes: readonly CutPlane[],
  slack: number,
): boolean {
  if (planes.length === 0) return false;
  if (box && planes.some((plane) => heightOf(box, plane, 1) <= plane.offset - slack)) return true;
  if (anchors.length === 0) return false;
  for (let i = 0; i < anchors.length; i += 3) {
    const [x, y, z] = [anchors[i] ?? 0, anchors[i + 1] ?? 0, anchors[i + 2] ?? 0];
    const isKept = planes.every(
      ({ normal, offset }) => normal[0] * x + normal[1] * y + normal[2] * z >= offset - slack,
    );
    if (isKept) return false;
  }
  return true;
}

function diagonal(box: Box): number {
  return Math.hypot(...[0, 1, 2].map((axis) => (box[axis + 3] ?? 0) - (box[axis] ?? 0)));
}

/** Metres from a point to a box, 0 inside. */
function outside(point: readonly number[], box: Box): number {
  return Math.hypot(
    ...point.map((value, axis) =>
      Math.max((box[axis] ?? 0) - value, 0, value - (box[axis + 3] ?? 0)),
    ),
  );
}
