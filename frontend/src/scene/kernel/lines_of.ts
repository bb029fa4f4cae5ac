/** Directions, centres and axes of things, where they stand: what angles and distances of middles are taken of. */

import type { Vec3 } from "../../state/model";
import { normalize, scale } from "../vector";
import { type Affine, likenessOf, placePoint, placeVector } from "./affine";
import type { Axis, Placed } from "./types";

/** What a thing has of these. */
export interface Lines {
  /** Of a line or an axis. */
  readonly direction: Vec3 | null;
  /** Of a plane, out of the material. */
  readonly normal: Vec3 | null;
  /** On the line, axis or plane. */
  readonly point: Vec3 | null;
  /** Of a circle, ellipse, ball or ring; a point itself. */
  readonly centre: Vec3 | null;
  /** Of a cylinder or a cone, which have no centre. */
  readonly axis: Axis | null;
}

const NONE: Lines = { direction: null, normal: null, point: null, centre: null, axis: null };

/** In the frame of the placement. Of stretched things only what stays. */
export function linesOf(placed: Placed): Lines {
  if (placed.type === "point") return { ...NONE, centre: placed.point };
  if (placed.type === "mesh") return NONE;
  const { solid, kind, index, matrix } = placed;
  if (kind === "vertex") {
    const p = solid.vertex(index);
    return p ? { ...NONE, centre: placePoint(matrix, p) } : NONE;
  }
  if (kind === "edge") {
    const curve = solid.curve(index);
    if (!curve || curve.kind === "polyline") return NONE;
    if (curve.kind === "line") {
      const direction = normalize(placeVector(matrix, curve.direction));
      return { ...NONE, direction, point: placePoint(matrix, curve.point) };
    }
    if (!likenessOf(matrix).similar) return NONE;
    const centre = placePoint(matrix, curve.centre);
    return { ...NONE, direction: turned(matrix, curve.axis), point: centre, centre };
  }
  const surface = kind === "face" ? solid.face(index)?.surface : null;
  if (!surface) return NONE;
  const point = placePoint(matrix, surface.origin);
  if (surface.kind === "plane") return { ...NONE, normal: normalOf(matrix, surface.axis), point };
  if (!likenessOf(matrix).similar) return NONE;
  if (surface.kind === "sphere") return { ...NONE, centre: point };
  const direction = turned(matrix, surface.axis);
  if (surface.kind === "torus") return { ...NONE, direction, point, centre: point };
  return { ...NONE, direction, point, axis: { point, direction } };
}

/** An axis: which of its two ends is meant matters to nobody. */
function turned(matrix: Affine, axis: Vec3): Vec3 {
  return normalize(placeVector(matrix, axis));
}

/** A normal under a placement that may stretch: by the cofactors of its matrix (Turkowski, Graphics Gems, 1990). */
export function normalOf(m: Affine, [x, y, z]: Vec3): Vec3 {
  const v = (i: number): number => m[i] ?? 0;
  const [a, b, c, d, e, f, g, h, k] = [v(0), v(1), v(2), v(4), v(5), v(6), v(8), v(9), v(10)];
  const n: Vec3 = [
    (e * k - f * h) * x + (f * g - d * k) * y + (d * h - e * g) * z,
    (c * h - b * k) * x + (a * k - c * g) * y + (b * g - a * h) * z,
    (b * f - c * e) * x + (c * d - a * f) * y + (a * e - b * d) * z,
  ];
  // Mirrored, they point inwards.
  return normalize(likenessOf(m).mirrored ? scale(n, -1) : n);
}
