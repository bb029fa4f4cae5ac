import { describe, expect, it } from "vitest";
import { ChunkIndex, planChunks, type PlanInput, type PlannedChunk } from "./chunk_plan";
import { seeded } from "./fixture";

const chunk = (level: number, parts: readonly number[], heldBytes = 10): PlannedChunk => ({
  level,
  parts,
  bytes: heldBytes / 5,
  heldBytes,
});

function input(chunks: readonly PlannedChunk[], over: Partial<PlanInput> = {}): PlanInput {
  return {
    chunks,
    benefit: new Float64Array(chunks.length),
    resident: new Uint8Array(chunks.length),
    lastWanted: new Float64Array(chunks.length),
    ceiling: Infinity,
    prefetchBytes: 0,
    ...over,
  };
}

const SIX = [2, 2, 1, 1, 0, 0].map((level, i) => chunk(level, [i % 2]));

describe("the plan of chunks", () => {
  it("fetches what the view wants, coarse first, then what sharpens most", () => {
    const plan = planChunks(input(SIX, { benefit: Float64Array.of(1, 3, 0, 2, 0, 20) }));
    expect(plan.fetch).toEqual([1, 5, 0, 3]);
    expect(plan.short).toBe(false);
  });

  it("lets go of what was wanted longest ago, and only as much as is needed", () => {
    const plan = planChunks(
      input(SIX, {
        benefit: Float64Array.of(0, 0, 0, 5, 0, 5),
        resident: Uint8Array.of(1, 1, 1, 0, 1, 0),
        lastWanted: Float64Array.of(4, 1, 3, 0, 2, 0),
        ceiling: 40,
      }),
    );
    expect(plan.fetch).toEqual([3, 5]);
    expect(plan.drop).toEqual([1, 4]);
  });

  it("shows as much as fits and says that it is short when even the wanted does not fit", () => {
    const plan = planChunks(
      input(SIX, { benefit: Float64Array.of(9, 8, 7, 6, 5, 4), ceiling: 25 }),
    );
    expect(plan.target).toEqual([0, 1]);
    expect(plan.short).toBe(true);
  });

  it("does not swap chunks of equal worth", () => {
    const benefit = Float64Array.of(0, 0, 0, 0, 5, 5.5);
    const resident = Uint8Array.of(0, 0, 0, 0, 1, 0);
    const plan = planChunks(input(SIX, { benefit, resident, ceiling: 10 }));
    expect([plan.fetch, plan.drop]).toEqual([[], []]);
  });

  it("fetches a small model ahead, and never more than may be kept", () => {
    expect(planChunks(input(SIX, { prefetchBytes: 60 })).fetch).toEqual([0, 1, 2, 3, 4, 5]);
    expect(planChunks(input(SIX, { prefetchBytes: 59 })).fetch).toEqual([]);
    expect(planChunks(input(SIX, { prefetchBytes: 60, ceiling: 50 })).fetch).toEqual([]);
  });

  it("never plans more than the ceiling and never drops what it wants (seed 7)", () => {
    const random = seeded(7);
    for (let round = 0; round < 300; round += 1) {
      const chunks = Array.from({ length: 30 }, (_, i) => chunk(i % 3, [i], 1 + random() * 20));
      const resident = Uint8Array.from(chunks, () => (random() < 0.4 ? 1 : 0));
      const benefit = Float64Array.from(chunks, () => (random() < 0.5 ? random() * 9 : 0));
      const ceiling = 20 + random() * 300;
      const plan = planChunks(input(chunks, { resident, benefit, ceiling, prefetchBytes: 1e9 }));
      const kept = new Set(plan.target);
      resident.forEach((here, c) => here === 1 && !plan.drop.includes(c) && kept.add(c));
      const bytes = [...kept].reduce((sum, c) => sum + (chunks[c]?.heldBytes ?? 0), 0);
      expect(bytes).toBeLessThanOrEqual(ceiling + 1e-6);
      for (const c of plan.drop) expect(plan.target).not.toContain(c);
      for (const c of plan.fetch) expect(resident[c]).toBe(0);
    }
  });
});

describe("the index of chunks", () => {
  const chunks = [chunk(2, [0, 1]), chunk(1, [0]), chunk(0, [0, 1])];
  const index = new ChunkIndex(3, 4, chunks);
  const benefit = (wants: readonly number[], resident: readonly number[] = [0, 0, 0]) => [
    ...index.benefit(
      Uint8Array.from(wants),
      Float32Array.of(100, 10, 5),
      Uint8Array.from(resident),
      new Float64Array(3),
    ),
  ];

  it("finds the next coarser file where a level is the same as that", () => {
    expect([...index.of]).toEqual([2, 1, 0, -1, 2, 0, 0, -1, -1, -1, -1, -1]);
  });

  it("credits the wanted level, and coarser ones as stepping stones until it is here", () => {
    expect(benefit([1, 0, 0])).toEqual([25, 50, 100]);
    expect(benefit([1, 0, 0], [0, 1, 0])).toEqual([0, 50, 100]);
    expect(benefit([1, 0, 0], [0, 0, 1])).toEqual([0, 0, 100]);
    expect(benefit([0, 2, 0])).toEqual([10, 0, 0]);
  });

  it("credits nothing where base.glb suffices or there is nothing else", () => {
    expect(benefit([8, 8, 7])).toEqual([0, 0, 0]);
  });
});
