import { expect, test } from "vitest";
import type { CameraPose, ViewName } from "../state/workspace";
import { VIEWS, axesOf, lookFrom, roll } from "./pose";
import {
  FACES,
  faceFrom,
  isFaceView,
  isFrom,
  labelOf,
  neighbour,
  upFor,
  zonesOfFace,
} from "./view_cube_zones";

const POSE: CameraPose = {
  position: [3, 2, 4],
  target: [0.2, 0.1, -0.3],
  up: [0, 1, 0],
  fov_rad: Math.PI / 4,
  ortho_height_m: null,
};
const zones = [...new Map(FACES.flatMap(zonesOfFace).map((zone) => [zone.id, zone])).values()];

test("there are 26, each with a name of its own", () => {
  expect(zones.length).toBe(26);
  expect(new Set(zones.map(labelOf)).size).toBe(26);
  expect(zones.filter(({ face }) => face !== null).length).toBe(6);
});

test("from each zone one stands in it and in no other", () => {
  for (const zone of zones) {
    const pose = lookFrom(POSE, zone.direction, upFor(zone));
    expect(zones.filter((other) => isFrom(other, pose)).map(({ id }) => id)).toEqual([zone.id]);
  }
});

test("the seven named views are zones", () => {
  for (const name of Object.keys(VIEWS) as ViewName[]) {
    const { from, up } = VIEWS[name];
    const pose = lookFrom(POSE, from, up);
    const found = zones.find((zone) => isFrom(zone, pose))?.id;
    expect(found).toBe(name === "iso" ? "front-right-top" : name);
  }
});

test("a rolled front is a face view, but not the front", () => {
  const pose = roll(lookFrom(POSE, [0, 0, 1], [0, 1, 0]), Math.PI / 2);
  expect(isFaceView(pose)).toBe(true);
  expect(zones.some((zone) => isFrom(zone, pose))).toBe(false);
  // Clockwise in the picture: the model's up points to the right, the camera's to the model's left.
  expect(axesOf(pose).up[0]).toBeCloseTo(-1, 9);
});

test("triangles roll the cube over like a die", () => {
  const front = lookFrom(POSE, [0, 0, 1], [0, 1, 0]);
  const named = (["left", "right", "up", "down"] as const).map((side) =>
    faceFrom(neighbour(front, side).from),
  );
  expect(named).toEqual(["left", "right", "top", "bottom"]);
  const top = neighbour(front, "up");
  const seen = lookFrom(front, top.from, top.up);
  expect(zones.find((zone) => isFrom(zone, seen))?.id).toBe("top");
});
