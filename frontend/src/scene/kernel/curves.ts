/** Edges as curves: lines, circles, ellipses and polylines, evaluated in doubles. Any frame; metres. */

import type { Vec3 } from "../../state/model";
import { along, cross, distance, dot, normalize, subtract } from "../vector";
import { type Affine, likenessOf, placePoint, placeVector } from "./affine";

/** `t` runs from 0 to `last`, in metres. */
export interface LineCurve {
  readonly kind: "line";
  readonly point: Vec3;
  readonly direction: Vec3;
  readonly first: 0;
  readonly last: number;
}

/** `t` is the angle from x towards y. A circle has two equal radii. */
export interface RoundCurve {
  readonly kind: "circle" | "ellipse";
  readonly centre: Vec3;
  readonly axis: Vec3;
  readonly x: Vec3;
  readonly y: Vec3;
  readonly major: number;
  readonly minor: number;
  readonly first: number;
  readonly last: number;
}

/** `t` is the number of a point plus the share of the way to the next. */
export interface PolylineCurve {
  readonly kind: "polyline";
  /** x, y, z of each. */
  readonly points: Float64Array;
  readonly first: 0;
  readonly last: number;
  /** How far the curve may lie from it. */
  readonly tolerance: number;
}

export type Curve = LineCurve | RoundCurve | PolylineCurve;

/** Whether a round curve goes all the way round. */
export function isWhole(curve: Curve): boolean {
  return curve.kind !== "line" && curve.kind !== "polyline"
    ? curve.last - curve.first > 2 * Math.PI - 1e-9
    : false;
}

export function pointAt(curve: Curve, t: number): Vec3 {
  switch (curve.kind) {
    case "line":
      return along(curve.point, curve.direction, t);
    case "circle":
    case "ellipse": {
      const c = curve.major * Math.cos(t);
      const s = curve.minor * Math.sin(t);
      const { centre, x, y } = curve;
      return [
        centre[0] + c * x[0] + s * y[0],
        centre[1] + c * x[1] + s * y[1],
        centre[2] + c * x[2] + s * y[2],
      ];
    }
    case "polyline": {
      const at = Math.max(0, Math.min(curve.last - 1, Math.floor(t)));
      const share = t - at;
      const p = curve.points;
      const mix = (i: number): number => {
        const from = p[3 * at + i] ?? 0;
        return from + ((p[3 * at + 3 + i] ?? 0) - from) * share;
      };
      return [mix(0), mix(1), mix(2)];
    }
  }
}

/** The curve's derivative by `t`. */
export function tangentAt(curve: Curve, t: number): Vec3 {
  switch (curve.kind) {
    case "line":
      return curve.direction;
    case "circle":
    case "ellipse": {
      const c = -curve.major * Math.sin(t);
      const s = curve.minor * Math.cos(t);
      const { x, y } = curve;
      return [c * x[0] + s * y[0], c * x[1] + s * y[1], c * x[2] + s * y[2]];
    }
    case "polyline": {
      const at = Math.max(0, Math.min(curve.last - 1, Math.floor(t)));
      const p = curve.points;
      const step = (i: number): number => (p[3 * at + 3 + i] ?? 0) - (p[3 * at + i] ?? 0);
      return [step(0), step(1), step(2)];
    }
  }
}

/** The curve's second derivative by `t`; of a polyline zero. */
export function bendAt(curve: Curve, t: number): Vec3 {
  if (curve.kind !== "circle" && curve.kind !== "ellipse") return [0, 0, 0];
  const c = -curve.major * Math.cos(t);
  const s = -curve.minor * Math.sin(t);
  const { x, y } = curve;
  return [c * x[0] + s * y[0], c * x[1] + s * y[1], c * x[2] + s * y[2]];
}

/** A curve moved by a placement that keeps circles circles. Its `t` stays that of the original, but for lengths. */
export function placedCurve(curve: Curve, m: Affine): Curve {
  const { scale } = likenessOf(m);
  const turned = (v: Vec3): Vec3 => normalize(placeVector(m, v));
  switch (curve.kind) {
    case "line":
      return {
        ...curve,
        point: placePoint(m, curve.point),
        direction: turned(curve.direction),
        last: curve.last * scale,
      };
    case "circle":
    case "ellipse": {
      const [x, y] = [turned(curve.x), turned(curve.y)];
      return {
        ...curve,
        centre: placePoint(m, curve.centre),
        x,
        y,
        // A mirror turns the axis over, so that angles still run from x to y.
        axis: normalize(cross(x, y)),
        major: curve.major * scale,
        minor: curve.minor * scale,
      };
    }
    case "polyline": {
      const points = new Float64Array(curve.points.length);
      for (let i = 0; i < points.length; i += 3)
        points.set(
          placePoint(m, [curve.points[i] ?? 0, curve.points[i + 1] ?? 0, curve.points[i + 2] ?? 0]),
          i,
        );
      return { ...curve, points, tolerance: curve.tolerance * scale };
    }
  }
}

/** How far the arc between two parameters strays from its chord, at most. */
export function sagOf(curve: Curve, from: number, to: number): number {
  if (curve.kind === "line" || curve.kind === "polyline") return 0;
  const step = to - from;
  if (curve.kind === "circle")
    return step >= Math.PI ? 2 * curve.major : curve.major * (1 - Math.cos(step / 2));
  return Math.min(2 * curve.major, (curve.major * step * step) / 8);
}

/** Parameters that cut a curve into pieces that are almost straight: ends included. */
export function knotsOf(curve: Curve): Float64Array {
  if (curve.kind === "line") return Float64Array.of(0, curve.last);
  const span = curve.last - curve.first;
  const pieces =
    curve.kind === "polyline" ? curve.last : Math.max(2, Math.ceil(span / (Math.PI / 4)));
  return Float64Array.from({ length: pieces + 1 }, (_, i) =>
    i === pieces ? curve.last : curve.first + (span * i) / pieces,
  );
}

/** The parameter inside the curve's range that means the same angle; null outside of it. */
export function withinRange(curve: RoundCurve, angle: number): number | null {
  const turn = 2 * Math.PI;
  const slack = 1e-12;
  let t = angle + turn * Math.ceil((curve.first - slack - angle) / turn);
  if (t < curve.first) t = curve.first;
  return t <= curve.last + slack ? Math.min(t, curve.last) : null;
}

/** The nearest point of a curve. */
export interface Nearest {
  readonly t: number;
  readonly point: Vec3;
  readonly distance: number;
}

/** The point of a curve nearest to another point. */
export function nearestOnCurve(curve: Curve, p: Vec3): Nearest {
  switch (curve.kind) {
    case "line":
      return at(curve, p, clamp(dot(subtract(p, curve.point), curve.direction), 0, curve.last));
    case "circle": {
      const from = subtract(p, curve.centre);
      const angle = Math.atan2(dot(from, curve.y), dot(from, curve.x));
      return best(curve, p, [withinRange(curve, angle), curve.first, curve.last]);
    }
    case "ellipse":
      return best(curve, p, [curve.first, curve.last, ...feetOnEllipse(curve, p)]);
    case "polyline": {
      let found: { t: number; d: number } = { t: 0, d: Infinity };
      for (let i = 0; i < curve.last; i += 1) {
        const a = pointAt(curve, i);
        const step = tangentAt(curve, i);
        const size = dot(step, step);
        const share = size === 0 ? 0 : clamp(dot(subtract(p, a), step) / size, 0, 1);
        const d = distance(p, along(a, step, share));
        if (d < found.d) found = { t: i + share, d };
      }
      return at(curve, p, found.t);
    }
  }
}

/** Parameters at which an ellipse is square to the way to a point; those in its range. */
function feetOnEllipse(curve: RoundCurve, p: Vec3): (number | null)[] {
  const from = subtract(p, curve.centre);
  const [px, py] = [dot(from, curve.x), dot(from, curve.y)];
  const { major, minor } = curve;
  const slope = (t: number): number => {
    const [c, s] = [Math.cos(t), Math.sin(t)];
    return (px - major * c) * major * s - (py - minor * s) * minor * c;
  };
  const found: (number | null)[] = [];
  const count = 24;
  for (let i = 0; i < count; i += 1) {
    let [a, b] = [(2 * Math.PI * i) / count, (2 * Math.PI * (i + 1)) / count];
    let fa = slope(a);
    const fb = slope(b);
    if (fa === 0) found.push(withinRange(curve, a));
    if (fa * fb >= 0) continue;
    for (let step = 0; step < 60; step += 1) {
      const middle = (a + b) / 2;
      const fm = slope(middle);
      if (fm === 0 || middle === a || middle === b) {
        a = b = middle;
        break;
      }
      if (fa * fm < 0) b = middle;
      else {
        a = middle;
        fa = fm;
      }
    }
    found.push(withinRange(curve, (a + b) / 2));
  }
  return found;
}

function best(curve: Curve, p: Vec3, candidates: readonly (number | null)[]): Nearest {
  let found: Nearest | null = null;
  for (const t of candidates) {
    if (t === null) continue;
    const next = at(curve, p, t);
    if (!found || next.distance < found.distance) found = next;
  }
  return found ?? at(curve, p, curve.first);
}

function at(curve: Curve, p: Vec3, t: number): Nearest {
  const point = pointAt(curve, t);
  return { t, point, distance: distance(p, point) };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** Where a curve reaches farthest along a direction and against it. */
export function reachOfCurve(curve: Curve, direction: Vec3): readonly [number, number] {
  const values = [
    dot(pointAt(curve, curve.first), direction),
    dot(pointAt(curve, curve.last), direction),
  ];
  if (curve.kind === "polyline")
    for (let i = 1; i < curve.last; i += 1) values.push(dot(pointAt(curve, i), direction));
  else if (curve.kind !== "line") {
    const angle = Math.atan2(
      curve.minor * dot(curve.y, direction),
      curve.major * dot(curve.x, direction),
    );
    for (const t of [withinRange(curve, angle), withinRange(curve, angle + Math.PI)])
      if (t !== null) values.push(dot(pointAt(curve, t), direction));
  }
  return [Math.min(...values), Math.max(...values)];
}

/** Length: of an ellipse by Gauss's rule over eighths. */
export function lengthOf(curve: Curve): number {
  if (curve.kind === "line") return curve.last;
  if (curve.kind === "circle") return curve.major * (curve.last - curve.first);
  let sum = 0;
  if (curve.kind === "polyline") {
    for (let i = 0; i < curve.last; i += 1) sum += Math.hypot(...tangentAt(curve, i));
    return sum;
  }
  const knots = Math.max(1, Math.ceil((curve.last - curve.first) / (Math.PI / 16)));
  const step = (curve.last - curve.first) / knots;
  for (let i = 0; i < knots; i += 1)
    gauss8((s, weight) => {
      const t = curve.first + step * (i + s);
      sum += weight * step * Math.hypot(...tangentAt(curve, t));
    });
  return sum;
}

const GAUSS: readonly (readonly [number, number])[] = [
  [0.019855071751231856, 0.05061426814518813],
  [0.10166676129318664, 0.11119051722668723],
  [0.2372337950418355, 0.15685332293894364],
  [0.4082826787521751, 0.18134189168918099],
  [0.5917173212478249, 0.18134189168918099],
  [0.7627662049581645, 0.15685332293894364],
  [0.8983332387068134, 0.11119051722668723],
  [0.9801449282487681, 0.05061426814518813],
];

/** Calls with the points and weights of Gauss's rule of eight points on 0 … 1. */
export function gauss8(each: (at: number, weight: number) => void): void {
  for (const [at, weight] of GAUSS) each(at, weight);
}

/** The curve's middle by length, good to what sampling 64 pieces gives; of lines and circles exact. */
export function middleOf(curve: Curve): Vec3 {
  if (curve.kind === "line" || curve.kind === "circle")
    return pointAt(curve, (curve.first + curve.last) / 2);
  const whole = lengthOf(curve);
  if (curve.kind === "polyline") {
    let left = whole / 2;
    for (let i = 0; i < curve.last; i += 1) {
      const size = Math.hypot(...tangentAt(curve, i));
      if (left <= size) return pointAt(curve, i + (size === 0 ? 0 : left / size));
      left -= size;
    }
    return pointAt(curve, curve.last);
  }
  let [low, high] = [curve.first, curve.last];
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (lengthOf({ ...curve, last: middle }) < whole / 2) low = middle;
    else high = middle;
  }
  return pointAt(curve, (low + high) / 2);
}
