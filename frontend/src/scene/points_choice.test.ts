import { describe, expect, it } from "vitest";
import type { LevelView } from "./levels";
import { addCloudExtents, gridOf, PlacedPoints, shownLevels, TARGET_PX } from "./points_choice";
import { CLOUD_GRIDS, cloudManifest, cloudOccurrences } from "./points_fixture.test-data";

const MANIFEST = cloudManifest();
const SHOWN = new Uint8Array(8).fill(1);
const LOTS = 1_000_000;

function view(x: number, y: number, z: number, more: Partial<LevelView> = {}): LevelView {
  return { eye: [x, y, z], pixelsPerMetre: 1000, orthographic: false, frustum: null, ...more };
}

function placed(xs: readonly number[] = [0], size = 1): PlacedPoints {
  return new PlacedPoints(MANIFEST, CLOUD_GRIDS, cloudOccurrences(xs, size));
}

function files(points: PlacedPoints, choice: { wanted: readonly { chunk: number }[] }): string[] {
  return choice.wanted.map(({ chunk }) => points.chunks[chunk]?.file ?? "");
}

describe("choosing points", () => {
  it("is content with the coarse level from far away", () => {
    const points = placed();
    const choice = points.choose(view(8, 1000, 8), SHOWN, LOTS);
    expect(files(points, choice)).toEqual(["p1-0.glb"]);
    expect(choice.reduced).toBe(false);
    expect(choice.gap).toBe(TARGET_PX);
  });

  it("wants everything from near, coarse first, and the nearest quarter before the others", () => {
    const points = placed();
    const choice = points.choose(view(2, 3, 2), SHOWN, LOTS);
    expect(files(points, choice).slice(0, 2)).toEqual(["p1-0.glb", "p0-0.glb"]);
    expect(files(points, choice).sort()).toEqual(MANIFEST.chunks.map(({ file }) => file).sort());
  });

  it("stops at the budget and says what gap remains", () => {
    const points = placed();
    const choice = points.choose(view(2, 3, 2), SHOWN, 2500);
    expect(files(points, choice)).toEqual(["p1-0.glb", "p0-0.glb"]);
    expect(choice.points).toBe(2000);
    expect(choice.reduced).toBe(true);
    expect(choice.gap).toBeGreaterThan(TARGET_PX);
  });

  it("keeps the first picture whatever the budget", () => {
    expect(placed().choose(view(2, 3, 2), SHOWN, 0).points).toBe(1000);
  });

  it("leaves out what is hidden, but for its other placements", () => {
    const points = placed([0, 100]);
    const wanted = points.choose(view(8, 1000, 8), Uint8Array.of(0, 1), LOTS).wanted;
    expect(wanted.map(({ occurrence }) => occurrence)).toEqual([1]);
  });

  it("leaves out finer chunks beside the view", () => {
    // One plane: only what lies at x > 9 is in view; its quarters and no other.
    const frustum = Float32Array.of(1, 0, 0, -9);
    const points = placed();
    const choice = points.choose(view(12, 1, 8, { frustum }), SHOWN, LOTS);
    expect(files(points, choice).sort()).toEqual(["p0-1.glb", "p0-3.glb", "p1-0.glb"]);
  });

  it("counts gaps as the placement makes them", () => {
    const far = view(8, 400, 8);
    expect(placed().choose(far, SHOWN, LOTS).wanted.length).toBe(1);
    expect(placed([0], 10).choose(far, SHOWN, LOTS).wanted.length).toBe(5);
    expect(placed([0], 10).spacing(0, 1, 0)).toBeCloseTo(2.5);
  });

  it("needs no distance without perspective", () => {
    const points = placed();
    const near = view(8, 1e6, 8, { orthographic: true, pixelsPerMetre: 100 });
    expect(points.choose(near, SHOWN, LOTS).wanted.length).toBe(5);
    const small = view(8, 1, 8, { orthographic: true, pixelsPerMetre: 1 });
    expect(points.choose(small, SHOWN, LOTS).wanted.length).toBe(1);
  });
});

describe("the size of points", () => {
  it("is that of the coarsest chunk that is still missing around them", () => {
    const points = placed();
    const { wanted } = points.choose(view(2, 3, 2), SHOWN, LOTS);
    const missing = (file: string) => (chunk: number) => points.chunks[chunk]?.file !== file;
    expect(shownLevels(wanted, points.chunks, () => true)[0]).toBe(0);
    expect(shownLevels(wanted, points.chunks, missing("p0-3.glb"))[0]).toBe(1);
    expect(shownLevels(wanted, points.chunks, missing("p0-3.glb"))[1]).toBe(0);
  });
});

describe("the grid of a chunk", () => {
  it("lies in the grid of its geometry", () => {
    const chunk = MANIFEST.chunks[2];
    if (!chunk) throw new Error("The fixture has five chunks.");
    const { offset, scale } = gridOf(chunk, CLOUD_GRIDS);
    expect([...offset, scale].map((value) => Math.round(value))).toEqual([8000, 0, 0, 2]);
  });

  it("gives clouds their extents and leaves others alone", () => {
    const extents = Uint16Array.of(9, 9, 9, 9, 9, 9, 1, 2, 3, 4, 5, 6);
    addCloudExtents(MANIFEST, CLOUD_GRIDS, extents);
    expect([...extents]).toEqual([0, 0, 0, 16000, 0, 16000, 1, 2, 3, 4, 5, 6]);
    addCloudExtents(undefined, CLOUD_GRIDS, extents);
  });
});
