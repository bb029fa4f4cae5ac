/** Other people's heads, hands and pointers as the scene, the tools and XR see them; the session fills it. */

import type { Pose } from "../protocol/pose";
import type { CameraPose } from "./workspace";

export { NO_OCCURRENCE, POSE, Pose } from "../protocol/pose";

/** Hears where one other participant is. `pose` is reused: read it now, keep nothing of it. */
export type PoseListener = (slot: number, pose: Pose, ageMs: number) => void;

/** Everyone else's presence, smoothed. */
export interface Presence {
  /**
   * Where the others were 100 ms before `nowMs` (of `performance.now`), without allocating.
   * ageMs: since they were last heard; fade above 5,000.
   */
  poses(nowMs: number, listener: PoseListener): void;
  /** Whether the picture would differ from the last one: somebody moves right now. */
  isMoving(nowMs: number): boolean;
  /** Calls back when a frame of poses arrived: time for a new picture. Returns the way to stop. */
  onPoses(callback: () => void): () => void;
  /** The camera I follow, fitted so that all of its picture is inside mine; null: I follow nobody, or pause. */
  followedCamera(nowMs: number): CameraPose | null;
  /** Where somebody's camera is now: for *go to*. */
  cameraOf(slot: number, nowMs: number): CameraPose | null;
}

/** Nobody else is here. */
export const ALONE: Presence = {
  poses: () => undefined,
  isMoving: () => false,
  onPoses: () => () => undefined,
  followedCamera: () => null,
  cameraOf: () => null,
};
