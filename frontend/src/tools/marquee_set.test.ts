import { expect, test } from "vitest";
import { type Shown, marqueeSet } from "./marquee_set";

/** Unit cubes in a row along x, at x = 0, 10, 20 …; looked at from +z, orthographic, 10 px a metre. */
function row(count: number, more: Partial<Shown> = {}): Shown {
  return {
    visible: new Uint8Array(count).fill(1),
    isGhost: () => false,
    boxInto: (occurrence, out) => {
      out.set([occurrence * 10, 0, 0, occurrence * 10 + 1, 1, 1]);
    },
    planes: [],
    isUncut: () => false,
    // x from 0 to 100 m and y from -5 to 5 m fill the picture.
    toClip: [0.02, 0, 0, 0, 0, 0.2, 0, 0, 0, 0, -0.01, 0, -1, 0, 0, 1],
    width: 1000,
    height: 100,
    trianglesOf: () => null,
    ...more,
  };
}

const rectangle = (left: number, right: number) => ({ left, right, top: 0, bottom: 100 });

test("enclosed is wholly inside, touched is anything of it", () => {
  // Cube 1 stands at 100 to 110 px.
  expect(marqueeSet(row(5), rectangle(95, 215), "enclosed").toJSON()).toEqual([[1, 2]]);
  expect(marqueeSet(row(5), rectangle(105, 205), "enclosed").toJSON()).toEqual([]);
  expect(marqueeSet(row(5), rectangle(105, 205), "touched").toJSON()).toEqual([[1, 2]]);
  expect(marqueeSet(row(5), rectangle(111, 199), "touched").toJSON()).toEqual([]);
});

test("what is hidden, ghosted or cut away is not selected", () => {
  const shown = row(5, {
    visible: Uint8Array.of(1, 0, 1, 1, 1),
    isGhost: (occurrence) => occurrence === 2,
    planes: [{ normal: [1, 0, 0], offset: 35 }],
    isUncut: (occurrence) => occurrence === 0,
  });
  expect(marqueeSet(shown, rectangle(0, 1000), "enclosed").toJSON()).toEqual([
    [0, 0],
    [4, 4],
  ]);
});

test("a box across the border is judged by its triangles", () => {
  // A sliver in the left tenth of each cube's box.
  const sliver = (occurrence: number): Float64Array =>
    Float64Array.of(occurrence * 10, 0, 0, occurrence * 10 + 0.1, 0, 0, occurrence * 10, 1, 0);
  const shown = row(3, { trianglesOf: sliver });
  expect(marqueeSet(shown, rectangle(95, 105), "enclosed").toJSON()).toEqual([[1, 1]]);
  expect(marqueeSet(shown, rectangle(105, 120), "touched").toJSON()).toEqual([]);
});

test("a triangle around the whole rectangle touches it", () => {
  const large = Float64Array.of(-100, -100, 0, 300, -100, 0, 0, 300, 0);
  const shown = row(1, {
    boxInto: (_, out) => {
      out.set([-100, -100, 0, 300, 300, 0]);
    },
    trianglesOf: () => large,
  });
  expect(marqueeSet(shown, rectangle(400, 410), "touched").size).toBe(1);
  expect(marqueeSet(shown, rectangle(400, 410), "enclosed").size).toBe(0);
});

test("100,000 boxes are judged within 50 ms", () => {
  const shown = row(100_000);
  marqueeSet(shown, rectangle(0, 10), "touched");
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    marqueeSet(shown, rectangle(3, 997), "enclosed");
    return performance.now() - start;
  });
  // The best of five: other work shares this machine.
  expect(Math.min(...times)).toBeLessThan(50);
});
