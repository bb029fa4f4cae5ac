import { describe, expect, it } from "vitest";
import vectors from "../../../tests/vectors/pose.json";
import {
  MAX_POSE_BYTES,
  POSE,
  Pose,
  decodePose,
  encodePose,
  packQuaternion,
  unpackQuaternion,
} from "./pose";

type Vector = (typeof vectors)[number];

function bytesOf(hex: string): DataView {
  const pairs = hex.match(/../g) ?? [];
  return new DataView(Uint8Array.from(pairs, (pair) => parseInt(pair, 16)).buffer);
}

function hexOf(view: DataView, length: number): string {
  return Array.from(new Uint8Array(view.buffer, 0, length), (b) =>
    b.toString(16).padStart(2, "0"),
  ).join("");
}

function poseOf(vector: Vector): Pose {
  const pose = new Pose();
  pose.timeMs = vector.time_ms;
  pose.head.set(vector.head);
  if (vector.laser) pose.flags |= POSE.laser;
  if (vector.lens) {
    pose.flags |= POSE.lens;
    [pose.targetDistance = 1, pose.fov = 1, pose.aspect = 1] = vector.lens;
  }
  if (vector.scale !== null) {
    pose.flags |= POSE.inXr;
    pose.scale = vector.scale;
  }
  if (vector.pointer) {
    pose.flags |= POSE.pointer;
    [pose.pointerLayer = 0, pose.pointerOccurrence = 0] = vector.pointer;
    pose.pointer.set(vector.pointer.slice(2));
  }
  if (vector.left) {
    pose.flags |= POSE.left;
    pose.left.set(vector.left);
  }
  if (vector.right) {
    pose.flags |= POSE.right;
    pose.right.set(vector.right);
  }
  return pose;
}

describe("the vectors", () => {
  it.each(vectors)("$name is encoded to the same bytes as in Python", (vector) => {
    const view = new DataView(new ArrayBuffer(MAX_POSE_BYTES));
    const length = encodePose(poseOf(vector), view);
    expect(hexOf(view, length)).toBe(vector.hex);
  });

  it.each(vectors)("$name is read back as it was", (vector) => {
    const view = bytesOf(vector.hex);
    const read = new Pose();
    const wanted = poseOf(vector);
    expect(decodePose(view, 0, view.byteLength, read)).toBe(true);
    expect([read.flags, read.timeMs, read.scale]).toEqual([
      wanted.flags,
      wanted.timeMs,
      wanted.scale,
    ]);
    expect(read.head.slice(0, 3)).toEqual(wanted.head.slice(0, 3));
    expect(angle(read.head, wanted.head)).toBeLessThan(0.28);
    if (wanted.has(POSE.lens)) {
      expect([read.targetDistance, read.fov, read.aspect]).toEqual([
        wanted.targetDistance,
        wanted.fov,
        wanted.aspect,
      ]);
    }
    if (wanted.has(POSE.pointer)) {
      expect(read.pointerOccurrence).toBe(wanted.pointerOccurrence);
      expect(read.pointer).toEqual(wanted.pointer);
    }
    for (const hand of ["left", "right"] as const) {
      if (wanted.has(POSE[hand])) expect(angle(read[hand], wanted[hand])).toBeLessThan(0.28);
    }
  });
});

/** Degrees between two rotations. */
function angle(a: Float64Array, b: Float64Array): number {
  let dot = 0;
  for (let index = 3; index < 7; index += 1) dot += (a[index] ?? 0) * (b[index] ?? 0);
  return (2 * Math.acos(Math.min(1, Math.abs(dot))) * 180) / Math.PI;
}

it("packs any rotation within 0.28°", () => {
  const out = new Float64Array(4);
  let state = 1;
  const random = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return (state / 2_147_483_647) * 2 - 1;
  };
  for (let round = 0; round < 2_000; round += 1) {
    const raw = [random(), random(), random(), random()];
    const length = Math.hypot(...raw);
    const q = raw.map((value) => value / length);
    const packed = packQuaternion(q, 0);
    expect(packed).toBeGreaterThanOrEqual(0);
    expect(packed).toBeLessThan(2 ** 32);
    unpackQuaternion(packed, out, 0);
    const dot = Math.abs(q.reduce((sum, value, index) => sum + value * (out[index] ?? 0), 0));
    expect((2 * Math.acos(Math.min(1, dot)) * 180) / Math.PI).toBeLessThan(0.28);
    expect(Math.hypot(...out)).toBeCloseTo(1, 6);
  }
});

it("refuses another version, every cut, and numbers that are none", () => {
  const hex = vectors[3]?.hex ?? "";
  const read = new Pose();
  const view = bytesOf(hex);
  for (let length = 0; length < view.byteLength; length += 1) {
    expect(decodePose(view, 0, length, read)).toBe(false);
  }
  expect(decodePose(bytesOf("02" + hex.slice(2)), 0, view.byteLength, read)).toBe(false);
  view.setFloat32(4, NaN, true);
  expect(decodePose(view, 0, view.byteLength, read)).toBe(false);
});

it("reads what a newer client appends without it", () => {
  const view = bytesOf((vectors[0]?.hex ?? "") + "aabbcc");
  expect(decodePose(view, 0, view.byteLength, new Pose())).toBe(true);
});
