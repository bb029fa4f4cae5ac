import { describe, expect, it } from "vitest";
import { limitEdges, limitFaces, type Drawn, type LimitedChoice } from "./draw_limit";
import { NOT_DRAWN, buildDrawList, emptyDrawList, type DrawRanges } from "./draw_list";

const LEVELS = 4;
const TRIANGLES = [1000, 300, 100, 20];

/** So many geometries with four levels each, none beside another. */
function ranges(geometries: number): DrawRanges {
  const count = new Int32Array(geometries * LEVELS);
  const first = new Int32Array(geometries * LEVELS);
  for (let slot = 0; slot < count.length; slot += 1) {
    count[slot] = (TRIANGLES[slot % LEVELS] ?? 0) * 3;
    first[slot] = slot * 10_000;
  }
  return { first, count, levels: LEVELS };
}

/** Each geometry once at each of some levels; a part's pixels halve with each level. */
function scene(geometries: number, levels: readonly number[]) {
  const draws = geometries * levels.length;
  const faces = ranges(geometries);
  const choice: LimitedChoice = {
    geometry: Uint32Array.from({ length: draws }, (_, d) => Math.floor(d / levels.length)),
    owner: null,
    visible: new Uint8Array(draws).fill(1),
    level: Uint8Array.from({ length: draws }, (_, d) => levels[d % levels.length] ?? 0),
    edged: new Uint8Array(draws).fill(1),
    sizes: Float32Array.from(
      { length: draws },
      (_, d) => (1000 / 2 ** (levels[d % levels.length] ?? 0)) * (1 + d / draws),
    ),
    faces,
    edges: {
      first: new Int32Array(geometries),
      count: new Int32Array(geometries).fill(60),
      levels: 1,
    },
    errors: Float32Array.from({ length: geometries * LEVELS }, (_, s) => (s % LEVELS) - 10),
  };
  const count = (): Drawn => {
    const out = emptyDrawList();
    const { geometry, level, visible: drawn } = choice;
    buildDrawList({ geometry, level, ranges: faces, drawn, candidates: null }, out);
    return { subDraws: out.subDraws, triangles: out.elements / 3 };
  };
  return { choice, count };
}

const LOTS = { subDraws: 500, triangles: 600_000, edges: true };

describe("what a picture may draw", () => {
  it("leaves alone what is within the limits", () => {
    const { choice, count } = scene(100, [0, 1, 2, 3]);
    const before = choice.level.slice();
    expect(limitFaces(choice, LOTS, count)).toBe(false);
    expect(choice.level).toEqual(before);
  });

  it("draws two levels as one, the finer where triangles are to spare", () => {
    const { choice, count } = scene(300, [2, 3]);
    expect(count().subDraws).toBe(600);
    expect(limitFaces(choice, LOTS, count)).toBe(true);
    expect(count()).toEqual({ subDraws: 500, triangles: 36_000 + 100 * 80 });
    expect(choice.level.filter((level) => level === NOT_DRAWN)).toHaveLength(0);
  });

  it("draws the coarser of both where no triangles are to spare", () => {
    const { choice, count } = scene(300, [2, 3]);
    limitFaces(choice, { ...LOTS, triangles: count().triangles }, count);
    expect(count()).toEqual({ subDraws: 500, triangles: 36_000 - 100 * 80 });
    // Those whose difference is smallest: the smallest parts.
    expect([...choice.level.slice(0, 2)]).toEqual([3, 3]);
    expect([...choice.level.slice(-2)]).toEqual([2, 3]);
  });

  it("goes on until each geometry has one level, then leaves the smallest parts out", () => {
    const { choice, count } = scene(500, [0, 1, 2, 3]);
    limitFaces(choice, { ...LOTS, triangles: 1e9 }, count);
    expect(count().subDraws).toBe(500);
    const fewer = scene(700, [3]);
    limitFaces(fewer.choice, LOTS, fewer.count);
    expect(fewer.count().subDraws).toBeLessThanOrEqual(500);
    expect(fewer.choice.level.includes(NOT_DRAWN)).toBe(true);
  });

  it("holds the triangles, too, and always ends", () => {
    const { choice, count } = scene(400, [0]);
    limitFaces(choice, { ...LOTS, triangles: 50_000 }, count);
    expect(count().triangles).toBeLessThanOrEqual(50_000);
    limitFaces(choice, { subDraws: 0, triangles: 0, edges: false }, count);
    expect(count()).toEqual({ subDraws: 0, triangles: 0 });
  });

  it("thins a crowd of equal parts instead of leaving all of them out", () => {
    const draws = 100_000;
    const { choice, count } = scene(1, [3]);
    const crowd: LimitedChoice = {
      ...choice,
      geometry: new Uint32Array(draws),
      visible: new Uint8Array(draws).fill(1),
      level: new Uint8Array(draws).fill(3),
      edged: new Uint8Array(draws),
      sizes: new Float32Array(draws).fill(3),
    };
    Object.assign(choice, crowd);
    expect(count().triangles).toBe(2_000_000);
    limitFaces(choice, LOTS, count);
    const { triangles } = count();
    expect(triangles).toBeLessThanOrEqual(LOTS.triangles);
    expect(triangles).toBeGreaterThan(LOTS.triangles / 3);
    // Evenly: no tenth of the list is without, none is whole.
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const part = choice.level.slice((tenth * draws) / 10, ((tenth + 1) * draws) / 10);
      const kept = part.filter((level) => level !== NOT_DRAWN).length / part.length;
      expect(kept).toBeGreaterThan(0.1);
      expect(kept).toBeLessThan(0.5);
    }
  });

  it("keeps the edges of the largest parts, as many as there is room for", () => {
    const { choice } = scene(100, [0, 1]);
    const faces = { subDraws: 460, triangles: 0 };
    expect(limitEdges(choice, LOTS, faces)).toBe(true);
    const shown = choice.edged.reduce((sum, flag) => sum + flag, 0);
    expect(shown).toBe(80); // 40 geometries, two placements each
    expect(choice.edged[199]).toBe(1);
    expect(choice.edged[0]).toBe(0);
  });

  it("counts the ribbons of edges as triangles", () => {
    const { choice } = scene(100, [0]);
    limitEdges(choice, { ...LOTS, triangles: 601 }, { subDraws: 0, triangles: 0 });
    expect(choice.edged.reduce((sum, flag) => sum + flag, 0)).toBe(10); // 60 each
  });

  it("draws no edges where none are wanted, and does not call that less", () => {
    const { choice } = scene(3, [0]);
    expect(limitEdges(choice, { ...LOTS, edges: false }, { subDraws: 0, triangles: 0 })).toBe(
      false,
    );
    expect([...choice.edged]).toEqual([0, 0, 0]);
  });
});
