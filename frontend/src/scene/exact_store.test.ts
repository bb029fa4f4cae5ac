import { describe, expect, it, vi } from "vitest";
import truth from "../../../tests/vectors/exact.json";
import { WHOLE_PART } from "../state/entities";
import {
  Structure,
  type Manifest,
  type Matrix4,
  type StructureFile,
  type Vec3,
} from "../state/model";
import { rotation, translation } from "../state/rigid";
import { ExactShelf } from "./exact_shelf";
import { ExactStore } from "./exact_store";
import { BOX_STEPS, boxChunk, boxManifest } from "./fixture";
import { GeometryRanges } from "./geometry_store";
import { measure } from "./kernel/measure";
import { propertiesOf } from "./kernel/properties";
import { Occurrences } from "./occurrences";
import type { OpenedModel } from "./opened_model";

const bytes = Uint8Array.from(truth.hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
const PARTS = truth.parts.length;
const GEOMETRIES = truth.geometries.length;
/** The part of the vectors that has a shape. */
const SHAPED = truth.parts.findIndex((block) => block !== null && block.bytes > 0);

/** A package whose one occurrence is the shaped part, turned, nested and far away. */
function packageOf(change: Partial<Manifest> = {}): {
  readonly manifest: Manifest;
  readonly structure: Structure;
  readonly model: OpenedModel;
} {
  const manifest = boxManifest(
    { min: [100, 0, 0], max: [101, 1, 1] },
    {
      origin: [100, 0, 0],
      geometries: Array.from({ length: GEOMETRIES }, (_, g) => Math.min(g, PARTS - 1)),
      grids: Array.from({ length: GEOMETRIES }, () => [0, 0, 0, 1 / BOX_STEPS] as const),
      closed: Array.from({ length: GEOMETRIES }, () => 1),
      exact: { bytes: bytes.length, head_bytes: 16 + 8 * (PARTS + GEOMETRIES), parts: 1 },
      ...change,
    },
    1,
  );
  const file = {
    format: "holotable-structure/1",
    count: 2,
    id: ["a", "b"],
    parent: [-1, 0],
    name: ["Top", "Part"],
    kind: ["assembly", "part"],
    part: [-1, SHAPED],
    // A quarter turn about z, 100 m along x; below it a step along its own x.
    transform: [
      [0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1, 0, 100, 0, 0, 1],
      [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0.25, 0, 0, 1],
    ],
    colour: [null, null],
    layer: [null, null],
    identity: ["file", "file"],
    hidden: [false, false],
    parts: [],
    palette: [],
  } satisfies StructureFile;
  const chunk = boxChunk(0, [{ at: [0, 0, 0], size: 1 }]);
  if (!chunk.occurrences) throw new Error("The fixture has an occurrence.");
  chunk.occurrences.geometry[0] = SHAPED;
  const extents = new Uint16Array(GEOMETRIES * 6);
  const occurrences = new Occurrences(manifest, chunk.occurrences, extents);
  const ranges = new GeometryRanges(GEOMETRIES, 4);
  chunk.ranges[0] = SHAPED;
  ranges.add(chunk, 0);
  // `as`: what the store asks of a model, and nothing that needs a GPU.
  const model = { manifest, occurrences, batch: { store: { ranges } } } as unknown as OpenedModel;
  return { manifest, structure: new Structure(file), model };
}

type Fetched = { readonly offset: number; readonly bytes: number } | undefined;

function storeOf(change: Partial<Manifest> = {}, ceilingBytes?: number) {
  const { model, structure } = packageOf(change);
  const asked: Fetched[] = [];
  const changed = vi.fn();
  const store = new ExactStore({
    fetchScene: (_file, _hash, _signal, range) => {
      asked.push(range);
      const end = range ? range.offset + range.bytes : bytes.length;
      return Promise.resolve(bytes.slice(range?.offset ?? 0, end).buffer);
    },
    model: () => model,
    structure: () => structure,
    changed,
    ...(ceilingBytes === undefined ? {} : { ceilingBytes }),
  });
  return { store, asked, changed, model };
}

/** The same revision laid elsewhere. */
function laidStore() {
  const { model, structure } = packageOf();
  let motion: Matrix4 | null = null;
  const fetchScene = () => Promise.resolve(bytes.slice().buffer);
  const store = new ExactStore({
    fetchScene,
    model: () => model,
    structure: () => structure,
    motion: () => motion,
    changed: () => undefined,
  });
  const lay = (next: Matrix4 | null): void => void (motion = next);
  return { store, lay };
}

describe("a revision that is laid elsewhere", () => {
  it("has its parts where the motion takes them, in doubles, and back again", () => {
    const { store, lay } = laidStore();
    const local: Vec3 = [0.1, 0.2, 0.3];
    const still = store.toShown(0, local) ?? [NaN, NaN, NaN];
    lay(translation([0.001, -2, 3e-7]));
    const moved = store.toShown(0, local) ?? [NaN, NaN, NaN];
    expect(moved.map((value, axis) => value - (still[axis] ?? 0))).toEqual([
      expect.closeTo(0.001, 12),
      expect.closeTo(-2, 12),
      expect.closeTo(3e-7, 12),
    ]);
    expect(store.toPart(0, moved)).toEqual(local.map((value) => expect.closeTo(value, 12)));
    lay(null);
    expect(store.toShown(0, local)).toEqual(still);
  });

  it("turns about where its file has its zero, not where the table has it", () => {
    const { store, lay } = laidStore();
    const still = store.toShown(0, [0, 0, 0]) ?? [NaN, NaN, NaN];
    lay(rotation([0, 1, 0], Math.PI));
    // The table's zero is at x = 100: what stood at 100 + x now stands at −100 − x.
    expect(store.toShown(0, [0, 0, 0])?.[0]).toBeCloseTo(-200 - still[0], 9);
  });
});

describe("exact shapes", () => {
  it("are fetched once, whole where the file is small", async () => {
    const { store, asked } = storeOf();
    expect(store.available).toBe(true);
    expect([store.exactOf(0), store.isPending(0)]).toEqual([null, true]);
    const [one, other] = await Promise.all([store.load(0), store.load(0)]);
    expect(one).not.toBeNull();
    expect(other).toBe(one);
    expect(store.exactOf(0)).toBe(one);
    expect(store.isPending(0)).toBe(false);
    expect(asked).toEqual([undefined]);
  });

  it("of a large file are fetched part by part, the head once", async () => {
    const head = 16 + 8 * (PARTS + GEOMETRIES);
    const { store, asked } = storeOf({ exact: { bytes: 5e7, head_bytes: head, parts: 1 } });
    expect(await store.load(0)).not.toBeNull();
    expect(asked[0]).toEqual({ offset: 0, bytes: head });
    expect(asked).toHaveLength(2);
    expect(asked[1]?.offset).toBe(truth.parts[SHAPED]?.offset);
  });

  it("tell when something wanted in passing is here", async () => {
    const { store, changed } = storeOf();
    store.want(0);
    store.want(0);
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1));
  });

  it("that are damaged are told once and asked for no more", async () => {
    const { model, structure } = packageOf();
    const failed = vi.fn();
    const store = new ExactStore({
      fetchScene: () => Promise.resolve(new ArrayBuffer(3)),
      model: () => model,
      structure: () => structure,
      changed: () => undefined,
      failed,
    });
    expect(await store.load(0)).toBeNull();
    expect(await store.load(0)).toBeNull();
    expect(failed).toHaveBeenCalledTimes(1);
    expect(store.isPending(0)).toBe(false);
  });

  it("beyond the ceiling make room, what was used last stays", async () => {
    const { manifest } = packageOf();
    const blocks = truth.parts.flatMap((block, part) => (block && block.bytes > 0 ? [part] : []));
    const shelf = new ExactShelf({
      manifest,
      fetchScene: () => Promise.resolve(bytes.slice().buffer),
      ceilingBytes: 1,
      made: () => undefined,
      failed: () => undefined,
    });
    for (const part of blocks) await shelf.load(part);
    const kept = blocks.filter((part) => shelf.get(part) !== null);
    expect(kept).toEqual(blocks.slice(-1));
  });

  it("stand where the structure puts them, in doubles, relative to the model's origin", async () => {
    const { store } = storeOf();
    const solid = await store.load(0);
    const p = solid?.vertex(1) ?? [0, 0, 0];
    const placed = store.placed({ occurrence: 0, kind: "vertex", index: 1 });
    const found = placed && propertiesOf(placed);
    // x and y turn; the step along x becomes one along y.
    expect(found?.point?.[0]).toBeCloseTo(-p[1], 14);
    expect(found?.point?.[1]).toBeCloseTo(p[0] + 0.25, 14);
    expect(found?.point?.[2]).toBeCloseTo(p[2], 14);
    const shown = store.toShown(0, p) ?? [0, 0, 0];
    const back = store.toPart(0, shown) ?? [9, 9, 9];
    back.forEach((value, axis) => expect(value).toBeCloseTo(p[axis] ?? 0, 14));
  });

  it("whose file said the wrong unit grow with it", async () => {
    const plain = storeOf();
    const grown = storeOf({ placement: { scale: 25.4, turn: 0 } });
    const [one, other] = [await plain.store.load(0), await grown.store.load(0)];
    if (!one || !other) throw new Error("There is a shape.");
    one.part.vertices.forEach((value, i) =>
      expect(other.part.vertices[i]).toBeCloseTo(25.4 * value, 12),
    );
    one.part.faces.areas.forEach((value, i) =>
      expect(other.part.faces.areas[i]).toBeCloseTo(25.4 ** 2 * value, 12),
    );
    const radius = (store: ExactStore): number =>
      propertiesOf(
        store.placed({ occurrence: 0, kind: "face", index: 1 }) ?? {
          type: "point",
          point: [0, 0, 0],
          tolerance_m: 0,
        },
      )?.radius ?? NaN;
    expect(radius(plain.store)).toBeCloseTo(0.004, 15);
    expect(radius(grown.store)).toBeCloseTo(0.1016, 15);
  });

  it("that are not here are triangles, with how far these may be off", () => {
    const { store } = storeOf();
    expect(store.placed({ occurrence: 0, kind: "face", index: 0 })).toBeNull();
    const whole = store.placed({ occurrence: 0, kind: "body", index: WHOLE_PART });
    expect(whole?.type).toBe("mesh");
    const found = whole && propertiesOf(whole);
    // base.glb places in single precision.
    expect(found?.volume).toBeCloseTo(1, 6);
    expect(found).toMatchObject({ exact: false });
    const point: Vec3 = [0.5, 0.5, 3];
    const gap = whole && measure({ type: "point", point, tolerance_m: 0 }, whole);
    expect(gap?.distance).toBeCloseTo(2, 6);
    expect(store.faceOf({ ...HIT, point })).toBeNull();
  });

  it("name a body by one of its faces or edges", async () => {
    const { store } = storeOf();
    const solid = await store.load(0);
    const body = solid?.bodyOf(0) ?? WHOLE_PART;
    const face = { occurrence: 0, kind: "face", index: 0 } as const;
    expect(store.bodyOf(face)).toEqual({ occurrence: 0, kind: "body", index: body });
    expect(store.bodyOf(store.bodyOf(face))).toEqual(store.bodyOf(face));
    expect(store.bodyOf({ occurrence: 0, kind: "vertex", index: 0 }).index).toBe(WHOLE_PART);
  });
});

const HIT = {
  occurrence: 0,
  distance: 1,
  local: [0, 0, 0] as Vec3,
  normal: [0, 0, 1] as Vec3,
  geometry: SHAPED,
  triangle: 0,
  level: 0,
  cap: null,
};
