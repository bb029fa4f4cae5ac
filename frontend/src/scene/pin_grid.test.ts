import { expect, it } from "vitest";
import { PinGrid } from "./pin_grid";

const marksOf = (
  points: readonly (readonly [number, number])[],
  width = 1000,
  height = 800,
): readonly (readonly number[])[] => {
  const grid = new PinGrid();
  const { count } = grid.group(Float32Array.from(points.flat()), width, height);
  return Array.from({ length: count }, (_, mark) => grid.pinsOf(mark));
};

it("gives pins that are apart a mark each, where they stand", () => {
  const grid = new PinGrid();
  const marks = grid.group(Float32Array.of(100, 100, 300, 120), 1000, 800);
  expect([marks.count, marks.x[0], marks.y[0], marks.size[1]]).toEqual([2, 100, 100, 1]);
});

it("puts pins at one point into one mark, also across the line between two cells", () => {
  expect(
    marksOf([
      [140, 140],
      [140, 140],
    ]),
  ).toEqual([[0, 1]]);
  expect(
    marksOf([
      [139, 140],
      [141, 140],
      [500, 500],
    ]),
  ).toEqual([[0, 1], [2]]);
});

it("leaves out what is not in the picture", () => {
  expect(
    marksOf([
      [-5, 10],
      [NaN, NaN],
      [20, 20],
      [1000, 20],
    ]),
  ).toEqual([[2]]);
});

it("loses none of 10,000 pins, and draws no more than people can read", () => {
  let seed = 7;
  const random = (): number => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  const points = Array.from({ length: 10_000 }, () => [random() * 999, random() * 799] as const);
  const marks = marksOf(points);
  expect(marks.length).toBeLessThanOrEqual(300);
  expect(marks.flat().sort((a, b) => a - b)).toEqual(points.map((_, pin) => pin));
});

it("remembers nothing of the picture before", () => {
  const grid = new PinGrid();
  grid.group(Float32Array.of(10, 10, 10, 10, 400, 400), 1000, 800);
  const { count } = grid.group(Float32Array.of(600, 600), 1000, 800);
  expect([count, grid.pinsOf(0)]).toEqual([1, [0]]);
});
