import { expect, it } from "vitest";
import { keptPoints } from "./simplify";

it("keeps the corners of a stroke and drops what lies between them", () => {
  const points = [[0, 0], [1, 0.01], [2, 0], [2, 1], [2, 2]]; // prettier-ignore
  expect(keptPoints(points, 0.05)).toEqual([0, 2, 4]);
  expect(keptPoints(points, 0.001)).toEqual([0, 1, 2, 4]);
});

it("keeps every point of a stroke of two, and a loop that comes back to where it began", () => {
  expect(keptPoints([[1, 1, 1], [1, 1, 1]], 1)).toEqual([0, 1]); // prettier-ignore
  expect(keptPoints([[0, 0], [3, 4], [0, 0]], 1)).toEqual([0, 1, 2]); // prettier-ignore
});

it("takes a hundred thousand points without running out of stack", () => {
  const points = Array.from({ length: 100_000 }, (_, i) => [i, 0]);
  expect(keptPoints(points, 0.1)).toEqual([0, 99_999]);
});
