import { expect, test } from "vitest";
import type { Vec3 } from "../../state/model";
import { PLATE_M, cutOf, liesIn, plateCorners } from "./knife_plane";

const AXES: readonly Vec3[] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

function tilted(degrees: number): Vec3 {
  const angle = (degrees * Math.PI) / 180;
  return [Math.sin(angle), 0, -Math.cos(angle)];
}

test("within five degrees of an axis the cut is square to it, beyond it is as the hand holds it", () => {
  const near = cutOf([0, 0, 2], tilted(4.9), 1, AXES, null);
  expect(near).toEqual({ normal: [0, 0, -1], offset: -2, snap: "axis" });
  const beyond = cutOf([0, 0, 2], tilted(5.1), 1, AXES, null);
  expect(beyond.snap).toBe("none");
  expect(beyond.normal).toEqual(tilted(5.1));
});

test("a face within three centimetres of the user is the plane, whatever the scale", () => {
  const face = { point: [0, 0, -0.29], outward: [0, 0, 1] } as const;
  for (const scale of [1, 10]) {
    const centre: Vec3 = [0, 0, -0.29 + 0.029 * scale];
    const cut = cutOf(centre, tilted(12), scale, AXES, face);
    expect(cut).toEqual({ normal: [0, 0, -1], offset: 0.29, snap: "face" });
    const off: Vec3 = [0, 0, -0.29 + 0.031 * scale];
    expect(cutOf(off, tilted(12), scale, AXES, face).snap).toBe("none");
  }
  expect(cutOf([0, 0, -0.28], tilted(40), 1, AXES, face).snap).toBe("none");
});

test("a plate that lies in a plane takes it in hand, from either side", () => {
  const plane = { normal: [0, 0, 1], offset: 0.5 } as const;
  expect(liesIn([0.2, 0.1, 0.52], tilted(10), plane, 1)).toBe(true);
  expect(liesIn([0.2, 0.1, 0.56], tilted(10), plane, 1)).toBe(false);
  expect(liesIn([0.2, 0.1, 0.56], tilted(10), plane, 2)).toBe(true);
  expect(liesIn([0.2, 0.1, 0.5], tilted(20), plane, 1)).toBe(false);
});

test("the plate is twenty centimetres wide and high", () => {
  const [a, b, c] = plateCorners([0, 1, -1], [0, 0, -1], [0, 1, 0]);
  const apart = (p: Vec3 = [0, 0, 0], q: Vec3 = [0, 0, 0]): number =>
    Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
  expect(apart(a, b)).toBeCloseTo(PLATE_M, 12);
  expect(apart(b, c)).toBeCloseTo(0.2, 12);
});
