/**
 * Pairs of points of two whole surfaces that face each other: the way from one to the other is square to both.
 *
 * The normals of a sphere meet in its centre, those of a cylinder its axis, those of a torus the circle in its tube.
 * So such pairs are those of centres, axes and circles, a radius before or behind: all but circles against circles
 * and lines, and cones against circles, in closed form. Families of pairs that run along a straight line are left
 * out: they end at an edge of a face, where the edges find them. Of families all round some are given.
 */

import type { Vec3 } from "../../state/model";
import {
  add,
  along,
  cross,
  dot,
  length,
  normalize,
  perpendicular,
  scale,
  subtract,
} from "../vector";
import { zeros } from "./roots";
import { type Surface, apexHeight, footOn, isAmbiguous, normalOver } from "./surfaces";

export type Pair = readonly [Vec3, Vec3];
/** Directions given of those all round. */
const ROUND = 12;
const TURN = 2 * Math.PI;
/** Sines and shares below this are zero. */
const NONE = 1e-11;

/** See the head of the file. */
export function facingPairs(a: Surface, b: Surface): Pair[] {
  const order = ["plane", "sphere", "cylinder", "torus", "cone"];
  if (order.indexOf(a.kind) > order.indexOf(b.kind))
    return facingPairs(b, a).map(([p, q]): Pair => [q, p]);
  if (a.kind === "plane") return fromPlane(a, b);
  if (b.kind === "cone") return toCone(a, b);
  const found: Pair[] = [];
  const [ra, rb] = [tubeOf(a), tubeOf(b)];
  for (const { p, q, way } of spinePairs(a, b))
    for (const i of [1, -1])
      for (const j of [1, -1]) found.push([along(p, way, i * ra), along(q, way, j * rb)]);
  return found;
}

function tubeOf(surface: Surface): number {
  return surface.kind === "torus" ? surface.tube : surface.radius;
}

function fromPlane(plane: Surface, other: Surface): Pair[] {
  const n = plane.axis;
  const onto = (p: Vec3): Pair => [along(p, n, -dot(subtract(p, plane.origin), n)), p];
  if (other.kind === "sphere")
    return [1, -1].map((sign) => onto(along(other.origin, n, sign * other.radius)));
  if (other.kind !== "torus") return [];
  const found: Pair[] = [];
  for (const u of levelAngles(other, n)) {
    const spine = onCircle(other, u);
    for (const sign of [1, -1]) found.push(onto(along(spine, n, sign * other.tube)));
  }
  return found;
}

/** Angles at which a direction is square to the circle of a torus. */
function levelAngles(torus: Surface, n: Vec3): number[] {
  const [x, y] = [dot(n, torus.x), dot(n, torus.y)];
  if (Math.hypot(x, y) < NONE) return allRound();
  const u = Math.atan2(y, x);
  return [u, u + Math.PI];
}

function allRound(): number[] {
  return Array.from({ length: ROUND }, (_, i) => (i * TURN) / ROUND);
}

/** Unit directions square to an axis. */
function waysRound(axis: Vec3): Vec3[] {
  const x = perpendicular(axis);
  const y = cross(axis, x);
  return allRound().map((u) => add(scale(x, Math.cos(u)), scale(y, Math.sin(u))));
}

function onCircle({ origin, x, y, radius }: Surface, u: number): Vec3 {
  return along(along(origin, x, radius * Math.cos(u)), y, radius * Math.sin(u));
}

function circleTangent({ x, y, radius }: Surface, u: number): Vec3 {
  return add(scale(x, -radius * Math.sin(u)), scale(y, radius * Math.cos(u)));
}

/** Points of two spines, and the unit way along which both see each other. */
interface Spines {
  readonly p: Vec3;
  readonly q: Vec3;
  readonly way: Vec3;
}

/** a and b: sphere, cylinder or torus, in this order of kinds. */
function spinePairs(a: Surface, b: Surface): Spines[] {
  const size = Math.max(a.radius, b.radius, length(subtract(a.origin, b.origin)), 1e-12);
  const none = NONE * size;
  if (a.kind === "sphere") {
    const p = a.origin;
    if (b.kind === "sphere") return straight(p, b.origin, none, () => AXES);
    if (b.kind === "cylinder") {
      const q = along(b.origin, b.axis, dot(subtract(p, b.origin), b.axis));
      return straight(p, q, none, () => waysRound(b.axis));
    }
    return anglesTowards(b, p).flatMap((u) => {
      const tangent = normalize(circleTangent(b, u));
      return straight(p, onCircle(b, u), none, () => waysRound(tangent));
    });
  }
  if (a.kind === "cylinder") {
    if (b.kind === "cylinder") return linePairs(a, b);
    return lineAndCircle(a, b, none);
  }
  return circlePairs(a, b, none);
}

const AXES: readonly Vec3[] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [0.5773502691896258, 0.5773502691896258, 0.5773502691896258],
];

function straight(p: Vec3, q: Vec3, none: number, instead: () => readonly Vec3[]): Spines[] {
  const gap = subtract(q, p);
  const size = length(gap);
  if (size > none) return [{ p, q, way: scale(gap, 1 / size) }];
  return instead().map((way) => ({ p, q, way }));
}

/** Nearest and farthest angle of a torus's circle from a point. */
function anglesTowards(torus: Surface, p: Vec3): number[] {
  const from = subtract(p, torus.origin);
  const [x, y] = [dot(from, torus.x), dot(from, torus.y)];
  if (Math.hypot(x, y) < NONE * Math.max(torus.radius, length(from))) return allRound();
  const u = Math.atan2(y, x);
  return [u, u + Math.PI];
}

function linePairs(a: Surface, b: Surface): Spines[] {
  const square = cross(a.axis, b.axis);
  const sine = length(square);
  if (sine < 1e-9) return [];
  const way = scale(square, 1 / sine);
  const gap = subtract(b.origin, a.origin);
  const s = dot(cross(gap, b.axis), square) / (sine * sine);
  const t = dot(cross(gap, a.axis), square) / (sine * sine);
  return [{ p: along(a.origin, a.axis, s), q: along(b.origin, b.axis, t), way }];
}

/** A cylinder's axis and a torus's circle. */
function lineAndCircle(line: Surface, torus: Surface, none: number): Spines[] {
  const foot = (q: Vec3): Vec3 =>
    along(line.origin, line.axis, dot(subtract(q, line.origin), line.axis));
  const slope = (u: number): number => {
    const q = onCircle(torus, u);
    return dot(subtract(q, foot(q)), circleTangent(torus, u));
  };
  return flatAngles(slope, torus.radius * torus.radius * 1e-12).flatMap((u) => {
    const q = onCircle(torus, u);
    const square = normalize(cross(line.axis, circleTangent(torus, u)));
    return straight(foot(q), q, Math.max(none, 1e-9 * torus.radius), () => [square]);
  });
}

function circlePairs(a: Surface, b: Surface, none: number): Spines[] {
  const found: Spines[] = [];
  for (const far of [0, Math.PI]) {
    const partner = (u: number): Vec3 => {
      const from = subtract(onCircle(a, u), b.origin);
      return onCircle(b, Math.atan2(dot(from, b.y), dot(from, b.x)) + far);
    };
    const slope = (u: number): number =>
      dot(subtract(onCircle(a, u), partner(u)), circleTangent(a, u));
    for (const u of flatAngles(slope, a.radius * a.radius * 1e-12)) {
      const [p, q] = [onCircle(a, u), partner(u)];
      const tangents = normalize(cross(circleTangent(a, u), subtract(q, b.origin)));
      found.push(...straight(p, q, none, () => [tangents, normalize(subtract(p, a.origin))]));
    }
  }
  return found;
}

/** Angles at which a slope is 0; some all round where it is 0 everywhere. */
function flatAngles(slope: (u: number) => number, none: number): number[] {
  let most = 0;
  for (const u of allRound()) most = Math.max(most, Math.abs(slope(u + 0.1)));
  if (most <= none) return allRound();
  return zeros(slope, 0, TURN, 72);
}

/** other: sphere, cylinder, torus or cone. */
function toCone(other: Surface, cone: Surface): Pair[] {
  if (other.kind === "cylinder") return cylinderAndCone(other, cone);
  if (other.kind === "cone") return conePairs(other, cone);
  if (other.kind === "sphere") {
    const p = other.origin;
    const size = NONE * Math.max(length(subtract(p, cone.origin)), other.radius);
    // From the axis the nearest points of a cone are all round.
    const feet = isAmbiguous(cone, p, size) ? feetAround(cone, p) : [footOn(cone, p)];
    return feet.flatMap((q) => {
      const gap = subtract(q, p);
      const way = length(gap) > size ? normalize(gap) : normalOver(cone, p);
      return [1, -1].map((sign): Pair => [along(p, way, sign * other.radius), q]);
    });
  }
  const slope = (u: number): number =>
    dot(normalOver(cone, onCircle(other, u)), circleTangent(other, u));
  return flatAngles(slope, other.radius * 1e-12).flatMap((u) => {
    const p = onCircle(other, u);
    const way = normalOver(cone, p);
    const q = footOn(cone, p);
    return [1, -1].map((sign): Pair => [along(p, way, sign * other.tube), q]);
  });
}

/** Feet on a cone of a point of its axis. */
function feetAround(cone: Surface, p: Vec3): Vec3[] {
  return waysRound(cone.axis).map((out) =>
    footOn(cone, along(p, out, 1e-9 * (cone.radius + 1e-9))),
  );
}

function apexOf(cone: Surface): Vec3 {
  return along(cone.origin, cone.axis, apexHeight(cone));
}

/** The ruling of a cone whose normal is n. */
function rulingOf(cone: Surface, n: Vec3): Vec3 {
  const out = along(cone.axis, n, -dot(cone.axis, n));
  return normalize(out);
}

function cylinderAndCone(cylinder: Surface, cone: Surface): Pair[] {
  const d = cylinder.axis;
  const [a, b, c] = [
    dot(d, cone.x) * cone.cos,
    dot(d, cone.y) * cone.cos,
    dot(d, cone.axis) * cone.sin,
  ];
  const reach = Math.hypot(a, b);
  if (reach < NONE || Math.abs(c) > reach) return [];
  const middle = Math.atan2(b, a);
  const off = Math.acos(c / reach);
  const found: Pair[] = [];
  for (const u of off < 1e-12 ? [middle] : [middle - off, middle + off]) {
    const out = add(scale(cone.x, Math.cos(u)), scale(cone.y, Math.sin(u)));
    const n = along(scale(out, cone.cos), cone.axis, -cone.sin);
    const g = add(scale(out, cone.sin), scale(cone.axis, cone.cos));
    const met = acrossNormal(apexOf(cone), g, cylinder.origin, d, n);
    if (!met || met[0] < 0) continue;
    const q = along(apexOf(cone), g, met[0]);
    const p = along(cylinder.origin, d, met[1]);
    for (const sign of [1, -1]) found.push([along(p, n, sign * cylinder.radius), q]);
  }
  return found;
}

function conePairs(a: Surface, b: Surface): Pair[] {
  const cosine = dot(a.axis, b.axis);
  const square = cross(a.axis, b.axis);
  const size = dot(square, square);
  if (size < 1e-18) return [];
  const found: Pair[] = [];
  for (const sign of [1, -1]) {
    // n · axis of a = −sin a, n · axis of b = −sign · sin b, |n| = 1.
    const [k, m] = [-a.sin, -sign * b.sin];
    const [x, y] = [(k - m * cosine) / size, (m - k * cosine) / size];
    const rest = (1 - (x * k + y * m)) / size;
    if (rest < 0) continue;
    for (const z of rest < 1e-15 ? [0] : [Math.sqrt(rest), -Math.sqrt(rest)]) {
      const n = add(add(scale(a.axis, x), scale(b.axis, y)), scale(square, z));
      const [g, h] = [rulingOf(a, n), rulingOf(b, n)];
      const met = acrossNormal(apexOf(a), g, apexOf(b), h, n);
      if (met && met[0] >= 0 && met[1] >= 0)
        found.push([along(apexOf(a), g, met[0]), along(apexOf(b), h, met[1])]);
    }
  }
  return found;
}

/** s, t for which p + s g and q + t h differ by a multiple of n, which is square to both. */
function acrossNormal(
  p: Vec3,
  g: Vec3,
  q: Vec3,
  h: Vec3,
  n: Vec3,
): readonly [number, number] | null {
  const det = dot(cross(g, h), n);
  if (Math.abs(det) < 1e-9) return null;
  const gap = subtract(q, p);
  return [dot(cross(gap, h), n) / det, dot(cross(gap, g), n) / det];
}
