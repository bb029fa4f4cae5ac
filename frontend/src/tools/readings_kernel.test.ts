import { expect, test } from "vitest";
import truth from "../../../tests/vectors/distances.json";
import type { MeasurePoint, MeasureTask, Reading, SnapKind } from "../state/areas/measuring";
import type { Vec3 } from "../state/model";
import { readPart } from "../scene/exact";
import { IDENTITY, multiply } from "../scene/kernel/affine";
import { measure } from "../scene/kernel/measure";
import { propertiesOf } from "../scene/kernel/properties";
import { Solid } from "../scene/kernel/solid";
import { thicknessAt } from "../scene/kernel/thickness";
import type { Placed, Properties } from "../scene/kernel/types";
import { type Shapes, meansPoint } from "./reading_shapes";
import { readingsOf } from "./readings";

// 60 × 40 × 20 mm, bores of radius 4 mm at x 15 and 3 mm at x 45 (y 20), cut at 30° (tests/vectors/make_distances.py).
const part = truth.parts.find(({ name }) => name === "bored block");
const bytes = Uint8Array.from(atob(part?.block ?? ""), (letter) => letter.charCodeAt(0));
const block = new Solid(readPart(bytes.buffer));
/** Two of them: one as it is, one turned a quarter and 200 mm away. */
const PLACES = [
  IDENTITY,
  multiply(
    Float64Array.of(1, 0, 0, 0.2, 0, 1, 0, 0, 0, 0, 1, 0),
    Float64Array.of(0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0),
  ),
];

const placed = ({ entity, position, tolerance_m }: MeasurePoint): Placed =>
  entity
    ? {
        type: "entity",
        solid: block,
        kind: entity.kind,
        index: entity.index,
        matrix: PLACES[entity.occurrence] ?? IDENTITY,
      }
    : { type: "point", point: position, tolerance_m };

const shapes: Shapes = {
  placed: (anchor) =>
    meansPoint(anchor)
      ? { type: "point", point: anchor.position, tolerance_m: anchor.tolerance_m }
      : placed(anchor),
  placedPart: ({ occurrence }) => ({
    type: "entity",
    solid: block,
    kind: "body",
    index: -1,
    matrix: PLACES[occurrence ?? 0] ?? IDENTITY,
  }),
  toLocal: (_, position) => position,
  toFile: (vector) => vector,
  measure,
  properties: propertiesOf,
  thickness: (anchor) => thicknessAt(placed(anchor), anchor.position),
};

function find(kind: "edge" | "face", test: (found: Properties) => boolean): number {
  const count = kind === "edge" ? block.part.edges.count : block.part.faces.count;
  for (let index = 0; index < count; index += 1) {
    const found = propertiesOf({ type: "entity", solid: block, kind, index, matrix: IDENTITY });
    if (found && test(found)) return index;
  }
  throw new Error("The block has no such thing.");
}

const near = (a: number | undefined, b: number): boolean => Math.abs((a ?? NaN) - b) < 1e-9;
const rim = (radius: number): number =>
  find("edge", (found) => found.form === "circle" && near(found.radius, radius));
const wall = (radius: number): number =>
  find("face", (found) => found.form === "cylinder" && near(found.radius, radius));
const flat = (axis: 0 | 1 | 2, sign: 1 | -1): number =>
  find("face", ({ normal }) => normal !== undefined && sign * normal[axis] > 0.9999);
const slanted = find("face", ({ normal }) => normal !== undefined && near(normal[0], 0.5));

function at(
  kind: "edge" | "face",
  index: number,
  position: Vec3 = [0, 0, 0],
  occurrence = 0,
): MeasurePoint {
  const snap: SnapKind = kind;
  const entity = { occurrence, kind, index };
  return { position, occurrence, local: position, snap, entity, tolerance_m: 0 };
}

function best(task: MeasureTask, ...anchors: MeasurePoint[]): Reading {
  const [found] = readingsOf(task, anchors, shapes);
  if (!found) throw new Error("Expected a reading.");
  return found;
}

const among = (readings: readonly Reading[], mode: Reading["mode"]): number | undefined =>
  readings.find((reading) => reading.mode === mode)?.value;

test("a bore of radius 4 mm has exactly a diameter of 8 mm, by its rim and by its wall", () => {
  for (const anchor of [at("edge", rim(0.004)), at("face", wall(0.004))])
    expect(best("smart", anchor)).toMatchObject({
      kind: "radius",
      mode: "diameter",
      value: 0.008,
      exact: true,
      mesh: false,
    });
});

test("two bores are 30 mm apart at their axes and 23 mm at their nearest", () => {
  const found = readingsOf("smart", [at("face", wall(0.004)), at("face", wall(0.003))], shapes);
  expect(found[0]?.mode).toBe("centres");
  expect(among(found, "centres")).toBeCloseTo(0.03, 12);
  expect(among(found, "minimum")).toBeCloseTo(0.023, 12);
  const rims = readingsOf("smart", [at("edge", rim(0.004)), at("edge", rim(0.003))], shapes);
  expect(rims[0]?.mode).toBe("centres");
  expect(among(rims, "parallel")).toBeCloseTo(0.03, 12);
});

test("the top and the slanted face make 30°, opposite sides are parallel", () => {
  const angle = best("smart", at("face", flat(2, 1)), at("face", slanted));
  expect(angle.kind).toBe("angle");
  expect(angle.value).toBeCloseTo(Math.PI / 6, 12);
  const across = best("smart", at("face", flat(1, -1)), at("face", flat(1, 1), [0, 0.04, 0]));
  expect(across).toMatchObject({ kind: "distance", mode: "parallel", exact: true });
  expect(across.value).toBeCloseTo(0.04, 12);
  expect(across.components.map((each) => Math.abs(each))).toEqual([0, 0.04, 0]);
});

test("the wall between a bore and the front is as thick as the block leaves it", () => {
  const front = at("face", flat(1, -1), [0.015, 0, 0.01]);
  const found = best("thickness", front);
  expect(found.value).toBeCloseTo(0.016, 12);
  expect(found.exact).toBe(true);
});

test("length, area, volume and box are those of the drawing", () => {
  const edge = find("edge", ({ form, length }) => form === "line" && near(length, 0.04));
  expect(best("length", at("edge", edge)).value).toBeCloseTo(0.04, 12);
  const front = best("area", at("face", flat(0, -1)));
  expect(front.value).toBeCloseTo(0.04 * 0.02, 12);
  expect(best("volume", at("face", slanted)).value).toBeGreaterThan(0);
  const box = best("box", at("face", slanted));
  expect(box.components.map((side) => Math.round(side * 1e9) / 1e9)).toEqual([0.06, 0.04, 0.02]);
});

test("between turned occurrences it is measured where they stand", () => {
  const one = at("face", wall(0.004));
  const other = at("face", wall(0.004), [0, 0, 0], 1);
  // The second one's bore stands at x 200 − 20, y 15 mm.
  const found = readingsOf("smart", [one, other], shapes);
  expect(among(found, "centres")).toBeCloseTo(Math.hypot(0.18 - 0.015, 0.015 - 0.02), 12);
});
