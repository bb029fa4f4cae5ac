import { expect, test } from "vitest";
import { Strokes } from "./strokes";

test("more segments than there was room for are all drawn, and the next picture begins anew", () => {
  const strokes = new Strokes("#ffffff");
  strokes.begin();
  for (let i = 0; i < 500; i += 1) strokes.segment([i, 0, 0], [i, 1, 0]);
  strokes.end();
  const { geometry } = strokes.lines;
  const places = geometry.getAttribute("position");
  expect(geometry.drawRange.count).toBe(1000);
  for (const i of [0, 63, 499]) {
    expect([places.getX(2 * i), places.getX(2 * i + 1), places.getY(2 * i + 1)]).toEqual([i, i, 1]);
  }
  strokes.begin();
  strokes.end();
  expect(strokes.lines.visible).toBe(false);
  strokes.dispose();
});

test("a closed path comes back to where it began", () => {
  const strokes = new Strokes("#ffffff");
  strokes.begin();
  strokes.path(
    [
      [0, 0, 0],
      [1, 0, 0],
      [1, 1, 0],
    ],
    true,
  );
  strokes.end();
  expect(strokes.lines.geometry.drawRange.count).toBe(6);
  const places = strokes.lines.geometry.getAttribute("position");
  expect([places.getX(5), places.getY(5)]).toEqual([0, 0]);
});
