import { Euler, Matrix4, Quaternion, Vector3 } from "three";
import { expect, test } from "vitest";
import { palmThrow } from "./bare_hand";

/** A wrist rolled about the forearm, degrees; 180: the palm is up. */
function wrist(roll: number, yaw = 0): { name: string; matrix: Float32Array } {
  const turned = new Quaternion().setFromEuler(new Euler(0, yaw, (roll * Math.PI) / 180, "YXZ"));
  const matrix = new Matrix4().compose(new Vector3(0, 1, 0), turned, new Vector3(1, 1, 1));
  return { name: "wrist", matrix: Float32Array.from(matrix.elements) };
}

test("a palm that looks up throws along its fingers and upward", () => {
  const along = palmThrow([wrist(180)]);
  expect(along?.[0]).toBeCloseTo(0, 6);
  expect(along?.[1]).toBeGreaterThan(0.4);
  expect(along?.[2]).toBeLessThan(-0.7);
  expect(Math.hypot(...(along ?? [0, 0, 0]))).toBeCloseTo(1, 6);
  expect(palmThrow([wrist(150, 0.5)])).not.toBeNull();
});

test("a palm that looks down or aside throws nothing, and neither does a hand without a wrist", () => {
  expect([palmThrow([wrist(0)]), palmThrow([wrist(90)]), palmThrow([])]).toEqual([
    null,
    null,
    null,
  ]);
});
