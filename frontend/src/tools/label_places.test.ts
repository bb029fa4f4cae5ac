import { expect, test } from "vitest";
import { type LabelWish, placeLabels } from "./label_places";

const wish = (x: number, y: number, changes: Partial<LabelWish> = {}): LabelWish => ({
  x,
  y,
  width: 80,
  height: 24,
  fixed: false,
  ...changes,
});

function overlaps(wishes: readonly LabelWish[], width = 800, height = 600): number {
  const places = placeLabels(wishes, width, height);
  let count = 0;
  places.forEach((a, i) =>
    places.slice(i + 1).forEach((b, j) => {
      const [one, other] = [wishes[i], wishes[i + 1 + j]];
      if (!one || !other) return;
      const across = Math.abs(a.x - b.x) < (one.width + other.width) / 2;
      const up = Math.abs(a.y - b.y) < (one.height + other.height) / 2;
      if (across && up) count += 1;
    }),
  );
  return count;
}

test("a label with room stands where it belongs", () => {
  expect(placeLabels([wish(100, 100), wish(300, 100)], 800, 600)).toEqual([
    { x: 100, y: 100 },
    { x: 300, y: 100 },
  ]);
});

test("labels at the same place are spread until none covers another", () => {
  expect(overlaps(Array.from({ length: 12 }, () => wish(400, 300)))).toBe(0);
  expect(overlaps(Array.from({ length: 30 }, (_, i) => wish(380 + i, 290 + (i % 5))))).toBe(0);
});

test("one that was dragged stays, and the others make way", () => {
  const places = placeLabels([wish(400, 300), wish(400, 300, { fixed: true })], 800, 600);
  expect(places[1]).toEqual({ x: 400, y: 300 });
  expect(places[0]).not.toEqual({ x: 400, y: 300 });
});

test("a label stays whole in the picture, unless its place has left it", () => {
  const [inside, gone] = placeLabels([wish(5, 595), wish(-200, 100)], 800, 600);
  expect(inside).toEqual({ x: 40, y: 588 });
  expect(gone).toEqual({ x: -200, y: 100 });
});
