/** What the joints of a bare hand say: where they are, and whether the palm is up (WebXR Hand Input §3). */

import type { Vec3 } from "../state/model";

/** A joint's place and size. */
export interface Joint {
  readonly name: string;
  /** Column-major, user space. */
  readonly matrix: Float32Array;
  readonly radius: number;
}

/** How far up a palm must look: 40° from straight up. */
const UP = 0.77;
/** The arc leaves a palm this steeply, radians. */
const THROWN = 0.6;

/** The joints that are seen right now. */
export function jointsOf(frame: XRFrame, space: XRReferenceSpace, hand: XRHand): Joint[] {
  const joints: Joint[] = [];
  for (const [name, joint] of hand.entries()) {
    const pose = frame.getJointPose?.(joint, space);
    if (pose) joints.push({ name, matrix: pose.transform.matrix, radius: pose.radius ?? 0.008 });
  }
  return joints;
}

/** Where an arc leaves an open palm that looks up: the way of the fingers, upward; null: the palm does not look up. */
export function palmThrow(joints: readonly Pick<Joint, "name" | "matrix">[]): Vec3 | null {
  const wrist = joints.find(({ name }) => name === "wrist")?.matrix;
  if (!wrist) return null;
  // Of every joint -y is out of the palm, -z toward the finger tips.
  if (-(wrist[5] ?? 0) < UP) return null;
  const [x, z] = [-(wrist[8] ?? 0), -(wrist[10] ?? 0)];
  const length = Math.hypot(x, z);
  if (length < 1e-6) return null;
  const flat = Math.cos(THROWN) / length;
  return [x * flat, Math.sin(THROWN), z * flat];
}
