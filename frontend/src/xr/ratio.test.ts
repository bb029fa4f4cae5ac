import { expect, test } from "vitest";
import { boundedScale, caughtScale, ratioText } from "./ratio";

test("a scale is read as engineers write it", () => {
  expect([1, 20, 2.54, 7.49, 123.4, 0.5, 0.001].map(ratioText)).toEqual([
    "1:1",
    "1:20",
    "1:2.5",
    "1:7.5",
    "1:123",
    "2:1",
    "1000:1",
  ]);
});

test("near a round scale it catches, elsewhere it stays", () => {
  expect([0.97, 2.05, 5.1, 9.7, 19.2, 51, 99, 3, 14].map(caughtScale)).toEqual([
    1, 2, 5, 10, 20, 50, 100, 3, 14,
  ]);
});

test("nobody becomes infinitely small", () => {
  expect([boundedScale(0), boundedScale(Infinity), boundedScale(7)]).toEqual([1e-3, 1e5, 7]);
});
