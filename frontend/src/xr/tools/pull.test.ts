import { expect, test } from "vitest";
import { APART_M, apart, crossFade, pulledAmount } from "./pull";

test("pulling apart by sixty centimetres explodes all the way, from where it was", () => {
  expect(pulledAmount(0, 0.3, 0.6)).toBeCloseTo(0.5, 12);
  expect(pulledAmount(0.25, 0.3, 0.6)).toBeCloseTo(0.75, 12);
  expect(pulledAmount(0.5, 0.9, 0.1)).toBe(0);
  expect(pulledAmount(0.9, 0.2, 1)).toBe(1);
  expect(apart([0, 0, 0], [3, 4, 0])).toBe(5);
});

test("two revisions are two when apart, half of each on the way and the new one alone when together", () => {
  expect(crossFade(APART_M)).toEqual({ apart: 1, old: 1 });
  expect(crossFade(0.16).old).toBeCloseTo(0.5, 12);
  expect(crossFade(0)).toEqual({ apart: 0, old: 0 });
  expect(crossFade(2).old).toBe(1);
});
