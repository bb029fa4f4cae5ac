import { expect, test } from "vitest";
import type { SectionAreas } from "../../state/areas/sectioning";
import type { NamedPlane } from "./cut_planes";
import { Cutter } from "./cutter";
import { CutOutlines } from "./outlines";
import { boxOf, meshOf, tube } from "./solids.test-data";

const PLANES: NamedPlane[] = [
  { id: "a", normal: [0, 0, -1], offset: -0.3, cap: true },
  { id: "b", normal: [1, 0, 0], offset: 0.5, cap: true },
];

function cuts(): CutOutlines {
  const cutter = new Cutter();
  cutter.add(0, meshOf(tube([500, 500], 400, 200, [0, 900])));
  cutter.add(1, meshOf(boxOf([0, 0, 0], [100, 100, 900])));
  const rows = [1e-3, 0, 0, 0, 0, 1e-3, 0, 0, 0, 0, 1e-3, 0];
  const items = {
    occurrence: Uint32Array.of(0, 1),
    geometry: Uint32Array.of(0, 1),
    matrices: Float64Array.of(...rows, ...rows),
    closed: Uint8Array.of(1, 1),
  };
  const results = PLANES.map((plane) => ({
    plane,
    results: [
      cutter.cut(
        { plane: plane.id, normal: plane.normal, offset: plane.offset, slack: 1e-7, size: 1 },
        items,
      ),
    ],
  }));
  return new CutOutlines(results, (o) => o !== 9);
}

const areasOf = (planes: readonly NamedPlane[]): SectionAreas[] =>
  finish(cuts().areas(planes, [10, 0, 0]));

function finish<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

test("areas are those of what the other planes leave, the largest first", () => {
  const [first] = areasOf(PLANES);
  const [whole] = areasOf([PLANES[0] as NamedPlane]);
  expect([...(whole?.occurrences ?? [])]).toEqual([0, 1]);
  // The small block lies wholly on the side that the other plane took.
  expect([...(first?.occurrences ?? [])]).toEqual([0]);
  expect((first?.areas[0] ?? NaN) / (whole?.areas[0] ?? NaN)).toBeCloseTo(0.5, 3);
  expect(first?.centroids[0]).toBeGreaterThan(10.6);
  expect(first?.centroids[2]).toBeCloseTo(0.3, 9);
  expect(whole?.areas[1]).toBeCloseTo(0.01, 9);
});

test("outlines of a cut are those of what the other planes leave", () => {
  const found = [...cuts().cuts("a", PLANES)];
  expect(found.map(({ occurrence }) => occurrence)).toEqual([0]);
  expect(found[0]?.outlines).toHaveLength(1);
  expect([...cuts().cuts("nobody", PLANES)]).toHaveLength(0);
});

test("a point near a corner snaps to it, beside a side to the side, and far away to nothing", () => {
  const found = cuts();
  expect(found.near("a", 1, [0.101, 0.1, 0.3], 0.01, 0.003)).toMatchObject({ kind: "vertex" });
  const side = found.near("a", 1, [0.099, 0.05, 0.3], 0.01, 0.003);
  expect(side?.kind).toBe("edge");
  expect(side?.point[0]).toBeCloseTo(0.1, 9);
  expect(found.near("a", 1, [0.05, 0.05, 0.3], 0.01, 0.003)).toBeNull();
});
