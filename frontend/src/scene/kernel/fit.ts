/** Circles and cylinders found again in the points and triangles of a mesh; each with how far it strays from them. */

import type { Vec3 } from "../../state/model";
import {
  add,
  along,
  cornersAt,
  cross,
  dot,
  length,
  normalize,
  perpendicular,
  scale,
  subtract,
} from "../vector";

/** Points of a polyline below which any three lie on a circle. */
const FEWEST = 5;

/** A circle through points. */
export interface FittedCircle {
  readonly centre: Vec3;
  /** Unit. */
  readonly axis: Vec3;
  readonly radius: number;
  /** The farthest any point strays from it, metres. */
  readonly residual: number;
  /** From the first to the last point along it, radians. */
  readonly angle: number;
}

/** The circle of least squares through points in order; null of too few, or of points in one line. */
export function circleThrough(points: readonly Vec3[]): FittedCircle | null {
  if (points.length < FEWEST) return null;
  const middle = scale(
    points.reduce((sum, p) => add(sum, p), [0, 0, 0] as Vec3),
    1 / points.length,
  );
  // The normal of the plane: what the chords sweep (Newell).
  let normal: Vec3 = [0, 0, 0];
  let spread = 0;
  points.forEach((p, i) => {
    const [a, b] = [subtract(p, middle), subtract(points[(i + 1) % points.length] ?? p, middle)];
    normal = add(normal, cross(a, b));
    spread = Math.max(spread, length(a));
  });
  if (length(normal) <= 1e-9 * spread * spread) return null;
  const axis = normalize(normal);
  const x = perpendicular(axis);
  const y = cross(axis, x);
  const flat = points.map((p): [number, number] => {
    const from = subtract(p, middle);
    return [dot(from, x), dot(from, y)];
  });
  const found = circleInPlane(flat);
  if (!found) return null;
  const centre = along(along(middle, x, found.x), y, found.y);
  let residual = 0;
  let angle = 0;
  let before: number | null = null;
  points.forEach((p, i) => {
    const from = subtract(p, centre);
    const height = dot(from, axis);
    residual = Math.max(
      residual,
      Math.hypot(height, length(along(from, axis, -height)) - found.radius),
    );
    const [u, v] = flat[i] ?? [0, 0];
    const at = Math.atan2(v - found.y, u - found.x);
    if (before !== null) {
      const step = at - before;
      angle += step - 2 * Math.PI * Math.round(step / (2 * Math.PI));
    }
    before = at;
  });
  return { centre, axis, radius: found.radius, residual, angle: Math.abs(angle) };
}

/** Kåsa's circle, then Gauss–Newton on true distances. */
function circleInPlane(
  points: readonly (readonly [number, number])[],
): { readonly x: number; readonly y: number; readonly radius: number } | null {
  let [sxx, sxy, syy, sx, sy, sxz, syz, sz] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (const [u, v] of points) {
    const z = u * u + v * v;
    sxx += u * u;
    sxy += u * v;
    syy += v * v;
    sx += u;
    sy += v;
    sxz += u * z;
    syz += v * z;
    sz += z;
  }
  const n = points.length;
  const [a, b, c] = [sxx - (sx * sx) / n, sxy - (sx * sy) / n, syy - (sy * sy) / n];
  const [d, e] = [(sxz - (sx * sz) / n) / 2, (syz - (sy * sz) / n) / 2];
  const det = a * c - b * b;
  if (Math.abs(det) <= 1e-18 * (a + c) * (a + c)) return null;
  let x = (d * c - e * b) / det;
  let y = (a * e - b * d) / det;
  let radius = 0;
  for (let round = 0; round < 20; round += 1) {
    let [jxx, jxy, jyy, jx, jy, rx, ry, rs, ds] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
    radius = 0;
    for (const [u, v] of points) radius += Math.hypot(u - x, v - y) / n;
    for (const [u, v] of points) {
      const away = Math.hypot(u - x, v - y);
      if (away === 0) continue;
      const [p, q] = [(u - x) / away, (v - y) / away];
      const off = away - radius;
      jxx += p * p;
      jxy += p * q;
      jyy += q * q;
      jx += p;
      jy += q;
      rx += p * off;
      ry += q * off;
      rs += off;
      ds += 1;
    }
    // The radius is free: its mean is taken out of the normal equations.
    const [m1, m2, m3] = [jxx - (jx * jx) / ds, jxy - (jx * jy) / ds, jyy - (jy * jy) / ds];
    const [r1, r2] = [rx - (jx * rs) / ds, ry - (jy * rs) / ds];
    const whole = m1 * m3 - m2 * m2;
    if (Math.abs(whole) < 1e-12 * (m1 + m3) * (m1 + m3)) break;
    const [dx, dy] = [(r1 * m3 - r2 * m2) / whole, (m1 * r2 - m2 * r1) / whole];
    x += dx;
    y += dy;
    if (Math.hypot(dx, dy) <= 1e-14 * radius) break;
  }
  radius = 0;
  for (const [u, v] of points) radius += Math.hypot(u - x, v - y) / n;
  return Number.isFinite(radius) && radius > 0 ? { x, y, radius } : null;
}

/** A cylinder through triangles. */
export interface FittedCylinder {
  readonly point: Vec3;
  readonly axis: Vec3;
  readonly radius: number;
  readonly residual: number;
}

/** The cylinder on which corners of triangles lie, nine numbers each; null when they turn about no axis. */
export function cylinderThrough(corners: Float64Array): FittedCylinder | null {
  const normals: Vec3[] = [];
  const points: Vec3[] = [];
  for (let i = 0; i + 8 < corners.length; i += 9) {
    const [a, b, c] = cornersAt(corners, i);
    const square = cross(subtract(b, a), subtract(c, a));
    if (length(square) === 0) continue;
    normals.push(normalize(square));
    points.push(a, b, c);
  }
  const first = normals[0];
  const origin = points[0];
  if (!first || !origin || normals.length < FEWEST - 1) return null;
  // All normals are square to the axis: their widest cross product points along it.
  let axis: Vec3 = [0, 0, 0];
  for (const normal of normals) {
    const way = cross(first, normal);
    axis = add(axis, dot(way, axis) < 0 ? scale(way, -1) : way);
  }
  if (length(axis) < 1e-6) return null;
  axis = normalize(axis);
  const x = perpendicular(axis);
  const y = cross(axis, x);
  const flat = points.map((p): [number, number] => {
    const from = subtract(p, origin);
    return [dot(from, x), dot(from, y)];
  });
  const found = circleInPlane(flat);
  if (!found) return null;
  let residual = 0;
  for (const [u, v] of flat)
    residual = Math.max(residual, Math.abs(Math.hypot(u - found.x, v - found.y) - found.radius));
  const point = along(along(origin, x, found.x), y, found.y);
  return { point, axis, radius: found.radius, residual };
}
