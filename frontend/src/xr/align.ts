/** Laying a model onto real edges by two points of each: at 1:1, upright (UX.md §4.10). */

import type { Vec3 } from "../state/model";
import type { RigPose } from "./rig";
import { standing } from "./two_grips";

/** Points whose distance on the ground is less give no direction, metres. */
const LEAST_M = 0.05;

export interface Alignment {
  readonly rig: RigPose;
  /** How much farther apart the points of the room are than those of the model, metres. */
  readonly residual_m: number;
}

/**
 * Stands the user so that the first points meet and the second ones lie in the same direction.
 *
 * model: model frame; room: user space, metres. The heights of the first points meet; those of the second do not turn
 * the model: it stays upright. null: the points of one pair lie above each other.
 */
export function aligned(
  model: readonly [Vec3, Vec3],
  room: readonly [Vec3, Vec3],
): Alignment | null {
  const there: Vec3 = [
    model[1][0] - model[0][0],
    model[1][1] - model[0][1],
    model[1][2] - model[0][2],
  ];
  const here: Vec3 = [room[1][0] - room[0][0], room[1][1] - room[0][1], room[1][2] - room[0][2]];
  if (Math.hypot(there[0], there[2]) < LEAST_M || Math.hypot(here[0], here[2]) < LEAST_M)
    return null;
  const angle = Math.atan2(-there[2], there[0]) - Math.atan2(-here[2], here[0]);
  const yaw = Math.atan2(Math.sin(angle), Math.cos(angle));
  return {
    rig: { position: standing(room[0], model[0], yaw, 1), yaw, scale: 1 },
    residual_m: Math.hypot(...here) - Math.hypot(...there),
  };
}
