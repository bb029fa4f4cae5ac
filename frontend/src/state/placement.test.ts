import { describe, expect, it } from "vitest";
import type { Manifest, StructureFile } from "./model";
import {
  AS_READ,
  type Correction,
  assumedUp,
  placeRows,
  placedManifest,
  placedStructure,
  placementOf,
} from "./placement";

const SOURCE: Manifest["source"] = {
  name: "bracket.stl",
  sha256: "",
  bytes: 1,
  kind: "stl",
  length_unit: null,
  up_axis: null,
};
const INCH: Correction = { unit: "in", up_axis: null };

// A box of 2 × 3 × 4 mm whose file is z-up: 2 wide, 4 high, 3 deep in the package's frame.
const MANIFEST = {
  format: "holotable-scene/1",
  source: SOURCE,
  bounds: { min: [0, 0, -0.003], max: [0.002, 0.004, 0] },
  origin: [0, 0, 0],
  chunks: [
    {
      file: "base.glb",
      level: 3,
      bytes: 1,
      parts: [0],
      bounds: { min: [0, 0, -0.003], max: [0.002, 0.004, 0] },
    },
  ],
  grids: [[0, 0, -0.003, 1e-6]],
  errors: [[0, 1e-5]],
} as unknown as Manifest;

describe("a correction", () => {
  it("of nothing leaves everything as it was read", () => {
    expect(placementOf(SOURCE, null)).toEqual(AS_READ);
    expect(placementOf(SOURCE, { unit: "mm", up_axis: "z" })).toEqual(AS_READ);
  });

  it("of the unit counts from what the file was read as", () => {
    expect(placementOf(SOURCE, INCH).scale).toBeCloseTo(25.4, 12);
    expect(placementOf({ ...SOURCE, length_unit: "m" }, INCH).scale).toBeCloseTo(0.0254, 12);
  });

  it("of the axis turns from what was assumed: z, for OBJ y", () => {
    expect(assumedUp({ ...SOURCE, kind: "obj" })).toBe("y");
    expect(placementOf(SOURCE, { unit: null, up_axis: "y" }).turn).toBe(-1);
    expect(placementOf({ ...SOURCE, kind: "obj" }, { unit: null, up_axis: "z" }).turn).toBe(1);
  });

  it("scales bounds, grids and errors, and names the unit from then on", () => {
    const placed = placedManifest(MANIFEST, INCH);
    expect(placed.bounds.max[1]).toBeCloseTo(4 * 0.0254, 12);
    expect(placed.grids[0]?.[3]).toBeCloseTo(2.54e-5, 12);
    expect(placed.errors?.[0]?.[1]).toBeCloseTo(2.54e-4, 12);
    expect(placed.source.length_unit).toBe("in");
    expect(placed.placement).toEqual(placementOf(SOURCE, INCH));
  });

  it("grows the way from a shared geometry to the part's own frame, and turns nothing in it", () => {
    const motion = [0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1, 0, 1, 2, 3, 1];
    const shared = { "4": { geometry: 0, motion } };
    const placed = placedManifest({ ...MANIFEST, shared }, { unit: "in", up_axis: "y" });
    expect(placed.shared?.["4"]?.geometry).toBe(0);
    const found = placed.shared?.["4"]?.motion ?? [];
    expect(found.slice(0, 12)).toEqual(motion.slice(0, 12));
    [25.4, 50.8, 76.2, 1].forEach((value, i) => expect(found[12 + i]).toBeCloseTo(value, 9));
  });

  it("keeps bounds ordered when it turns them", () => {
    const { bounds } = placedManifest(MANIFEST, { unit: null, up_axis: "y" });
    expect(bounds).toEqual({ min: [0, 0, 0], max: [0.002, 0.003, 0.004] });
  });

  it("moves base.glb and the structure alike", () => {
    const placement = placementOf(SOURCE, { unit: "in", up_axis: "y" });
    const rows = new Float32Array([1, 0, 0, 5, 0, 1, 0, 6, 0, 0, 1, 7]);
    placeRows(rows, placement);
    const file = {
      parent: [-1, 0],
      transform: [null, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 5, 6, 7, 1]],
      parts: [
        {
          name: "a",
          triangles: 1,
          closed: true,
          volume_m3: 2,
          area_m2: 3,
          bounds: { min: [0, 0, 0], max: [1, 1, 1] },
        },
      ],
    } as unknown as StructureFile;
    const placed = placedStructure(file, placement);
    const [root, child] = placed.transform.map((matrix) => matrix ?? []);
    // root · child's translation
    const at = [12, 13, 14].map((i) => child?.[i] ?? 0);
    const world = [0, 1, 2].map((r) =>
      [0, 1, 2].reduce((sum, c) => sum + (root?.[c * 4 + r] ?? 0) * (at[c] ?? 0), 0),
    );
    expect(world[0]).toBeCloseTo(rows[3] ?? 0, 4);
    expect(world[1]).toBeCloseTo(rows[7] ?? 0, 4);
    expect(world[2]).toBeCloseTo(rows[11] ?? 0, 4);
    expect(placed.parts[0]?.volume_m3).toBeCloseTo(2 * 25.4 ** 3, 6);
    expect(placed.parts[0]?.bounds.max[0]).toBeCloseTo(25.4, 9);
  });
});
