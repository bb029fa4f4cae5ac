import { expect, test } from "vitest";
import type { Vec3 } from "../../state/model";
import { glyphStrokes, linesOf } from "./measure_shapes";

test("each kind of snap has strokes of its own", () => {
  const kinds = ["vertex", "middle", "centre", "edge", "face", "axis"] as const;
  const shapes = kinds.map((kind) => JSON.stringify(glyphStrokes(kind)));
  expect(new Set(shapes).size).toBe(kinds.length);
});

test("a distance is a line with its card in the middle, a box has twelve edges", () => {
  const [a, b]: Vec3[] = [
    [0, 0, 0],
    [2, 0, 0],
  ];
  expect(linesOf({ kind: "distance" }, [a as Vec3, b as Vec3])).toEqual({
    lines: [[a, b]],
    label: [1, 0, 0],
  });
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((i): Vec3 => [i & 1, (i >> 1) & 1, i >> 2]);
  const box = linesOf({ kind: "box" }, corners);
  expect(box.lines).toHaveLength(12);
  expect(box.label).toEqual([0.5, 0.5, 0.5]);
  expect(linesOf({ kind: "area" }, [[1, 2, 3]])).toEqual({ lines: [], label: [1, 2, 3] });
  expect(linesOf({ kind: "area" }, []).label).toBeNull();
});
