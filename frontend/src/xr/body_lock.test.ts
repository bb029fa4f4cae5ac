import { expect, test } from "vitest";
import { BodyLock } from "./body_lock";

test("a head that turns 20° moves nothing, one that turns away takes it along", () => {
  const lock = new BodyLock();
  expect(lock.follow(3)).toBe(3);
  expect(lock.follow(3.3)).toBe(3);
  expect(lock.follow(-3)).toBe(3); // 16° further, across the back
  expect(lock.follow(-2.5)).toBe(-2.5);
  lock.reset();
  expect(lock.follow(0)).toBe(0);
});
