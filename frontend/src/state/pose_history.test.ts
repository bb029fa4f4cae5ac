import { expect, test } from "vitest";
import { NO_POSES, poseNow, rested, samePose, stepped } from "./pose_history";
import type { CameraPose } from "./workspace";

const at = (x: number): CameraPose => ({
  position: [x, 0, 5],
  target: [x, 0, 0],
  up: [0, 1, 0],
  fov_rad: 1,
  ortho_height_m: null,
});

test("one goes back and forth between the places of rest", () => {
  const history = [0, 1, 2].reduce((now, x) => rested(now, at(x)), NO_POSES);
  const back = stepped(history, -1);
  expect(back && poseNow(back)).toEqual(at(1));
  const first = back && stepped(back, -1);
  expect(first && poseNow(first)).toEqual(at(0));
  expect(first && stepped(first, -1)).toBeNull();
  const forth = first && stepped(first, 1);
  expect(forth && poseNow(forth)).toEqual(at(1));
});

test("resting where one is changes nothing, not even what lies ahead", () => {
  const history = stepped(rested(rested(NO_POSES, at(0)), at(1)), -1);
  expect(history && rested(history, at(1e-9))).toBe(history);
});

test("another way from the middle forgets what lay ahead", () => {
  const middle = stepped(rested(rested(NO_POSES, at(0)), at(1)), -1);
  const other = middle && rested(middle, at(7));
  expect(other?.poses.map(({ position }) => position[0])).toEqual([0, 7]);
  expect(other && stepped(other, 1)).toBeNull();
});

test("a hundred are kept, the newest", () => {
  let history = NO_POSES;
  for (let x = 0; x < 150; x += 1) history = rested(history, at(x));
  expect(history.poses.length).toBe(100);
  expect(poseNow(history)).toEqual(at(149));
});

test("another projection or roll is another view", () => {
  expect(samePose(at(0), { ...at(0), ortho_height_m: 4 })).toBe(false);
  expect(samePose(at(0), { ...at(0), up: [1, 0, 0] })).toBe(false);
  expect(samePose(at(0), at(0))).toBe(true);
  expect(samePose(at(0), at(1e-6), 1e-5)).toBe(true);
  expect(samePose(at(0), at(1e-3), 1e-5)).toBe(false);
});
