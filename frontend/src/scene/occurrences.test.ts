import { describe, expect, it } from "vitest";
import type { Vec3 } from "../state/model";
import { boxChunk, boxManifest } from "./fixture";
import { Occurrences } from "./occurrences";

/** Two boxes: a part, and a part that is the first one turned by a quarter about y and moved. */
function withCopy(): Occurrences {
  const chunk = boxChunk(3, [
    { at: [0, 0, 0], size: 1 },
    { at: [5, 0, 0], size: 1 },
  ]);
  if (!chunk.occurrences) throw new Error("The fixture has no boxes.");
  chunk.occurrences.geometry[1] = 1;
  const grid = [0, 0, 0, 1e-3] as const;
  const manifest = boxManifest(
    { min: [0, 0, 0], max: [6, 1, 1] },
    {
      geometries: [0, 1],
      closed: [1, 1],
      grids: [grid, grid],
      // prettier-ignore
      shared: { "1": { geometry: 0, motion: [0, 0, -1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 7, 8, 9, 1] } },
    },
    2,
  );
  return new Occurrences(manifest, chunk.occurrences, chunk.extents);
}

describe("a copy of another part", () => {
  it("shows that part's geometry where it stands itself", () => {
    const occurrences = withCopy();
    expect([...occurrences.geometry]).toEqual([0, 0]);
    expect([...occurrences.boxes.slice(6, 12)]).toEqual([5, 0, 0, 6, 1, 1]);
  });

  it("keeps its own frame: places in it go there and back", () => {
    const occurrences = withCopy();
    const near = (point: Vec3) => point.map((value) => expect.closeTo(value, 5) as number);
    expect(occurrences.toPart(0, [0.25, 0.5, 0.75])).toEqual(near([0.25, 0.5, 0.75]));
    // x goes to −z, z to x, then all by 7, 8, 9.
    const local = occurrences.toPart(1, [5.25, 0.5, 0.75]);
    expect(local).toEqual(near([7.75, 8.5, 8.75]));
    expect(occurrences.fromPart(1, local)).toEqual(near([5.25, 0.5, 0.75]));
  });
});

describe("a model laid beside another one", () => {
  it("stands where the motion says, and comes back without a trace", () => {
    const occurrences = withCopy();
    const matrices = (): number[] => [...occurrences.matrices].map((value) => value + 0);
    const before = matrices();
    const quarter = [0, 0, -1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 10, 20, 30, 1];
    occurrences.lay(quarter);
    // x goes to −z, z to x, then all by 10, 20, 30.
    expect([...occurrences.boxes.slice(6, 12)]).toEqual([10, 20, 24, 11, 21, 25]);
    expect(occurrences.bounds).toEqual({ min: [10, 20, 24], max: [11, 21, 30] });
    expect(occurrences.fromPart(0, [0, 0, 0])).toEqual([10, 20, 30]);
    occurrences.lay([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    expect(matrices()).toEqual(before);
    expect(occurrences.bounds).toEqual({ min: [0, 0, 0], max: [6, 1, 1] });
  });

  it("tells whoever keeps boxes that they are old", () => {
    const occurrences = withCopy();
    const still = occurrences.standing;
    occurrences.lay([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 5, 0, 0, 1]);
    expect(occurrences.standing).not.toBe(still);
  });
});
