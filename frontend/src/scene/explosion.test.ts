import { describe, expect, it } from "vitest";
import { boxChunk, boxManifest } from "./fixture";
import { Occurrences } from "./occurrences";

/** Four unit boxes in a row along x, two of them raised. Middle: (5.5, 1.5, 0.5). */
function row(): Occurrences {
  const chunk = boxChunk(4, [
    { at: [0, 0, 0], size: 1 },
    { at: [2, 0, 0], size: 1 },
    { at: [8, 2, 0], size: 1 },
    { at: [10, 2, 0], size: 1 },
  ]);
  if (!chunk.occurrences) throw new Error("The fixture has no boxes.");
  const manifest = boxManifest({ min: [0, 0, 0], max: [11, 3, 1] }, {}, 4);
  return new Occurrences(manifest, chunk.occurrences, chunk.extents);
}

const moved = (occurrences: Occurrences): number[][] =>
  [0, 1, 2, 3].map((o) =>
    [...occurrences.explodeDirections.subarray(o * 3, o * 3 + 3)].map(
      (metres) => Math.round((metres / 1.2) * 1e4) / 1e4 + 0,
    ),
  );

describe("pulling apart", () => {
  it("moves every part away from the middle of all, by its own distance", () => {
    expect(moved(row())).toEqual([
      [-5, -1, 0],
      [-3, -1, 0],
      [3, 1, 0],
      [5, 1, 0],
    ]);
  });

  it("keeps what belongs together together", () => {
    const occurrences = row();
    occurrences.planExplosion({ group: Int32Array.of(0, 0, 1, 1), axis: null, moves: null });
    expect(moved(occurrences)).toEqual([
      [-4, -1, 0],
      [-4, -1, 0],
      [4, 1, 0],
      [4, 1, 0],
    ]);
  });

  it("moves along one axis when told to", () => {
    const occurrences = row();
    occurrences.planExplosion({ group: null, axis: [0, 1, 0], moves: null });
    expect(moved(occurrences)).toEqual([
      [0, -1, 0],
      [0, -1, 0],
      [0, 1, 0],
      [0, 1, 0],
    ]);
  });

  it("moves only what is chosen, from its own middle", () => {
    const occurrences = row();
    occurrences.planExplosion({ group: null, axis: null, moves: Uint8Array.of(0, 0, 1, 1) });
    expect(moved(occurrences)).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [-1, 0, 0],
      [1, 0, 0],
    ]);
  });

  it("tells that something stands elsewhere, for whoever keeps boxes", () => {
    const occurrences = row();
    const still = occurrences.standing;
    occurrences.explode = 0.5;
    const apart = occurrences.standing;
    occurrences.planExplosion({ group: null, axis: [1, 0, 0], moves: null });
    expect(new Set([still, apart, occurrences.standing]).size).toBe(3);
    occurrences.explode = 0;
    expect(occurrences.standing).toBe(still);
  });
});
