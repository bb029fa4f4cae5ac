import { describe, expect, it } from "vitest";
import { decodeChunk } from "./decode";
import { boxGlb } from "./fixture";
import { DamagedChunk } from "./gltf";
import { decodePoints, HAS_CLASSES, HAS_COLOURS, HAS_INTENSITIES } from "./points_decode";
import { pointsGlb } from "./points_fixture.test-data";

const POINTS = [
  [0, 1, 2, 10, 20, 30, 500, 2],
  [65535, 40000, 7, 255, 0, 128, 65535, 6],
  [9, 8, 7, 1, 2, 3, 0, 255],
];

describe("decoding points", () => {
  it("gives back places, colours, intensities and classes", async () => {
    const decoded = await decodePoints(await pointsGlb(POINTS));
    expect(decoded.count).toBe(3);
    expect([...decoded.places]).toEqual([0, 1, 2, 500, 65535, 40000, 7, 65535, 9, 8, 7, 0]);
    expect([...decoded.shades]).toEqual([10, 20, 30, 2, 255, 0, 128, 6, 1, 2, 3, 255]);
    expect(decoded.has).toBe(HAS_COLOURS | HAS_INTENSITIES | HAS_CLASSES);
  });

  it("says what a cloud does not have", async () => {
    const bare = await decodePoints(await pointsGlb(POINTS, []));
    expect(bare.has).toBe(0);
    expect([...bare.shades]).toEqual(new Array(12).fill(0));
    expect((await decodePoints(await pointsGlb(POINTS, ["_CLASS"]))).has).toBe(HAS_CLASSES);
  });

  it("leaves stray intensities out of their range", async () => {
    const many = Array.from({ length: 1000 }, (_, i) => [0, 0, 0, 0, 0, 0, 1000 + i, 0]);
    many[3] = [0, 0, 0, 0, 0, 0, 65535, 0];
    many[4] = [0, 0, 0, 0, 0, 0, 0, 0];
    const { strengths } = await decodePoints(await pointsGlb(many));
    expect(strengths[0]).toBeGreaterThan(1010);
    expect(strengths[1]).toBeLessThan(1990);
  });

  it("refuses what is no such chunk", async () => {
    await expect(decodePoints(new ArrayBuffer(9))).rejects.toThrow(DamagedChunk);
    const bare = await decodePoints(await boxGlb(0, null)); // triangles: places alone are read
    expect(bare.count).toBeGreaterThan(0);
  });
});

describe("a base without triangles", () => {
  it("has its placements", async () => {
    const file = await boxGlb(3, [{ at: [1, 2, 3], size: 2 }]);
    const view = new DataView(file);
    const length = view.getUint32(12, true);
    const text = new TextDecoder().decode(new Uint8Array(file, 20, length));
    const changed = text.replace('"meshes":', '"nothing":').padEnd(length).slice(0, length);
    expect(changed.length).toBe(length);
    // The longer word has cost a space at the end; the document stays as long.
    new Uint8Array(file, 20, length).set(new TextEncoder().encode(changed));
    const decoded = await decodeChunk(file, [false]);
    expect(decoded.ranges.length).toBe(0);
    expect(decoded.occurrences?.count).toBe(1);
  });
});
