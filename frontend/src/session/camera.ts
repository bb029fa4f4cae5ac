/** Between a camera and a pose: position, look rotation, lens. Model frame, metres, y up. */

import { POSE, type Pose } from "../protocol/pose";
import type { Vec3 } from "../state/model";
import type { CameraPose } from "../state/workspace";

/** Writes a camera into the head and lens of a pose. aspect: width by height. */
export function poseOfCamera(camera: CameraPose, aspect: number, out: Pose): void {
  const back = normalized(minus(camera.position, camera.target), [0, 0, 1]);
  let right = cross(camera.up, back);
  if (Math.hypot(...right) < 1e-9)
    right = cross(Math.abs(back[1]) < 0.9 ? [0, 1, 0] : [0, 0, 1], back);
  right = normalized(right, [1, 0, 0]);
  const up = cross(back, right);
  out.head.set(camera.position);
  writeRotation(right, up, back, out.head);
  out.flags |= POSE.lens;
  out.targetDistance = Math.hypot(...minus(camera.target, camera.position));
  out.fov = camera.ortho_height_m === null ? camera.fov_rad : -camera.ortho_height_m;
  out.aspect = aspect;
}

/**
 * The camera of somebody whose pose this is. All of their picture is inside mine: where mine is narrower, its
 * angle or height grows. Without a lens, as in a headset, it looks with `mine`'s.
 */
export function cameraOfPose(pose: Pose, aspect: number, mine: CameraPose): CameraPose {
  const { head } = pose;
  const position: Vec3 = [head[0] ?? 0, head[1] ?? 0, head[2] ?? 0];
  const forward = rotated(head, [0, 0, -1]);
  const up = rotated(head, [0, 1, 0]);
  const hasLens = pose.has(POSE.lens);
  const away = hasLens ? pose.targetDistance : Math.hypot(...minus(mine.target, mine.position));
  const widen = hasLens && aspect > 0 && pose.aspect > aspect ? pose.aspect / aspect : 1;
  const isOrtho = hasLens && pose.fov < 0;
  const fov = hasLens && !isOrtho ? pose.fov : mine.fov_rad;
  return {
    position,
    target: [
      position[0] + forward[0] * away,
      position[1] + forward[1] * away,
      position[2] + forward[2] * away,
    ],
    up,
    fov_rad: isOrtho ? fov : 2 * Math.atan(Math.tan(fov / 2) * widen),
    ortho_height_m: isOrtho ? -pose.fov * widen : null,
  };
}

/** Quaternion x, y, z, w at index 3, from the columns of a rotation (Shepperd's method). */
function writeRotation(x: Vec3, y: Vec3, z: Vec3, out: Float64Array): void {
  const trace = x[0] + y[1] + z[2];
  let q: [number, number, number, number];
  if (trace > 0) {
    const s = 2 * Math.sqrt(trace + 1);
    q = [(y[2] - z[1]) / s, (z[0] - x[2]) / s, (x[1] - y[0]) / s, s / 4];
  } else if (x[0] > y[1] && x[0] > z[2]) {
    const s = 2 * Math.sqrt(1 + x[0] - y[1] - z[2]);
    q = [s / 4, (y[0] + x[1]) / s, (z[0] + x[2]) / s, (y[2] - z[1]) / s];
  } else if (y[1] > z[2]) {
    const s = 2 * Math.sqrt(1 + y[1] - x[0] - z[2]);
    q = [(y[0] + x[1]) / s, s / 4, (z[1] + y[2]) / s, (z[0] - x[2]) / s];
  } else {
    const s = 2 * Math.sqrt(1 + z[2] - x[0] - y[1]);
    q = [(z[0] + x[2]) / s, (z[1] + y[2]) / s, s / 4, (x[1] - y[0]) / s];
  }
  out.set(q, 3);
}

function rotated(head: Float64Array, v: Vec3): Vec3 {
  const [x, y, z, w] = [head[3] ?? 0, head[4] ?? 0, head[5] ?? 0, head[6] ?? 1];
  const t = cross([2 * x, 2 * y, 2 * z], v);
  const u = cross([x, y, z], t);
  return [v[0] + w * t[0] + u[0], v[1] + w * t[1] + u[1], v[2] + w * t[2] + u[2]];
}

function minus(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function normalized(v: Vec3, otherwise: Vec3): Vec3 {
  const length = Math.hypot(...v);
  return length > 1e-12 ? [v[0] / length, v[1] / length, v[2] / length] : otherwise;
}
