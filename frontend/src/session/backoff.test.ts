import { expect, it } from "vitest";
import { Backoff } from "./backoff";

it("doubles its limit up to 15 seconds and waits anywhere below it", () => {
  const backoff = new Backoff();
  expect([1, 1, 1, 1, 1, 1, 1].map((chance) => backoff.next(chance))).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000,
  ]);
  backoff.reset();
  expect(backoff.next(0.5)).toBe(250);
  expect(backoff.next(0)).toBe(0);
});
