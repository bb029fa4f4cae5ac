import { describe, expect, it } from "vitest";
import type { Vec3 } from "../state/model";
import { boxChunk, boxManifest, seeded } from "./fixture";
import { OccurrenceBvh } from "./occurrence_bvh";
import { Occurrences } from "./occurrences";
import { normalize, subtract } from "./vector";

const SEED = 7;

function cloud(count: number): Occurrences {
  const random = seeded(SEED);
  const chunk = boxChunk(
    3,
    Array.from({ length: count }, () => ({
      at: [random() * 10, random() * 10, random() * 10] as const,
      size: 0.05,
    })),
  );
  if (!chunk.occurrences) throw new Error("The fixture has no boxes.");
  const manifest = boxManifest({ min: [0, 0, 0], max: [10, 10, 10] }, {}, count);
  return new Occurrences(manifest, chunk.occurrences, chunk.extents);
}

describe("the tree of boxes", () => {
  const occurrences = cloud(20_000);
  const bvh = new OccurrenceBvh(occurrences);
  const origin: Vec3 = [20, 14, 17];

  it(`visits exactly the boxes that a ray enters (seed ${SEED})`, () => {
    const random = seeded(SEED + 1);
    const box = [0, 0, 0, 0, 0, 0];
    let total = 0;
    for (let i = 0; i < 50; i += 1) {
      const direction = normalize(subtract([random() * 10, random() * 10, random() * 10], origin));
      const visited: number[] = [];
      bvh.raycast(origin, direction, 0, Infinity, (occurrence, _enters, limit) => {
        visited.push(occurrence);
        return limit;
      });
      const expected: number[] = [];
      for (let o = 0; o < occurrences.count; o += 1) {
        occurrences.boxInto(o, box);
        let [low, high] = [0, Infinity];
        for (let axis = 0; axis < 3; axis += 1) {
          const a = ((box[axis] ?? 0) - (origin[axis] ?? 0)) / (direction[axis] ?? 0);
          const b = ((box[axis + 3] ?? 0) - (origin[axis] ?? 0)) / (direction[axis] ?? 0);
          low = Math.max(low, Math.min(a, b));
          high = Math.min(high, Math.max(a, b));
        }
        if (low <= high) expected.push(o);
      }
      expect(visited.sort((a, b) => a - b)).toEqual(expected);
      total += expected.length;
    }
    expect(total).toBeGreaterThan(20);
  });

  it("stops at the visitor's limit", () => {
    const direction = normalize(subtract([5, 5, 5], origin));
    let visits = 0;
    bvh.raycast(origin, direction, 0, Infinity, (_occurrence, enters) => {
      visits += 1;
      return enters;
    });
    expect(visits).toBeLessThan(20);
  });
});
