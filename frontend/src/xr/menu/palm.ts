/** A bare hand that asks for the menu: flat, its palm to the eyes, and looked at (UX.md §4.4). */

import type { Vec3 } from "../../state/model";

/** Joints that tell a flat palm. User space, metres. */
export interface Palm {
  readonly wrist: Vec3;
  readonly indexBase: Vec3;
  readonly littleBase: Vec3;
  readonly indexTip: Vec3;
  readonly middleTip: Vec3;
  readonly littleTip: Vec3;
}

/** Degrees off the eyes, and off the gaze, and how straight fingers are: their reach by the palm's. */
const FACES = 40;
const LOOKED_AT = 25;
const STRAIGHT = 1.5;

/** forward: where the head looks, unit. */
export function palmAsks(palm: Palm, side: "left" | "right", eye: Vec3, forward: Vec3): boolean {
  const { wrist, indexBase, littleBase } = palm;
  const length = distance(indexBase, wrist);
  if (length < 1e-6) return false;
  const straight = [palm.indexTip, palm.middleTip, palm.littleTip].every(
    (tip) => distance(tip, wrist) > STRAIGHT * length,
  );
  const out = cross(minus(indexBase, wrist), minus(littleBase, wrist));
  const normal: Vec3 = side === "left" ? [-out[0], -out[1], -out[2]] : out;
  const middle = middleOf(wrist, indexBase, littleBase);
  const toEye = minus(eye, middle);
  return (
    straight &&
    between(normal, toEye) < FACES &&
    between(forward, [-toEye[0], -toEye[1], -toEye[2]]) < LOOKED_AT
  );
}

export function middleOf(...points: readonly Vec3[]): Vec3 {
  const sum = (axis: 0 | 1 | 2): number => points.reduce((all, point) => all + point[axis], 0);
  return [sum(0) / points.length, sum(1) / points.length, sum(2) / points.length];
}

function minus(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function distance(a: Vec3, b: Vec3): number {
  return Math.hypot(...minus(a, b));
}

function between(a: Vec3, b: Vec3): number {
  const dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  return (Math.atan2(Math.hypot(...cross(a, b)), dot) * 180) / Math.PI;
}
