import { expect, test } from "vitest";
import { Pose } from "../../protocol/pose";
import { earOf } from "./placing";

test("a head that is not turned listens to -z, with +y up", () => {
  const pose = new Pose();
  pose.head.set([1, 2, 3, 0, 0, 0, 1]);
  const { position, forward, up } = earOf(pose);
  expect(position).toEqual([1, 2, 3]);
  expect(forward.map((one) => one + 0)).toEqual([0, 0, -1]);
  expect(up.map((one) => one + 0)).toEqual([0, 1, 0]);
});

test("a head turned a quarter to the left listens to -x", () => {
  const pose = new Pose();
  pose.head.set([0, 0, 0, 0, Math.SQRT1_2, 0, Math.SQRT1_2]);
  const [x, y, z] = earOf(pose).forward;
  expect(x).toBeCloseTo(-1);
  expect(y).toBeCloseTo(0);
  expect(z).toBeCloseTo(0);
});
