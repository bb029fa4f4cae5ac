import { describe, expect, it } from "vitest";
import type { Vec3 } from "../state/model";
import type { CameraPose, ViewName } from "../state/workspace";
import {
  axesOf,
  between,
  boundsOf,
  cornersOf,
  fit,
  heightAtTarget,
  lookFrom,
  namedView,
  orbit,
  viewOf,
  VIEWS,
  withProjection,
  zoom,
} from "./pose";
import { distance, dot, subtract } from "./vector";

const POSE: CameraPose = {
  position: [3, 2, 4],
  target: [0.2, 0.1, -0.3],
  up: [0, 1, 0],
  fov_rad: Math.PI / 4,
  ortho_height_m: null,
};
const BOX = { min: [-1, -0.5, -2] as const, max: [1, 0.5, 2] as const };
const NAMES = Object.keys(VIEWS) as ViewName[];

/** Where a point is in the picture, from -1 to 1 of its height. */
function project(pose: CameraPose, point: Vec3): [number, number] {
  const { forward, right, up } = axesOf(pose);
  const from = subtract(point, pose.position);
  const half =
    pose.ortho_height_m === null
      ? dot(from, forward) * Math.tan(pose.fov_rad / 2)
      : pose.ortho_height_m / 2;
  return [dot(from, right) / half, dot(from, up) / half];
}

describe("the seven named views", () => {
  for (const name of NAMES)
    it(`${name} is recognised within 0.1° and shows the whole box`, () => {
      const pose = namedView(POSE, name, cornersOf(BOX), 1.6);
      expect(viewOf(pose)).toBe(name);
      for (const corner of cornersOf(BOX))
        project(pose, corner).forEach((v, axis) =>
          expect(Math.abs(v)).toBeLessThan(axis === 0 ? 1.6 : 1),
        );
    });

  it("top looks down with the front below, as a drawing has it", () => {
    const { forward, right, up } = axesOf(namedView(POSE, "top", cornersOf(BOX), 1));
    [forward, right, up].forEach((axis, i) =>
      axis.forEach((v, a) =>
        expect(v).toBeCloseTo(
          [
            [0, -1, 0],
            [1, 0, 0],
            [0, 0, -1],
          ][i]?.[a] ?? 0,
          9,
        ),
      ),
    );
  });
});

describe("fit", () => {
  for (const aspect of [0.6, 1, 1.78])
    for (const projection of ["perspective", "orthographic"] as const)
      it(`fills 60 to 90 % of the shorter side (${projection}, aspect ${aspect})`, () => {
        const pose = fit(withProjection(POSE, projection), cornersOf(BOX), aspect, "shorter");
        const seen = boundsOf(cornersOf(BOX).map((c) => [...project(pose, c), 0] as Vec3));
        if (!seen) throw new Error("Nothing is seen.");
        const longest = Math.max(seen.max[0] - seen.min[0], seen.max[1] - seen.min[1]) / 2;
        expect(longest / Math.min(1, aspect)).toBeGreaterThan(0.6);
        expect(longest / Math.min(1, aspect)).toBeLessThan(0.9);
        expect(Math.abs(seen.max[0] + seen.min[0])).toBeLessThan(0.02);
        expect(Math.abs(seen.max[1] + seen.min[1])).toBeLessThan(0.02);
      });
});

describe("fit all", () => {
  it("uses the whole of a wide picture", () => {
    const flat = { min: [-4, -0.5, -0.5] as const, max: [4, 0.5, 0.5] as const };
    const pose = namedView(POSE, "front", cornersOf(flat), 2);
    const seen = boundsOf(cornersOf(flat).map((c) => [...project(pose, c), 0] as Vec3));
    expect((seen?.max[0] ?? 0) / 2).toBeGreaterThan(0.78);
    expect((seen?.max[0] ?? 0) / 2).toBeLessThan(0.86);
  });
});

describe("zoom", () => {
  for (const projection of ["perspective", "orthographic"] as const) {
    it(`keeps the point under the cursor there over 10 steps (${projection})`, () => {
      const anchor: Vec3 = [0.7, 0.4, 1.1];
      let pose = withProjection(POSE, projection);
      const before = project(pose, anchor);
      for (let i = 0; i < 10; i += 1) pose = zoom(pose, anchor, 0.86, 1e-4);
      project(pose, anchor).forEach((v, axis) => expect(v).toBeCloseTo(before[axis] ?? 0, 6));
    });

    it(`never stands still in 200 steps in, and comes back out (${projection})`, () => {
      let pose = withProjection(POSE, projection);
      for (let i = 0; i < 200; i += 1) {
        const next = zoom(pose, [0.2, 0.1, -0.3], 0.86, 1e-4);
        if (projection === "perspective") expect(next.position).not.toEqual(pose.position);
        else expect(next.ortho_height_m).not.toBe(pose.ortho_height_m);
        pose = next;
      }
      for (let i = 0; i < 200; i += 1) pose = zoom(pose, [0.2, 0.1, -0.3], 1 / 0.86, 1e-4);
      expect(distance(pose.position, [0, 0, 0])).toBeGreaterThan(5);
    });
  }
});

describe("orbit", () => {
  it("keeps the pivot where it is in the picture's depth and the horizon level", () => {
    const pivot: Vec3 = [0.5, 0.2, 0.3];
    const turned = orbit(POSE, pivot, 0.7, 0.4);
    expect(distance(turned.position, pivot)).toBeCloseTo(distance(POSE.position, pivot), 9);
    expect(axesOf(turned).right[1]).toBeCloseTo(0, 9);
  });

  it("stops straight above and below instead of turning over", () => {
    const above = orbit(POSE, POSE.target, 0, 10);
    expect(axesOf(above).forward[1]).toBeCloseTo(-1, 9);
    const below = orbit(above, POSE.target, 0, -10);
    expect(axesOf(below).forward[1]).toBeCloseTo(1, 9);
    expect(axesOf(orbit(above, POSE.target, 0.3, -0.5)).up[1]).toBeGreaterThan(0);
  });
});

describe("projection", () => {
  it("changes and changes back without moving the picture at the target", () => {
    const flat = withProjection(POSE, "orthographic");
    expect(heightAtTarget(flat)).toBeCloseTo(heightAtTarget(POSE), 12);
    const back = withProjection(flat, "perspective");
    back.position.forEach((v, axis) => expect(v).toBeCloseTo(POSE.position[axis] ?? 0, 9));
  });
});

describe("a move", () => {
  it("begins and ends where it should and turns the short way", () => {
    const to = lookFrom(POSE, [-1, 0.2, -1], [0, 1, 0]);
    expect(between(POSE, to, 1)).toBe(to);
    between(POSE, to, 0).position.forEach((v, a) =>
      expect(v).toBeCloseTo(POSE.position[a] ?? 0, 6),
    );
    expect(axesOf(between(POSE, to, 0.5)).up[1]).toBeGreaterThan(0.5);
  });

  it("finds its axis for half a turn", () => {
    const to = lookFrom(POSE, subtract(POSE.target, POSE.position), [0, 1, 0]);
    const half = between(POSE, to, 0.5);
    half.position.forEach((v) => expect(Number.isFinite(v)).toBe(true));
    expect(distance(half.position, half.target)).toBeCloseTo(
      distance(POSE.position, POSE.target),
      6,
    );
  });
});
