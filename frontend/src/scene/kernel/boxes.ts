/** Boxes along the axes of a frame: quick answers to "could this be nearer". */

import type { Vec3 } from "../../state/model";
import { type Affine } from "./affine";

/** Least x, y, z, greatest x, y, z. */
export type Box = readonly [number, number, number, number, number, number];

/** reach: least and greatest along a unit direction. */
export function boxOfReach(reach: (direction: Vec3) => readonly [number, number]): Box {
  const [x, y, z] = [reach([1, 0, 0]), reach([0, 1, 0]), reach([0, 0, 1])];
  return [x[0], y[0], z[0], x[1], y[1], z[1]];
}

export function joinBoxes(a: Box | null, b: Box): Box {
  if (!a) return b;
  return [
    Math.min(a[0], b[0]),
    Math.min(a[1], b[1]),
    Math.min(a[2], b[2]),
    Math.max(a[3], b[3]),
    Math.max(a[4], b[4]),
    Math.max(a[5], b[5]),
  ];
}

/** Least distance of two boxes; 0 when they overlap. */
export function gapBetween(a: Box, b: Box): number {
  const gap = (low: 0 | 1 | 2): number =>
    Math.max(0, a[low] - b[(low + 3) as 3], b[low] - a[(low + 3) as 3]); // 3, 4 or 5
  return Math.hypot(gap(0), gap(1), gap(2));
}

/** The box around a placed box. */
export function placedBox(box: Box, m: Affine): Box {
  const low = [0, 0, 0];
  const high = [0, 0, 0];
  for (let row = 0; row < 3; row += 1) {
    low[row] = high[row] = m[row * 4 + 3] ?? 0;
    for (let axis = 0; axis < 3; axis += 1) {
      const factor = m[row * 4 + axis] ?? 0;
      const [a, b] = [factor * (box[axis] ?? 0), factor * (box[axis + 3] ?? 0)];
      low[row] = (low[row] ?? 0) + Math.min(a, b);
      high[row] = (high[row] ?? 0) + Math.max(a, b);
    }
  }
  return [low[0] ?? 0, low[1] ?? 0, low[2] ?? 0, high[0] ?? 0, high[1] ?? 0, high[2] ?? 0];
}

export function boxOfPoint(p: Vec3): Box {
  return [...p, ...p];
}

/** A little larger on all sides. */
export function grown(box: Box, by: number): Box {
  return [box[0] - by, box[1] - by, box[2] - by, box[3] + by, box[4] + by, box[5] + by];
}
