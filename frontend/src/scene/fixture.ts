/** Small models for tests, as they come out of the decoder and as files of a scene package. */

import { MeshoptEncoder } from "meshoptimizer";
import { Structure, type Manifest, type Part, type Vec3 } from "../state/model";
import { OPAQUE, type DecodedChunk } from "./decode";
import { GeometryRanges } from "./geometry_store";
import { Occurrences } from "./occurrences";

/** Grid steps along each side of the unit box of the fixtures. */
export const BOX_STEPS = 1000;

/** One placement of the box: corner at `at`, sides `size` metres, turned about y by `turn` radians. */
export interface PlacedBox {
  readonly at: Vec3;
  readonly size: number;
  readonly turn?: number;
}

const CORNERS: readonly Vec3[] = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => [
  i & 1,
  (i >> 1) & 1,
  (i >> 2) & 1,
]);
/** Twelve triangles, counter-clockwise seen from outside. */
const TRIANGLES = [
  0, 2, 1, 1, 2, 3, 4, 5, 6, 5, 7, 6, 0, 1, 4, 1, 5, 4, 2, 6, 3, 3, 6, 7, 0, 4, 2, 2, 4, 6, 1, 3, 5,
  3, 7, 5,
];

/** A chunk with one geometry, a box, at one level. */
export function boxChunk(level: number, boxes: readonly PlacedBox[] | null): DecodedChunk {
  const vertices = new Uint16Array(CORNERS.length * 4);
  const normals = new Int8Array(CORNERS.length * 4);
  CORNERS.forEach((corner, i) =>
    corner.forEach((value, axis) => {
      vertices[i * 4 + axis] = value * BOX_STEPS;
      normals[i * 4 + axis] = (value * 2 - 1) * 73;
    }),
  );
  return {
    ranges: Int32Array.of(0, level, 0, CORNERS.length, 0, TRIANGLES.length),
    vertices,
    normals,
    indices: Uint32Array.from(TRIANGLES),
    extents: Uint16Array.of(0, 0, 0, BOX_STEPS, BOX_STEPS, BOX_STEPS),
    opacity: Uint8Array.of(OPAQUE),
    occurrences: boxes && {
      count: boxes.length,
      colours: Uint8Array.from(boxes.flatMap(() => [0xb8, 0xbe, 0xc6, 0xff])),
      occurrence: Uint32Array.from(boxes, (_, i) => i),
      geometry: new Uint32Array(boxes.length),
      matrices: Float32Array.from(boxes.flatMap(matrixOf)),
    },
  };
}

/** Rows of the matrix from grid steps to metres. */
function matrixOf({ at, size, turn = 0 }: PlacedBox): number[] {
  const s = size / BOX_STEPS;
  const [c, n] = [Math.cos(turn) * s, Math.sin(turn) * s];
  return [c, 0, n, at[0], 0, s, 0, at[1], -n, 0, c, at[2]];
}

/** The manifest of a package of boxes. */
export function boxManifest(
  bounds: { min: Vec3; max: Vec3 },
  change: Partial<Manifest> = {},
  occurrences = 0,
): Manifest {
  return {
    format: "holotable-scene/1",
    source: {
      name: "boxes.step",
      sha256: "",
      bytes: 0,
      kind: "step",
      length_unit: "mm",
      up_axis: "z",
    },
    bounds,
    origin: [0, 0, 0],
    counts: { occurrences, assemblies: 0, parts: 1, materials: 1, triangles: 12, points: 0 },
    levels: [0, 1, 2, 3].map((level) => ({
      level,
      triangles: 12,
      bytes: 0,
      draw_calls: 1,
      sub_draws: 1,
    })),
    chunks: [],
    geometries: [0],
    closed: [1],
    grids: [[0, 0, 0, 1 / BOX_STEPS]],
    palette: ["#b8bec6ff"],
    warnings: [],
    ...change,
  };
}

/** A flat tree of `count` occurrences of the box. */
export function boxStructure(count: number): Structure {
  const column = <T>(value: (row: number) => T): T[] =>
    Array.from({ length: count }, (_, row) => value(row));
  const part: Part = {
    name: "Box",
    triangles: 12,
    closed: true,
    volume_m3: 1,
    area_m2: 6,
    bounds: { min: [0, 0, 0], max: [1, 1, 1] },
  };
  return new Structure({
    format: "holotable-structure/1",
    count,
    id: column((row) => `id-${row}`),
    parent: column(() => -1),
    name: column((row) => `Box ${row}`),
    kind: column(() => "part"),
    part: column(() => 0),
    transform: column(() => null),
    colour: column(() => null),
    layer: column(() => null),
    identity: column(() => "named"),
    hidden: column(() => false),
    parts: [part],
    palette: ["#b8bec6ff"],
  });
}

/** The same chunk as a GLB with meshopt-packed buffer views, as the converter writes it. */
export async function boxGlb(
  level: number,
  boxes: readonly PlacedBox[] | null,
): Promise<ArrayBuffer> {
  await MeshoptEncoder.ready;
  const chunk = boxChunk(level, boxes);
  const bytes: Uint8Array[] = [];
  const bufferViews: object[] = [];
  const accessors: object[] = [];
  let offset = 0;
  const add = (
    packed: Uint8Array,
    count: number,
    stride: number,
    mode: string,
    accessor: object,
    filter?: string,
  ): number => {
    bufferViews.push({
      buffer: 1,
      byteLength: count * stride,
      extensions: {
        KHR_meshopt_compression: {
          buffer: 0,
          byteOffset: offset,
          byteLength: packed.length,
          byteStride: stride,
          count,
          mode,
          ...(filter ? { filter } : {}),
        },
      },
    });
    bytes.push(packed);
    offset += packed.length;
    const padding = (4 - (offset % 4)) % 4;
    bytes.push(new Uint8Array(padding));
    offset += padding;
    accessors.push({ bufferView: bufferViews.length - 1, count, ...accessor });
    return accessors.length - 1;
  };
  const attribute = (data: Float32Array, size: number): number =>
    add(
      MeshoptEncoder.encodeGltfBuffer(
        new Uint8Array(data.buffer),
        data.length / size,
        size * 4,
        "ATTRIBUTES",
      ),
      data.length / size,
      size * 4,
      "ATTRIBUTES",
      { componentType: 5126, type: size === 1 ? "SCALAR" : `VEC${size}` },
    );
  const colourAttribute = (entries: number): number =>
    add(
      MeshoptEncoder.encodeGltfBuffer(
        Uint8Array.from({ length: entries * 4 }, (_, i) => [0xb8, 0xbe, 0xc6, 0xff][i % 4] ?? 0),
        entries,
        4,
        "ATTRIBUTES",
      ),
      entries,
      4,
      "ATTRIBUTES",
      { componentType: 5121, type: "VEC4" },
    );
  const count = chunk.vertices.length / 4;
  const unit = Float32Array.from({ length: count * 4 }, (_, i) => (chunk.normals[i] ?? 0) / 127);
  const primitive = {
    attributes: {
      POSITION: add(
        MeshoptEncoder.encodeGltfBuffer(
          new Uint8Array(chunk.vertices.buffer),
          count,
          8,
          "ATTRIBUTES",
        ),
        count,
        8,
        "ATTRIBUTES",
        { componentType: 5123, type: "VEC3" },
      ),
      NORMAL: add(
        MeshoptEncoder.encodeGltfBuffer(
          MeshoptEncoder.encodeFilterOct(unit, count, 4, 8),
          count,
          4,
          "ATTRIBUTES",
        ),
        count,
        4,
        "ATTRIBUTES",
        { componentType: 5120, type: "VEC3", normalized: true },
        "OCTAHEDRAL",
      ),
    },
    indices: add(
      MeshoptEncoder.encodeGltfBuffer(
        new Uint8Array(chunk.indices.buffer),
        chunk.indices.length,
        4,
        "TRIANGLES",
      ),
      chunk.indices.length,
      4,
      "TRIANGLES",
      { componentType: 5125, type: "SCALAR" },
    ),
  };
  const placed = boxes ?? [];
  const nodes = boxes
    ? [
        {
          name: "occurrences",
          mesh: 0,
          extensions: {
            EXT_mesh_gpu_instancing: {
              attributes: {
                TRANSLATION: attribute(Float32Array.from(placed.flatMap(({ at }) => [...at])), 3),
                // As the converter does: what is the same for all as the format implies is left out.
                ...(placed.some(({ turn = 0 }) => turn !== 0)
                  ? {
                      ROTATION: attribute(
                        Float32Array.from(
                          placed.flatMap(({ turn = 0 }) => [
                            0,
                            Math.sin(turn / 2),
                            0,
                            Math.cos(turn / 2),
                          ]),
                        ),
                        4,
                      ),
                    }
                  : {}),
                SCALE: attribute(
                  Float32Array.from(
                    placed.flatMap(({ size }) => new Array<number>(3).fill(size / BOX_STEPS)),
                  ),
                  3,
                ),
                _COLOUR: colourAttribute(placed.length),
              },
            },
          },
        },
      ]
    : [{ mesh: 0 }];
  return glbOf(
    {
      asset: { version: "2.0" },
      meshes: [{ primitives: [primitive], extras: { ranges: [...chunk.ranges] } }],
      nodes,
      accessors,
      bufferViews,
    },
    bytes,
  );
}

/** edges.bin with one geometry: the box's twelve edges, each with its own number. */
export function boxEdges(): ArrayBuffer {
  const pairs = CORNERS.flatMap((corner, i) =>
    [0, 1, 2].flatMap((axis) => (corner[axis] === 0 ? [[i, i | (1 << axis)] as const] : [])),
  );
  const file = new DataView(new ArrayBuffer(16 + 8 + pairs.length * 16));
  [..."HTED"].forEach((letter, i) => file.setUint8(i, letter.charCodeAt(0)));
  [1, 1, pairs.length * 2, 0, pairs.length * 2].forEach((value, i) =>
    file.setUint32(4 + i * 4, value, true),
  );
  pairs.flat().forEach((corner, i) => {
    [0, 1, 2].forEach((axis) =>
      file.setUint16(24 + i * 8 + axis * 2, (CORNERS[corner]?.[axis] ?? 0) * BOX_STEPS, true),
    );
    file.setUint16(24 + i * 8 + 6, i >> 1, true);
  });
  return file.buffer;
}

function glbOf(json: object, parts: readonly Uint8Array[]): ArrayBuffer {
  const text = new TextEncoder().encode(JSON.stringify(json));
  const jsonLength = Math.ceil(text.length / 4) * 4;
  const binLength = parts.reduce((sum, part) => sum + part.length, 0);
  const file = new Uint8Array(12 + 8 + jsonLength + 8 + binLength);
  const view = new DataView(file.buffer);
  const head = [0x46546c67, 2, file.length, jsonLength, 0x4e4f534a];
  head.forEach((value, i) => view.setUint32(i * 4, value, true));
  file.fill(32, 20, 20 + jsonLength);
  file.set(text, 20);
  view.setUint32(20 + jsonLength, binLength, true);
  view.setUint32(24 + jsonLength, 0x004e4942, true);
  let at = 28 + jsonLength;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file.buffer;
}

/** Repeatable random numbers from 0 to 1 (Mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** The box in two pieces, left and right half: the whole at level 3, the pieces, if they have arrived, at level 0. */
export function splitBoxes(
  places: readonly Vec3[],
  arrived = true,
): { occurrences: Occurrences; ranges: GeometryRanges } {
  const chunk = boxChunk(
    3,
    places.map((at) => ({ at, size: 1 })),
  );
  if (!chunk.occurrences) throw new Error("The fixture has no boxes.");
  const half = BOX_STEPS / 2;
  const boxes = [
    [0, 0, 0, half, BOX_STEPS, BOX_STEPS],
    [half, 0, 0, BOX_STEPS, BOX_STEPS, BOX_STEPS],
  ];
  const grid = [0, 0, 0, 1 / BOX_STEPS] as const;
  const manifest = boxManifest(
    { min: [0, 0, 0], max: [1, 1, 1] },
    {
      geometries: [0, 0, 0],
      closed: [1, 1, 1],
      grids: [grid, grid, grid],
      pieces: { "0": { first: 1, boxes } },
    },
    places.length,
  );
  const ranges = new GeometryRanges(3, 4);
  ranges.add(chunk, 0);
  if (arrived)
    boxes.forEach((box, i) => {
      const piece = boxChunk(0, null);
      piece.ranges[0] = 1 + i;
      piece.extents.set(box);
      for (let v = 0; v < piece.vertices.length; v += 4)
        piece.vertices[v] = (piece.vertices[v] ?? 0) / 2 + i * half;
      ranges.add(piece, (1 + i) * piece.indices.length);
    });
  return { occurrences: new Occurrences(manifest, chunk.occurrences, chunk.extents), ranges };
}
