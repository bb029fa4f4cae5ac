import { describe, expect, it } from "vitest";
import { OPAQUE, RANGE_STRIDE, TRANSPARENT } from "./decode";
import { boxChunk, boxManifest, seeded } from "./fixture";
import { GeometryRanges } from "./geometry_store";
import { DirectSolver, type LevelChanges, type LevelModel } from "./level_solver";
import { relativeErrors, type LevelView } from "./levels";
import { buffersOf, buildLists, emptyLists, type DrawnKinds, type ModelLists } from "./model_lists";
import { Occurrences } from "./occurrences";

const COUNT = 60;
const VIEW: LevelView = {
  eye: [0, 0, 10],
  pixelsPerMetre: 600,
  orthographic: false,
  frustum: null,
};

/** Sixty boxes in a row: one geometry, four levels that come and go. */
class Scene {
  readonly ranges = new GeometryRanges(1, 4);
  readonly occurrences: Occurrences;
  readonly visible = new Uint8Array(COUNT).fill(1);
  readonly kinds: DrawnKinds = {
    opaque: new Uint8Array(COUNT).fill(OPAQUE),
    blended: new Uint8Array(COUNT).fill(TRANSPARENT),
  };
  private readonly follower = this.ranges.table.follow();

  constructor() {
    const places = Array.from({ length: COUNT }, (_, i) => ({
      at: [i * 1.5, 0, -i] as const,
      size: 1,
    }));
    const chunk = boxChunk(3, places);
    if (!chunk.occurrences) throw new Error("The fixture has no boxes.");
    const bounds = { min: [0, 0, -COUNT], max: [COUNT * 2, 1, 1] } as const;
    this.occurrences = new Occurrences(
      boxManifest(bounds, {}, COUNT),
      chunk.occurrences,
      chunk.extents,
    );
    this.ranges.add(chunk, 0);
    this.ranges.addEdges({
      ranges: Uint32Array.of(6, 24),
      vertices: new Uint16Array(0),
      colours: new Uint32Array(0),
    });
  }

  get model(): LevelModel {
    const { count, geometry, pieces, boxes, explodeDirections, diagonals } = this.occurrences;
    return {
      ...{ count, geometry, owner: null, pieces, boxes, explodeDirections },
      errors: relativeErrors([[0, 0.002, 0.01, 0.05]], diagonals, 4),
      ...{ levels: 4, geometries: 1, own: new Uint8Array(4).fill(1), placed: [1200, 400, 120, 12] },
    };
  }

  /** A finer level arrives; returns its slots. */
  add(level: number, at: number): Int32Array {
    const chunk = boxChunk(level, null);
    for (let r = 0; r < chunk.ranges.length; r += RANGE_STRIDE) chunk.opacity[r / RANGE_STRIDE] = 3;
    return this.ranges.add(chunk, at);
  }

  changes(): LevelChanges {
    const { opaque, blended } = this.kinds;
    return {
      visible: this.visible.slice(),
      kinds: { opaque: opaque.slice(), blended: blended?.slice() ?? null },
      slots: this.follower.take(),
    };
  }

  /** The lists that the page itself makes of these levels. */
  own(level: Uint8Array, edged: Uint8Array): ModelLists {
    const { faces, edges, opacity } = this.ranges;
    const { visible, kinds } = this;
    const { geometry } = this.occurrences;
    const source = { geometry, owner: null, faces, edges, opacity, visible, kinds };
    const lists = emptyLists();
    buildLists(source, { level, edged }, lists);
    return lists;
  }
}

/** What a list draws, without what is left in its arrays behind that. */
function content({ faces, blended, edges }: ModelLists): unknown {
  return [faces, blended, edges].map((list) => ({
    draws: [list.counts, list.firsts, list.instances].map((of) => [...of.slice(0, list.subDraws)]),
    entries: [...list.entries.slice(0, list.length)],
    sums: [list.elements, list.occurrences],
  }));
}

const question = (x: number) => ({
  view: { ...VIEW, eye: [x, 0, 6] as const },
  budget: 20_000,
  explode: 0,
  spare: null,
});

describe("the solver beside the page", () => {
  it("makes the very lists that the page would, whatever came, went and was hidden (seed 8)", () => {
    const random = seeded(8);
    const scene = new Scene();
    const solver = new DirectSolver(scene.model, true);
    let finer: Int32Array | null = null;
    let drawn = 0;
    for (let round = 0; round < 40; round += 1) {
      for (let o = 0; o < COUNT; o += 1) {
        scene.visible[o] = random() < 0.8 ? 1 : 0;
        scene.kinds.opaque[o] = scene.visible[o] === 1 && random() < 0.9 ? OPAQUE : 0;
        if (scene.kinds.blended) scene.kinds.blended[o] = random() < 0.3 ? TRANSPARENT : 0;
      }
      if (finer) scene.ranges.remove(finer);
      finer = random() < 0.6 ? scene.add(Math.floor(random() * 3), 100 + round) : null;
      const answer = solver.solve(question(random() * 80), scene.changes());
      const lists = answer.drawn?.lists;
      expect(lists).toBeTruthy();
      if (!answer.drawn || !lists) continue;
      expect(content(lists)).toEqual(content(scene.own(answer.drawn.level, answer.drawn.edged)));
      drawn += lists.faces.occurrences + lists.blended.occurrences + lists.edges.occurrences;
    }
    expect(drawn).toBeGreaterThan(1000);
  });

  it("says nothing about what is as it was, and draws anew what has arrived", () => {
    const scene = new Scene();
    const solver = new DirectSolver(scene.model, true);
    expect(solver.solve(question(0), scene.changes()).drawn?.lists?.faces.subDraws).toBe(1);
    expect(solver.solve(question(0), {}).drawn).toBeNull();
    scene.add(0, 100);
    const { slots = [] } = scene.changes();
    expect(solver.solve(question(0), { slots }).drawn?.lists?.blended.subDraws).toBe(0);
    expect(solver.solve(question(0), { slots: [] }).drawn).toBeNull();
  });

  it("writes into the arrays that it is given back, and hands all of them over", () => {
    const scene = new Scene();
    const solver = new DirectSolver(scene.model, true);
    const first = solver.solve(question(0), scene.changes()).drawn;
    const second = solver.solve({ ...question(50), spare: first }, {}).drawn;
    if (!first || !second) throw new Error("Nothing is drawn.");
    const before = buffersOf(first);
    expect(before.length).toBe(2 + 3 * 4);
    expect(new Set(before).size).toBe(before.length);
    expect(buffersOf(second).every((buffer, i) => buffer === before[i])).toBe(true);
    const copy = structuredClone(second, { transfer: buffersOf(second) });
    expect(before.every(({ byteLength }) => byteLength === 0)).toBe(true);
    const { level, edged, lists } = copy;
    expect(lists && content(lists)).toEqual(content(scene.own(level, edged)));
  });

  it("says when it chose for a moving picture that leaves out what is outside of it", () => {
    const scene = new Scene();
    const solver = new DirectSolver(scene.model, true);
    const { view, ...rest } = question(0);
    const at = (beyond: number): boolean =>
      solver.solve({ ...rest, view: { ...view, beyond } }, scene.changes()).partial;
    expect([at(0.35), at(Infinity), solver.solve(question(0), {}).partial]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("leaves lists to the page where it runs in the page", () => {
    const scene = new Scene();
    const solver = new DirectSolver(scene.model);
    expect(solver.solve(question(0), scene.changes()).drawn?.lists).toBeNull();
    expect(solver.solve(question(0), scene.changes()).drawn).toBeNull();
  });
});
