/** Where the camera has rested: the way back and forth between views, as a browser has it between pages. */

import type { CameraPose } from "./workspace";

/** poses: oldest first; at: the one shown now, -1 before the first. */
export interface PoseHistory {
  readonly poses: readonly CameraPose[];
  readonly at: number;
}

export const NO_POSES: PoseHistory = { poses: [], at: -1 };
/** A review's worth of views. */
const MOST_POSES = 100;
/** Of the distance to the target: nearer together are the same view. */
const SAME = 1e-4;

/** The camera came to rest: what lay ahead is forgotten, unless it is where we are already. */
export function rested(history: PoseHistory, pose: CameraPose): PoseHistory {
  const present = history.poses[history.at];
  if (present && samePose(present, pose)) return history;
  const poses = [...history.poses.slice(0, history.at + 1), pose].slice(-MOST_POSES);
  return { poses, at: poses.length - 1 };
}

/** One step back or forth; null when there is none. */
export function stepped(history: PoseHistory, step: -1 | 1): PoseHistory | null {
  const at = history.at + step;
  return at < 0 || at >= history.poses.length ? null : { ...history, at };
}

export function poseNow(history: PoseHistory): CameraPose | null {
  return history.poses[history.at] ?? null;
}

/** Whether two poses show the same picture to the eye. within: of the distance to the target. */
export function samePose(a: CameraPose, b: CameraPose, within = SAME): boolean {
  if ((a.ortho_height_m === null) !== (b.ortho_height_m === null)) return false;
  const away = Math.hypot(
    a.position[0] - a.target[0],
    a.position[1] - a.target[1],
    a.position[2] - a.target[2],
  );
  const near = (p: readonly number[], q: readonly number[], most: number): boolean =>
    p.every((value, axis) => Math.abs(value - (q[axis] ?? 0)) <= most);
  return (
    near(a.position, b.position, away * within) &&
    near(a.target, b.target, away * within) &&
    near(a.up, b.up, within) &&
    Math.abs(a.fov_rad - b.fov_rad) <= within &&
    Math.abs((a.ortho_height_m ?? 1) / (b.ortho_height_m ?? 1) - 1) <= within
  );
}
