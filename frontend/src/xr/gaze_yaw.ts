/** Where a head looks about the vertical. */

import { Vector3, type Quaternion } from "three";

/** Radians, counter-clockwise from above; 0: along -z. Of a head that looks straight up or down: its brow. */
export function yawOf(quaternion: Quaternion): number {
  _ahead.set(0, 0, -1).applyQuaternion(quaternion);
  if (Math.hypot(_ahead.x, _ahead.z) < 0.1)
    _ahead.set(0, _ahead.y > 0 ? -1 : 1, 0).applyQuaternion(quaternion);
  return Math.atan2(-_ahead.x, -_ahead.z);
}

const _ahead = new Vector3();
