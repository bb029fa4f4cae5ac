import { expect, test } from "vitest";
import type { Vec3 } from "../state/model";
import { Dwell } from "./dwell";

const at = (degrees: number): Vec3 => [
  Math.sin((degrees * Math.PI) / 180),
  0,
  -Math.cos((degrees * Math.PI) / 180),
];

test("a gaze that rests for a second presses once, trembling or not", () => {
  const dwell = new Dwell();
  const seen = [0, 500, 999, 1000, 1500].map((ms, i) => dwell.look(at(i % 2), ms));
  expect(seen).toEqual([0, 0.5, 0.999, 1, 0]);
});

test("a gaze that wanders or leaves begins anew", () => {
  const dwell = new Dwell();
  dwell.look(at(0), 0);
  expect(dwell.look(at(10), 900)).toBe(0);
  expect(dwell.look(null, 950)).toBe(0);
  expect(dwell.look(at(10), 1900)).toBe(0);
  expect(dwell.look(at(10), 2900)).toBe(1);
});
