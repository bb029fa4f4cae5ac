import { expect, it } from "vitest";
import { Pose } from "../protocol/pose";
import type { CameraPose } from "../state/workspace";
import { cameraOfPose, poseOfCamera } from "./camera";

const camera = (fields: Partial<CameraPose>): CameraPose => ({
  position: [3, 2, 5],
  target: [0.5, 1, -1],
  up: [0, 1, 0],
  fov_rad: 0.8,
  ortho_height_m: null,
  ...fields,
});

const cases: [string, CameraPose][] = [
  ["from the side", camera({})],
  ["from above", camera({ position: [0, 9, 0], target: [0, 0, 0], up: [0, 0, -1] })],
  ["from below", camera({ position: [0, -9, 0], target: [0, 0, 0], up: [0, 0, 1] })],
  ["from behind", camera({ position: [0, 0, -4], target: [0, 0, 0] })],
  ["tilted", camera({ up: [0.6, 0.8, 0] })],
  ["orthographic", camera({ ortho_height_m: 2.5 })],
];

it.each(cases)("comes out of a pose as it went in: %s", (_, wanted) => {
  const pose = new Pose();
  poseOfCamera(wanted, 1.6, pose);
  const read = cameraOfPose(pose, 1.6, camera({ fov_rad: 1 }));
  for (const axis of [0, 1, 2] as const) {
    expect(read.position[axis]).toBeCloseTo(wanted.position[axis], 6);
    expect(read.target[axis]).toBeCloseTo(wanted.target[axis], 6);
  }
  expect(read.ortho_height_m).toEqual(wanted.ortho_height_m);
  if (wanted.ortho_height_m === null) expect(read.fov_rad).toBeCloseTo(wanted.fov_rad, 6);
  const forward = wanted.target.map((value, axis) => value - (wanted.position[axis] ?? 0));
  const lean = forward.reduce((sum, value, axis) => sum + value * (read.up[axis] ?? 0), 0);
  expect(lean).toBeCloseTo(0, 6);
  expect(
    read.up.reduce((sum, value, axis) => sum + value * (wanted.up[axis] ?? 0), 0),
  ).toBeGreaterThan(0.5);
});

it("shows all of a wider picture in a narrower one", () => {
  const pose = new Pose();
  poseOfCamera(camera({ fov_rad: 0.8 }), 16 / 9, pose);
  const read = cameraOfPose(pose, 9 / 16, camera({}));
  const width = Math.tan(read.fov_rad / 2) * (9 / 16);
  expect(width).toBeCloseTo(Math.tan(0.4) * (16 / 9), 6);
  poseOfCamera(camera({ ortho_height_m: 2 }), 2, pose);
  expect(cameraOfPose(pose, 1, camera({})).ortho_height_m).toBeCloseTo(4, 6);
});

it("keeps the height of a narrower picture in a wider one", () => {
  const pose = new Pose();
  poseOfCamera(camera({ fov_rad: 0.8 }), 1, pose);
  expect(cameraOfPose(pose, 2, camera({})).fov_rad).toBeCloseTo(0.8, 6);
});
