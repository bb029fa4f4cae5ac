/** The section knife as arithmetic: which plane the plate in a hand means, and what it snaps to (UX.md §4.8). */

import type { Halfspace } from "../../state/planes";
import { plain } from "../../state/planes";
import type { Vec3 } from "../../state/model";
import { along, cross, dot, normalize, scale, subtract } from "../../scene/vector";

/** Side of the plate, metres of the user. */
export const PLATE_M = 0.2;
/** It stands so far before the grip, metres of the user. */
export const AHEAD_M = 0.16;
/** Radians: nearer to an axis it is that axis. */
export const AXIS_SNAP_RAD = (5 * Math.PI) / 180;
/** Metres of the user: nearer to a face it is that face's plane. */
export const FACE_SNAP_M = 0.03;
/** Radians: a face that stands more askew is passed through, not touched. */
const FACE_ASKEW_RAD = (20 * Math.PI) / 180;
/** Radians and metres of the user: a plate this near to a plane takes it in hand instead of cutting anew. */
const SAME_RAD = (15 * Math.PI) / 180;
const SAME_M = 0.04;

/** A face that is touched; model frame. */
export interface TouchedFace {
  readonly point: Vec3;
  /** Unit, out of the material. */
  readonly outward: Vec3;
}

/** What the plate means; model frame. */
export interface Cut extends Halfspace {
  readonly snap: "none" | "axis" | "face";
}

/** Radians between two unit vectors. */
export function angleBetween(a: Vec3, b: Vec3): number {
  return Math.acos(Math.max(-1, Math.min(1, dot(a, b))));
}

/** The axis, of either sense, that a unit vector is within 5° of; null: none. axes: unit. */
export function axisNear(normal: Vec3, axes: readonly Vec3[]): Vec3 | null {
  for (const axis of axes)
    for (const sense of [1, -1]) {
      const unit = plain(normalize(scale(axis, sense)));
      if (angleBetween(normal, unit) <= AXIS_SNAP_RAD) return unit;
    }
  return null;
}

/**
 * The plane of a plate. What lies beyond it, where it faces, is kept; what is between it and the user goes.
 *
 * centre: of the plate, model frame. facing: unit, away from the user. scaleOf: model metres per metre of the user.
 */
export function cutOf(
  centre: Vec3,
  facing: Vec3,
  scaleOf: number,
  axes: readonly Vec3[],
  face: TouchedFace | null,
): Cut {
  if (face) {
    const apart = Math.abs(dot(subtract(centre, face.point), face.outward));
    const sense = dot(facing, face.outward) < 0 ? -1 : 1;
    const normal = plain(normalize(scale(face.outward, sense)), 1e-6);
    if (apart <= FACE_SNAP_M * scaleOf && angleBetween(facing, normal) <= FACE_ASKEW_RAD)
      return { normal, offset: dot(normal, face.point), snap: "face" };
  }
  const axis = axisNear(facing, axes);
  const normal = axis ?? normalize(facing);
  return { normal, offset: dot(normal, centre), snap: axis ? "axis" : "none" };
}

/** Whether a plate lies in a plane: to take that one in hand. Model frame. */
export function liesIn(centre: Vec3, facing: Vec3, plane: Halfspace, scaleOf: number): boolean {
  const askew = angleBetween(facing, plane.normal);
  return (
    Math.min(askew, Math.PI - askew) <= SAME_RAD &&
    Math.abs(dot(centre, plane.normal) - plane.offset) <= SAME_M * scaleOf
  );
}

/** Corners of the plate's outline, side PLATE_M; user space. facing, up: of the hand, unit. */
export function plateCorners(centre: Vec3, facing: Vec3, up: Vec3): readonly Vec3[] {
  const right = normalize(cross(facing, up));
  const above = cross(right, facing);
  const half = PLATE_M / 2;
  return [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ].map(([u = 0, v = 0]) => along(along(centre, right, u * half), above, v * half));
}
