/** A small cloud as its package says it: two levels over a square of ground. */

import { MeshoptEncoder } from "meshoptimizer";
import type { PointsManifest } from "../state/model";
import { boxManifest } from "./fixture";
import { Occurrences } from "./occurrences";

/** Grid of the cloud's geometry: 16 m in millimetres from the part's zero. */
const STEP = 0.001;
const SIDE = 16;

/** Level 1 over all of it, level 0 in four quarters. */
export function cloudManifest(): PointsManifest {
  const chunk = (
    file: string,
    level: number,
    points: number,
    at: readonly [number, number],
    side: number,
  ): PointsManifest["chunks"][number] => ({
    file,
    level,
    bytes: points * 8,
    points,
    geometry: 0,
    grid: [at[0], 0, at[1], 0.002],
    size: [side * 500, 0, side * 500],
    bounds: { min: [at[0], 0, at[1]], max: [at[0] + side, 0, at[1] + side] },
  });
  const half = SIDE / 2;
  return {
    count: 5000,
    coarsest: 1,
    levels: [
      { level: 0, spacing_m: 0.25, points: 4000, bytes: 32000 },
      { level: 1, spacing_m: 0.5, points: 1000, bytes: 8000 },
    ],
    classes: {},
    has: [],
    chunks: [
      chunk("p1-0.glb", 1, 1000, [0, 0], SIDE),
      chunk("p0-0.glb", 0, 1000, [0, 0], half),
      chunk("p0-1.glb", 0, 1000, [half, 0], half),
      chunk("p0-2.glb", 0, 1000, [0, half], half),
      chunk("p0-3.glb", 0, 1000, [half, half], half),
    ],
  };
}

/** Where the cloud is placed: once for each x, `size` times as large. */
export function cloudOccurrences(xs: readonly number[], size = 1): Occurrences {
  const grids = [[0, 0, 0, STEP] as const];
  const bounds = { min: [0, 0, 0] as const, max: [SIDE, 0, SIDE] as const };
  const manifest = { ...boxManifest(bounds, {}, xs.length), grids };
  const s = STEP * size;
  return new Occurrences(
    manifest,
    {
      count: xs.length,
      colours: new Uint8Array(xs.length * 4),
      occurrence: Uint32Array.from(xs, (_, i) => i),
      geometry: new Uint32Array(xs.length),
      matrices: Float32Array.from(xs.flatMap((x) => [s, 0, 0, x, 0, s, 0, 0, 0, 0, s, 0])),
    },
    Uint16Array.of(0, 0, 0, 16000, 0, 16000),
  );
}

export const CLOUD_GRIDS = [[0, 0, 0, STEP] as const];

/** A point chunk as the converter writes it. Each point: x, y, z, red, green, blue, intensity, class. */
export async function pointsGlb(
  points: readonly (readonly number[])[],
  attributes: readonly ("_COLOUR" | "_INTENSITY" | "_CLASS")[] = [
    "_COLOUR",
    "_INTENSITY",
    "_CLASS",
  ],
): Promise<ArrayBuffer> {
  await MeshoptEncoder.ready;
  const views: object[] = [];
  const accessors: object[] = [];
  const parts: Uint8Array[] = [];
  let at = 0;
  const add = (rows: Uint8Array, stride: number, componentType: number, type: string): number => {
    const encoded = MeshoptEncoder.encodeGltfBuffer(rows, points.length, stride, "ATTRIBUTES");
    const padded = new Uint8Array(Math.ceil(encoded.length / 4) * 4);
    padded.set(encoded);
    const bytes = { byteOffset: at, byteLength: encoded.length };
    const packed = { buffer: 0, ...bytes, byteStride: stride, count: points.length };
    views.push({
      buffer: 1,
      byteLength: rows.length,
      byteStride: stride,
      extensions: { KHR_meshopt_compression: { ...packed, mode: "ATTRIBUTES" } },
    });
    accessors.push({ bufferView: views.length - 1, componentType, count: points.length, type });
    parts.push(padded);
    at += padded.length;
    return accessors.length - 1;
  };
  const words = (pick: (p: readonly number[]) => number[]): Uint8Array =>
    new Uint8Array(Uint16Array.from(points.flatMap(pick)).buffer);
  const named: Record<string, number> = {
    POSITION: add(
      words(([x = 0, y = 0, z = 0]) => [x, y, z, 0]),
      8,
      5123,
      "VEC3",
    ),
  };
  if (attributes.includes("_COLOUR")) {
    const rows = Uint8Array.from(points.flatMap((p) => [p[3] ?? 0, p[4] ?? 0, p[5] ?? 0, 255]));
    named["_COLOUR"] = add(rows, 4, 5121, "VEC4");
  }
  if (attributes.includes("_INTENSITY"))
    named["_INTENSITY"] = add(
      words((p) => [p[6] ?? 0, 0]),
      4,
      5123,
      "SCALAR",
    );
  if (attributes.includes("_CLASS")) {
    const rows = Uint8Array.from(points.flatMap((p) => [p[7] ?? 0, 0, 0, 0]));
    named["_CLASS"] = add(rows, 4, 5121, "SCALAR");
  }
  return glb(
    {
      asset: { version: "2.0" },
      meshes: [{ primitives: [{ attributes: named, mode: 0 }] }],
      nodes: [{ mesh: 0 }],
      accessors,
      bufferViews: views,
    },
    parts,
  );
}

function glb(json: object, parts: readonly Uint8Array[]): ArrayBuffer {
  const text = new TextEncoder().encode(JSON.stringify(json).padEnd(4096));
  const binary = parts.reduce((sum, part) => sum + part.length, 0);
  const length = Math.ceil(text.length / 4) * 4;
  const file = new Uint8Array(28 + length + binary);
  const view = new DataView(file.buffer);
  [0x46546c67, 2, file.length, length, 0x4e4f534a].forEach((v, i) =>
    view.setUint32(i * 4, v, true),
  );
  file.fill(32, 20, 20 + length).set(text, 20);
  view.setUint32(20 + length, binary, true);
  view.setUint32(24 + length, 0x004e4942, true);
  let at = 28 + length;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file.buffer;
}
