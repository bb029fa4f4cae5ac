import { expect, test } from "vitest";
import { shownLevel } from "./speakers";

test("loudness is shown from -50 to -10 dB", () => {
  expect(shownLevel(0)).toBe(0);
  expect(shownLevel(10 ** (-60 / 20))).toBe(0);
  expect(shownLevel(10 ** (-30 / 20))).toBeCloseTo(0.5);
  expect(shownLevel(1)).toBe(1);
});
