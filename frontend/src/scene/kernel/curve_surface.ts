/** Where a curve meets a whole surface, and where it comes no nearer to it. */

import { dot, subtract } from "../vector";
import { type Curve, type RoundCurve, pointAt, tangentAt, withinRange } from "./curves";
import { zeros } from "./roots";
import { type Surface, heightOver, normalOver } from "./surfaces";

const TURN = 2 * Math.PI;

/**
 * Parameters of a curve, in its range, at which its height over a surface is 0 or may be least; the ends are not
 * among them. Those that are neither do no harm: every one is tried.
 */
export function marksOver(curve: Curve, surface: Surface): number[] {
  switch (curve.kind) {
    case "line":
      return lineMarks(curve, surface).filter((t) => t > 0 && t < curve.last);
    case "circle":
    case "ellipse":
      return roundMarks(curve, surface);
    case "polyline": {
      const found: number[] = [];
      for (let i = 0; i < curve.last; i += 1) {
        const [p, step] = [pointAt(curve, i), tangentAt(curve, i)];
        const size = Math.hypot(step[0], step[1], step[2]);
        found.push(i);
        if (size === 0) continue;
        const direction = [step[0] / size, step[1] / size, step[2] / size] as const;
        const piece = { kind: "line", point: p, direction, first: 0, last: size } as const;
        for (const t of lineMarks(piece, surface)) if (t > 0 && t < size) found.push(i + t / size);
      }
      return found;
    }
  }
}

/** Zeros of the height of a curve over a surface, ends included. */
export function crossings(curve: Curve, surface: Surface): number[] {
  if (curve.kind === "line") {
    const quick = lineZeros(curve, surface);
    if (quick) return quick.filter((t) => t >= 0 && t <= curve.last);
  }
  const pieces = curve.kind === "polyline" ? 4 * curve.last : curve.kind === "line" ? 48 : 64;
  return zeros((t) => heightOver(surface, pointAt(curve, t)), curve.first, curve.last, pieces);
}

/** Zeros along an endless line; null where there is no closed form here. */
function lineZeros(
  { point, direction }: Extract<Curve, { kind: "line" }>,
  surface: Surface,
): number[] | null {
  const from = subtract(point, surface.origin);
  const { axis, kind, radius, tan } = surface;
  const [h, up] = [dot(from, axis), dot(direction, axis)];
  if (kind === "plane") return Math.abs(up) < 1e-15 ? [] : [-h / up];
  if (kind === "torus") return null;
  // (from + t d)² less what lies along the axis, against the radius there.
  let [a, b, c] = [1, dot(from, direction), dot(from, from) - radius * radius];
  if (kind !== "sphere") {
    a -= up * up;
    b -= h * up;
    c -= h * h;
  }
  if (kind === "cone") {
    a -= tan * tan * up * up;
    b -= tan * up * (radius + h * tan);
    c += radius * radius - (radius + h * tan) ** 2;
  }
  const roots = quadratic(a, b, c);
  // The other nappe is no part of the cone.
  return kind === "cone" ? roots.filter((t) => radius + (h + t * up) * tan >= 0) : roots;
}

/** Real roots of a t² + 2 b t + c. */
function quadratic(a: number, b: number, c: number): number[] {
  if (Math.abs(a) < 1e-15) return b === 0 ? [] : [-c / (2 * b)];
  const rest = b * b - a * c;
  // Touching: the root of rounding's size counts as one.
  if (rest < -1e-14 * (b * b + Math.abs(a * c))) return [];
  const root = Math.sqrt(Math.max(0, rest));
  const q = -(b + Math.sign(b || 1) * root);
  return q === 0 ? [0] : [q / a, c / q];
}

function lineMarks(line: Extract<Curve, { kind: "line" }>, surface: Surface): number[] {
  const found = lineZeros(line, surface);
  const from = subtract(line.point, surface.origin);
  const up = dot(line.direction, surface.axis);
  if (surface.kind === "plane") return found ?? [];
  if (surface.kind === "sphere") return [...(found ?? []), -dot(from, line.direction)];
  const across = 1 - up * up;
  const nearAxis =
    across < 1e-18 ? 0 : -(dot(from, line.direction) - dot(from, surface.axis) * up) / across;
  if (surface.kind === "cylinder") return [...(found ?? []), nearAxis];
  const slope = (t: number): number => {
    const p = pointAt(line, t);
    return dot(normalOver(surface, p), line.direction);
  };
  const flat = zeros(slope, 0, line.last, 32);
  if (found) return [...found, ...flat, nearAxis];
  const height = (t: number): number => heightOver(surface, pointAt(line, t));
  return [...zeros(height, 0, line.last, 48), ...flat, nearAxis];
}

function roundMarks(curve: RoundCurve, surface: Surface): number[] {
  if (surface.kind === "plane") return planeMarks(curve, surface);
  const height = (t: number): number => heightOver(surface, pointAt(curve, t));
  const slope = (t: number): number => {
    const p = pointAt(curve, t);
    return dot(normalOver(surface, p), tangentAt(curve, t));
  };
  const span = curve.last - curve.first;
  const pieces = Math.max(8, Math.ceil((span / TURN) * 64));
  return [
    ...zeros(height, curve.first, curve.last, pieces),
    ...zeros(slope, curve.first, curve.last, pieces),
  ];
}

/** a cos t + b sin t + c = 0, and where it turns round. */
function planeMarks(curve: RoundCurve, plane: Surface): number[] {
  const a = curve.major * dot(curve.x, plane.axis);
  const b = curve.minor * dot(curve.y, plane.axis);
  const c = dot(subtract(curve.centre, plane.origin), plane.axis);
  const reach = Math.hypot(a, b);
  if (reach < 1e-15 * curve.major) return [];
  const top = Math.atan2(b, a);
  const angles = [top, top + Math.PI];
  if (Math.abs(c) <= reach) {
    const off = Math.acos(-c / reach);
    angles.push(top - off, top + off);
  }
  return angles.flatMap((angle) => withinRange(curve, angle) ?? []);
}
