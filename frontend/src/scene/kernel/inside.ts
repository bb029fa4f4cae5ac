/** What lies inside a solid, and where a straight line goes through its faces. */

import type { Vec3 } from "../../state/model";
import { crossings } from "./curve_surface";
import { pointAt } from "./curves";
import { normalOver } from "./surfaces";
import type { FaceView, SolidView } from "./views";

/** A way through a face. */
export interface Passage {
  /** Metres along the ray. */
  readonly t: number;
  readonly point: Vec3;
  readonly face: number;
  /** Out of the material. */
  readonly normal: Vec3;
}

/** Where a ray of a length goes through faces, nearest first; frame of the view. direction: unit. */
export function passages(
  view: SolidView,
  faces: readonly number[],
  from: Vec3,
  direction: Vec3,
  length: number,
): Passage[] {
  const ray = { kind: "line", point: from, direction, first: 0, last: length } as const;
  const found: Passage[] = [];
  for (const index of faces) {
    const face = view.face(index);
    if (!face || !meetsBox(face, from, direction, length)) continue;
    for (const t of crossings(ray, face.surface)) {
      const point = pointAt(ray, t);
      if (face.contains(point)) found.push({ t, point, face: index, normal: outward(face, point) });
    }
  }
  return found.sort((a, b) => a.t - b.t);
}

/** The unit normal of a face out of the material. */
export function outward({ surface }: FaceView, p: Vec3): Vec3 {
  const n = normalOver(surface, p);
  return surface.hole ? [-n[0], -n[1], -n[2]] : n;
}

/** Directions square to nothing in particular: a ray along an edge would count it twice. */
const WAYS: readonly Vec3[] = [
  [0.4242640687119285, 0.5656854249492381, 0.7071067811865475],
  [-0.7312715117751976, 0.3713906763541037, 0.5721450421331047],
  [0.1825741858350554, -0.912870929175277, 0.3651483716701107],
];

/** Whether a point lies inside closed faces: what two of three rays say. */
export function isInside(view: SolidView, faces: readonly number[], p: Vec3): boolean {
  let reach = 0;
  for (const index of faces) {
    const box = view.boxOfFace(index);
    if (!box) continue;
    for (const axis of [0, 1, 2] as const)
      reach = Math.max(
        reach,
        Math.abs(box[axis] - p[axis]),
        Math.abs(box[(axis + 3) as 3] - p[axis]), // 3, 4 or 5
      );
  }
  let votes = 0;
  for (const way of WAYS)
    if (passages(view, faces, p, way, 2 * reach + 1e-9).length % 2 === 1) votes += 1;
  return votes >= 2;
}

function meetsBox({ box }: FaceView, from: Vec3, direction: Vec3, length: number): boolean {
  let [near, far] = [0, length];
  const slack = 1e-9 * length;
  for (const axis of [0, 1, 2] as const) {
    const [low, high] = [box[axis] - slack, box[(axis + 3) as 3] + slack]; // 3, 4 or 5
    const d = direction[axis];
    if (Math.abs(d) < 1e-300) {
      if (from[axis] < low || from[axis] > high) return false;
      continue;
    }
    const [a, b] = [(low - from[axis]) / d, (high - from[axis]) / d];
    near = Math.max(near, Math.min(a, b));
    far = Math.min(far, Math.max(a, b));
  }
  return near <= far;
}
