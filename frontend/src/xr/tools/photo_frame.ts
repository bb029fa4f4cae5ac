/** What a photo shows: along a hand's ray, or what two hands frame. User space, metres, radians. */

import type { Vec3 } from "../../state/model";
import { cross, dot, normalize, scale, subtract } from "../../scene/vector";

/** Height over width of a photo. */
export const PHOTO_ASPECT = 16 / 9;
/** Vertical field of a photo by trigger. */
export const PHOTO_FOV_RAD = (40 * Math.PI) / 180;
const LEAST_FOV_RAD = (6 * Math.PI) / 180;
const MOST_FOV_RAD = (90 * Math.PI) / 180;
const UP: Vec3 = [0, 1, 0];

/** A camera at the user's eye. */
export interface PhotoFrame {
  readonly position: Vec3;
  /** Unit. */
  readonly direction: Vec3;
  /** Vertical. */
  readonly fov_rad: number;
}

/** Along a ray from the hand: what it points at, `reach` metres away, is the middle. */
export function alongRay(eye: Vec3, hand: Vec3, forward: Vec3, reach: number): PhotoFrame {
  const at: Vec3 = [
    hand[0] + forward[0] * reach,
    hand[1] + forward[1] * reach,
    hand[2] + forward[2] * reach,
  ];
  return { position: eye, direction: normalize(subtract(at, eye)), fov_rad: PHOTO_FOV_RAD };
}

/** Two hands hold opposite corners, as seen from the eye; null: they are at one place or behind. */
export function between(eye: Vec3, left: Vec3, right: Vec3): PhotoFrame | null {
  const a = normalize(subtract(left, eye));
  const b = normalize(subtract(right, eye));
  const sum: Vec3 = [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
  if (Math.hypot(...sum) < 1e-3) return null;
  const direction = normalize(sum);
  const across = cross(direction, UP);
  if (Math.hypot(...across) < 1e-3) return null;
  const side = normalize(across);
  const above = cross(side, direction);
  const tangent = (axis: Vec3): number =>
    Math.max(
      ...[a, b].map((one) => Math.abs(dot(one, axis)) / Math.max(dot(one, direction), 1e-3)),
    );
  // The frame is as large as the hands are apart in the longer of its two ways.
  const half = Math.max(tangent(above), tangent(side) / PHOTO_ASPECT);
  if (half < 1e-4) return null;
  const fov_rad = Math.min(MOST_FOV_RAD, Math.max(LEAST_FOV_RAD, 2 * Math.atan(half)));
  return { position: eye, direction, fov_rad };
}

/** Corners of what a frame shows, `away` metres before the eye, in order around. */
export function cornersOf(
  { position, direction, fov_rad }: PhotoFrame,
  away: number,
): readonly Vec3[] {
  const across = cross(direction, UP);
  const side = Math.hypot(...across) < 1e-3 ? ([1, 0, 0] as const) : normalize(across);
  const above = cross(side, direction);
  const high = Math.tan(fov_rad / 2) * away;
  const wide = high * PHOTO_ASPECT;
  return [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ].map(([u = 0, v = 0]) => {
    const middle = scale(direction, away);
    return [0, 1, 2].map(
      (axis) =>
        (position[axis] ?? 0) +
        (middle[axis] ?? 0) +
        (side[axis] ?? 0) * u * wide +
        (above[axis] ?? 0) * v * high,
    ) as unknown as Vec3; // three in, three out
  });
}
