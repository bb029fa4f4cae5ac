/** How two things lie to each other: nearest points, angle, parallel distance, centres. */

import type { Vec3 } from "../../state/model";
import { along, cross, distance, dot, length, subtract } from "../vector";
import { likenessOf, placePoint } from "./affine";
import { Best } from "./best";
import { nearest } from "./minimum";
import { frameOf, thingOf } from "./things";
import { linesOf, type Lines } from "./lines_of";
import type { Measured, Placed } from "./types";

/** Directions count as the same within this; radians. */
const PARALLEL_RAD = 1e-7;
/** Exact things may stray by no more than what recognition lets through (docs/formats/exact.md). */
const EXACT_M = 1.01e-7 * 2;
const ROUNDING = 1e-15;

/**
 * How two things lie to each other, in the frame of their placements; null when nothing of one of them is here.
 *
 * Computed in the frame of the first one's part, so that large offsets cost no digits.
 */
export function measure(a: Placed, b: Placed): Measured | null {
  const frame = frameOf(a);
  const { scale } = likenessOf(frame);
  const [one, other] = [thingOf(a, frame), thingOf(b, frame)];
  if (!one || !other) return null;
  const best = new Best();
  nearest(one, other, best);
  if (!best.found) return null;
  const [from, to] = [placePoint(frame, best.from), placePoint(frame, best.to)];
  const gap = best.distance * scale;
  const components: Vec3 = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
  const tolerance = best.tolerance * scale;
  return {
    distance: gap,
    from,
    to,
    components,
    ...relation(linesOf(a), linesOf(b)),
    exact: tolerance <= EXACT_M,
    tolerance_m: tolerance + ROUNDING * (gap + length(from)),
  };
}

type Relation = Pick<Measured, "angle_rad" | "parallel_m" | "centres">;

/** Angle, parallel distance and centres, as far as both have directions or middles. */
function relation(a: Lines, b: Lines): Relation {
  const found: { -readonly [K in keyof Relation]: Relation[K] } = {};
  const [d, e] = [a.direction ?? a.normal, b.direction ?? b.normal];
  if (d && e) {
    const angle = Math.atan2(length(cross(d, e)), Math.abs(dot(d, e)));
    found.angle_rad = angle;
    const parallel = parallelOf(a, b, angle);
    if (parallel !== null) found.parallel_m = parallel;
  }
  const centres = centresOf(a, b);
  if (centres) found.centres = centres;
  return found;
}

function parallelOf(a: Lines, b: Lines, angle: number): number | null {
  const [p, q] = [a.point, b.point];
  if (!p || !q) return null;
  const gap = subtract(q, p);
  if (a.normal && b.normal)
    // The mean of both, which differ by rounding.
    return angle < PARALLEL_RAD
      ? (Math.abs(dot(gap, a.normal)) + Math.abs(dot(gap, b.normal))) / 2
      : null;
  const normal = a.normal ?? b.normal;
  if (normal) return Math.PI / 2 - angle < PARALLEL_RAD ? Math.abs(dot(gap, normal)) : null;
  if (!a.direction || angle >= PARALLEL_RAD) return null;
  return length(cross(gap, a.direction));
}

function centresOf(a: Lines, b: Lines): Measured["centres"] | null {
  // A centre is a point, an axis a line; two axes are as far apart as they come near each other.
  if (a.centre && b.centre) return between(a.centre, b.centre);
  if (a.centre && b.axis) return between(a.centre, footOnLine(b.axis, a.centre));
  if (a.axis && b.centre) return between(footOnLine(a.axis, b.centre), b.centre);
  if (!a.axis || !b.axis) return null;
  const square = cross(a.axis.direction, b.axis.direction);
  const size = dot(square, square);
  const gap = subtract(b.axis.point, a.axis.point);
  if (size < PARALLEL_RAD * PARALLEL_RAD) {
    const from = a.axis.point;
    return between(from, footOnLine(b.axis, from));
  }
  const s = dot(cross(gap, b.axis.direction), square) / size;
  const t = dot(cross(gap, a.axis.direction), square) / size;
  return between(
    along(a.axis.point, a.axis.direction, s),
    along(b.axis.point, b.axis.direction, t),
  );
}

function between(from: Vec3, to: Vec3): NonNullable<Measured["centres"]> {
  return { distance: distance(from, to), from, to };
}

function footOnLine(
  { point, direction }: { readonly point: Vec3; readonly direction: Vec3 },
  p: Vec3,
): Vec3 {
  return along(point, direction, dot(subtract(p, point), direction));
}
