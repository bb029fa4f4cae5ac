import { Euler, Quaternion } from "three";
import { expect, test } from "vitest";
import { yawOf } from "./gaze_yaw";

const head = (yaw: number, pitch: number): Quaternion =>
  new Quaternion().setFromEuler(new Euler(pitch, yaw, 0, "YXZ"));

test("the direction of the gaze on the ground, also of one that looks at the floor or the ceiling", () => {
  for (const pitch of [0, 1, -1, 1.56, -1.56]) expect(yawOf(head(0.7, pitch))).toBeCloseTo(0.7, 6);
});
