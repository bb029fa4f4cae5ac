import { describe, expect, it } from "vitest";
import { boxChunk, boxManifest } from "./fixture";
import { chooseLevels, levelFor, screenSize, type LevelView } from "./levels";
import { Occurrences } from "./occurrences";

const VIEW: LevelView = {
  eye: [0, 0, 10],
  pixelsPerMetre: 600,
  orthographic: false,
  frustum: null,
};
/** 1,200, 420, 120 and 24 triangles. */
const RANGES = { levels: 4, first: new Int32Array(4), count: Int32Array.of(3600, 1260, 360, 72) };

function row(count: number, apart: number): Occurrences {
  const chunk = boxChunk(
    3,
    Array.from({ length: count }, (_, i) => ({ at: [0, 0, -i * apart] as const, size: 1 })),
  );
  if (!chunk.occurrences) throw new Error("The fixture has no boxes.");
  return new Occurrences(
    boxManifest({ min: [0, 0, -10], max: [1, 1, 1] }, {}, count),
    chunk.occurrences,
    chunk.extents,
  );
}

describe("levels", () => {
  it("are finer the larger a part appears", () => {
    expect([10, 40, 150, 900].map((size) => levelFor(size, 0.8, 3))).toEqual([3, 2, 1, 0]);
  });

  it("shrink with distance and vanish out of view", () => {
    const occurrences = row(2, 50);
    const [near, far] = [screenSize(occurrences, 0, VIEW), screenSize(occurrences, 1, VIEW)];
    expect(near).toBeGreaterThan(far * 5);
    const behind = {
      ...VIEW,
      frustum: Float32Array.of(...new Array<number>(20).fill(0), 0, 0, -1, -20),
    };
    expect(screenSize(occurrences, 0, behind)).toBe(0);
  });

  for (const budget of [200_000, 50_000, 10_000, 2_400])
    it(`stay within ${budget} triangles if the coarsest level can`, () => {
      const occurrences = row(100, 0.2);
      const [level, edged] = [new Uint8Array(100), new Uint8Array(100)];
      const visible = new Uint8Array(100).fill(1);
      const choice = chooseLevels(occurrences, RANGES, visible, VIEW, budget, level, edged);
      const drawn = level.reduce((sum, l) => sum + (RANGES.count[l] ?? 0) / 3, 0);
      expect(drawn).toBe(choice.triangles);
      expect(drawn).toBeLessThanOrEqual(budget);
      const free = chooseLevels(occurrences, RANGES, visible, VIEW, 1e9, level, edged);
      expect(choice.reduced).toBe(budget < free.triangles);
    });

  it("tell when nothing changed, so that no list is rebuilt", () => {
    const occurrences = row(20, 0.2);
    const [level, edged] = [new Uint8Array(20), new Uint8Array(20)];
    const visible = new Uint8Array(20).fill(1);
    expect(chooseLevels(occurrences, RANGES, visible, VIEW, 1e6, level, edged).changed).toBe(true);
    expect(chooseLevels(occurrences, RANGES, visible, VIEW, 1e6, level, edged).changed).toBe(false);
  });
});
