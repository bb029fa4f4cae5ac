import { describe, expect, it } from "vitest";
import { OPAQUE, RANGE_STRIDE, RUN, type DecodedChunk } from "./decode";
import { buildDrawList, emptyDrawList, type DrawList } from "./draw_list";
import { seeded } from "./fixture";
import { GeometryRanges } from "./geometry_store";
import { NOBODY, RUN_FLAG } from "./shaders";

/** A chunk of geometries at one level, `size` triangles each; normals say which range a vertex is of. */
function chunkOf(geometries: readonly number[], level: number, size = 4): DecodedChunk {
  const count = geometries.length;
  const ranges = new Int32Array(count * RANGE_STRIDE);
  const normals = new Int8Array(count * 4 * 4);
  geometries.forEach((geometry, entry) => {
    ranges.set([geometry, level, entry * 4, 4, entry * size * 3, size * 3], entry * RANGE_STRIDE);
    for (let v = 0; v < 4; v += 1) normals[(entry * 4 + v) * 4 + 3] = entry % RUN;
  });
  return {
    ranges,
    vertices: new Uint16Array(count * 16),
    normals,
    indices: Uint32Array.from(
      { length: count * size * 3 },
      (_, i) => Math.floor(i / (size * 3)) * 4,
    ),
    extents: new Uint16Array(count * 6),
    opacity: new Uint8Array(count).fill(OPAQUE),
    occurrences: null,
  };
}

/** Chunks one behind the other in a buffer, and which range and ordinal each element belongs to. */
class Buffer {
  readonly ranges: GeometryRanges;
  readonly owner: { geometry: number; level: number; ordinal: number }[] = [];

  constructor(geometries: number, levels: number) {
    this.ranges = new GeometryRanges(geometries, levels);
  }

  add(chunk: DecodedChunk): Int32Array {
    const first = this.owner.length;
    for (const vertex of chunk.indices) {
      const entry = vertex / 4;
      this.owner.push({
        geometry: chunk.ranges[entry * RANGE_STRIDE] ?? -1,
        level: chunk.ranges[entry * RANGE_STRIDE + 1] ?? -1,
        ordinal: chunk.normals[vertex * 4 + 3] ?? -1,
      });
    }
    return this.ranges.add(chunk, first);
  }

  /** What the shader would draw: "occurrence geometry level", once for each. */
  drawn(list: DrawList): string[] {
    const found = new Set<string>();
    for (let d = 0; d < list.subDraws; d += 1) {
      const head = list.entries[d] ?? 0;
      const run = head >= RUN_FLAG;
      const base = run ? head - RUN_FLAG : head;
      const from = list.firsts[d] ?? 0;
      for (let instance = 0; instance < (list.instances[d] ?? 0); instance += 1)
        for (let e = from; e < from + (list.counts[d] ?? 0); e += 1) {
          const of = this.owner[e];
          if (!of) throw new Error("drawn beyond the buffer");
          const entry = list.entries[base + (run ? of.ordinal : instance)] ?? NOBODY;
          if (entry !== NOBODY) found.add(`${entry} ${of.geometry} ${of.level}`);
        }
    }
    return [...found].sort();
  }
}

const everything = { candidates: null, drawn: new Uint8Array(20_000).fill(1) } as const;

describe("runs of ranges", () => {
  it("draw 20,000 parts that occur once in as many sub-draws as there are blocks", () => {
    const count = 20_000;
    const buffer = new Buffer(count, 1);
    const geometry = Uint32Array.from({ length: count }, (_, i) => i);
    buffer.add(chunkOf([...geometry], 0));
    const list = emptyDrawList();
    const level = new Uint8Array(count);
    buildDrawList({ geometry, level, ranges: buffer.ranges.faces, ...everything }, list);
    expect(list.subDraws).toBe(Math.ceil(count / RUN));
    expect(buffer.drawn(list).length).toBe(count);
    expect(list.elements).toBe(count * 12);
  });

  it("leave out what is hidden, and end where too much is", () => {
    const buffer = new Buffer(20, 1);
    const geometry = Uint32Array.from({ length: 20 }, (_, i) => i);
    buffer.add(chunkOf([...geometry], 0));
    const list = emptyDrawList();
    const hidden = [3, 8, 9, 10, 11, 12, 13, 14];
    buildDrawList(
      {
        geometry,
        level: new Uint8Array(20),
        ranges: buffer.ranges.faces,
        candidates: null,
        drawn: Uint8Array.from(geometry, (o) => (hidden.includes(o) ? 0 : 1)),
      },
      list,
    );
    expect(list.subDraws).toBe(2);
    expect(buffer.drawn(list)).toEqual(
      [...geometry]
        .filter((o) => !hidden.includes(o))
        .map((o) => `${o} ${o} 0`)
        .sort(),
    );
  });

  it("never join what occurs twice, nor two chunks", () => {
    const buffer = new Buffer(4, 1);
    buffer.add(chunkOf([0, 1], 0));
    buffer.add(chunkOf([2, 3], 0));
    const list = emptyDrawList();
    const geometry = Uint32Array.of(0, 1, 1, 2, 3);
    const level = new Uint8Array(5);
    buildDrawList({ geometry, level, ranges: buffer.ranges.faces, ...everything }, list);
    expect([...list.instances.slice(0, list.subDraws)]).toEqual([1, 2, 1]);
    expect(buffer.drawn(list)).toEqual(["0 0 0", "1 1 0", "2 1 0", "3 2 0", "4 3 0"]);
  });

  it("draw exactly what is chosen, whatever comes, goes and is hidden (seed 20261122)", () => {
    const random = seeded(20261122);
    for (let round = 0; round < 60; round += 1) {
      const geometries = 60 + Math.floor(random() * 300);
      const buffer = new Buffer(geometries, 2);
      const all = Array.from({ length: geometries }, (_, g) => g);
      buffer.add(chunkOf(all, 1, 2));
      const half = buffer.add(
        chunkOf(
          all.filter((g) => g % 2 === 0),
          0,
          5,
        ),
      );
      buffer.add(
        chunkOf(
          all.filter((g) => g % 2 === 1),
          0,
          3,
        ),
      );
      if (round % 3 === 0) buffer.ranges.remove(half);
      const geometry = Uint32Array.from({ length: geometries * 2 }, (_, o) =>
        o < geometries ? o : Math.floor(random() * geometries * 8),
      ).map((g) => (g < geometries ? g : 0xffffffff));
      const level = Uint8Array.from(geometry, () => (random() < 0.4 ? 0 : 1));
      const shown = Uint8Array.from(geometry, () => (random() < 0.8 ? 1 : 0));
      const list = emptyDrawList();
      buildDrawList(
        {
          geometry,
          level,
          ranges: buffer.ranges.faces,
          candidates: null,
          drawn: shown,
        },
        list,
      );
      const expected: string[] = [];
      geometry.forEach((g, o) => {
        if (g === 0xffffffff || shown[o] !== 1) return;
        const fine = (buffer.ranges.faces.count[g * 2] ?? 0) > 0;
        expected.push(`${o} ${g} ${level[o] === 0 && fine ? 0 : 1}`);
      });
      expect(buffer.drawn(list)).toEqual(expected.sort());
    }
  });
});
