import { expect, test } from "vitest";
import {
  anglesOf,
  boxAround,
  boxPlanes,
  composed,
  directionOf,
  dot,
  eulerOf,
  movedSide,
  plain,
  planeThrough,
  rotationOf,
  turn,
  turned,
} from "./planes";
import { MANIFEST } from "./model_fixture.test-data";
import type { Vec3 } from "./model";

const SOURCE = { ...MANIFEST.source, up_axis: "z" as const };
const near = (a: readonly number[], b: readonly number[], within = 1e-12): void =>
  a.forEach((value, i) => expect(Math.abs(value - (b[i] ?? NaN))).toBeLessThan(within));

test("a box around bounds has sides a tenth longer about the same middle", () => {
  const box = boxAround([0, 1, 2], [2, 4, 3]);
  near(box.half, [1.1, 1.65, 0.55]);
  near(box.centre, [1, 2.5, 2.5]);
});

test("a flat side of a box around bounds has room, too", () => {
  const box = boxAround([0, 0, 0], [2, 0, 1]);
  expect(box.half[1]).toBeCloseTo(0.1, 12);
});

test("the six planes of a turned box keep what is inside and nothing else", () => {
  const rotation = composed(turn([0, 1, 0], 0.7), turn([1, 0, 0], -0.4));
  const box = { ...boxAround([-1, -2, -3], [1, 2, 3]), centre: [5, 6, 7] as Vec3, rotation };
  const planes = boxPlanes(box);
  let state = 7;
  const random = (): number => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
  for (let i = 0; i < 500; i += 1) {
    const own: Vec3 = [0, 1, 2].map((a) => (random() - 0.5) * 4 * (box.half[a] ?? 0)) as [
      number,
      number,
      number,
    ];
    const at = turned(rotation, own);
    const point: Vec3 = [at[0] + 5, at[1] + 6, at[2] + 7];
    const inside = own.every((value, a) => Math.abs(value) <= (box.half[a] ?? 0));
    expect(planes.every(({ normal, offset }) => dot(normal, point) >= offset)).toBe(inside);
  }
});

test("a side of a box moves alone, and never through the other side", () => {
  const box = { ...boxAround([0, 0, 0], [2, 2, 2]), rotation: turn([0, 0, 1], Math.PI / 6) };
  const before = boxPlanes(box);
  const after = boxPlanes(movedSide(box, 1, 0.5));
  after.forEach(({ normal, offset }, side) => {
    near(normal, before[side]?.normal ?? []);
    expect(offset - (before[side]?.offset ?? 0)).toBeCloseTo(side === 1 ? -0.5 : 0, 12);
  });
  expect(movedSide(box, 1, -50).half[0]).toBeGreaterThan(0);
});

test("three points give their plane, three points on a line give none", () => {
  const plane = planeThrough([1, 0, 0], [0, 1, 0], [0, 0, 1]);
  expect(plane?.offset).toBeCloseTo(1 / Math.sqrt(3), 12);
  expect(planeThrough([0, 0, 0], [1, 1, 1], [2, 2, 2])).toBeNull();
  expect(planeThrough([0, 0, 0], [0, 0, 0], [2, 2, 2])).toBeNull();
});

test("angles of a direction give the direction back, poles included", () => {
  for (const normal of [
    [0, 1, 0],
    [0, -1, 0],
    [1, 0, 0],
    plain([0.6, 0.64, 0.48]),
    [-0.36, 0.48, -0.8],
  ] as Vec3[])
    near(directionOf(anglesOf(normal, SOURCE), SOURCE), normal);
  expect(anglesOf([0, 1, 0], SOURCE).tilt).toBeCloseTo(Math.PI / 2, 12);
});

test("angles of a box give its rotation back", () => {
  const rotation = rotationOf([0.3, -0.8, 2.1], SOURCE);
  near(eulerOf(rotation, SOURCE), [0.3, -0.8, 2.1], 1e-9);
  // About the file's Z: y up, seen from above counter-clockwise.
  near(turned(rotationOf([0, 0, Math.PI / 2], SOURCE), [1, 0, 0]), [0, 0, -1]);
});
