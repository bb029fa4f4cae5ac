/** Triangles as something to find nearest points of. All in one frame. */

import type { Vec3 } from "../../state/model";
import { along, cross, distance, dot, subtract } from "../vector";
import type { Best } from "./best";
import { BoxTree } from "./box_tree";
import { type Affine, placePoint } from "./affine";
import { nearestOfSegments } from "./curve_pairs";
import { type Curve, knotsOf, pointAt, sagOf } from "./curves";
import { type MeshShape, nearestOnTriangle } from "./mesh";

/** Triangles, or the segments of a polyline as triangles without width, with a tree over them. */
export class Triangles {
  /** Nine numbers each. */
  readonly corners: Float64Array;
  readonly tree: BoxTree;
  /** How far they may stray from what they stand for. */
  readonly stray: number;

  constructor(corners: Float64Array, stray: number) {
    this.corners = corners;
    this.stray = stray;
    const count = corners.length / 9;
    const boxes = new Float64Array(6 * count);
    for (let t = 0; t < count; t += 1)
      for (let axis = 0; axis < 3; axis += 1) {
        const [a, b, c] = [0, 3, 6].map((i) => corners[9 * t + i + axis] ?? 0) as [
          number,
          number,
          number,
        ];
        boxes[6 * t + axis] = Math.min(a, b, c);
        boxes[6 * t + 3 + axis] = Math.max(a, b, c);
      }
    this.tree = new BoxTree(boxes);
  }

  get count(): number {
    return this.corners.length / 9;
  }

  corner(triangle: number, corner: 0 | 1 | 2): Vec3 {
    const at = 9 * triangle + 3 * corner;
    return [this.corners[at] ?? 0, this.corners[at + 1] ?? 0, this.corners[at + 2] ?? 0];
  }
}

/** A mesh where it stands. */
export function trianglesOf(mesh: MeshShape, matrix: Affine, stray: number): Triangles {
  const line = mesh.triangles.length === 0;
  const count = line ? Math.max(0, mesh.points.length / 3 - 1) : mesh.triangles.length / 3;
  const corners = new Float64Array(9 * count);
  const put = (at: number, vertex: number): void => {
    const p = mesh.points;
    corners.set(
      placePoint(matrix, [p[3 * vertex] ?? 0, p[3 * vertex + 1] ?? 0, p[3 * vertex + 2] ?? 0]),
      at,
    );
  };
  for (let t = 0; t < count; t += 1)
    for (let i = 0; i < 3; i += 1)
      put(9 * t + 3 * i, line ? t + Math.min(i, 1) : (mesh.triangles[3 * t + i] ?? 0));
  return new Triangles(corners, stray);
}

/** A curve as triangles without width, straying no more than a millionth of its size. */
export function trianglesOfCurve(curve: Curve, stray: number): Triangles {
  const knots = [...knotsOf(curve)];
  const size = curve.kind === "line" || curve.kind === "polyline" ? 1 : curve.major;
  const parts: number[] = [];
  let sag = 0;
  for (let i = 1; i < knots.length; i += 1) {
    const [from, to] = [knots[i - 1] ?? 0, knots[i] ?? 0];
    const whole = sagOf(curve, from, to);
    const pieces = Math.max(1, Math.ceil(Math.sqrt(whole / (1e-6 * size))));
    for (let j = 0; j < pieces; j += 1) parts.push(from + ((to - from) * j) / pieces);
    sag = Math.max(sag, sagOf(curve, from, from + (to - from) / pieces));
  }
  parts.push(curve.last);
  const corners = new Float64Array(9 * (parts.length - 1));
  for (let i = 1; i < parts.length; i += 1) {
    const [p, q] = [pointAt(curve, parts[i - 1] ?? 0), pointAt(curve, parts[i] ?? 0)];
    corners.set([...p, ...q, ...q], 9 * (i - 1));
  }
  return new Triangles(corners, stray + sag);
}

/** Offers the nearest points of two triangles. */
export function triangleToTriangle(
  a: Triangles,
  i: number,
  b: Triangles,
  j: number,
  best: Best,
): void {
  const stray = a.stray + b.stray;
  const p = [a.corner(i, 0), a.corner(i, 1), a.corner(i, 2)] as const;
  const q = [b.corner(j, 0), b.corner(j, 1), b.corner(j, 2)] as const;
  for (const corner of p) {
    const foot = nearestOnTriangle(corner, ...q);
    best.offer(distance(corner, foot), corner, foot, stray);
  }
  for (const corner of q) {
    const foot = nearestOnTriangle(corner, ...p);
    best.offer(distance(corner, foot), foot, corner, stray);
  }
  for (let m = 0; m < 3; m += 1)
    for (let n = 0; n < 3; n += 1) {
      const [p0, p1] = [p[m] ?? p[0], p[(m + 1) % 3] ?? p[0]];
      const [q0, q1] = [q[n] ?? q[0], q[(n + 1) % 3] ?? q[0]];
      const [s, t] = nearestOfSegments(p0, p1, q0, q1);
      const [from, to] = [along(p0, subtract(p1, p0), s), along(q0, subtract(q1, q0), t)];
      best.offer(distance(from, to), from, to, stray);
    }
  if (best.distance === 0) return;
  for (let m = 0; m < 3; m += 1) {
    const met =
      piercing(p[m] ?? p[0], p[(m + 1) % 3] ?? p[0], q) ??
      piercing(q[m] ?? q[0], q[(m + 1) % 3] ?? q[0], p);
    if (met) best.offer(0, met, met, stray);
  }
}

/** Where a segment passes through a triangle. */
export function piercing(
  from: Vec3,
  to: Vec3,
  [a, b, c]: readonly [Vec3, Vec3, Vec3],
): Vec3 | null {
  const normal = cross(subtract(b, a), subtract(c, a));
  const [h0, h1] = [dot(subtract(from, a), normal), dot(subtract(to, a), normal)];
  if (h0 * h1 > 0 || h0 === h1) return null;
  const p = along(from, subtract(to, from), h0 / (h0 - h1));
  const inside =
    dot(cross(subtract(b, a), subtract(p, a)), normal) >= 0 &&
    dot(cross(subtract(c, b), subtract(p, b)), normal) >= 0 &&
    dot(cross(subtract(a, c), subtract(p, c)), normal) >= 0;
  return inside ? p : null;
}
