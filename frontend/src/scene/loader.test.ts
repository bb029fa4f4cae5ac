import { describe, expect, it } from "vitest";
import type { Loading } from "../state/workspace";
import { directDecoder } from "./decoder";
import { boxEdges, boxGlb, boxManifest } from "./fixture";
import {
  PackageLoader,
  transparentEntries,
  type Chunk,
  type FailedFile,
  type LoaderListener,
} from "./loader";

const BOXES = [{ at: [0, 0, 0] as const, size: 1 }];
const chunk = (file: string, level: number): Chunk => ({
  file,
  level,
  bytes: 100,
  parts: [0],
  bounds: { min: [0, 0, 0], max: [1, 1, 1] },
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
  weight: (c: Chunk) => number = () => 0,
): { heard: Heard; loader: PackageLoader } {
  const heard: Heard = { asked: [], events: [], failures: [], last: null };
  const listener: LoaderListener = {
    base: () => void heard.events.push("base"),
    finer: (decoded) => heard.events.push(`level ${decoded.ranges[1]}`),
    edges: () => heard.events.push("edges"),
    progress: (loading) => (heard.last = loading),
    failed: (failure) => heard.failures.push(failure),
    weight,
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
  return { heard, loader };
}

async function file(name: string): Promise<ArrayBuffer> {
  if (name === "edges.bin") return boxEdges();
  return name === "base.glb" ? boxGlb(3, BOXES) : boxGlb(Number(name[1]), null);
}

describe("loading a package", () => {
  it("brings the base first, everything once, and never model.glb", async () => {
    const { heard, loader } = load(file);
    await loader.run();
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

  it("asks first for what matters most at that moment", async () => {
    const { heard, loader } = load(file, ({ level }) => 10 - level);
    await loader.run();
    const finer = heard.asked.filter((name) => name.startsWith("l"));
    expect(finer).toEqual(["l0-0.glb", "l1-0.glb", "l2-0.glb"]);
  });

  it("tries a lost file again", async () => {
    const { heard, loader } = load((name, times) =>
      name === "l1-0.glb" && times < 3 ? Promise.reject(new Error("offline")) : file(name),
    );
    await loader.run();
    expect(heard.asked.filter((name) => name === "l1-0.glb")).toHaveLength(3);
    expect(heard.failures).toEqual([]);
  });

  it("names a file that stays away or is damaged, and shows the rest", async () => {
    const { heard, loader } = load((name) => {
      if (name === "l1-0.glb") return Promise.reject(new Error("offline"));
      if (name === "l2-0.glb") return Promise.resolve(new ArrayBuffer(40));
      return file(name);
    });
    await loader.run();
    expect(heard.failures.map(({ file: name, code }) => `${name} ${code}`).sort()).toEqual([
      "l1-0.glb not_loaded",
      "l2-0.glb damaged_chunk",
    ]);
    expect(heard.events).toContain("level 0");
    expect(heard.last?.done).toBe(true);
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
