import { expect, test } from "vitest";
import type { Vec3 } from "../state/model";
import { Rig, type RigPose } from "./rig";
import { type Pair, gripped } from "./two_grips";

const START: RigPose = { position: [3, -1, 4], yaw: 0.4, scale: 13 };

/** The model's points under the hands before and after. */
function held(from: Pair, to: Pair): { before: Vec3[]; after: Vec3[]; pose: RigPose } {
  const rig = new Rig();
  rig.set(START);
  const before = from.map((hand) => rig.toModel(hand));
  const pose = gripped(START, from, to);
  rig.set(pose);
  return { before, after: to.map((hand) => rig.toModel(hand)), pose };
}

function near(actual: readonly Vec3[], expected: readonly Vec3[]): void {
  actual.forEach((point, index) =>
    point.forEach((value, axis) => expect(value).toBeCloseTo(expected[index]?.[axis] ?? NaN, 6)),
  );
}

const HANDS: Pair = [
  [-0.2, 1.1, -0.4],
  [0.25, 1.1, -0.5],
];

test("what both hands hold goes with them: moved, turned and pulled apart at once", () => {
  // The same triangle turned by 0.9 rad, pulled apart 1.7 times and carried away.
  const [c, s] = [Math.cos(0.9) * 1.7, Math.sin(0.9) * 1.7];
  const to = HANDS.map(([x, y, z]): Vec3 => [c * x + s * z + 0.3, y * 1 - 0.2, c * z - s * x]);
  const { before, after, pose } = held(HANDS, [to[0] ?? [0, 0, 0], to[1] ?? [0, 0, 0]]);
  expect(pose.scale).toBeCloseTo(13 / 1.7, 9);
  near(after, before);
});

test("hands that stand still move nothing, whatever the scale", () => {
  expect(gripped(START, HANDS, HANDS)).toMatchObject({ yaw: 0.4, scale: 13 });
  near([gripped(START, HANDS, HANDS).position], [START.position]);
});

test("one hand above the other turns nothing", () => {
  const upright: Pair = [
    [0, 1, -0.4],
    [0, 1.4, -0.4],
  ];
  const leaning: Pair = [
    [0.01, 1, -0.4],
    [0, 1.4, -0.41],
  ];
  expect(gripped(START, upright, leaning).yaw).toBe(0.4);
});

test("round scales catch", () => {
  const apart: Pair = [
    [-0.2 * 1.28, 1.1, -0.4],
    [0.25 * 1.28, 1.1, -0.4 - 0.1 * 1.28],
  ];
  expect(gripped(START, HANDS, apart).scale).toBe(10);
});
