import { describe, expect, it } from "vitest";
import type { Loading } from "../state/workspace";
import { directDecoder } from "./decoder";
import { boxEdges, boxGlb, boxManifest } from "./fixture";
import { ChunkIndex } from "./chunk_plan";
import { finerChunks } from "./chunk_stream";
import type { DecodedChunk } from "./decode";
import type { FailedFile } from "./download";
import { bytesOf, type HeldChunk } from "./geometry_store";
import { PackageLoader, transparentEntries, type LoaderListener } from "./loader";

const BOXES = [{ at: [0, 0, 0] as const, size: 1 }];
const chunk = (file: string, level: number) => ({
  file,
  level,
  bytes: 100,
  parts: [0],
  bounds: { min: [0, 0, 0] as const, max: [1, 1, 1] as const },
});
const MANIFEST = boxManifest(
  { min: [0, 0, 0], max: [1, 1, 1] },
  {
    chunks: [
      chunk("base.glb", 3),
      chunk("l2-0.glb", 2),
      chunk("l1-0.glb", 1),
      chunk("l0-0.glb", 0),
    ],
  },
);

interface Heard {
  readonly asked: string[];
  readonly events: string[];
  readonly failures: FailedFile[];
  last: Loading | null;
}

function load(
  files: (name: string, times: number) => Promise<ArrayBuffer>,
  over: { readonly ceiling?: number; readonly seen?: Promise<void> } = {},
): { heard: Heard; loader: PackageLoader; run(): Promise<void> } {
  const heard: Heard = { asked: [], events: [], failures: [], last: null };
  const held = (decoded: DecodedChunk): HeldChunk => ({
    slots: new Int32Array(0),
    firstVertex: 0,
    vertices: 0,
    firstIndex: 0,
    indices: 0,
    bytes: bytesOf(decoded),
  });
  const listener: LoaderListener = {
    base: () => {
      heard.events.push("base");
      return {
        index: new ChunkIndex(1, 4, finerChunks(MANIFEST)),
        ceiling: over.ceiling ?? 1e9,
        store: {
          add: (decoded) => {
            heard.events.push(`level ${decoded.ranges[1]}`);
            return held(decoded);
          },
          remove: () => undefined,
        },
        lowered: () => undefined,
        changed: () => undefined,
        seen: over.seen ?? Promise.resolve(),
      };
    },
    edges: () => heard.events.push("edges"),
    progress: (loading) => (heard.last = loading),
    failed: (failure) => heard.failures.push(failure),
  };
  const loader = new PackageLoader({
    manifest: MANIFEST,
    fetchScene: (name) => {
      heard.asked.push(name);
      return files(name, heard.asked.filter((other) => other === name).length);
    },
    decoder: directDecoder,
    listener,
    wait: () => Promise.resolve(),
  });
  /** Loads, and looks closely as soon as there is something to look at. */
  const run = async (): Promise<void> => {
    const running = loader.run();
    for (let i = 0; i < 200 && !loader.stream; i += 1) await new Promise((go) => setTimeout(go, 1));
    loader.stream?.want(Uint8Array.of(1), Float32Array.of(100));
    await running;
  };
  return { heard, loader, run };
}

async function file(name: string): Promise<ArrayBuffer> {
  if (name === "edges.bin") return boxEdges();
  return name === "base.glb" ? boxGlb(3, BOXES) : boxGlb(Number(name[1]), null);
}

describe("loading a package", () => {
  it("brings the base first, everything once, and never model.glb", async () => {
    const { heard, run } = load(file);
    await run();
    expect(heard.events[0]).toBe("base");
    expect([...heard.events].sort()).toEqual(["base", "edges", "level 0", "level 1", "level 2"]);
    expect([...heard.asked].sort()).toEqual([
      "base.glb",
      "edges.bin",
      "l0-0.glb",
      "l1-0.glb",
      "l2-0.glb",
    ]);
    expect(heard.last).toEqual({
      bytes: 400,
      totalBytes: 400,
      parts: 1,
      totalParts: 1,
      level: 0,
      done: true,
    });
  });

  it("fetches nothing beside the base until that has been seen", async () => {
    let see: () => void = () => undefined;
    const seen = new Promise<void>((resolve) => (see = resolve));
    const { heard, run } = load(file, { seen });
    const running = run();
    await new Promise((go) => setTimeout(go, 60));
    expect(heard.asked).toEqual(["base.glb"]);
    expect(heard.last).toMatchObject({ level: null, done: false });
    see();
    await running;
    expect(heard.asked.length).toBe(5);
  });

  it("tries a lost file again", async () => {
    const { heard, run } = load((name, times) =>
      name === "l1-0.glb" && times < 3 ? Promise.reject(new Error("offline")) : file(name),
    );
    await run();
    expect(heard.asked.filter((name) => name === "l1-0.glb")).toHaveLength(3);
    expect(heard.failures).toEqual([]);
  });

  it("names a file that stays away or is damaged, and shows the rest", async () => {
    const { heard, run } = load((name) => {
      if (name === "l1-0.glb") return Promise.reject(new Error("offline"));
      if (name === "l2-0.glb") return Promise.resolve(new ArrayBuffer(40));
      return file(name);
    });
    await run();
    expect(heard.failures.map(({ file: name, code }) => `${name} ${code}`).sort()).toEqual([
      "l1-0.glb not_loaded",
      "l2-0.glb damaged_chunk",
    ]);
    expect(heard.events).toContain("level 0");
    expect(heard.last?.done).toBe(true);
  });

  it("says that nothing more comes when the base cannot be had", async () => {
    const { heard, run } = load(() =>
      Promise.reject(Object.assign(new Error("403"), { status: 403 })),
    );
    await run();
    expect(heard.failures.map(({ file: name, code }) => `${name} ${code}`)).toEqual([
      "base.glb no_access",
    ]);
    expect(heard.last).toMatchObject({ level: null, done: true });
  });

  it("asks for nothing new while nobody looks", async () => {
    const { heard, loader, run } = load(file);
    loader.rest("hidden", true);
    const running = run();
    await new Promise((go) => setTimeout(go, 80));
    expect([...heard.asked].sort()).toEqual(["base.glb", "edges.bin"]);
    expect(heard.last?.done).toBe(false);
    loader.rest("hidden", false);
    await running;
    expect(heard.last).toMatchObject({ level: 0, done: true });
  });

  it("says nothing more after it is disposed", async () => {
    const { heard, loader } = load(file);
    const running = loader.run();
    loader.dispose();
    await running;
    expect(heard.events).toEqual([]);
    expect(heard.asked).toEqual(["base.glb"]);
  });
});

describe("the palette", () => {
  it("lets light through where alpha is below one", () => {
    expect(transparentEntries(["#b8bec6ff", "#11223380", "#112233", "#000000FF"])).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });
});
