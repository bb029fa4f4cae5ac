import { Quaternion, Vector3 } from "three";
import { expect, test } from "vitest";
import { POSE, Pose } from "../state/presence";
import { writeSeatPose } from "./my_pose";
import type { RayHand } from "./ray_hand";
import { Rig } from "./rig";

/** Turned by a quarter, ten times as large as the user, 5 m up. */
function rig(): Rig {
  const made = new Rig();
  made.scale = 10;
  made.yaw = Math.PI / 2;
  made.position[1] = 5;
  return made;
}

const hand = (change: object): RayHand =>
  ({
    ...{ tracked: true, position: [0, 1, 0], quaternion: new Quaternion(), hit: null },
    ...{ pressing: false, ...change },
  }) as unknown as RayHand; // `as`: the parts that are read

const source = (handedness: string): XRInputSource => ({ handedness }) as XRInputSource; // `as`: its side alone

test("head and hands are where the model's frame has them, turned as the room is", () => {
  const out = new Pose();
  const hands = new Map([
    [source("left"), hand({ position: [0, 0, -1] })],
    [source("right"), hand({ tracked: false })],
    [source("none"), hand({})],
  ]);
  const head = { position: [0, 1.6, -1] as const, quaternion: new Quaternion() };
  writeSeatPose({ rig: rig(), head, hands, pointing: null }, false, out);
  [-10, 21, 0].forEach((value, axis) => expect(out.head[axis]).toBeCloseTo(value, 9));
  const [x, y, z, w] = out.head.slice(3);
  const looks = new Vector3(0, 0, -1).applyQuaternion(new Quaternion(x, y, z, w));
  expect(looks.x).toBeCloseTo(-1, 9);
  expect(out.left[0]).toBeCloseTo(-10, 9);
  expect(out.scale).toBe(10);
  expect([POSE.inXr, POSE.left, POSE.right, POSE.seated].map((flag) => out.has(flag))).toEqual([
    ...[true, true, false, false],
  ]);
});

test("what the hand points at is said with its part, and the laser only while it is pressed", () => {
  const head = { position: [0, 1.6, 0] as const, quaternion: new Quaternion() };
  for (const pressing of [false, true]) {
    const out = new Pose();
    const pointing = hand({ pressing, hit: { occurrence: 7, local: [1, 2, 3], distance: 1 } });
    writeSeatPose({ rig: rig(), head, hands: new Map(), pointing }, true, out);
    expect([out.pointerOccurrence, [...out.pointer]]).toEqual([7, [1, 2, 3]]);
    expect([out.has(POSE.pointer), out.has(POSE.laser)]).toEqual([true, pressing]);
    expect(out.has(POSE.seated)).toBe(true);
  }
});
