/** My own pose: sent 20 times a second while it changes, once a second while it does not, never when hidden. */

import { MAX_POSE_BYTES, NO_OCCURRENCE, POSE, Pose, encodePose } from "../protocol/pose";
import type { Vec3 } from "../state/model";
import type { Workspace } from "../state/workspace";
import { poseOfCamera } from "./camera";
import type { Environment } from "./environment";

const SEND_MS = 50;
const KEEP_ALIVE_MS = 1_000;
/** What counts as a change: 1 mm, or a thousandth of the distance to the target; 0.1°. */
const MOVED_M = 1e-3;
const TURNED = 1 - Math.cos((0.1 * Math.PI) / 180 / 2);

/** What the scene and the headset know of me that the stores do not. */
export interface PoseSource {
  /** Width by height of my picture. */
  aspect(): number;
  /** A point of the model frame in the frame of a part, as it stands now; null when it is not placed. */
  toPart(occurrence: number, point: Vec3): Vec3 | null;
  /** Overwrites head, hands, scale and flags while I am in a headset; false when I am not. */
  headset?(out: Pose): boolean;
  /** The laser is on. */
  laser?(): boolean;
  /** My microphone hears me. */
  talking?(): boolean;
}

/** Reads my pose from the workspace. */
export function readOwnPose(workspace: Workspace, source: PoseSource, out: Pose): void {
  out.flags = 0;
  out.scale = 1;
  const inHeadset = source.headset?.(out) ?? false;
  if (!inHeadset) poseOfCamera(workspace.camera.get(), source.aspect(), out);
  if (source.laser?.()) out.flags |= POSE.laser;
  if (source.talking?.()) out.flags |= POSE.talking;
  const pointer = out.has(POSE.pointer) ? null : readPointer(workspace, source);
  if (!pointer) return;
  out.flags |= POSE.pointer;
  out.pointerLayer = 0;
  out.pointerOccurrence = pointer.occurrence ?? NO_OCCURRENCE;
  out.pointer.set(pointer.point);
}

/** What my pointer is on: a part and metres in its frame, or none and metres in the model's; null: on nothing. */
export function readPointer(
  workspace: Workspace,
  source: PoseSource,
): { readonly occurrence: number | null; readonly point: Vec3 } | null {
  const absolute = workspace.pointerPosition.get();
  if (!absolute) return null;
  const origin = workspace.manifest.get()?.origin ?? [0, 0, 0];
  const point: Vec3 = [absolute[0] - origin[0], absolute[1] - origin[1], absolute[2] - origin[2]];
  const occurrence = workspace.hover.get();
  const local = occurrence === null ? null : source.toPart(occurrence, point);
  return local ? { occurrence, point: local } : { occurrence: null, point };
}

/** Sends my pose in time. */
export class PoseSender {
  private readonly environment: Environment;
  private readonly read: (out: Pose) => void;
  private readonly send: (bytes: Uint8Array<ArrayBuffer>) => boolean;
  private readonly pose = new Pose();
  private readonly sent = new Pose();
  private readonly buffer = new ArrayBuffer(MAX_POSE_BYTES);
  private readonly view = new DataView(this.buffer);
  private sentAt = -Infinity;
  private cancel: (() => void) | null = null;

  constructor(
    environment: Environment,
    read: (out: Pose) => void,
    send: (bytes: Uint8Array<ArrayBuffer>) => boolean,
  ) {
    this.environment = environment;
    this.read = read;
    this.send = send;
    this.step();
  }

  /** The next pose goes out whatever it is: after a new hello. */
  refresh(): void {
    this.sentAt = -Infinity;
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
  }

  private step(): void {
    this.cancel = this.environment.later(() => this.step(), SEND_MS);
    this.read(this.pose);
    // Who reads another page is nowhere, but talks.
    const talked = ((this.pose.flags ^ this.sent.flags) & POSE.talking) !== 0;
    if (this.environment.isHidden() && !talked) return;
    const now = this.environment.now();
    if (now - this.sentAt < KEEP_ALIVE_MS && !differs(this.pose, this.sent)) return;
    this.pose.timeMs = Math.floor(now) & 0xffff;
    const length = encodePose(this.pose, this.view);
    if (!this.send(new Uint8Array(this.buffer, 0, length))) return;
    this.sent.copy(this.pose);
    this.sentAt = now;
  }
}

function differs(a: Pose, b: Pose): boolean {
  if (a.flags !== b.flags || a.pointerOccurrence !== b.pointerOccurrence) return true;
  if (placed(a.head, b.head, Math.min(MOVED_M, a.targetDistance * 1e-3))) return true;
  if (a.has(POSE.left) && placed(a.left, b.left, MOVED_M)) return true;
  if (a.has(POSE.right) && placed(a.right, b.right, MOVED_M)) return true;
  if (a.has(POSE.lens) && (far(a.fov, b.fov) || far(a.aspect, b.aspect))) return true;
  if (a.has(POSE.lens) && far(a.targetDistance, b.targetDistance)) return true;
  if (a.has(POSE.inXr) && far(a.scale, b.scale)) return true;
  if (!a.has(POSE.pointer)) return false;
  const least = Math.min(MOVED_M, a.targetDistance * 1e-4);
  for (let axis = 0; axis < 3; axis += 1) {
    if (Math.abs((a.pointer[axis] ?? 0) - (b.pointer[axis] ?? 0)) > least) return true;
  }
  return false;
}

function far(a: number, b: number): boolean {
  return Math.abs(a - b) > 1e-3 * Math.abs(b);
}

function placed(a: Float64Array, b: Float64Array, least: number): boolean {
  for (let axis = 0; axis < 3; axis += 1) {
    if (Math.abs((a[axis] ?? 0) - (b[axis] ?? 0)) > least) return true;
  }
  let dot = 0;
  for (let index = 3; index < 7; index += 1) dot += (a[index] ?? 0) * (b[index] ?? 0);
  return 1 - Math.abs(dot) > TURNED;
}
