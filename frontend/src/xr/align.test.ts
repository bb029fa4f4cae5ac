import { expect, test } from "vitest";
import type { Vec3 } from "../state/model";
import { aligned } from "./align";
import { Rig } from "./rig";

/** Where points of the model lie in a room that is turned and moved. */
function inRoom([x, y, z]: Vec3): Vec3 {
  const [c, s] = [Math.cos(2.2), Math.sin(2.2)];
  return [c * x + s * z - 4, y + 0.3, c * z - s * x + 1.5];
}

const MODEL: readonly [Vec3, Vec3] = [
  [10, 0.5, -3],
  [12.5, 1.1, -4],
];

test("both points of the model lie on those of the room, and so does every other one", () => {
  const found = aligned(MODEL, [inRoom(MODEL[0]), inRoom(MODEL[1])]);
  const rig = new Rig();
  rig.set(found?.rig ?? { position: [NaN, NaN, NaN], yaw: 0, scale: 1 });
  for (const point of [...MODEL, [7, 2, 7] as const])
    rig.toUser(point).forEach((value, axis) => {
      expect(value).toBeCloseTo(inRoom(point)[axis] ?? NaN, 9);
    });
  expect(found?.residual_m).toBeCloseTo(0, 9);
});

test("a room that is 12 mm longer than the drawing says so; the first point still meets", () => {
  const [first, second] = [inRoom(MODEL[0]), inRoom(MODEL[1])];
  const along = second.map((value, axis) => value - (first[axis] ?? 0));
  const length = Math.hypot(...along);
  const longer = second.map((value, axis) => value + ((along[axis] ?? 0) / length) * 0.012) as [
    number,
    number,
    number,
  ]; // `as`: three in, three out
  const found = aligned(MODEL, [first, longer]);
  expect(found?.residual_m).toBeCloseTo(0.012, 9);
  const rig = new Rig();
  if (found) rig.set(found.rig);
  rig.toUser(MODEL[0]).forEach((value, axis) => {
    expect(value).toBeCloseTo(first[axis] ?? NaN, 9);
  });
});

test("points above each other give no direction", () => {
  expect(aligned(MODEL, [inRoom(MODEL[0]), [...inRoom(MODEL[0])]])).toBeNull();
});
