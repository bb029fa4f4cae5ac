/** What a drag of a section's handle means, as arithmetic on rays. */

import type { Vec3 } from "../state/model";
import {
  along,
  cross,
  distance,
  dot,
  length,
  normalize,
  perpendicular,
  scale,
  subtract,
} from "../scene/vector";

/** A pointer's ray; model frame, unit direction. */
export interface RayLike {
  readonly origin: Vec3;
  readonly direction: Vec3;
}

/** Rings turn in steps of this, radians; free with Alt (UX.md §2.8). */
export const SNAP_ANGLE = Math.PI / 12;
/** Below this cosine a ring is seen from its edge. */
const EDGE_ON = 0.12;

/** Metres along a line at which a ray points; null when it looks along the line. */
export function alongLine(ray: RayLike, base: Vec3, axis: Vec3): number | null {
  const side = cross(axis, ray.direction);
  if (length(side) < 0.02) return null;
  // The plane through the line that faces the ray most: stable from every side.
  const facing = normalize(cross(side, axis));
  const towards = dot(ray.direction, facing);
  if (Math.abs(towards) < 1e-6) return null;
  const t = dot(subtract(base, ray.origin), facing) / towards;
  return dot(axis, subtract(along(ray.origin, ray.direction, t), base));
}

/** Where a ray meets the plane through a point; null when it runs beside it. */
export function onPlane(ray: RayLike, point: Vec3, normal: Vec3): Vec3 | null {
  const towards = dot(ray.direction, normal);
  if (Math.abs(towards) < 1e-6) return null;
  const t = dot(subtract(point, ray.origin), normal) / towards;
  return t > 0 ? along(ray.origin, ray.direction, t) : null;
}

/** A grip on a ring: what later rays are measured against. */
export interface RingGrip {
  readonly centre: Vec3;
  /** Unit. */
  readonly axis: Vec3;
  readonly radius: number;
  /** Unit, from the centre to where the ring was taken hold of. */
  readonly from: Vec3;
}

/** Takes hold of a ring where a ray points at it. */
export function gripRing(ray: RayLike, centre: Vec3, axis: Vec3, radius: number): RingGrip {
  const nearest = nearestOnRing(ray, centre, axis, radius);
  return { centre, axis, radius, from: normalize(subtract(nearest, centre)) };
}

/** Radians by which a ring was turned since it was taken hold of, counter-clockwise about its axis. */
export function turnOf(ray: RayLike, { centre, axis, radius, from }: RingGrip): number {
  const side = cross(axis, from);
  if (Math.abs(dot(ray.direction, axis)) >= EDGE_ON) {
    const at = onPlane(ray, centre, axis);
    if (!at) return 0;
    const arm = subtract(at, centre);
    return Math.atan2(dot(arm, side), dot(arm, from));
  }
  // Seen from its edge a ring is a line: as far along it, as far around.
  const held = along(centre, from, radius);
  const moved = alongLine(ray, held, side) ?? 0;
  return moved / radius;
}

/** The nearest whole step of 15°; free: as it is. */
export function snappedAngle(angle: number, free: boolean): number {
  return free ? angle : Math.round(angle / SNAP_ANGLE) * SNAP_ANGLE;
}

/** Points of a ring about an axis, closed. */
export function ringPoints(centre: Vec3, axis: Vec3, radius: number, count = 48): Vec3[] {
  const u = perpendicular(axis);
  const v = cross(axis, u);
  return Array.from({ length: count + 1 }, (_, i) => {
    const angle = (2 * Math.PI * i) / count;
    return along(along(centre, u, radius * Math.cos(angle)), v, radius * Math.sin(angle));
  });
}

/** The point of a ring that a ray passes nearest; of its two sides the one in front. */
function nearestOnRing(ray: RayLike, centre: Vec3, axis: Vec3, radius: number): Vec3 {
  const points = ringPoints(centre, axis, radius, 96);
  const apart = points.map((point) => apartFromRay(ray, point) ?? Infinity);
  const limit = Math.min(...apart) + radius * 0.05;
  let best = centre;
  let nearest = Infinity;
  points.forEach((point, i) => {
    const ahead = dot(subtract(point, ray.origin), ray.direction);
    if ((apart[i] ?? Infinity) > limit || ahead >= nearest) return;
    best = point;
    nearest = ahead;
  });
  return best;
}

/** Metres between a point and a ray; null behind it. */
export function apartFromRay(ray: RayLike, point: Vec3): number | null {
  const ahead = dot(subtract(point, ray.origin), ray.direction);
  return ahead <= 0 ? null : distance(point, along(ray.origin, ray.direction, ahead));
}

/** Where a polyline comes nearest to a ray. */
export function nearestOnLine(
  ray: RayLike,
  line: readonly Vec3[],
): { readonly point: Vec3; readonly apart: number } | null {
  let best: { point: Vec3; apart: number } | null = null;
  const offer = (point: Vec3): void => {
    const apart = apartFromRay(ray, point);
    if (apart !== null && (!best || apart < best.apart)) best = { point, apart };
  };
  const first = line[0];
  if (line.length === 1 && first) offer(first);
  for (let i = 0; i + 1 < line.length; i += 1) {
    const [a, b] = [line[i], line[i + 1]];
    if (!a || !b) continue;
    const way = subtract(b, a);
    const from = subtract(a, ray.origin);
    const e = dot(way, way);
    const f = dot(way, ray.direction);
    // Ericson, Real-Time Collision Detection, §5.1.9.
    const denominator = e - f * f;
    const t =
      denominator < 1e-18 ? 0 : (f * dot(ray.direction, from) - dot(way, from)) / denominator;
    offer(along(a, way, Math.max(0, Math.min(1, t))));
  }
  return best;
}

/** A unit vector turned about a unit axis, kept unit. */
export function turnedAbout(v: Vec3, axis: Vec3, angle: number): Vec3 {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const side = cross(axis, v);
  return normalize(along(along(scale(v, c), side, s), axis, dot(axis, v) * (1 - c)));
}
