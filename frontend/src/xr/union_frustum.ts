/** What two eyes see together, as one pyramid around both: levels are chosen once for both of them. */

import type { Quaternion } from "three";
import { Vector3 } from "three";
import type { Vec3 } from "../state/model";

/** Tangents of the angles from the middle of an eye's picture to its sides, all positive outwards. */
export interface EyeAngles {
  readonly left: number;
  readonly right: number;
  readonly up: number;
  readonly down: number;
}

/** The angles in a projection matrix, column by column. */
export function eyeAngles(p: ArrayLike<number>): EyeAngles {
  const [x, y, shiftX, shiftY] = [p[0] ?? 1, p[5] ?? 1, p[8] ?? 0, p[9] ?? 0];
  return {
    left: (1 - shiftX) / x,
    right: (1 + shiftX) / x,
    up: (1 + shiftY) / y,
    down: (1 - shiftY) / y,
  };
}

/** The widest of both. */
export function unionOf(eyes: readonly EyeAngles[]): EyeAngles {
  const most = (side: keyof EyeAngles): number => Math.max(...eyes.map((eye) => eye[side]));
  return { left: most("left"), right: most("right"), up: most("up"), down: most("down") };
}

/**
 * (4 × 6) inward planes; what is near is never cut off, nor what is far.
 *
 * between: middle of both eyes. apart: their distance. margin: radians to each side that the head may have turned
 * before levels are chosen again. One frame and unit for all.
 */
export function unionFrustum(
  between: Vec3,
  turned: Quaternion,
  { left, right, up, down }: EyeAngles,
  apart: number,
  margin: number,
): Float32Array {
  const planes = new Float32Array(24);
  const wide = (tangent: number): number => Math.min(WIDEST, Math.atan(tangent) + margin);
  const put = (at: number, x: number, y: number, z: number, away: number): void => {
    _normal.set(x, y, z).applyQuaternion(turned);
    const { x: nx, y: ny, z: nz } = _normal;
    const constant = away - (nx * between[0] + ny * between[1] + nz * between[2]);
    planes.set([nx, ny, nz, constant], at * 4);
  };
  // A side's plane runs through the eye on that side; an eye looks along -z.
  const [l, r, u, d] = [wide(left), wide(right), wide(up), wide(down)];
  put(0, Math.cos(l), 0, -Math.sin(l), (apart / 2) * Math.cos(l));
  put(1, -Math.cos(r), 0, -Math.sin(r), (apart / 2) * Math.cos(r));
  put(2, 0, -Math.cos(u), -Math.sin(u), 0);
  put(3, 0, Math.cos(d), -Math.sin(d), 0);
  put(4, 0, 0, -1, 0);
  planes[23] = 3e38; // no far end
  return planes;
}

/** Radians; a side further out than this would look behind. */
const WIDEST = (85 * Math.PI) / 180;

const _normal = new Vector3();
