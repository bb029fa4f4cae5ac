import { expect, test } from "vitest";
import type { Reading } from "../state/areas/measuring";
import type { Vec3 } from "../state/model";
import { drawingOf, staircase } from "./measure_lines";

const flat = ([x, y]: Vec3): { x: number; y: number } => ({ x, y });
const reading = (changes: Partial<Reading>): Reading => ({
  kind: "distance",
  mode: "points",
  value: 1,
  components: [],
  points: [],
  exact: true,
  tolerance: 0,
  mesh: false,
  ...changes,
});

test("a distance has a line with arrows and its label in the middle", () => {
  const { lines, label } = drawingOf(
    reading({}),
    [
      [0, 0, 0],
      [100, 0, 0],
    ],
    flat,
  );
  expect(label).toEqual({ x: 50, y: 0 });
  expect(lines.split("M")).toHaveLength(4);
  const short = drawingOf(
    reading({}),
    [
      [0, 0, 0],
      [10, 0, 0],
    ],
    flat,
  );
  expect(short.lines).toBe("M0.0 0.0L10.0 0.0");
});

test("what has an end behind the eye is not drawn", () => {
  const hidden = drawingOf(
    reading({}),
    [
      [0, 0, 0],
      [1, 0, 0],
    ],
    (p) => (p[0] > 0 ? null : flat(p)),
  );
  expect(hidden).toEqual({ lines: "", label: null });
});

test("an angle has two legs and the shorter arc between them", () => {
  const points: Vec3[] = [
    [100, 0, 0],
    [0, 0, 0],
    [0, 100, 0],
  ];
  const { lines, label } = drawingOf(reading({ kind: "angle", mode: "inner" }), points, flat);
  expect(lines).toContain("M0.0 0.0L100.0 0.0");
  expect(lines).toContain("M0.0 0.0L0.0 100.0");
  expect(label?.x).toBeGreaterThan(0);
  expect(label?.y).toBeGreaterThan(0);
});

test("a box has twelve edges, a path its corners", () => {
  const corners = Array.from({ length: 8 }, (_, i): Vec3 => [i & 1 ? 50 : 0, i & 2 ? 40 : 0, 0]);
  const box = drawingOf(reading({ kind: "box", mode: "plain" }), corners, flat);
  expect(box.lines.split("M")).toHaveLength(13);
  const path = drawingOf(reading({ kind: "path", mode: "plain" }), corners.slice(0, 4), flat);
  expect(path.lines.split("M")).toHaveLength(4);
});

test("components are steps along one axis at a time", () => {
  const steps = staircase([1, 2, 3], [4, 6, 8]);
  expect(steps).toEqual([
    [1, 2, 3],
    [4, 2, 3],
    [4, 2, 8],
    [4, 6, 8],
  ]);
});
