import { expect, test } from "vitest";
import { alongAxis, ARROW_PX, handleUnder, handlesAt, onPlane } from "./handles";

const AXES = { x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1] } as const;
/** Seen along −z, one metre to ten pixels. */
const front = ([x, y]: readonly [number, number, number]): [number, number] => [x * 10, -y * 10];
/** Seen from above at an angle. */
const oblique = ([x, y, z]: readonly [number, number, number]): [number, number] => [
  x * 10 + z * 3,
  -y * 10 + z * 4,
];

test("arrows have their length on the screen, and one that points at the eye is not there", () => {
  const handles = handlesAt([0, 0, 0], 0.1, AXES, front);
  expect(handles.map(({ name }) => name)).toEqual(["x", "y", "ring"]);
  expect(handles[0]?.line.at(-1)?.[0]).toBeCloseTo(ARROW_PX, 9);
});

test("the pointer means the handle it is on, and nothing in the middle", () => {
  const handles = handlesAt([0, 0, 0], 0.1, AXES, oblique);
  expect(handleUnder(handles, [60, 3])).toBe("x");
  expect(handleUnder(handles, [0, -60])).toBe("y");
  expect(handleUnder(handles, [-70, 0])).toBe("ring");
  expect(handleUnder(handles, [0, 0])).toBeNull();
});

test("a ray tells how far along an axis it points", () => {
  const ray = { origin: [3, 5, 10], direction: [0, 0, -1] } as const;
  expect(alongAxis(ray, [0, 5, 0], [1, 0, 0])).toBeCloseTo(3, 12);
  expect(alongAxis(ray, [0, 0, 0], [0, 0, 1])).toBeNull();
});

test("a ray meets a plane in front of it, and no other", () => {
  const ray = { origin: [0, 10, 0], direction: [0.6, -0.8, 0] } as const;
  expect(onPlane(ray, [0, 2, 0], [0, 1, 0])).toEqual([6, 2, 0]);
  expect(onPlane(ray, [0, 12, 0], [0, 1, 0])).toBeNull();
  expect(onPlane(ray, [0, 2, 0], [0.8, 0.6, 0])).toBeNull();
});
