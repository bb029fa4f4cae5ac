import { describe, expect, it } from "vitest";
import { composeRows, decodeChunk, decodeEdges } from "./decode";
import { boxChunk, boxEdges, boxGlb, BOX_STEPS } from "./fixture";

const BOXES = [
  { at: [1, 2, 3] as const, size: 0.5, turn: Math.PI / 3 },
  { at: [-4, 0, 0.25] as const, size: 2 },
];

describe("decoding a chunk", () => {
  it("gives back the vertices, triangles and placements that were packed", async () => {
    const decoded = await decodeChunk(await boxGlb(3, BOXES), [false]);
    const expected = boxChunk(3, BOXES);
    expect(decoded.ranges).toEqual(expected.ranges);
    expect(decoded.extents).toEqual(expected.extents);
    expect(decoded.opacity).toEqual(expected.opacity);
    expect(decoded.vertices).toEqual(expected.vertices);
    // The codec may turn a triangle's corners round, never over.
    expect(trianglesOf(decoded.indices)).toEqual(trianglesOf(expected.indices));
    const { occurrences } = decoded;
    expect(occurrences?.occurrence).toEqual(Uint32Array.of(0, 1));
    expected.occurrences?.matrices.forEach((value, i) =>
      expect(occurrences?.matrices[i]).toBeCloseTo(value, 5),
    );
  });

  it("keeps normals within a degree and a half of what was written", async () => {
    const { normals } = await decodeChunk(await boxGlb(3, BOXES), [false]);
    const expected = boxChunk(3, BOXES).normals;
    for (let i = 0; i < normals.length; i += 4) {
      const dot = [0, 1, 2].reduce(
        (sum, a) => sum + (normals[i + a] ?? 0) * (expected[i + a] ?? 0),
        0,
      );
      const size =
        Math.hypot(normals[i] ?? 0, normals[i + 1] ?? 0, normals[i + 2] ?? 0) * 73 * Math.sqrt(3);
      expect(dot / size).toBeGreaterThan(Math.cos((1.5 * Math.PI) / 180));
    }
  });

  it("has no placements in a finer level", async () => {
    expect((await decodeChunk(await boxGlb(0, null), [false])).occurrences).toBeNull();
  });

  it("names a damaged file instead of drawing it", async () => {
    const whole = await boxGlb(0, null);
    await expect(decodeChunk(whole.slice(0, 200), [false])).rejects.toMatchObject({
      code: "damaged_chunk",
    });
    await expect(decodeChunk(new ArrayBuffer(64), [false])).rejects.toMatchObject({
      code: "damaged_chunk",
    });
  });
});

describe("decoding edges", () => {
  it("gives pairs of grid points with the number of their edge", () => {
    const edges = decodeEdges(boxEdges());
    expect(edges.ranges).toEqual(Uint32Array.of(0, 24));
    expect(edges.vertices.slice(0, 8)).toEqual(Uint16Array.of(0, 0, 0, 0, BOX_STEPS, 0, 0, 0));
  });

  it("refuses a file that is cut short", () => {
    expect(() => decodeEdges(boxEdges().slice(0, 100))).toThrow(/damaged/);
  });
});

describe("quantisation", () => {
  it("takes grid steps through T·R·S to metres", () => {
    const out = new Float32Array(12);
    const half = Math.SQRT1_2;
    // A quarter turn about y takes +x to -z.
    composeRows([10, 20, 30], [0, half, 0, half], [0.5, 0.5, 0.5], 0, out);
    const place = (x: number, y: number, z: number): number[] =>
      [0, 1, 2].map(
        (r) =>
          (out[r * 4] ?? 0) * x +
          (out[r * 4 + 1] ?? 0) * y +
          (out[r * 4 + 2] ?? 0) * z +
          (out[r * 4 + 3] ?? 0),
      );
    expect(place(2, 0, 0).map((v) => Math.round(v * 1e4) / 1e4)).toEqual([10, 20, 29]);
    expect(place(0, 4, 0).map((v) => Math.round(v * 1e4) / 1e4)).toEqual([10, 22, 30]);
  });
});

function trianglesOf(indices: Uint32Array): string[] {
  const found: string[] = [];
  for (let i = 0; i < indices.length; i += 3) {
    const corners = [...indices.slice(i, i + 3)];
    while (corners[0] !== Math.min(...corners)) corners.push(corners.shift() ?? 0);
    found.push(corners.join());
  }
  return found.sort();
}
