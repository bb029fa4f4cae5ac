/** Three numbers at a time, for code that must not need a renderer. */

import type { Vec3 } from "../state/model";

export const Y_UP: Vec3 = [0, 1, 0];

export function add(a: Vec3, b: Vec3): Vec3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

export function subtract(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

export function scale(a: Vec3, factor: number): Vec3 {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

/** a + b × factor. */
export function along(a: Vec3, b: Vec3, factor: number): Vec3 {
  return [a[0] + b[0] * factor, a[1] + b[1] * factor, a[2] + b[2] * factor];
}

export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function length(a: Vec3): number {
  return Math.hypot(a[0], a[1], a[2]);
}

export function distance(a: Vec3, b: Vec3): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** Unit vector; zero stays zero. */
export function normalize(a: Vec3): Vec3 {
  const size = length(a);
  return size === 0 ? a : scale(a, 1 / size);
}

export function mix(a: Vec3, b: Vec3, at: number): Vec3 {
  return [a[0] + (b[0] - a[0]) * at, a[1] + (b[1] - a[1]) * at, a[2] + (b[2] - a[2]) * at];
}

/** Turns `v` about the unit `axis` by an angle, counter-clockwise (Rodrigues). */
export function rotate(v: Vec3, axis: Vec3, angle: number): Vec3 {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const side = cross(axis, v);
  const k = dot(axis, v) * (1 - c);
  return [
    v[0] * c + side[0] * s + axis[0] * k,
    v[1] * c + side[1] * s + axis[1] * k,
    v[2] * c + side[2] * s + axis[2] * k,
  ];
}

/** Any unit vector square to the unit `v`. */
export function perpendicular(v: Vec3): Vec3 {
  return normalize(Math.abs(v[1]) < 0.9 ? cross(v, Y_UP) : cross(v, [1, 0, 0]));
}

/** The corners of the triangle whose nine numbers begin at a place of an array. */
export function cornersAt(corners: Float64Array, from: number): readonly [Vec3, Vec3, Vec3] {
  const at = (first: number): Vec3 => [
    corners[first] ?? 0,
    corners[first + 1] ?? 0,
    corners[first + 2] ?? 0,
  ];
  return [at(from), at(from + 3), at(from + 6)];
}
