/** What the others see of somebody in a headset: head, hands, scale and pointer, written into their pose. */

import { Quaternion, Vector3 } from "three";
import type { Vec3 } from "../state/model";
import { POSE, type Pose } from "../state/presence";
import type { Rig } from "./rig";
import type { Seat } from "./seat";

/** Fills what a headset knows of a pose; model frame. seated: their table is the low one. */
export function writeSeatPose(
  { rig, head, hands, pointing }: Pick<Seat, "rig" | "head" | "hands" | "pointing">,
  seated: boolean,
  out: Pose,
): void {
  out.flags |= POSE.inXr;
  out.scale = rig.scale;
  writePlacement(rig, head.position, head.quaternion, out.head);
  if (seated) out.flags |= POSE.seated;
  for (const [source, hand] of hands) {
    if (!hand.tracked || source.handedness === "none") continue;
    const side = source.handedness === "left" ? "left" : "right";
    out.flags |= POSE[side];
    writePlacement(rig, hand.position, hand.quaternion, out[side]);
  }
  if (!pointing?.hit) return;
  out.flags |= POSE.pointer;
  if (pointing.pressing) out.flags |= POSE.laser;
  out.pointerLayer = 0;
  out.pointerOccurrence = pointing.hit.occurrence;
  out.pointer.set(pointing.hit.local);
}

/** User space → the model frame of a pose: place, then turn. */
function writePlacement(rig: Rig, position: Vec3, quaternion: Quaternion, out: Float64Array): void {
  out.set(rig.toModel(position));
  _quaternion.setFromAxisAngle(_up, rig.yaw).multiply(quaternion);
  out.set([_quaternion.x, _quaternion.y, _quaternion.z, _quaternion.w], 3);
}

const _up = new Vector3(0, 1, 0);
const _quaternion = new Quaternion();
