import { expect, test } from "vitest";
import type { Occurrences } from "../occurrences";
import { cutBy, placedRows } from "./candidates";

/** Unit boxes along x, every second one hidden from drawing. */
function row(count: number, explode = 0): Occurrences {
  const away = Float32Array.from({ length: count * 3 }, (_, i) => (i % 3 === 0 ? 10 : 0));
  // `as unknown`: of the placements of a model only what candidates read.
  return {
    count,
    explode,
    explodeDirections: away,
    matrices: Float32Array.from({ length: count * 12 }, (_, i) => i % 12),
    has: (o: number) => o !== 3,
    boxInto: (o: number, out: Float64Array) => {
      out.set([o + 10 * explode, 0, 0, o + 1 + 10 * explode, 1, 1]);
    },
  } as unknown as Occurrences;
}

const all = (steps: Generator<undefined, number[]>): number[] => {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
};
const tilted = { normal: [0.6, 0.8, 0] as const, offset: 2, cap: true };

test("only boxes that a plane runs through are candidates", () => {
  const plane = { normal: [1, 0, 0] as const, offset: 5.5, cap: true };
  expect(all(cutBy(row(50_000), plane, [], () => true))).toEqual([5]);
  expect(all(cutBy(row(8), { ...plane, offset: 5 }, [], () => true))).toEqual([]);
  expect(all(cutBy(row(8), tilted, [], () => true))).toEqual([2]);
});

test("what another plane takes away, what is hidden and what is not drawn is none", () => {
  const plane = { normal: [0, 1, 0] as const, offset: 0.5, cap: true };
  const other = { normal: [-1, 0, 0] as const, offset: -4.5, cap: false };
  expect(all(cutBy(row(8), plane, [other], (o) => o !== 1))).toEqual([0, 2, 4]);
});

test("parts pulled apart are cut where they stand", () => {
  const plane = { normal: [1, 0, 0] as const, offset: 25.5, cap: true };
  const apart = row(8, 2);
  expect(all(cutBy(apart, plane, [], () => true))).toEqual([5]);
  const rows = new Float64Array(12);
  placedRows(apart, 5, rows, 0);
  expect([rows[3], rows[7]]).toEqual([3 + 20, 7]);
});
