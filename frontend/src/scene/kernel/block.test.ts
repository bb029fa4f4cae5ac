import { describe, expect, it } from "vitest";
import truth from "../../../../tests/vectors/distances.json";
import { WHOLE_PART, type EntityKind } from "../../state/entities";
import type { Vec3 } from "../../state/model";
import { readPart } from "../exact";
import { type Affine, multiply } from "./affine";
import { faceAt, faceNear } from "./locate";
import { measure } from "./measure";
import type { MeshShape } from "./mesh";
import { propertiesOf } from "./properties";
import { SnapPoints } from "./snap_points";
import { Solid } from "./solid";
import { thicknessAt } from "./thickness";
import type { PlacedEntity, PlacedMesh, Properties } from "./types";

/**
 * The block of make_distances.py: 60 × 40 × 20 mm, bores of radius 4 mm at x 15 and 3 mm at x 45 (y 20), cut at 30° to
 * its top from x = 60, z = 16 upwards.
 */
const part = truth.parts.find(({ name }) => name === "bored block");
const bytes = Uint8Array.from(atob(part?.block ?? ""), (letter) => letter.charCodeAt(0));
const block = new Solid(readPart(bytes.buffer));

const QUARTER = Float64Array.of(0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0);
const HERE = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
/** A hundred metres away, turned about a slanted axis. */
const FAR = multiply(Float64Array.of(1, 0, 0, 100, 0, 1, 0, 70, 0, 0, 1, -30), turned(0.7));
const MIRRORED = multiply(FAR, Float64Array.of(-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0));
const INCHES = multiply(FAR, Float64Array.of(25.4, 0, 0, 0, 0, 25.4, 0, 0, 0, 0, 25.4, 0));

/** About (1, 2, 2) / 3. */
function turned(angle: number): Affine {
  const [x, y, z] = [1 / 3, 2 / 3, 2 / 3];
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const k = 1 - c;
  return Float64Array.of(
    ...[c + x * x * k, x * y * k - z * s, x * z * k + y * s, 0],
    ...[y * x * k + z * s, c + y * y * k, y * z * k - x * s, 0],
    ...[z * x * k - y * s, z * y * k + x * s, c + z * z * k, 0],
  );
}

function entity(kind: EntityKind, index: number, matrix: Affine = HERE): PlacedEntity {
  return { type: "entity", solid: block, kind, index, matrix };
}

function faceOf(test: (found: Properties) => boolean): number {
  for (let face = 0; face < block.part.faces.count; face += 1) {
    const found = propertiesOf(entity("face", face));
    if (found && test(found)) return face;
  }
  throw new Error("The block has no such face.");
}

const bore = faceOf(
  ({ form, radius }) => form === "cylinder" && Math.abs((radius ?? 0) - 0.004) < 1e-9,
);
const small = faceOf(
  ({ form, radius }) => form === "cylinder" && Math.abs((radius ?? 0) - 0.003) < 1e-9,
);
const bottom = faceOf(({ normal }) => normal !== undefined && normal[2] < -0.999);
const top = faceOf(({ normal }) => normal !== undefined && normal[2] > 0.999);
const front = faceOf(({ normal }) => normal !== undefined && normal[1] < -0.999);
const left = faceOf(({ normal }) => normal !== undefined && normal[0] < -0.999);
const slanted = faceOf(({ normal }) => normal !== undefined && normal[0] > 0.1 && normal[0] < 0.99);

describe.each([
  ["as it is", HERE, 1],
  ["turned", QUARTER, 1],
  ["far away", FAR, 1],
  ["mirrored", MIRRORED, 1],
  ["in inches", INCHES, 25.4],
])("the drilled block %s", (_, matrix, scale) => {
  const close = (found: number | undefined, expected: number): void =>
    expect(Math.abs((found ?? NaN) - expected * scale)).toBeLessThan(1e-12 * scale + 1e-13);
  const placed = (index: number): PlacedEntity => entity("face", index, matrix);

  it("has a bore of diameter 8.000 mm", () => {
    const found = propertiesOf(placed(bore));
    expect(found).toMatchObject({ form: "cylinder", hole: true, exact: true });
    close(2 * (found?.radius ?? 0), 0.008);
    expect(found?.area).toBeCloseTo(2 * Math.PI * 0.004 * 0.02 * scale * scale, 12);
  });

  it("has bores 30 mm apart, 23 mm at their nearest", () => {
    const found = measure(placed(bore), placed(small));
    close(found?.centres?.distance, 0.03);
    close(found?.distance, 0.023);
    close(found?.parallel_m, 0.03);
    expect(found?.angle_rad).toBeCloseTo(0, 12);
    expect(found?.exact).toBe(true);
    expect(found?.tolerance_m).toBeLessThan(1e-9);
    expect(Math.hypot(...(found?.components ?? [NaN, 0, 0]))).toBeCloseTo(found?.distance ?? 0, 12);
  });

  it("has a side that leans by 30 degrees", () => {
    const found = measure(placed(slanted), placed(bottom));
    expect(found?.angle_rad).toBeCloseTo(Math.PI / 6, 12);
    expect(found?.parallel_m).toBeUndefined();
  });

  it("has parallel faces 20 mm apart, and walls of 11 mm between bore and side", () => {
    const found = measure(placed(top), placed(bottom));
    close(found?.parallel_m, 0.02);
    close(found?.distance, 0.02);
    close(measure(placed(bore), placed(left))?.distance, 0.011);
    close(measure(placed(bore), placed(front))?.distance, 0.016);
    // An axis and a plane parallel to it.
    close(measure(placed(bore), placed(left))?.parallel_m, 0.015);
  });

  it("is 20 mm thick between top and bottom, and as thick as the wall beside the bore", () => {
    const at = (p: Vec3): Vec3 => [
      (matrix[0] ?? 0) * p[0] +
        (matrix[1] ?? 0) * p[1] +
        (matrix[2] ?? 0) * p[2] +
        (matrix[3] ?? 0),
      (matrix[4] ?? 0) * p[0] +
        (matrix[5] ?? 0) * p[1] +
        (matrix[6] ?? 0) * p[2] +
        (matrix[7] ?? 0),
      (matrix[8] ?? 0) * p[0] +
        (matrix[9] ?? 0) * p[1] +
        (matrix[10] ?? 0) * p[2] +
        (matrix[11] ?? 0),
    ];
    const down = thicknessAt(placed(top), at([0.03, 0.03, 0.02]));
    close(down?.thickness, 0.02);
    expect(down).toMatchObject({ face: bottom, exact: true });
    close(thicknessAt(placed(left), at([0, 0.02, 0.01]))?.thickness, 0.011);
    close(thicknessAt(placed(left), at([0, 0.005, 0.005]))?.thickness, 0.06);
    // From inside the bore towards the side.
    close(thicknessAt(placed(bore), at([0.011, 0.02, 0.01]))?.thickness, 0.011);
  });

  it("has its volume, area and box", () => {
    const whole = propertiesOf(entity("body", WHOLE_PART, matrix));
    const wedge = (0.004 * 0.004 * Math.tan(Math.PI / 3) * 0.04) / 2;
    const volume = 0.06 * 0.04 * 0.02 - Math.PI * (16e-6 + 9e-6) * 0.02 - wedge;
    expect(whole?.volume).toBeDefined();
    expect(Math.abs((whole?.volume ?? 0) / scale ** 3 - volume) / volume).toBeLessThan(1e-9);
    expect(propertiesOf(entity("body", 0, matrix))?.volume).toBeCloseTo(whole?.volume ?? 0, 15);
    expect(whole?.exact).toBe(true);
    const { min, max } = whole?.box ?? { min: [0, 0, 0], max: [0, 0, 0] };
    if (matrix === HERE)
      [0.06, 0.04, 0.02].forEach((size, axis) =>
        expect((max[axis] ?? 0) - (min[axis] ?? 0)).toBeCloseTo(size, 12),
      );
  });
});

describe("the drilled block", () => {
  it("is found by the face that a picked point lies on", () => {
    const at = (p: Vec3, normal: Vec3): number => faceAt(block, p, normal, () => null);
    expect(at([0.03, 0.03, 0.02001], [0, 0, 1])).toBe(top);
    // Inside the chord of the bore's triangles.
    expect(at([0.015 - 0.00399, 0.02, 0.013], [1, 0, 0])).toBe(bore);
    // At an edge the normal of the triangle decides.
    expect(at([0.03, 0, 0.02], [0, 0, 1])).toBe(top);
    expect(at([0.03, 0, 0.02], [0, -1, 0])).toBe(front);
    expect(faceNear(block, [0.045, 0.02 - 0.003, 0.01])).toBe(small);
  });

  it("offers vertices, middles, centres, the axis and edges near a ray", () => {
    const snap = new SnapPoints(block);
    const down = (x: number, y: number, width = 0.0005) => ({
      origin: [x, y, 1] as Vec3,
      direction: [0, 0, -1] as Vec3,
      width,
      slope: 0,
    });
    const kinds = (x: number, y: number, face = top): string[] =>
      [...new Set(snap.near(down(x, y), face).map(({ kind }) => kind))].sort();
    expect(kinds(0, 0)).toEqual(["edge", "middle", "vertex"]);
    expect(kinds(0, 0.02)).toEqual(["edge", "middle"]);
    expect(kinds(0.015, 0.02)).toEqual(["axis", "centre"]);
    expect(kinds(0.015, 0.02, left)).toEqual(["centre"]);
    // Each centre knows the rims around it: it is offered where one of them can be seen.
    const centres = snap.near(down(0.015, 0.02), top).filter(({ kind }) => kind === "centre");
    expect(centres.map(({ point }) => Math.round(1000 * point[2])).sort()).toEqual([0, 20]);
    for (const { rims, point } of centres) {
      expect(rims).not.toEqual([]);
      for (const rim of rims)
        expect(propertiesOf(entity("edge", rim))?.centre).toEqual(
          point.map((value) => expect.closeTo(value, 12)),
        );
    }
    expect(kinds(0.005, 0.005)).toEqual([]);
    const rim = snap.near(down(0.0192, 0.02), top).filter(({ kind }) => kind === "edge");
    // Beside the seam at the same place there is a vertex of it.
    expect(
      rim.every(
        ({ point }) => Math.abs(Math.hypot(point[0] - 0.015, point[1] - 0.02) - 0.004) < 1e-9,
      ),
    ).toBe(true);
  });

  it("as a mesh is measured too, and says how far it may be off", () => {
    const mesh = boxMesh([0.06, 0.04, 0.02]);
    const placed: PlacedMesh = { type: "mesh", mesh, matrix: HERE, tolerance_m: 1e-5 };
    const found = propertiesOf(placed);
    expect(found).toMatchObject({ form: "body", exact: false, tolerance_m: 1e-5 });
    expect(found?.volume).toBeCloseTo(0.06 * 0.04 * 0.02, 12);
    expect(found?.area).toBeCloseTo(2 * (0.0024 + 0.0012 + 0.0008), 12);
    const up = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0.05);
    const gap = measure(placed, { ...placed, matrix: up });
    expect(gap?.distance).toBeCloseTo(0.03, 12);
    expect(gap).toMatchObject({ exact: false });
    expect(gap?.tolerance_m).toBeCloseTo(2e-5, 9);
    // An exact bore against triangles.
    const mixed = measure(entity("face", bore), { ...placed, matrix: up });
    expect(mixed?.distance).toBeCloseTo(0.03, 12);
    expect(mixed?.exact).toBe(false);
    expect(thicknessAt(placed, [0.01, 0.01, 0.02])?.thickness).toBeCloseTo(0.02, 6);
    const point = measure({ type: "point", point: [0.03, 0.02, 1], tolerance_m: 0 }, placed);
    expect(point?.distance).toBeCloseTo(0.98, 12);
  });

  it("stretched unevenly has flat faces still, and round ones no more", () => {
    const stretched = Float64Array.of(2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
    const leaning = propertiesOf(entity("face", slanted, stretched));
    const n = propertiesOf(entity("face", slanted))?.normal ?? [0, 0, 0];
    const size = Math.hypot(n[0] / 2, n[1], n[2]);
    expect(leaning?.normal?.[0]).toBeCloseTo(n[0] / 2 / size, 12);
    expect(propertiesOf(entity("face", bore, stretched))?.form).toBe("surface");
    expect(propertiesOf(entity("face", top, stretched))?.area).toBeCloseTo(
      2 * (propertiesOf(entity("face", top))?.area ?? 0),
      12,
    );
    const rims = measure(entity("edge", 0, stretched), entity("vertex", 0, stretched));
    expect(rims).not.toBeNull();
  });

  it("has no entities beyond its own", () => {
    expect(propertiesOf(entity("face", 999))).toBeNull();
    expect(propertiesOf(entity("edge", 999))).toBeNull();
    expect(propertiesOf(entity("vertex", 999))).toBeNull();
    expect(measure(entity("face", 999), entity("vertex", 0))).toBeNull();
    expect(thicknessAt(entity("vertex", 0), [0, 0, 0])).toBeNull();
  });
});

/** Eight corners, twelve triangles. */
function boxMesh([x, y, z]: Vec3): MeshShape {
  const points = Float64Array.from(
    [0, 1, 2, 3, 4, 5, 6, 7].flatMap((i) => [i & 1 ? x : 0, i & 2 ? y : 0, i & 4 ? z : 0]),
  );
  const triangles = Uint32Array.from([
    0, 2, 1, 1, 2, 3, 4, 5, 6, 5, 7, 6, 0, 1, 4, 1, 5, 4, 2, 6, 3, 3, 6, 7, 0, 4, 2, 2, 4, 6, 1, 3,
    5, 3, 7, 5,
  ]);
  return { points, triangles };
}
