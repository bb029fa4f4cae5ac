/** Standing where a saved view looks from: a teleport that its user asked for, never one that somebody else's view causes. */

import { Vector3 } from "three";
import type { Seat } from "../seat";
import type { CameraPose } from "../../state/workspace";

/** Stands the user's eye where a camera is, at 1:1, looking where it looks. */
export function standAt(seat: Pick<Seat, "rig" | "head">, pose: CameraPose): void {
  const { rig, head } = seat;
  const [x, , z] = [
    pose.target[0] - pose.position[0],
    0,
    pose.target[2] - pose.position[2],
  ] as const;
  rig.mode = "one_to_one";
  rig.scale = 1;
  // Where the head looks now, about the vertical, is to become where the camera looks.
  _forward.set(0, 0, -1).applyQuaternion(head.quaternion);
  const looks = Math.atan2(-_forward.x, -_forward.z);
  if (Math.hypot(x, z) > 1e-6) rig.yaw = Math.atan2(-x, -z) - looks;
  const [px, py, pz] = pose.position;
  rig.teleport(head.position, [px, py - head.position[1], pz]);
}

const _forward = new Vector3();
