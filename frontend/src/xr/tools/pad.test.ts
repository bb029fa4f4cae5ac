import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { stubCanvas } from "../seat_fixture.test-data";
import { Pad } from "./pad";
import type { PadContent } from "./pad_content";

beforeEach(stubCanvas);
afterEach(() => vi.unstubAllGlobals());

const CONTENT: PadContent = {
  title: "Pad",
  lines: [],
  buttons: [
    { id: "left", label: "L", x: 0, y: 0.5, width: 0.5, height: 0.5 },
    { id: "right", label: "R", x: 0.5, y: 0.5, width: 0.5, height: 0.5 },
  ],
};

test("a ray presses the button that it meets, and says how far along; beside buttons it only stops", () => {
  const pressed: [string, number][] = [];
  const pad = new Pad({ width: 1, height: 1, widthPx: 100, textPx: 5 }, ({ id }, along) =>
    pressed.push([id, Number(along.toFixed(3))]),
  );
  pad.place([0, 1.5, -1], [0, 1.5, 0]);
  pad.show(CONTENT, "light");
  expect(pad.aim([0.125, 1.25, 0], [0, 0, -1])).toBeCloseTo(1, 9);
  pad.press();
  expect(pad.aim([-0.25, 1.25, 0], [0, 0, -1])).toBeCloseTo(1, 9);
  pad.press();
  expect(pad.aim([0, 1.9, 0], [0, 0, -1])).toBeCloseTo(1, 9);
  pad.press();
  expect(pressed).toEqual([
    ["right", 0.25],
    ["left", 0.5],
  ]);
});

test("what is not shown stops no ray, and tells no buttons", () => {
  const pad = new Pad({ width: 1, height: 1, widthPx: 100, textPx: 5 }, () => undefined);
  pad.place([0, 1.5, -1], [0, 1.5, 0]);
  pad.show(CONTENT, "dark");
  expect(Object.keys(pad.debug?.buttons ?? {})).toEqual(["left", "right"]);
  pad.show(null, "dark");
  expect([pad.aim([0, 1.5, 0], [0, 0, -1]), pad.debug]).toEqual([null, null]);
  pad.dispose();
});
