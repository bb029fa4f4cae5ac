import { expect, test } from "vitest";
import { Blink } from "./blink";

test("it is darkest in the middle, and there it happens, once", () => {
  const blink = new Blink();
  let moves = 0;
  blink.start(1000, 150, () => (moves += 1));
  expect([blink.darkness(1000), moves]).toEqual([0, 0]);
  expect(blink.darkness(1037.5)).toBeCloseTo(0.5, 9);
  expect(moves).toBe(0);
  expect([blink.darkness(1075), moves]).toEqual([1, 1]);
  expect(blink.darkness(1112.5)).toBeCloseTo(0.5, 9);
  expect([blink.darkness(1150), blink.darkness(1200), moves]).toEqual([0, 0, 1]);
});

test("a slow picture misses no move, and one of 0 ms happens at once", () => {
  const blink = new Blink();
  let moves = 0;
  blink.start(0, 150, () => (moves += 1));
  expect([blink.darkness(400), moves]).toEqual([0, 1]);
  blink.start(500, 0, () => (moves += 1));
  expect([blink.darkness(500), moves]).toEqual([0, 2]);
});

test("a second one does not swallow the first, and leaving forgets both", () => {
  const blink = new Blink();
  const done: string[] = [];
  blink.start(0, 150, () => done.push("first"));
  blink.start(20, 150, () => done.push("second"));
  blink.cancel();
  blink.darkness(500);
  expect(done).toEqual(["first"]);
});
