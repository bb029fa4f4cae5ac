import { expect, test } from "vitest";
import { TOGETHER_M, apart, crossFade, pulledAmount } from "./pull";

test("pulling apart by sixty centimetres explodes all the way, from where it was", () => {
  expect(pulledAmount(0, 0.3, 0.6)).toBeCloseTo(0.5, 12);
  expect(pulledAmount(0.25, 0.3, 0.6)).toBeCloseTo(0.75, 12);
  expect(pulledAmount(0.5, 0.9, 0.1)).toBe(0);
  expect(pulledAmount(0.9, 0.2, 1)).toBe(1);
  expect(apart([0, 0, 0], [3, 4, 0])).toBe(5);
});

test("two revisions are two when apart; together, coming nearer fades the old one into the new one", () => {
  expect(crossFade(0.3)).toEqual({ aside: true, old: 1, new: 1 });
  expect(crossFade(TOGETHER_M)).toEqual({ aside: false, old: 1, new: 0 });
  const middle = crossFade(0.06);
  expect([middle.old, middle.new]).toEqual([expect.closeTo(0.5, 9), expect.closeTo(0.5, 9)]);
  expect(crossFade(0.01)).toEqual({ aside: false, old: 0, new: 1 });
});
