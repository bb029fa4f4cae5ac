/** The camera of a viewer: one pose, two three.js cameras, animations and clip planes. */

import type { Ray } from "three";
import { Matrix4, OrthographicCamera, PerspectiveCamera, Vector3 } from "three";
import type { Bounds, Vec3 } from "../state/model";
import type { CameraPose } from "../state/workspace";
import type { LevelView } from "./levels";
import { axesOf, between, depthRange, heightAtTarget } from "./pose";
import { distance } from "./vector";

/** UX.md §2.4: camera moves animate 250 ms ease-out. */
export const MOVE_MS = 250;

/** Holds the pose that is drawn. */
export class ViewCamera {
  readonly perspective = new PerspectiveCamera(45, 1, 0.01, 100);
  readonly orthographic = new OrthographicCamera(-1, 1, 1, -1, 0.01, 100);
  private current: CameraPose;
  private aspect = 1;
  private move: { from: CameraPose; to: CameraPose; startedMs: number; durationMs: number } | null =
    null;

  constructor(pose: CameraPose) {
    this.current = pose;
  }

  get pose(): CameraPose {
    return this.current;
  }

  /** Where a running move ends, else the pose. */
  get destination(): CameraPose {
    return this.move?.to ?? this.current;
  }

  get isMoving(): boolean {
    return this.move !== null;
  }

  /** The three camera of the present projection. */
  get active(): PerspectiveCamera | OrthographicCamera {
    return this.current.ortho_height_m === null ? this.perspective : this.orthographic;
  }

  set(pose: CameraPose): void {
    this.move = null;
    this.current = pose;
  }

  /** Moves there; 0 ms jumps. */
  animateTo(pose: CameraPose, nowMs: number, durationMs: number): void {
    const { current } = this;
    const sameProjection = (current.ortho_height_m === null) === (pose.ortho_height_m === null);
    if (durationMs <= 0 || !sameProjection) return this.set(pose);
    this.move = { from: current, to: pose, startedMs: nowMs, durationMs };
  }

  /** Advances a running move. True while the pose changes. */
  step(nowMs: number): boolean {
    if (!this.move) return false;
    const { from, to, startedMs, durationMs } = this.move;
    const at = Math.min(1, Math.max(0, (nowMs - startedMs) / durationMs));
    this.current = between(from, to, 1 - (1 - at) ** 3);
    if (at >= 1) this.move = null;
    return true;
  }

  setAspect(aspect: number): void {
    this.aspect = aspect;
  }

  get viewAspect(): number {
    return this.aspect;
  }

  /** Writes the pose into the three cameras; near and far enclose `bounds`. */
  apply(bounds: Bounds): void {
    const { position, fov_rad, ortho_height_m } = this.current;
    const { forward, up } = axesOf(this.current);
    const { near, far } = depthRange(this.current, bounds);
    const away = distance(position, this.current.target);
    const camera = this.active;
    camera.position.set(...position);
    camera.up.set(...up);
    camera.lookAt(position[0] + forward[0], position[1] + forward[1], position[2] + forward[2]);
    const span = Math.max(far - near, away, 1e-6);
    if (ortho_height_m === null) {
      this.perspective.fov = (fov_rad * 180) / Math.PI;
      this.perspective.aspect = this.aspect;
      const planes = clipPlanes(near, far, away);
      this.perspective.near = planes.near;
      this.perspective.far = planes.far;
    } else {
      const half = ortho_height_m / 2;
      this.orthographic.top = half;
      this.orthographic.bottom = -half;
      this.orthographic.right = half * this.aspect;
      this.orthographic.left = -half * this.aspect;
      // An orthographic eye has no place: what is behind it is drawn too.
      this.orthographic.near = Math.min(near, 0) - span * 0.05;
      this.orthographic.far = Math.max(far, 0) + span * 0.05;
    }
    camera.updateProjectionMatrix();
    camera.updateMatrixWorld(true);
  }

  /** What sizes on screen depend on, for a picture `height` device pixels high; after `apply`. */
  levelView(height: number): LevelView {
    const { position, fov_rad, ortho_height_m } = this.current;
    return {
      eye: [...position],
      pixelsPerMetre:
        ortho_height_m === null ? height / 2 / Math.tan(fov_rad / 2) : height / ortho_height_m,
      orthographic: ortho_height_m !== null,
      frustum: frustumOf(this.active),
    };
  }

  /** The ray through a point of the picture; x, y from -1 to 1, y up. */
  rayInto(x: number, y: number, ray: Ray): Ray {
    const { position, fov_rad, ortho_height_m } = this.current;
    const { forward, right, up } = axesOf(this.current);
    const half = ortho_height_m === null ? Math.tan(fov_rad / 2) : ortho_height_m / 2;
    const sideways = x * half * this.aspect;
    const upward = y * half;
    _offset.set(
      right[0] * sideways + up[0] * upward,
      right[1] * sideways + up[1] * upward,
      right[2] * sideways + up[2] * upward,
    );
    ray.origin.set(...position);
    ray.direction.set(...forward);
    if (ortho_height_m === null) ray.direction.add(_offset).normalize();
    // Far enough back that the whole model lies before it.
    else ray.origin.add(_offset).addScaledVector(ray.direction, this.orthographic.near);
    return ray;
  }

  /** Metres that one pixel covers at a point, for a picture `height` pixels high. */
  metresPerPixel(point: Vec3, height: number): number {
    const { position, fov_rad, ortho_height_m } = this.current;
    if (ortho_height_m !== null) return ortho_height_m / height;
    const { forward } = axesOf(this.current);
    const depth =
      (point[0] - position[0]) * forward[0] +
      (point[1] - position[1]) * forward[1] +
      (point[2] - position[2]) * forward[2];
    return (2 * Math.max(depth, 1e-9) * Math.tan(fov_rad / 2)) / height;
  }

  /** Height of the picture at the target, metres. */
  get height(): number {
    return heightAtTarget(this.current);
  }
}

/** 24 bits of depth: beyond 1 : 20,000 neighbouring faces begin to fight. */
const DEPTH_RATIO = 20_000;

/**
 * Clip planes for a box between two depths, metres from the eye, negative behind it, when the eye looks at
 * something `away` metres ahead. What is looked at is never clipped, however near; far things then fight, of which
 * little is seen past something that near.
 */
export function clipPlanes(
  near: number,
  far: number,
  away: number,
): { readonly near: number; readonly far: number } {
  const span = Math.max(far - near, away, 1e-9);
  const end = Math.max(far + span * 0.05, away * 2);
  const least = Math.min(end / DEPTH_RATIO, away * 0.25);
  return { near: Math.max(least, Math.min(near * 0.9, away * 0.1)), far: end };
}

/** (4 × 6) inward planes of a three camera (Gribb and Hartmann 2001). */
export function frustumOf(camera: PerspectiveCamera | OrthographicCamera): Float32Array {
  const m = _matrix.multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse).elements;
  const planes = new Float32Array(24);
  for (let i = 0; i < 6; i += 1) {
    const axis = i >> 1;
    const sign = (i & 1) === 0 ? 1 : -1;
    const row = (c: number): number => (m[c * 4 + 3] ?? 0) + sign * (m[c * 4 + axis] ?? 0);
    const size = Math.hypot(row(0), row(1), row(2)) || 1;
    for (let c = 0; c < 4; c += 1) planes[i * 4 + c] = row(c) / size;
  }
  return planes;
}

const _offset = new Vector3();
const _matrix = new Matrix4();
