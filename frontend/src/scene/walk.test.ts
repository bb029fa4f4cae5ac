import { expect, test } from "vitest";
import type { WalkDirection } from "../state/areas/navigating";
import type { Vec3 } from "../state/model";
import type { CameraPose } from "../state/workspace";
import { type Cast, usualSpeed, walked } from "./walk";

const POSE: CameraPose = {
  position: [0, 1.65, 0],
  target: [0, 1, -4],
  up: [0, 1, 0],
  fov_rad: 1,
  ortho_height_m: null,
};
const hold = (...held: WalkDirection[]) => ({ held: new Set(held), speed: 2 });

/** A floor at height 0 and a wall at z = -1 that looks toward +z. */
const room: Cast = (origin: Vec3, direction: Vec3) => {
  const hits: { distance: number; normal: Vec3 }[] = [];
  if (direction[1] < 0) hits.push({ distance: origin[1] / -direction[1], normal: [0, 1, 0] });
  const toWall = (origin[2] + 1) / -direction[2];
  if (direction[2] < 0 && toWall >= 0) hits.push({ distance: toWall, normal: [0, 0, 1] });
  return hits.sort((a, b) => a.distance - b.distance)[0] ?? null;
};
const ground = { cast: room, eye_m: 1.65 };

test("forward is where one looks, at the speed said", () => {
  const { position } = walked(POSE, hold("forward"), 0.5, null);
  expect(Math.hypot(position[0], position[1] - 1.65, position[2])).toBeCloseTo(1, 9);
  expect(position[1]).toBeLessThan(1.65);
  expect(position[2]).toBeLessThan(0);
});

test("keys that pull against each other stand still, two ways are no faster than one, Shift is", () => {
  expect(walked(POSE, hold("left", "right"), 1, null).position).toEqual(POSE.position);
  const length = (pose: CameraPose): number =>
    Math.hypot(pose.position[0], pose.position[1] - 1.65, pose.position[2]);
  expect(length(walked(POSE, hold("left", "up"), 1, null))).toBeCloseTo(2, 9);
  expect(length(walked(POSE, hold("left", "fast"), 1, null))).toBeCloseTo(6, 9);
});

test("on the ground one walks level and stops before the wall", () => {
  let pose = POSE;
  for (let step = 0; step < 60; step += 1) pose = walked(pose, hold("forward"), 1 / 30, ground);
  expect(pose.position[1]).toBeCloseTo(1.65, 6);
  expect(pose.position[2]).toBeGreaterThan(-1);
  expect(pose.position[2]).toBeLessThan(-0.5);
});

test("one slides along a wall instead of sticking to it", () => {
  let pose: CameraPose = { ...POSE, position: [0, 1.65, -0.6], target: [2, 1.65, -2.6] };
  for (let step = 0; step < 30; step += 1) pose = walked(pose, hold("forward"), 1 / 30, ground);
  expect(pose.position[2]).toBeGreaterThan(-1);
  expect(pose.position[0]).toBeGreaterThan(0.8);
});

test("the eye comes down to its height above the floor, and stays up where there is none", () => {
  let pose: CameraPose = { ...POSE, position: [0, 9, 0], target: [0, 9, 4] };
  for (let step = 0; step < 60; step += 1) pose = walked(pose, hold(), 1 / 30, ground);
  expect(pose.position[1]).toBeCloseTo(1.65, 3);
  const nothing = { cast: () => null, eye_m: 1.65 };
  expect(walked(POSE, hold(), 1, nothing).position).toEqual(POSE.position);
});

test("one walks through a house and flies over a gear wheel or a city, each in some seconds", () => {
  expect(usualSpeed(12)).toBeCloseTo(2.1, 9);
  expect(usualSpeed(0.05)).toBeCloseTo(0.0125, 9);
  expect(usualSpeed(4000)).toBeCloseTo(1000, 9);
});
