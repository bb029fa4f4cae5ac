/**
 * A pose: where a participant's eyes, hands and pointer are. 24 to 110 bytes; opaque to the server.
 *
 *     u8 version = 1 | u8 flags | u16 milliseconds | head: 3 f32 + u32 quaternion
 *     LENS:    f32 target distance, f32 vertical field of view (negative: height, orthographic), f32 aspect
 *     IN_XR:   f32 model metres per metre of the user
 *     POINTER: u8 layer, u32 dense occurrence (0xffffffff: none), 3 f32 point
 *     LEFT, RIGHT: 3 f32 + u32 quaternion each
 *
 * Little endian. Positions in metres, y up, model frame (absolute minus `manifest.origin`), the pointer's in
 * the part's frame when it names an occurrence. Pinned by `tests/vectors/pose.json`.
 */

export const POSE_VERSION = 1;
export const MAX_POSE_BYTES = 256;
export const NO_OCCURRENCE = 0xffffffff;
/** Bits of the flags byte; laser, talking and seated say something and add no bytes. */
export const POSE = {
  pointer: 1,
  left: 2,
  right: 4,
  inXr: 8,
  laser: 16,
  lens: 32,
  talking: 64,
  seated: 128,
} as const;

/** Position x, y, z in metres, then a unit quaternion x, y, z, w. */
export type Placement = Float64Array;

/** A pose as numbers; one object is filled again and again. */
export class Pose {
  flags = 0;
  /** The sender's clock, milliseconds, wraps at 65,536. */
  timeMs = 0;
  readonly head: Placement = identity();
  readonly left: Placement = identity();
  readonly right: Placement = identity();
  /** Metres to what the camera turns around. */
  targetDistance = 1;
  /** Vertical, radians; negative: the height of an orthographic picture in metres. */
  fov = 1;
  /** Width by height of the picture. */
  aspect = 1;
  /** Model metres per metre of the user. */
  scale = 1;
  pointerLayer = 0;
  /** Dense number, or NO_OCCURRENCE. */
  pointerOccurrence = NO_OCCURRENCE;
  /** Metres, in the part's frame, or the model's without an occurrence. */
  readonly pointer = new Float64Array(3);

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  copy(other: Pose): void {
    this.flags = other.flags;
    this.timeMs = other.timeMs;
    this.head.set(other.head);
    this.left.set(other.left);
    this.right.set(other.right);
    this.targetDistance = other.targetDistance;
    this.fov = other.fov;
    this.aspect = other.aspect;
    this.scale = other.scale;
    this.pointerLayer = other.pointerLayer;
    this.pointerOccurrence = other.pointerOccurrence;
    this.pointer.set(other.pointer);
  }
}

function identity(): Placement {
  return Float64Array.of(0, 0, 0, 0, 0, 0, 1);
}

/** Writes a pose at the beginning of `view`; returns its length in bytes. */
export function encodePose(pose: Pose, view: DataView): number {
  view.setUint8(0, POSE_VERSION);
  view.setUint8(1, pose.flags);
  view.setUint16(2, pose.timeMs & 0xffff, true);
  let at = writePlacement(pose.head, view, 4);
  if (pose.has(POSE.lens)) {
    view.setFloat32(at, pose.targetDistance, true);
    view.setFloat32(at + 4, pose.fov, true);
    view.setFloat32(at + 8, pose.aspect, true);
    at += 12;
  }
  if (pose.has(POSE.inXr)) {
    view.setFloat32(at, pose.scale, true);
    at += 4;
  }
  if (pose.has(POSE.pointer)) {
    view.setUint8(at, pose.pointerLayer);
    view.setUint32(at + 1, pose.pointerOccurrence, true);
    for (let axis = 0; axis < 3; axis += 1)
      view.setFloat32(at + 5 + 4 * axis, pose.pointer[axis] ?? 0, true);
    at += 17;
  }
  if (pose.has(POSE.left)) at = writePlacement(pose.left, view, at);
  if (pose.has(POSE.right)) at = writePlacement(pose.right, view, at);
  return at;
}

/** Reads a pose into `out`; false, and `out` unusable, for another version, a cut pose or a number that is none. */
export function decodePose(view: DataView, offset: number, length: number, out: Pose): boolean {
  if (length < 20 || view.getUint8(offset) !== POSE_VERSION) return false;
  const flags = view.getUint8(offset + 1);
  const needed =
    20 +
    (flags & POSE.lens ? 12 : 0) +
    (flags & POSE.inXr ? 4 : 0) +
    (flags & POSE.pointer ? 17 : 0) +
    (flags & POSE.left ? 16 : 0) +
    (flags & POSE.right ? 16 : 0);
  if (length < needed) return false; // longer is a newer client's business
  out.flags = flags;
  out.timeMs = view.getUint16(offset + 2, true);
  let at = readPlacement(view, offset + 4, out.head);
  let sum = placementSum(out.head);
  if (flags & POSE.lens) {
    out.targetDistance = view.getFloat32(at, true);
    out.fov = view.getFloat32(at + 4, true);
    out.aspect = view.getFloat32(at + 8, true);
    sum += out.targetDistance + out.fov + out.aspect;
    at += 12;
  }
  out.scale = 1;
  if (flags & POSE.inXr) {
    out.scale = view.getFloat32(at, true);
    sum += out.scale;
    at += 4;
  }
  out.pointerOccurrence = NO_OCCURRENCE;
  if (flags & POSE.pointer) {
    out.pointerLayer = view.getUint8(at);
    out.pointerOccurrence = view.getUint32(at + 1, true);
    for (let axis = 0; axis < 3; axis += 1) {
      const value = view.getFloat32(at + 5 + 4 * axis, true);
      out.pointer[axis] = value;
      sum += value;
    }
    at += 17;
  }
  if (flags & POSE.left) {
    at = readPlacement(view, at, out.left);
    sum += placementSum(out.left);
  }
  if (flags & POSE.right) {
    readPlacement(view, at, out.right);
    sum += placementSum(out.right);
  }
  return Number.isFinite(sum);
}

function placementSum(placement: Placement): number {
  return (placement[0] ?? NaN) + (placement[1] ?? NaN) + (placement[2] ?? NaN);
}

function writePlacement(placement: Placement, view: DataView, at: number): number {
  for (let axis = 0; axis < 3; axis += 1)
    view.setFloat32(at + 4 * axis, placement[axis] ?? 0, true);
  view.setUint32(at + 12, packQuaternion(placement, 3), true);
  return at + 16;
}

function readPlacement(view: DataView, at: number, out: Placement): number {
  for (let axis = 0; axis < 3; axis += 1) out[axis] = view.getFloat32(at + 4 * axis, true);
  unpackQuaternion(view.getUint32(at + 12, true), out, 3);
  return at + 16;
}

// Of the three smaller components of a unit quaternion none exceeds 1/√2; 10 bits each: 0.28° at worst.
const LIMIT = Math.SQRT1_2;
const STEPS = 1023;

/**
 * Smallest three: the index of the largest component in the top two bits, the others in order, 10 bits each.
 * The largest is made positive, q and -q being the same rotation.
 */
export function packQuaternion(values: ArrayLike<number>, at: number): number {
  let largest = 0;
  for (let index = 1; index < 4; index += 1) {
    if (Math.abs(values[at + index] ?? 0) > Math.abs(values[at + largest] ?? 0)) largest = index;
  }
  const sign = (values[at + largest] ?? 0) < 0 ? -1 : 1;
  let packed = largest;
  for (let index = 0; index < 4; index += 1) {
    if (index === largest) continue;
    const unit = ((sign * (values[at + index] ?? 0)) / LIMIT + 1) / 2;
    packed = packed * 1024 + Math.round(Math.min(1, Math.max(0, unit)) * STEPS);
  }
  return packed;
}

/** Writes x, y, z, w at `at`; a unit quaternion whose largest component is positive. */
export function unpackQuaternion(packed: number, out: Float64Array, at: number): void {
  const largest = packed >>> 30;
  let shift = 20;
  let squares = 0;
  for (let index = 0; index < 4; index += 1) {
    if (index === largest) continue;
    const value = ((((packed >>> shift) & STEPS) / STEPS) * 2 - 1) * LIMIT;
    out[at + index] = value;
    squares += value * value;
    shift -= 10;
  }
  out[at + largest] = Math.sqrt(Math.max(0, 1 - squares));
}
