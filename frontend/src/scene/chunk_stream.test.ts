import { describe, expect, it } from "vitest";
import type { Manifest } from "../state/model";
import { ChunkIndex } from "./chunk_plan";
import { ChunkStream, finerChunks } from "./chunk_stream";
import type { DecodedChunk } from "./decode";
import type { FailedFile } from "./download";
import { boxChunk, boxManifest } from "./fixture";
import { bytesOf, type HeldChunk } from "./geometry_store";
import { OutOfGraphicsMemory } from "./gpu_buffer";

const BOX_BYTES = bytesOf(boxChunk(0, null));
const GEOMETRIES = 6;

/** Six geometries, each with a chunk of its own at levels 2, 1 and 0, each as large as a box. */
function manifest(): Manifest {
  const bounds = { min: [0, 0, 0] as const, max: [1, 1, 1] as const };
  const chunk = (file: string, level: number, parts: readonly number[]) => ({
    file,
    level,
    bytes: BOX_BYTES / 4,
    parts,
    bounds,
  });
  const all = Array.from({ length: GEOMETRIES }, (_, g) => g);
  return boxManifest(
    bounds,
    {
      geometries: all,
      closed: all.map(() => 1),
      grids: all.map(() => [0, 0, 0, 1e-3] as const),
      chunks: [
        chunk("base.glb", 3, all),
        ...[2, 1, 0].flatMap((level) => all.map((g) => chunk(`l${level}-${g}.glb`, level, [g]))),
      ],
    },
    GEOMETRIES,
  );
}

function harness(ceilingBoxes: number) {
  const asked: string[] = [];
  const aborted: string[] = [];
  const here = new Map<HeldChunk, string>();
  const failures: FailedFile[] = [];
  const lowered: number[] = [];
  const open = new Map<string, { give(): void; refuse(error: Error): void }>();
  let room = Infinity;
  const all = manifest();
  const stream = new ChunkStream({
    manifest: all,
    index: new ChunkIndex(GEOMETRIES, 4, finerChunks(all)),
    ceiling: ceilingBoxes * BOX_BYTES,
    fetch: (file, signal) =>
      new Promise((resolve, reject) => {
        asked.push(file);
        signal.addEventListener("abort", () => {
          aborted.push(file);
          open.delete(file);
          reject(new Error("aborted"));
        });
        open.set(file, {
          give: () => (open.delete(file), resolve(new TextEncoder().encode(file).buffer)),
          refuse: (error) => (open.delete(file), reject(error)),
        });
      }),
    decode: (bytes): Promise<DecodedChunk> => {
      const name = new TextDecoder().decode(bytes);
      const decoded = boxChunk(Number(name[1]), null);
      decoded.ranges[0] = Number(name[3]);
      return Promise.resolve(decoded);
    },
    store: {
      add: (decoded) => {
        if (here.size >= room) throw new OutOfGraphicsMemory(BOX_BYTES);
        const held: HeldChunk = {
          slots: new Int32Array(0),
          firstVertex: 0,
          vertices: 0,
          firstIndex: 0,
          indices: 0,
          bytes: bytesOf(decoded),
        };
        here.set(held, `l${decoded.ranges[1]}-${decoded.ranges[0]}`);
        return held;
      },
      remove: (held) => here.delete(held),
    },
    changed: () => undefined,
    failed: (failure) => failures.push(failure),
    lowered: (ceiling) => lowered.push(ceiling / BOX_BYTES),
    wait: () => Promise.resolve(),
  });
  const settle = () => new Promise((done) => setTimeout(done, 0));
  /** Lets everything that is asked for arrive. */
  const arrive = async (): Promise<void> => {
    for (let i = 0; i < 40; i += 1) {
      for (const { give } of [...open.values()]) give();
      await settle();
    }
  };
  const look = (...geometries: readonly number[]): void => {
    const wants = new Uint8Array(GEOMETRIES);
    for (const g of geometries) wants[g] = 1;
    stream.want(wants, new Float32Array(GEOMETRIES).fill(100));
  };
  return {
    stream,
    asked,
    aborted,
    failures,
    lowered,
    open,
    settle,
    arrive,
    look,
    here: () => [...here.values()].sort(),
    limit: (chunks: number) => (room = chunks),
  };
}

describe("the stream of finer triangles", () => {
  it("fetches a model that fits easily whole, once the view has said what comes first", async () => {
    const { stream, arrive, look, here, asked } = harness(100);
    expect(asked).toEqual([]);
    look(4);
    expect(asked[0]).toBe("l2-4.glb");
    await arrive();
    expect(here().length).toBe(18);
    expect(stream.progress).toMatchObject({ done: true, level: 0 });
    expect(stream.progress.bytes).toBe(stream.progress.totalBytes);
  });

  it("fetches only what is looked at where there is little room, and forgets what was seen first", async () => {
    const { arrive, look, here, asked } = harness(7);
    look(0);
    await arrive();
    expect(here()).toEqual(["l0-0", "l1-0", "l2-0"]);
    look(1);
    await arrive();
    look(2);
    await arrive();
    expect(here()).toContain("l0-2");
    expect(here().length).toBeLessThanOrEqual(7);
    expect(here()).not.toContain("l2-0");
    const before = asked.length;
    look(0);
    await arrive();
    expect(here()).toContain("l0-0");
    expect(asked.slice(before).every((file) => file.endsWith("-0.glb"))).toBe(true);
  });

  it("never holds more than the ceiling, wherever one looks", async () => {
    const { stream, arrive, look, here } = harness(5);
    for (let g = 0; g < 12; g += 1) {
      look(g % GEOMETRIES, (g + 1) % GEOMETRIES);
      await arrive();
      expect(stream.bytes).toBeLessThanOrEqual(5 * BOX_BYTES);
      expect(here().some((name) => name.endsWith(`-${g % GEOMETRIES}`))).toBe(true);
    }
  });

  it("says that it is short when the wanted does not fit, and shows coarser levels instead", async () => {
    const { stream, arrive, look, here } = harness(4);
    look(0, 1, 2, 3, 4, 5);
    await arrive();
    expect(stream.short).toBe(true);
    expect(here().every((name) => name.startsWith("l2"))).toBe(true);
    expect(stream.progress.done).toBe(true);
  });

  it("ends requests for what is looked at no longer", async () => {
    const { look, aborted, open, settle } = harness(4);
    look(0);
    await settle();
    expect([...open.keys()].every((file) => file.endsWith("-0.glb"))).toBe(true);
    look(5);
    await settle();
    expect(aborted.length).toBeGreaterThan(0);
    expect([...open.keys()].every((file) => file.endsWith("-5.glb"))).toBe(true);
  });

  it("lowers its ceiling when the graphics card refuses, and goes on", async () => {
    const { stream, arrive, look, here, lowered, limit } = harness(12);
    limit(4);
    look(0, 1, 2);
    await arrive();
    expect(lowered.length).toBeGreaterThan(0);
    expect(Math.max(...lowered)).toBeLessThanOrEqual(3);
    expect(here().length).toBeGreaterThan(0);
    expect(stream.bytes).toBeLessThanOrEqual(3 * BOX_BYTES);
    expect(stream.idle).toBe(true);
  });

  it("names what cannot be had, shows the rest, and tries again when asked", async () => {
    const { stream, arrive, look, here, failures, open, settle } = harness(7);
    look(0);
    open.get("l2-0.glb")?.refuse(Object.assign(new Error("404"), { status: 404 }));
    await settle();
    await arrive();
    expect(failures.map(({ file, code }) => [file, code])).toEqual([["l2-0.glb", "no_access"]]);
    expect(here()).toEqual(["l0-0", "l1-0"]);
    expect(stream.progress.done).toBe(true);
    look(0, 1);
    stream.retry();
    await arrive();
    expect(here()).toContain("l0-1");
  });

  it("holds the finest triangles of parts that a tool asks for, in view or not", async () => {
    const { stream, arrive, look, here } = harness(4);
    look(0);
    await arrive();
    const hold = stream.hold([3]);
    await arrive();
    expect(await hold.ready).toBe(true);
    look(1, 2, 4, 5);
    await arrive();
    expect(here()).toContain("l0-3");
    hold.release();
    look(1, 2, 4, 5);
    await arrive();
    expect(here()).not.toContain("l0-3");
  });

  it("brings nothing for others while only some parts are to be loaded", async () => {
    const { stream, arrive, look, here } = harness(100);
    stream.setOnly(new Set([2]));
    look(0, 1, 2);
    await arrive();
    expect(here()).toEqual(["l0-2", "l1-2", "l2-2"]);
  });
});
