import { expect, test } from "vitest";
import { PHOTO_ASPECT, PHOTO_FOV_RAD, alongRay, between, cornersOf } from "./photo_frame";

test("a photo by trigger has what the ray points at in its middle, seen from the eye", () => {
  const frame = alongRay([0, 1.6, 0], [0.2, 1.2, 0], [0, 0, -1], 2);
  expect(frame.fov_rad).toBe(PHOTO_FOV_RAD);
  const [x, y, z] = frame.direction;
  expect([x / -z, y / -z]).toEqual([expect.closeTo(0.1, 9), expect.closeTo(-0.2, 9)]);
});

test("two hands hold opposite corners of the photo", () => {
  const frame = between([0, 1.5, 0], [-0.32, 1.68, -1], [0.32, 1.32, -1]);
  expect(frame?.direction[2]).toBeCloseTo(-1, 6);
  expect(frame?.fov_rad).toBeCloseTo(2 * Math.atan(0.18), 3);
  const corners = frame ? cornersOf(frame, 1) : [];
  expect(corners[1]?.[0]).toBeCloseTo(0.32, 3);
  expect(corners[2]?.[1]).toBeCloseTo(1.68, 3);
  const wide = (corners[1]?.[0] ?? 0) - (corners[0]?.[0] ?? 0);
  const high = (corners[2]?.[1] ?? 0) - (corners[1]?.[1] ?? 0);
  expect(wide / high).toBeCloseTo(PHOTO_ASPECT, 9);
});

test("hands at one place, or on both sides of the head, frame nothing", () => {
  expect(between([0, 1.5, 0], [0, 1.5, -1], [0, 1.5, -1])).toBeNull();
  expect(between([0, 1.5, 0], [-1, 1.5, 0], [1, 1.5, 0])).toBeNull();
});
