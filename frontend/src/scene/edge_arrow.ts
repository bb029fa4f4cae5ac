/** Where the edge of the picture is nearest to something outside of it: for arrows that lead there. */

import type { Vec3 } from "../state/model";
import type { CameraPose } from "../state/workspace";

/** CSS pixels between an arrow and the edge. */
export const EDGE_PX = 28;

export interface EdgeArrow {
  readonly x: number;
  readonly y: number;
  /** Where it points, radians clockwise from right. */
  readonly turn: number;
}

/**
 * The arrow towards a point (absolute metres), or null when it is in the picture. at: where it is projected to, CSS
 * pixels; null behind the eye.
 */
export function edgeArrow(
  at: { readonly x: number; readonly y: number } | null,
  point: Vec3,
  camera: CameraPose,
  width: number,
  height: number,
): EdgeArrow | null {
  if (at && at.x >= 0 && at.y >= 0 && at.x <= width && at.y <= height) return null;
  const centre = { x: width / 2, y: height / 2 };
  let dx: number;
  let dy: number;
  if (at) {
    dx = at.x - centre.x;
    dy = at.y - centre.y;
  } else {
    // Behind the eye: to the side it lies on, as one would turn the head.
    const forward = minus(camera.target, camera.position);
    const right = cross(forward, camera.up);
    const up = cross(right, forward);
    const towards = minus(point, camera.position);
    dx = dot(towards, right) / (length(right) || 1);
    dy = -dot(towards, up) / (length(up) || 1);
  }
  if (Math.hypot(dx, dy) < 1e-9) dy = 1; // straight behind: down, as good as any
  const reach = Math.min(
    (centre.x - EDGE_PX) / Math.max(Math.abs(dx), 1e-9),
    (centre.y - EDGE_PX) / Math.max(Math.abs(dy), 1e-9),
  );
  return { x: centre.x + dx * reach, y: centre.y + dy * reach, turn: Math.atan2(dy, dx) };
}

function minus(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function length(a: Vec3): number {
  return Math.hypot(...a);
}
