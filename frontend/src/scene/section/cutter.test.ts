import { expect, test } from "vitest";
import {
  CAPPED,
  type CutItems,
  type CutJob,
  type CutResult,
  Cutter,
  ROW,
  planeAxes,
} from "./cutter";
import { HATCHES, HatchChooser } from "./hatch";
import { boxOf, meshOf, prism, tube } from "./solids.test-data";

const MM = 0.001;

function items(
  placed: readonly { geometry: number; rows: readonly number[]; closed?: boolean }[],
): CutItems {
  return {
    occurrence: Uint32Array.from(placed, (_, i) => i),
    geometry: Uint32Array.from(placed, ({ geometry }) => geometry),
    matrices: Float64Array.from(placed.flatMap(({ rows }) => rows)),
    closed: Uint8Array.from(placed, ({ closed }) => (closed === false ? 0 : 1)),
  };
}

/** Rows of a placement without a turn; a negative scale mirrors along x. */
const at = (x: number, y: number, z: number, scale = MM, mirror = 1): number[] => [
  ...[scale * mirror, 0, 0, x],
  ...[0, scale, 0, y],
  ...[0, 0, scale, z],
];

const job = (normal: CutJob["normal"], offset: number): CutJob => ({
  plane: "p",
  normal,
  offset,
  slack: 1e-6,
  size: 1,
});

function outlineArea(result: CutResult, row: number, normal: CutJob["normal"]): number {
  const [right, up] = planeAxes(normal);
  const first = result.rows[row * ROW + 3] ?? 0;
  let area = 0;
  for (let o = first; o < first + (result.rows[row * ROW + 4] ?? 0); o += 1) {
    const start = result.outlines[o * 2] ?? 0;
    const length = result.outlines[o * 2 + 1] ?? 0;
    const flat = (i: number): [number, number] => {
      const p = (start + (i % length)) * 3;
      const along = (d: readonly number[]): number =>
        [0, 1, 2].reduce((sum, a) => sum + (result.points[p + a] ?? 0) * (d[a] ?? 0), 0);
      return [along(right), along(up)];
    };
    for (let i = 0; i < length; i += 1) {
      const [a, b] = [flat(i), flat(i + 1)];
      area += (a[0] * b[1] - b[0] * a[1]) / 2;
    }
  }
  return area;
}

test("a cut stands in the model frame, in its plane, with its area in square metres", () => {
  const cutter = new Cutter();
  cutter.add(0, meshOf(boxOf([0, 0, 0], [100, 40, 60])));
  const result = cutter.cut(job([1, 0, 0], 0.55), items([{ geometry: 0, rows: at(0.5, 1, 2) }]));
  expect(result.rows.length).toBe(ROW);
  expect(result.moments[0]).toBeCloseTo(0.04 * 0.06, 12);
  expect([...result.moments.subarray(1)]).toEqual([
    expect.closeTo(0.55, 12),
    expect.closeTo(1.02, 12),
    expect.closeTo(2.03, 12),
  ]);
  for (let i = 0; i < result.points.length; i += 3) expect(result.points[i]).toBeCloseTo(0.55, 12);
  expect(outlineArea(result, 0, [1, 0, 0])).toBeCloseTo(0.0024, 12);
});

test("a mirroring placement keeps material on the left of its outlines", () => {
  const cutter = new Cutter();
  cutter.add(0, meshOf(tube([500, 500], 400, 200, [0, 900])));
  const result = cutter.cut(
    job([0, 0, -1], -0.3),
    items([
      { geometry: 0, rows: at(0, 0, 0) },
      { geometry: 0, rows: at(0, 0, 0, MM, -1) },
    ]),
  );
  const plain = outlineArea(result, 0, [0, 0, -1]);
  expect(plain).toBeGreaterThan(0);
  expect(outlineArea(result, 1, [0, 0, -1])).toBeCloseTo(plain, 9);
  expect(result.moments[4]).toBeCloseTo(plain, 9);
});

test("an open shell has its line and no cap", () => {
  const cutter = new Cutter();
  cutter.add(0, meshOf(boxOf([0, 0, 0], [10, 10, 10]).slice(2)));
  const both = items([
    { geometry: 0, rows: at(0, 0, 0), closed: false },
    { geometry: 0, rows: at(1, 0, 0), closed: true },
  ]);
  const { rows, indices, outlines } = cutter.cut(job([0, 0, 1], 0.005), both);
  expect([rows[8], rows[ROW + 8]]).toEqual([0, 0]);
  expect(indices).toHaveLength(0);
  expect(outlines[1]).toBeLessThan(0);
});

test("what the plane does not meet has no row", () => {
  const cutter = new Cutter();
  cutter.add(0, meshOf(boxOf([0, 0, 0], [10, 10, 10])));
  const result = cutter.cut(job([0, 0, 1], 5), items([{ geometry: 0, rows: at(0, 0, 0) }]));
  expect(result.rows).toHaveLength(0);
});

test("a shaft in a snug ring in a housing: three hatches, areas that add up", () => {
  const cutter = new Cutter();
  cutter.add(0, meshOf(prism([500, 500], 200, [0, 900])));
  cutter.add(1, meshOf(tube([500, 500], 300, 200, [0, 900])));
  cutter.add(2, meshOf(tube([500, 500], 450, 300, [0, 900])));
  cutter.add(3, meshOf(prism([500, 500], 450, [0, 900])));
  const placed = [0, 1, 2].map((geometry) => ({ geometry, rows: at(0, 0, 0) }));
  const result = cutter.cut(job([0.2, 0.1, -1], -0.3), items(placed));
  expect(new Set([0, 1, 2].map((row) => result.rows[row * ROW + 2])).size).toBe(3);
  const whole = new Cutter();
  whole.add(3, meshOf(prism([500, 500], 450, [0, 900])));
  const one = whole.cut(job([0.2, 0.1, -1], -0.3), items([{ geometry: 3, rows: at(0, 0, 0) }]));
  const sum = [0, 1, 2].reduce((total, row) => total + (result.moments[row * 4] ?? 0), 0);
  expect(sum / (one.moments[0] ?? NaN)).toBeCloseTo(1, 9);
  expect([0, 1, 2].every((row) => result.rows[row * ROW + 8] === CAPPED)).toBe(true);
});

test("the same part looks the same where no neighbour forbids it", () => {
  const chooser = new HatchChooser(10);
  const first = chooser.choose([0, 0, 1, 1], 7);
  expect(chooser.choose([5, 5, 6, 6], 7)).toBe(first);
  expect(chooser.choose([0.5, 0.5, 2, 2], 7)).not.toBe(first);
});

test("among more neighbours than hatches the rarest is taken", () => {
  const chooser = new HatchChooser(10);
  const used = Array.from({ length: HATCHES.length * 2 }, () => chooser.choose([0, 0, 1, 1], 3));
  for (let hatch = 0; hatch < HATCHES.length; hatch += 1)
    expect(used.filter((one) => one === hatch)).toHaveLength(2);
});
