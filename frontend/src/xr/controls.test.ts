import { expect, test } from "vitest";
import { Controls } from "./controls";

function source(
  handedness: string,
  pressed: readonly number[],
  axes: readonly number[] = [],
): XRInputSource {
  const buttons = Array.from({ length: 6 }, (_, index) => ({
    pressed: pressed.includes(index),
    touched: false,
    value: pressed.includes(index) ? 1 : 0,
  }));
  // `as`: the parts that are read.
  return { handedness, gamepad: { buttons, axes: [0, 0, ...axes] } } as unknown as XRInputSource;
}

test("a button is pushed in the frame it goes down, held while down, and let in the frame it comes up", () => {
  const controls = new Controls();
  const seen: boolean[][] = [];
  for (const pressed of [[], [4], [4], []]) {
    controls.read([source("left", pressed)]);
    seen.push([
      controls.pushed("left", "a"),
      controls.held("left", "a"),
      controls.let("left", "a"),
    ]);
  }
  expect(seen).toEqual([
    [false, false, false],
    [true, true, false],
    [false, true, false],
    [false, false, true],
  ]);
});

test("sides are kept apart, and a controller without a side is the right one", () => {
  const controls = new Controls();
  controls.read([source("left", [1], [0.5, -1]), source("none", [0], [-0.25, 0])]);
  expect(controls.stick("left")).toMatchObject({ x: 0.5, y: -1 });
  expect(controls.stick("right")).toMatchObject({ x: -0.25, y: 0 });
  expect([controls.held("left", "squeeze"), controls.held("right", "squeeze")]).toEqual([
    true,
    false,
  ]);
  expect(controls.value("right", "trigger")).toBe(1);
});

test("what is not there is at rest", () => {
  const controls = new Controls();
  controls.read([]);
  expect(controls.sides).toEqual([]);
  expect(controls.stick("right")).toMatchObject({ x: 0, y: 0 });
  expect(controls.value("left", "squeeze")).toBe(0);
});
