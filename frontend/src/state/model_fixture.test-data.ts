/** A small structure and manifest for tests: a skid with a frame of two beams and a valve. */

import { type Manifest, type Part, Structure, type StructureFile } from "./model";

const part = (name: string): Part => ({
  name,
  triangles: 12,
  closed: true,
  volume_m3: 0.001,
  area_m2: 0.06,
  bounds: { min: [0, 0, 0], max: [0.1, 0.1, 0.1] },
});

/** Rows as [parent, name, part number or -1, colour or null, hidden]. */
export type Row = readonly [
  parent: number,
  name: string,
  part: number,
  colour: string | null,
  hidden: boolean,
];

/** A structure file of these rows. */
export function structureFile(rows: readonly Row[], parts: readonly Part[]): StructureFile {
  return {
    format: "holotable-structure/1",
    count: rows.length,
    id: rows.map((_, row) => `id-${row}`),
    parent: rows.map(([parent]) => parent),
    name: rows.map(([, name]) => name),
    kind: rows.map(([, , number]) => (number < 0 ? "assembly" : "part")),
    part: rows.map(([, , number]) => number),
    transform: rows.map(() => null),
    colour: rows.map(([, , , colour]) => colour),
    layer: rows.map(() => null),
    identity: rows.map(() => "named"),
    hidden: rows.map(([, , , , hidden]) => hidden),
    parts,
    palette: [],
  };
}

/** Occurrences: 0 and 1 are the beams, 2 is the valve, 3 its hidden cover. */
export const SKID_ROWS: readonly Row[] = [
  [-1, "Skid", -1, null, false],
  [0, "Frame", -1, "#112233ff", false],
  [1, "Beam B-01", 0, null, false],
  [1, "Beam B-02", 0, "#445566ff", false],
  [0, "Valve V-17", 1, null, false],
  [0, "", 2, null, true],
];

export const SKID_PARTS = [part("Beam"), part("Valve"), part("Cover")];

export const skid = (): Structure => new Structure(structureFile(SKID_ROWS, SKID_PARTS));

export const MANIFEST: Manifest = {
  format: "holotable-scene/1",
  source: {
    name: "skid.step",
    sha256: "0",
    bytes: 1000,
    kind: "step",
    length_unit: "mm",
    up_axis: "z",
  },
  bounds: { min: [0, 0, 0], max: [2, 1, 4] },
  origin: [0, 0, 0],
  counts: { occurrences: 4, assemblies: 2, parts: 3, materials: 1, triangles: 48, points: 0 },
  levels: [{ level: 0, triangles: 48, bytes: 100, draw_calls: 1, sub_draws: 3 }],
  chunks: [],
  geometries: [0, 1, 2],
  closed: [1, 1, 1],
  grids: [],
  palette: [],
  warnings: [],
};
