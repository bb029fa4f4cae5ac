import { expect, test } from "vitest";
import type { Matrix4, Vec3 } from "./model";
import {
  apply,
  byGeoreference,
  byThreePoints,
  compose,
  IDENTITY,
  inverseRigid,
  isRigid,
  rotation,
  translation,
} from "./rigid";

const near = (vector: Vec3, digits = 9): unknown =>
  vector.map((value) => expect.closeTo(value, digits) as number);

test("a turn about an axis through a point leaves that point alone", () => {
  const turn = rotation([0, 1, 0], Math.PI / 2, [1, 2, 3]);
  expect(apply(turn, [1, 5, 3])).toEqual(near([1, 5, 3]));
  // x goes to −z.
  expect(apply(turn, [2, 2, 3])).toEqual(near([1, 2, 2]));
  expect(isRigid(turn)).toBe(true);
});

test("there and back is where one was", () => {
  const motion = compose(rotation([1, 2, 3], 0.7), translation([4, -5, 6]));
  expect(compose(motion, inverseRigid(motion)).map((v) => Math.round(v * 1e12) / 1e12 + 0)).toEqual(
    [...IDENTITY],
  );
});

test("three points come upon three points", () => {
  const motion = compose(rotation([0.3, 1, -0.2], 1.1), translation([10, 20, 30]));
  const from: [Vec3, Vec3, Vec3] = [
    [0, 0, 0],
    [2, 0, 0],
    [0.5, 1, 0.25],
  ];
  const to: [Vec3, Vec3, Vec3] = [
    apply(motion, from[0]),
    apply(motion, from[1]),
    apply(motion, from[2]),
  ];
  const found = byThreePoints(from, to);
  expect(found).not.toBeNull();
  for (const point of [...from, [7, 8, 9] as const])
    expect(apply(found ?? IDENTITY, point)).toEqual(near(apply(motion, point)));
});

test("three points on a line fix nothing", () => {
  const line: [Vec3, Vec3, Vec3] = [
    [0, 0, 0],
    [1, 0, 0],
    [2, 0, 0],
  ];
  const plane: [Vec3, Vec3, Vec3] = [
    [0, 0, 0],
    [1, 0, 0],
    [0, 1, 0],
  ];
  expect(byThreePoints(line, plane)).toBeNull();
  expect(byThreePoints(plane, [line[0], line[0], line[2]])).toBeNull();
});

test("a scale, a mirror, a shear and numbers that are none are not rigid", () => {
  const scaled: Matrix4 = [2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const mirrored: Matrix4 = [-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const sheared: Matrix4 = [1, 0.1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  for (const matrix of [scaled, mirrored, sheared, [Number.NaN, ...IDENTITY.slice(1)], [1]])
    expect(isRigid(matrix)).toBe(false);
});

/** The formula of docs/formats/scene-package.md, as it is written there. */
function onMap(
  g: {
    eastings_m: number;
    northings_m: number;
    height_m: number;
    x_axis_abscissa: number;
    x_axis_ordinate: number;
  },
  [x, y, z]: Vec3,
): Vec3 {
  const { x_axis_abscissa: a, x_axis_ordinate: b } = g;
  return [g.eastings_m + a * x + b * z, g.northings_m + b * x - a * z, g.height_m + y];
}

test("two models on one map stand where their coordinates say", () => {
  const one = {
    crs: "EPSG:25832",
    eastings_m: 500_000,
    northings_m: 5_400_000,
    height_m: 110,
    x_axis_abscissa: Math.cos(0.3),
    x_axis_ordinate: Math.sin(0.3),
  };
  const other = {
    ...one,
    eastings_m: 500_100,
    northings_m: 5_400_050,
    height_m: 100,
    x_axis_abscissa: 1,
    x_axis_ordinate: 0,
  };
  const motion = byGeoreference(one, other);
  if (typeof motion === "string") throw new Error(motion);
  expect(isRigid(motion)).toBe(true);
  for (const point of [
    [0, 0, 0],
    [10, 2, -7],
    [-3, 4, 50],
  ] as const)
    expect(onMap(other, apply(motion, point))).toEqual(near(onMap(one, point), 6));
});

test("models without a map, on different maps or at different scales are told apart by name", () => {
  const map = { crs: "EPSG:25832", eastings_m: 0, northings_m: 0 };
  expect(byGeoreference(undefined, map)).toBe("missing");
  expect(byGeoreference(map, { crs: "EPSG:25832" })).toBe("missing");
  expect(byGeoreference(map, { ...map, crs: "EPSG:4326" })).toBe("other-crs");
  expect(byGeoreference(map, { ...map, scale: 2 })).toBe("scaled");
});
