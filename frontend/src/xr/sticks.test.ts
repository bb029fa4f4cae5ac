import { expect, test } from "vitest";
import { Push, facingOf, glideOf, turnOf } from "./sticks";

test("one push is one step, however long the stick is held", () => {
  const push = new Push();
  expect([0, 0.5, 0.9, 1, 0.5, 0.9, 0.1, -0.8, -1].map((x) => push.read(x))).toEqual([
    0, 0, 1, 0, 0, 0, 0, -1, 0,
  ]);
  push.read(0);
  push.skip();
  expect(push.read(1)).toBe(0);
});

test("a snap turn is the chosen angle at once, a smooth one goes on while the stick is out", () => {
  expect(turnOf(30, 1, 1, 0.02)).toBeCloseTo(-Math.PI / 6, 12);
  expect(turnOf(90, -1, -1, 0.02)).toBeCloseTo(Math.PI / 2, 12);
  expect(turnOf(30, 0, 1, 0.02)).toBe(0);
  expect(turnOf("smooth", 0, 1, 0.5)).toBeCloseTo(-Math.PI / 6, 12);
  expect(turnOf("smooth", 1, 0.1, 0.5)).toBe(0);
});

test("gliding has the chosen speed from its first frame on and none in the frame after", () => {
  expect(glideOf({ x: 0, y: -1 }, 1.4, 0.1)?.ahead).toBeCloseTo(0.14, 12);
  const across = glideOf({ x: 1, y: -1 }, 2, 0.1);
  expect(Math.hypot(across?.right ?? 0, across?.ahead ?? 0)).toBeCloseTo(0.2, 12);
  expect(glideOf({ x: 0.1, y: 0.1 }, 2, 0.1)).toBeNull();
});

test("a stick that points aside turns the facing with it, one that points ahead does not", () => {
  expect(facingOf({ x: 0.1, y: -1 })).toBe(0);
  expect(facingOf({ x: 1, y: 0 })).toBeCloseTo(-Math.PI / 2, 12);
  expect(facingOf({ x: -0.7, y: -0.7 })).toBeCloseTo(Math.PI / 4, 12);
});
