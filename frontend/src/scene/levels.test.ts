import { describe, expect, it } from "vitest";
import { NOT_DRAWN, type DrawRanges } from "./draw_list";
import { boxChunk, boxManifest, splitBoxes } from "./fixture";
import { chooseLevels, relativeErrors, screenSize, type LevelView } from "./levels";
import { Occurrences } from "./occurrences";

const VIEW: LevelView = {
  eye: [0, 0, 10],
  pixelsPerMetre: 600,
  orthographic: false,
  frustum: null,
};
/** 1,200, 420, 120 and 24 triangles. */
const RANGES = { levels: 4, first: new Int32Array(4), count: Int32Array.of(3600, 1260, 360, 72) };

function row(count: number, apart: number, size = 1): Occurrences {
  const chunk = boxChunk(
    3,
    Array.from({ length: count }, (_, i) => ({ at: [0, 0, -i * apart] as const, size })),
  );
  if (!chunk.occurrences) throw new Error("The fixture has no boxes.");
  return new Occurrences(
    boxManifest({ min: [0, 0, -10], max: [1, 1, 1] }, {}, count),
    chunk.occurrences,
    chunk.extents,
  );
}

/** Chooses for everything visible; returns what was chosen and what it said. */
function chosen(
  occurrences: Occurrences,
  errors: readonly (readonly number[])[] | undefined,
  budget = 1e9,
  ranges: DrawRanges = RANGES,
  view = VIEW,
) {
  const level = new Uint8Array(occurrences.geometry.length);
  const edged = new Uint8Array(occurrences.count);
  const largest = new Float32Array(ranges.count.length / ranges.levels);
  const choose = () =>
    chooseLevels(
      {
        occurrences,
        ranges,
        errors: relativeErrors(errors, occurrences.diagonals, ranges.levels),
        visible: new Uint8Array(occurrences.count).fill(1),
        view,
        budget,
      },
      { level, edged, largest },
    );
  return { choice: choose(), level, edged, largest, again: choose };
}

describe("levels", () => {
  it("are as coarse as their errors in metres allow to show less than a pixel", () => {
    const occurrences = row(1, 0);
    // 9 m away at 600 pixels a metre: a centimetre is about 0.75 pixels.
    const at = (...errors: number[]) => chosen(occurrences, [[0, ...errors]]).level[0];
    expect(at(0.001, 0.004, 0.009)).toBe(3);
    expect(at(0.001, 0.004, 0.03)).toBe(2);
    expect(at(0.002, 0.02, 0.03)).toBe(1);
    expect(at(0.02, 0.03, 0.04)).toBe(0);
    expect(at(0, 0, 0)).toBe(3);
  });

  it("have typical errors where the manifest does not say", () => {
    expect([...relativeErrors(undefined, Float32Array.of(2), 4)].map((e) => 2 ** e)).toEqual(
      [0, 0.004, 0.013, 0.05].map((e) => expect.closeTo(e, 6) as number),
    );
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
    expect(chosen(occurrences, undefined, 1e9, RANGES, behind).level[0]).toBe(3);
  });

  it("leave out what is far outside of the picture, when asked to, and spend nothing on it", () => {
    // One box in the picture, one 6 m and one 30 m beside it, all about 10 m away.
    const places = [0, 6, 30].map((x) => ({ at: [x, 0, 0] as const, size: 1 }));
    const chunk = boxChunk(3, places);
    if (!chunk.occurrences) throw new Error("The fixture has no boxes.");
    const bounds = { min: [0, 0, 0], max: [31, 1, 1] } as const;
    const manifest = boxManifest(bounds, {}, 3);
    const occurrences = new Occurrences(manifest, chunk.occurrences, chunk.extents);
    // Only x < 4 is in the picture.
    const frustum = Float32Array.of(...new Array<number>(20).fill(0), -1, 0, 0, 4);
    const at = (beyond?: number) =>
      chosen(occurrences, [[0, 0.05, 0.2, 0.4]], 1e9, RANGES, {
        ...VIEW,
        frustum,
        ...(beyond === undefined ? {} : { beyond }),
      });
    for (const everything of [undefined, Infinity]) {
      expect([...at(everything).level]).toEqual([0, 3, 3]);
      expect(at(everything).choice).toMatchObject({ triangles: 1200 + 24 + 24 });
    }
    expect([...at(0.5).level]).toEqual([0, 3, NOT_DRAWN]);
    expect(at(0.5).choice).toMatchObject({ triangles: 1200 + 24 });
  });

  for (const budget of [200_000, 50_000, 10_000, 2_400, 500])
    it(`stay within ${budget} triangles`, () => {
      const occurrences = row(100, 0.2);
      const { choice, level } = chosen(occurrences, undefined, budget);
      const drawn = level.reduce((sum, l) => sum + (RANGES.count[l] ?? 0) / 3, 0);
      expect(drawn).toBe(choice.triangles);
      expect(drawn).toBeLessThanOrEqual(budget);
      const free = chosen(occurrences, undefined);
      expect(choice.reduced).toBe(budget < free.choice.triangles);
    });

  it("leave out what is smaller than a pixel, and nothing else that is in view", () => {
    const occurrences = row(2, 0, 0.0003);
    expect([...chosen(occurrences, undefined).level]).toEqual([NOT_DRAWN, NOT_DRAWN]);
    expect([...chosen(row(2, 0, 0.02), undefined).level]).toEqual([3, 3]);
  });

  it("thin a crowd of equal parts that is too much, where they would all vanish at once", () => {
    const crowd = row(3_000, 0); // in one place, so of one size; 24 triangles each at their coarsest
    const budget = 3_000 * 24 * 0.4;
    const all = chosen(crowd, undefined, budget);
    expect(all.choice.triangles).toBe(0);
    const thinned = chosen(crowd, undefined, budget, RANGES, { ...VIEW, thin: true });
    expect(thinned.choice.triangles).toBeLessThanOrEqual(budget);
    expect(thinned.choice.triangles).toBeGreaterThan(budget / 3);
    const drawn = thinned.level.filter((level) => level !== NOT_DRAWN).length;
    expect(drawn * 24).toBe(thinned.choice.triangles);
  });

  it("tell when nothing changed, so that no list is rebuilt", () => {
    const { choice, again } = chosen(row(20, 0.2), undefined);
    expect(choice.changed).toBe(true);
    expect(again().changed).toBe(false);
  });
});

describe("a part in pieces", () => {
  const errors = [
    [0, 0, 0, 0.3],
    [0, 0.001, 0.05, 0.05],
    [0, 0.001, 0.05, 0.05],
  ];
  /** The whole has 24 triangles; the pieces 1,200, 420 and 120 each. */
  const ranges = (arrived: number): DrawRanges => ({
    levels: 4,
    first: new Int32Array(12),
    count: Int32Array.of(
      ...[0, 0, 0, 72],
      ...[3600, 1260, 360, 0],
      ...(arrived > 1 ? [3600, 1260, 360, 0] : [0, 0, 0, 0]),
    ),
  });

  it("is drawn as the whole until all pieces have arrived", () => {
    const { occurrences } = splitBoxes([[0, 0, 0]]);
    const { level, choice } = chosen(occurrences, errors, 1e9, ranges(1));
    expect([...level]).toEqual([3, NOT_DRAWN, NOT_DRAWN]);
    expect(choice.triangles).toBe(24);
  });

  it("is drawn piece by piece when near, each at its own level", () => {
    const { occurrences } = splitBoxes([[0, 0, 0]]);
    const near = { ...VIEW, eye: [-1, 0.5, 0.5] as const };
    const { level, choice, largest } = chosen(occurrences, errors, 1e9, ranges(2), near);
    expect([...level]).toEqual([NOT_DRAWN, 0, 1]);
    expect(choice.triangles).toBe(1620);
    expect(largest[1]).toBeGreaterThan(largest[2] ?? 0);
  });

  it("is drawn as the whole when that suffices, and when the budget asks for it", () => {
    const { occurrences } = splitBoxes([[0, 0, 0]]);
    const far = { ...VIEW, eye: [0, 0, 900] as const };
    expect([...chosen(occurrences, errors, 1e9, ranges(2), far).level]).toEqual([3, 255, 255]);
    const { level, choice } = chosen(occurrences, errors, 100, ranges(2));
    expect([...level]).toEqual([3, NOT_DRAWN, NOT_DRAWN]);
    expect(choice).toMatchObject({ triangles: 24, reduced: true });
  });
});
