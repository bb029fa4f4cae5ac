import { expect, test } from "vitest";
import { boxGlb, boxManifest } from "../fixture";
import { CutClient, CutFailed } from "./cut_client";
import { CAPPED, type CutItems } from "./cutter";

const BOXES = [{ at: [0, 0, 0] as const, size: 1 }];
const chunk = (file: string, level: number): ReturnType<typeof boxManifest>["chunks"][number] => ({
  file,
  level,
  bytes: 100,
  parts: [0],
  bounds: { min: [0, 0, 0], max: [1, 1, 1] },
});
const MANIFEST = boxManifest(
  { min: [0, 0, 0], max: [1, 1, 1] },
  { chunks: [chunk("base.glb", 3), chunk("l1-0.glb", 1), chunk("l0-0.glb", 0)] },
);
const JOB = { plane: "a", normal: [1, 0, 0] as const, offset: 0.4, slack: 1e-6, size: 1 };
const ITEMS: CutItems = {
  occurrence: Uint32Array.of(0),
  geometry: Uint32Array.of(0),
  matrices: Float64Array.of(1e-3, 0, 0, 0, 0, 1e-3, 0, 0, 0, 0, 1e-3, 0),
  closed: Uint8Array.of(1),
};

function client(fetchScene: (file: string) => Promise<ArrayBuffer>): CutClient {
  return new CutClient({ manifest: MANIFEST, fetchScene, worker: false });
}

test("only the finest file of what is cut is fetched, once", async () => {
  const asked: string[] = [];
  const cuts = client(async (file) => {
    asked.push(file);
    return boxGlb(0, BOXES);
  });
  await Promise.all([cuts.bring([0], false), cuts.bring([0], false)]);
  await cuts.bring([0], false);
  expect(asked).toEqual(["l0-0.glb"]);
  const { result } = await cuts.cut(JOB, ITEMS);
  expect(result.rows[8]).toBe(CAPPED);
  expect(result.moments[0]).toBeCloseTo(1, 9);
});

test("a file that came twice is not cut twice", async () => {
  const cuts = client(async () => boxGlb(0, BOXES));
  await cuts.bring([0], false);
  await cuts.bring([0], false, true);
  const { result } = await cuts.cut(JOB, ITEMS);
  expect(result.outlines).toHaveLength(2);
  expect(result.moments[0]).toBeCloseTo(1, 9);
});

test("what is not here is said to be missing", async () => {
  const { result } = await client(async () => boxGlb(0, BOXES)).cut(JOB, ITEMS);
  expect([...result.missing]).toEqual([0]);
});

test("a file that cannot be had fails by name, and may be asked for again", async () => {
  let broken = true;
  const cuts = client(async () => {
    if (broken) throw new Error("The server answered 503.");
    return boxGlb(0, BOXES);
  });
  await expect(cuts.bring([0], false)).rejects.toThrow(CutFailed);
  broken = false;
  await cuts.bring([0], false);
  expect((await cuts.cut(JOB, ITEMS)).result.rows.length).toBeGreaterThan(0);
});

test("a damaged file fails by name", async () => {
  await expect(client(async () => new ArrayBuffer(40)).bring([0], false)).rejects.toThrow(
    CutFailed,
  );
});

test("a closed model is cut no more", async () => {
  const cuts = client(async () => boxGlb(0, BOXES));
  cuts.dispose();
  await expect(cuts.bring([0], false)).rejects.toThrow(CutFailed);
});
