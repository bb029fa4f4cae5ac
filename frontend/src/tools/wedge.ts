/** How the angle between two things is drawn: where they meet, and two legs. */

import type { Vec3 } from "../state/model";
import type { Axis, Properties } from "../scene/kernel/types";
import {
  add,
  along,
  cross,
  distance,
  dot,
  length,
  normalize,
  scale,
  subtract,
} from "../scene/vector";
import { footOnAxis } from "./reading_shapes";

/** Where two things meet and where their legs end; null when nothing can be drawn. */
export function wedgeOf(
  a: Vec3,
  b: Vec3,
  of: Properties,
  to: Properties,
): { readonly apex: Vec3; readonly first: Vec3; readonly second: Vec3 } | null {
  const size = distance(a, b) * 0.6;
  if (size === 0) return null;
  if (of.normal && to.normal) {
    const edge = normalize(cross(of.normal, to.normal));
    const apex = meetOfPlanes(a, of.normal, b, to.normal, edge);
    const leg = (towardsPoint: Vec3, normal: Vec3): Vec3 => {
      const inPlane = cross(edge, normal);
      const sign = dot(subtract(towardsPoint, apex), inPlane) < 0 ? -1 : 1;
      return along(apex, normalize(inPlane), sign * size);
    };
    return { apex, first: leg(a, of.normal), second: leg(b, to.normal) };
  }
  const direction = of.axis?.direction ?? to.axis?.direction;
  if (of.axis && to.axis) {
    const [p, q] = nearestOfLines(of.axis, to.axis);
    const apex = scale(add(p, q), 0.5);
    return {
      apex,
      first: along(apex, of.axis.direction, sideOf(a, apex, of.axis.direction) * size),
      second: along(apex, to.axis.direction, sideOf(b, apex, to.axis.direction) * size),
    };
  }
  const normal = of.normal ?? to.normal;
  if (!direction || !normal) return null;
  const [onLine, onPlane, axis] = of.axis ? [a, b, of.axis] : [b, a, to.axis];
  if (!axis) return null;
  const down = dot(axis.direction, normal);
  const apex =
    Math.abs(down) < 1e-12
      ? onLine
      : along(axis.point, axis.direction, dot(subtract(onPlane, axis.point), normal) / down);
  const up = along(apex, direction, sideOf(onLine, apex, direction) * size);
  const flat = subtract(up, apex);
  const shadow = along(flat, normal, -dot(flat, normal));
  const lying = length(shadow) > 1e-12 ? normalize(shadow) : normalize(subtract(onPlane, apex));
  const ground = along(apex, lying, size);
  return of.axis ? { apex, first: up, second: ground } : { apex, first: ground, second: up };
}

function sideOf(point: Vec3, from: Vec3, direction: Vec3): 1 | -1 {
  return dot(subtract(point, from), direction) < 0 ? -1 : 1;
}

/** The point of two planes' line that is nearest to the middle of a and b. */
function meetOfPlanes(a: Vec3, n: Vec3, b: Vec3, m: Vec3, edge: Vec3): Vec3 {
  const middle = scale(add(a, b), 0.5);
  // n · x = n · a, m · x = m · b, edge · x = edge · middle, by Cramer's rule.
  const det = dot(n, cross(m, edge));
  if (Math.abs(det) < 1e-12) return middle;
  const [p, q, r] = [dot(n, a), dot(m, b), dot(edge, middle)];
  const sum = add(add(scale(cross(m, edge), p), scale(cross(edge, n), q)), scale(cross(n, m), r));
  return scale(sum, 1 / det);
}

/** The points of two lines that are nearest to each other (Ericson, Real-Time Collision Detection, §5.1.8). */
function nearestOfLines(one: Axis, other: Axis): readonly [Vec3, Vec3] {
  const from = subtract(one.point, other.point);
  const b = dot(one.direction, other.direction);
  const denominator = 1 - b * b;
  if (denominator < 1e-15) return [one.point, footOnAxis(other, one.point)];
  const [d, e] = [dot(one.direction, from), dot(other.direction, from)];
  const s = (b * e - d) / denominator;
  const t = (e - b * d) / denominator;
  return [along(one.point, one.direction, s), along(other.point, other.direction, t)];
}
