/**
 * The model between two hands: what each hand closed on stays between them, upright. Moving both moves it, turning them
 * about each other turns it about the vertical, pulling them apart scales it.
 */

import type { Vec3 } from "../state/model";
import { boundedScale, caughtScale } from "./ratio";
import type { RigPose } from "./rig";

/** Hands whose distance on the ground is less turn nothing, metres: its direction is noise. */
const LEVEL_M = 0.05;
const LEAST_M = 0.02;

/** Two points: of the user (metres of their room). */
export type Pair = readonly [Vec3, Vec3];

/**
 * Where the rig is once the hands have moved.
 *
 * start: where the rig was when both hands had closed; from, to: where the hands were then and are now, user space.
 */
export function gripped(start: RigPose, from: Pair, to: Pair): RigPose {
  const apart = (pair: Pair): number => Math.max(LEAST_M, Math.hypot(...minus(pair[1], pair[0])));
  const scale = caughtScale(boundedScale((start.scale * apart(from)) / apart(to)));
  const yaw = start.yaw + turned(from, to);
  const middle = toModel(start, between(from));
  return { position: standing(between(to), middle, yaw, scale), yaw, scale };
}

/** The rig's place for which a point of the user lies on a point of the model. */
export function standing(user: Vec3, model: Vec3, yaw: number, scale: number): Vec3 {
  const offset = about(user, yaw);
  return [model[0] - offset[0] * scale, model[1] - offset[1] * scale, model[2] - offset[2] * scale];
}

function turned(from: Pair, to: Pair): number {
  const [a, b] = [minus(from[1], from[0]), minus(to[1], to[0])];
  if (Math.hypot(a[0], a[2]) < LEVEL_M || Math.hypot(b[0], b[2]) < LEVEL_M) return 0;
  // Counter-clockwise from above; the user turns against the model.
  const angle = Math.atan2(-a[2], a[0]) - Math.atan2(-b[2], b[0]);
  return Math.atan2(Math.sin(angle), Math.cos(angle));
}

function toModel({ position, yaw, scale }: RigPose, user: Vec3): Vec3 {
  const offset = about(user, yaw);
  return [
    position[0] + offset[0] * scale,
    position[1] + offset[1] * scale,
    position[2] + offset[2] * scale,
  ];
}

function about([x, y, z]: Vec3, yaw: number): Vec3 {
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
  return [c * x + s * z, y, -s * x + c * z];
}

function between([a, b]: Pair): Vec3 {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2];
}

function minus(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}
