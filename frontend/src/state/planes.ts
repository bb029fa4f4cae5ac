/** Planes and boxes as numbers: turning them, naming their angles, and the six planes of a box. No three.js. */

import type { Quaternion, SectionBox } from "./areas/sectioning";
import { type Manifest, type Vec3, fileAxis, toFileAxes } from "./model";

/** Kept side: dot(normal, p) >= offset. */
export interface Halfspace {
  readonly normal: Vec3;
  readonly offset: number;
}

export const UNTURNED: Quaternion = [0, 0, 0, 1];
/** What a box around parts has beyond them: a tenth of each side (UX.md §2.8). */
export const AROUND = 0.1;
/** Below this a side of a box would cut rounding errors. */
const LEAST_HALF_M = 1e-7;

export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** 0 − x, since −0 would be written as such. */
export function negated(a: Vec3): Vec3 {
  return [0 - a[0], 0 - a[1], 0 - a[2]];
}

/** A vector turned by a unit quaternion. */
export function turned(q: Quaternion, v: Vec3): Vec3 {
  const [x, y, z, w] = q;
  // v + 2w (q × v) + 2 q × (q × v)
  const tx = 2 * (y * v[2] - z * v[1]);
  const ty = 2 * (z * v[0] - x * v[2]);
  const tz = 2 * (x * v[1] - y * v[0]);
  return [
    v[0] + w * tx + y * tz - z * ty,
    v[1] + w * ty + z * tx - x * tz,
    v[2] + w * tz + x * ty - y * tx,
  ];
}

/** First b, then a. */
export function composed(a: Quaternion, b: Quaternion): Quaternion {
  const product: Quaternion = [
    a[3] * b[0] + a[0] * b[3] + a[1] * b[2] - a[2] * b[1],
    a[3] * b[1] - a[0] * b[2] + a[1] * b[3] + a[2] * b[0],
    a[3] * b[2] + a[0] * b[1] - a[1] * b[0] + a[2] * b[3],
    a[3] * b[3] - a[0] * b[0] - a[1] * b[1] - a[2] * b[2],
  ];
  const length = Math.hypot(...product);
  return [product[0] / length, product[1] / length, product[2] / length, product[3] / length];
}

/** A turn about a unit axis, radians, counter-clockwise. */
export function turn(axis: Vec3, angle: number): Quaternion {
  const s = Math.sin(angle / 2);
  return [axis[0] * s, axis[1] * s, axis[2] * s, Math.cos(angle / 2)];
}

/** The six sides of a box: −x, +x, −y, +y, −z, +z of its own axes. */
export function boxPlanes({ centre, half, rotation }: SectionBox): readonly Halfspace[] {
  return [0, 1, 2, 3, 4, 5].map((side) => {
    const axis = side >> 1;
    const sign = side % 2 === 0 ? 1 : -1;
    const own: Vec3 = [axis === 0 ? sign : 0, axis === 1 ? sign : 0, axis === 2 ? sign : 0];
    const normal = plain(turned(rotation, own));
    return { normal, offset: dot(normal, centre) - (half[axis] ?? 0) };
  });
}

/** A side of a box moved by `by` metres outward; it stops where the box would vanish. */
export function movedSide(box: SectionBox, side: number, by: number): SectionBox {
  const axis = side >> 1;
  const sign = side % 2 === 0 ? -1 : 1;
  const before = box.half[axis] ?? 0;
  const after = Math.max(before + by / 2, LEAST_HALF_M);
  const shift = (after - before) * sign;
  const own: Vec3 = [axis === 0 ? shift : 0, axis === 1 ? shift : 0, axis === 2 ? shift : 0];
  const away = turned(box.rotation, own);
  const half: Vec3 = [
    axis === 0 ? after : box.half[0],
    axis === 1 ? after : box.half[1],
    axis === 2 ? after : box.half[2],
  ];
  const { centre } = box;
  return {
    ...box,
    half,
    centre: [centre[0] + away[0], centre[1] + away[1], centre[2] + away[2]],
  };
}

/** A box about bounds, each side a tenth longer. flat sides get what the largest would. */
export function boxAround(min: Vec3, max: Vec3): SectionBox {
  const largest = Math.max(max[0] - min[0], max[1] - min[1], max[2] - min[2]);
  const side = (axis: 0 | 1 | 2): number => {
    const span = max[axis] - min[axis];
    const margin = span > largest * 1e-6 ? span * AROUND : largest * AROUND;
    return Math.max((span + margin) / 2, LEAST_HALF_M);
  };
  return {
    centre: [(min[0] + max[0]) / 2, (min[1] + max[1]) / 2, (min[2] + max[2]) / 2],
    half: [side(0), side(1), side(2)],
    rotation: UNTURNED,
    enabled: true,
    cap: true,
  };
}

/** The plane through three points, or null when they are on one line. */
export function planeThrough(a: Vec3, b: Vec3, c: Vec3): Halfspace | null {
  const u: Vec3 = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const v: Vec3 = [c[0] - a[0], c[1] - a[1], c[2] - a[2]];
  const n: Vec3 = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
  const length = Math.hypot(...n);
  const longest = Math.max(dot(u, u), dot(v, v));
  if (!(length > longest * 1e-6)) return null;
  const normal = plain([n[0] / length, n[1] / length, n[2] / length]);
  return { normal, offset: dot(normal, a) };
}

/** A unit vector without the noise of triangles where it is an axis; within: of its length. */
export function plain(unit: Vec3, within = 1e-12): Vec3 {
  const axis = [0, 1, 2].find((a) => Math.abs(unit[a] ?? 0) > 1 - within);
  if (axis === undefined) return unit;
  const sign = (unit[axis] ?? 0) > 0 ? 1 : -1;
  return [axis === 0 ? sign : 0, axis === 1 ? sign : 0, axis === 2 ? sign : 0];
}

/** How a direction stands in the file's own axes, radians: turned about Z from X, tilted up towards Z. */
export interface Angles {
  readonly turn: number;
  readonly tilt: number;
}

type Source = Manifest["source"];

export function anglesOf(normal: Vec3, source: Source): Angles {
  const [x, y, z] = toFileAxes(normal, source);
  const flat = Math.hypot(x, y);
  return { turn: flat < 1e-9 ? 0 : Math.atan2(y, x), tilt: Math.atan2(z, flat) };
}

export function directionOf({ turn: around, tilt }: Angles, source: Source): Vec3 {
  const file: Vec3 = [
    Math.cos(tilt) * Math.cos(around),
    Math.cos(tilt) * Math.sin(around),
    Math.sin(tilt),
  ];
  return plain(fromFileAxes(file, source));
}

/** A direction in the file's own axes → y up. */
export function fromFileAxes(v: Vec3, source: Source): Vec3 {
  const [x, y, z] = [fileAxis("x", source), fileAxis("y", source), fileAxis("z", source)];
  const row = (a: 0 | 1 | 2): number => x[a] * v[0] + y[a] * v[1] + z[a] * v[2];
  return [row(0), row(1), row(2)];
}

/** Turns about X, then Y, then Z of the file's axes, radians: what a box's rotation is shown as. */
export function eulerOf(rotation: Quaternion, source: Source): Vec3 {
  const [x, y, z] = toFileAxes([rotation[0], rotation[1], rotation[2]], source);
  const w = rotation[3];
  const sinY = Math.max(-1, Math.min(1, 2 * (w * y - z * x)));
  return [
    Math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y)),
    Math.asin(sinY),
    Math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)),
  ];
}

export function rotationOf(euler: Vec3, source: Source): Quaternion {
  const about = (axis: "x" | "y" | "z", angle: number): Quaternion =>
    turn(fileAxis(axis, source), angle);
  return composed(about("z", euler[2]), composed(about("y", euler[1]), about("x", euler[0])));
}
