import { expect, test } from "vitest";
import { arrowPath, cloudPath, distanceTo, handle, outlineOf, penPath } from "./outline";

test("a stroke of the pen begins and ends where the hand did", () => {
  const path = penPath([
    [0, 0],
    [10, 0],
    [20, 10],
    [30, 10],
  ]);
  expect(path).toMatch(/^M0 0Q/);
  expect(path).toMatch(/L30 10$/);
  expect(penPath([[5, 5]])).toBe("M5 5L5 5");
});

test("an arrow's two barbs end at its tip and lie behind it", () => {
  const numbers = (arrowPath([0, 0], [100, 0], 2).match(/-?[\d.]+/g) ?? []).map(Number);
  expect(numbers.slice(0, 4)).toEqual([0, 0, 100, 0]);
  expect(numbers[4]).toBeLessThan(90);
  expect(numbers[5]).toBeLessThan(0);
  expect(numbers.slice(6, 8)).toEqual([100, 0]);
  expect(numbers[9]).toBeGreaterThan(0);
});

test("a cloud comes back to where it began, whichever corner was pressed first", () => {
  expect(cloudPath([0, 0], [60, 40])).toBe(cloudPath([60, 40], [0, 0]));
  expect(cloudPath([0, 0], [60, 40]).match(/A/g)).toHaveLength(10);
  expect(cloudPath([0, 0], [0, 0])).not.toContain("NaN");
});

test("a box is meant at its outline and not in its middle", () => {
  const line = handle("box", [
    [0, 0],
    [100, 60],
  ]);
  expect(distanceTo(line, [50, 0])).toBe(0);
  expect(distanceTo(line, [100, 30])).toBe(0);
  expect(distanceTo(line, [50, 30])).toBe(30);
});

test("words draw no outline, and nothing draws nothing", () => {
  expect(outlineOf("text", [[1, 1]], 3)).toBe("");
  expect(outlineOf("pen", [], 3)).toBe("");
});
