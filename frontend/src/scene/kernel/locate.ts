/** Which face of an exact shape a point lies on. */

import type { Vec3 } from "../../state/model";
import { distance, dot, length } from "../vector";
import { nearestOnCurve } from "./curves";
import { distanceToTriangles } from "./mesh";
import type { Solid, SolidFace } from "./solid";
import { footOn, heightOver, normalOver } from "./surfaces";

/** Distances within this share of the part count as equal: the normal then decides. */
const EVEN = 1e-3;

/**
 * The number of the face that a picked point lies on, or −1.
 *
 * p: part frame; on triangles, which stray from the face.  normal: of the triangle, any length.
 * trianglesOf: corners of a face's own triangles, for faces of no elementary kind; null: not here.
 */
export function faceAt(
  solid: Solid,
  p: Vec3,
  normal: Vec3,
  trianglesOf: (face: number) => Float64Array | null,
): number {
  const near: { readonly face: number; readonly off: number; readonly facing: number }[] = [];
  const size = length(normal);
  let least = Infinity;
  for (let index = 0; index < solid.part.faces.count; index += 1) {
    const face = solid.face(index);
    if (!face) continue;
    const limit = least + EVEN * solid.size;
    const { surface } = face;
    // A face of no known shape may bulge out of the box of its edges.
    if (surface && beyond(face, p) > limit) continue;
    let off: number;
    let facing = 0;
    if (surface) {
      off = distanceToFace(solid, face, p);
      facing = size > 0 ? Math.abs(dot(normalOver(surface, p), normal)) / size : 0;
    } else {
      const triangles = trianglesOf(index);
      // Without triangles a face of no known shape is what is left when no other is near.
      off = triangles ? distanceToTriangles(triangles, p) : beyond(face, p) + 2 * EVEN * solid.size;
      facing = 0.9;
    }
    if (off > limit) continue;
    least = Math.min(least, off);
    near.push({ face: index, off, facing });
  }
  let best: { face: number; score: number } | null = null;
  for (const { face, off, facing } of near) {
    if (off > least + EVEN * solid.size) continue;
    // A right angle costs as much as straying by the whole margin.
    const score = off - least + (1 - facing) * EVEN * solid.size;
    if (!best || score < best.score) best = { face, score };
  }
  return best?.face ?? -1;
}

/** The face nearest to a point, or −1. */
export function faceNear(solid: Solid, p: Vec3): number {
  return faceAt(solid, p, [0, 0, 0], () => null);
}

/** How far a point lies from a face with a surface: from its foot inside the region, else from its edges. */
function distanceToFace(solid: Solid, face: SolidFace, p: Vec3): number {
  const { surface, trim } = face;
  if (!surface || !trim) return Infinity;
  if (trim.contains(footOn(surface, p))) return Math.abs(heightOver(surface, p));
  let least = Infinity;
  for (const edge of face.edges) {
    const curve = solid.curve(edge);
    if (curve) least = Math.min(least, nearestOnCurve(curve, p).distance);
  }
  return least === Infinity ? distance(p, footOn(surface, p)) : least;
}

/** How far a point lies outside the box of a face. */
function beyond({ box }: SolidFace, p: Vec3): number {
  const out = (axis: 0 | 1 | 2): number =>
    Math.max(0, box[axis] - p[axis], p[axis] - box[(axis + 3) as 3]); // 3, 4 or 5
  return Math.hypot(out(0), out(1), out(2));
}
