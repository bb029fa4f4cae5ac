import { expect, test } from "vitest";
import { motionOf } from "./space_mouse";

test("a resting hand moves nothing", () => {
  expect(motionOf([0.03, -0.05, 0, 0.01, 0, 0.02])).toBeNull();
  expect(motionOf([])).toBeNull();
});

test("pushes and turns grow with the square of what goes beyond the rest", () => {
  const little = motionOf([0.16, 0, 0, 0, 0, 0]);
  const more = motionOf([0.26, 0, 0, 0, 0, 0]);
  expect(little?.right).toBeCloseTo(0.01, 9);
  expect(more?.right).toBeCloseTo(0.04, 9);
  expect(motionOf([0, -1, 0, 0, 0, 0])?.into).toBeGreaterThan(0);
  expect(motionOf([0, 0, 0, 0, 0, -1])?.yaw).toBeLessThan(0);
});
