import { expect, it } from "vitest";
import type { CameraPose } from "../state/workspace";
import { EDGE_PX, edgeArrow } from "./edge_arrow";

const CAMERA: CameraPose = {
  position: [0, 0, 5], target: [0, 0, 0], up: [0, 1, 0], fov_rad: 0.8, ortho_height_m: null,
}; // prettier-ignore

it("is absent while the point is in the picture", () => {
  expect(edgeArrow({ x: 10, y: 10 }, [0, 0, 0], CAMERA, 800, 600)).toBeNull();
});

it("stands at the edge towards a point beside the picture", () => {
  const arrow = edgeArrow({ x: 1200, y: 300 }, [9, 0, 0], CAMERA, 800, 600);
  expect(arrow).toEqual({ x: 800 - EDGE_PX, y: 300, turn: 0 });
});

it("points to the side of what is behind the eye", () => {
  const left = edgeArrow(null, [-3, 0, 9], CAMERA, 800, 600);
  expect(left?.x).toBeCloseTo(EDGE_PX);
  expect(Math.abs(left?.turn ?? 0)).toBeCloseTo(Math.PI);
  const above = edgeArrow(null, [0, 3, 9], CAMERA, 800, 600);
  expect(above?.y).toBeCloseTo(EDGE_PX);
  const straight = edgeArrow(null, [0, 0, 9], CAMERA, 800, 600);
  expect(straight?.y).toBeCloseTo(600 - EDGE_PX);
});
