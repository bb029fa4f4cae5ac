/** How thick the material is behind a point of a face: straight in, as far as the face opposite. */

import type { Vec3 } from "../../state/model";
import { along, cross, distance, dot, length, normalize, scale, subtract } from "../vector";
import { inverse, likenessOf, placePoint } from "./affine";
import { nearestOnTriangle } from "./mesh";
import { outward, passages } from "./inside";
import { footOn } from "./surfaces";
import { type Triangles, trianglesOf } from "./triangles";
import type { Placed, PlacedEntity, Thickness } from "./types";
import { SolidView } from "./views";

/** Of the part's size: nearer than this lies the face itself. */
const SELF = 1e-9;

/**
 * The thickness at a point of a face (or of a mesh), frame of the placement; null where the ray leaves through nothing:
 * an open shell.
 */
export function thicknessAt(placed: Placed, p: Vec3): Thickness | null {
  if (placed.type === "point") return null;
  if (placed.type === "mesh")
    return throughTriangles(
      trianglesOf(placed.mesh, placed.matrix, placed.tolerance_m),
      p,
      placed.tolerance_m,
    );
  if (placed.kind !== "face" || !likenessOf(placed.matrix).similar) return null;
  return throughFaces(placed, p);
}

function throughFaces({ solid, index, matrix }: PlacedEntity, p: Vec3): Thickness | null {
  const { scale: stretch } = likenessOf(matrix);
  const view = new SolidView(solid, null);
  const local = placePoint(inverse(matrix), p);
  const face = view.face(index);
  const faces = solid.facesOf(solid.bodyOf(index));
  const free = freeTriangles(view, faces);
  if (!face) {
    const found = free && throughTriangles(free, local, view.deflection);
    return found && placedThickness(found, matrix, stretch);
  }
  const from = footOn(face.surface, local);
  const inwards = scale(outward(face, from), -1);
  const reach = 4 * solid.size + distance(from, local);
  const exit = passages(view, faces, from, inwards, reach).find(
    ({ t, normal }) => t > SELF * solid.size && dot(normal, inwards) > 0,
  );
  const other = free && firstHit(free, along(from, inwards, SELF * solid.size), inwards);
  if (other !== null && (!exit || other < exit.t)) {
    const to = along(from, inwards, other);
    const found = {
      thickness: other,
      from,
      to,
      face: -1,
      exact: false,
      tolerance_m: view.deflection,
    };
    return placedThickness(found, matrix, stretch);
  }
  if (!exit) return null;
  const stray = face.stray + (view.face(exit.face)?.stray ?? 0);
  return placedThickness(
    {
      thickness: exit.t,
      from,
      to: exit.point,
      face: exit.face,
      exact: true,
      tolerance_m: Math.max(stray, 1e-12 * solid.size),
    },
    matrix,
    stretch,
  );
}

function placedThickness(
  found: Thickness,
  matrix: PlacedEntity["matrix"],
  stretch: number,
): Thickness {
  return {
    ...found,
    thickness: found.thickness * stretch,
    from: placePoint(matrix, found.from),
    to: placePoint(matrix, found.to),
    tolerance_m: found.tolerance_m * stretch,
  };
}

/** Triangles of those faces that have no surface; null: there are none, or they are not here. */
function freeTriangles(view: SolidView, faces: readonly number[]): Triangles | null {
  const corners: number[] = [];
  for (const index of faces) {
    if (view.face(index)) continue;
    for (const value of view.triangles(index) ?? []) corners.push(value);
  }
  if (corners.length === 0) return null;
  const points = Float64Array.from(corners);
  const triangles = Uint32Array.from({ length: points.length / 3 }, (_, i) => i);
  return trianglesOf({ points, triangles }, IDENTITY_ROWS, view.deflection);
}

const IDENTITY_ROWS = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);

function throughTriangles(triangles: Triangles, p: Vec3, tolerance: number): Thickness | null {
  let near: { readonly off: number; readonly at: Vec3; readonly normal: Vec3 } | null = null;
  for (let t = 0; t < triangles.count; t += 1) {
    const [a, b, c] = [triangles.corner(t, 0), triangles.corner(t, 1), triangles.corner(t, 2)];
    const at = nearestOnTriangle(p, a, b, c);
    const off = distance(p, at);
    if (near && off >= near.off) continue;
    const square = cross(subtract(b, a), subtract(c, a));
    if (length(square) > 0) near = { off, at, normal: normalize(square) };
  }
  if (!near) return null;
  const inwards = scale(near.normal, -1);
  const start = along(near.at, inwards, 1e-7 * (1 + length(near.at)));
  const t = firstHit(triangles, start, inwards);
  if (t === null) return null;
  const to = along(start, inwards, t);
  return {
    thickness: distance(near.at, to),
    from: near.at,
    to,
    face: -1,
    exact: false,
    tolerance_m: 2 * tolerance,
  };
}

/** How far along a ray the first triangle is (Möller and Trumbore 1997); null: none. */
function firstHit(triangles: Triangles, from: Vec3, direction: Vec3): number | null {
  let first: number | null = null;
  for (let t = 0; t < triangles.count; t += 1) {
    const a = triangles.corner(t, 0);
    const e1 = subtract(triangles.corner(t, 1), a);
    const e2 = subtract(triangles.corner(t, 2), a);
    const across = cross(direction, e2);
    const det = dot(e1, across);
    if (det === 0) continue;
    const back = subtract(from, a);
    const u = dot(back, across) / det;
    if (u < 0 || u > 1) continue;
    const q = cross(back, e1);
    const v = dot(direction, q) / det;
    const at = dot(e2, q) / det;
    if (v < 0 || u + v > 1 || at <= 0) continue;
    if (first === null || at < first) first = at;
  }
  return first;
}
