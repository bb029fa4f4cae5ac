import { describe, expect, it } from "vitest";
import type { Vec3 } from "../state/model";
import { boxChunk, boxManifest, BOX_STEPS, seeded, type PlacedBox } from "./fixture";
import { GeometryRanges } from "./geometry_store";
import { Occurrences } from "./occurrences";
import { Picker, clipRay, type PickState } from "./picking";
import { along, cross, dot, normalize, subtract } from "./vector";

const SEED = 20261122;

function modelOf(boxes: readonly PlacedBox[]): {
  occurrences: Occurrences;
  picker: Picker;
  state: PickState;
} {
  const chunk = boxChunk(3, boxes);
  const ranges = new GeometryRanges(1, 4);
  ranges.add(chunk, 0);
  if (!chunk.occurrences) throw new Error("The fixture has no boxes.");
  const manifest = boxManifest({ min: [-5, -5, -5], max: [5, 5, 5] }, {}, boxes.length);
  const occurrences = new Occurrences(manifest, chunk.occurrences, chunk.extents);
  const state: PickState = {
    visible: new Uint8Array(boxes.length).fill(1),
    isGhost: () => false,
    isUncut: () => false,
    planes: [],
  };
  return { occurrences, picker: new Picker(occurrences, ranges), state };
}

/** Nearest hit by testing every triangle of every occurrence (Möller and Trumbore 1997). */
function bruteForce(
  occurrences: Occurrences,
  origin: Vec3,
  direction: Vec3,
  skip: (o: number) => boolean,
): { occurrence: number; distance: number } | null {
  const { vertices, indices } = boxChunk(3, []);
  let best: { occurrence: number; distance: number } | null = null;
  for (let o = 0; o < occurrences.count; o += 1) {
    if (skip(o)) continue;
    for (let t = 0; t < indices.length; t += 3) {
      const [a, b, c] = [0, 1, 2].map((k) => {
        const v = (indices[t + k] ?? 0) * 4;
        return occurrences.fromSteps(
          o,
          vertices[v] ?? 0,
          vertices[v + 1] ?? 0,
          vertices[v + 2] ?? 0,
        );
      }) as [Vec3, Vec3, Vec3];
      const [e1, e2] = [subtract(b, a), subtract(c, a)];
      const p = cross(direction, e2);
      const det = dot(e1, p);
      if (Math.abs(det) < 1e-12) continue;
      const s = subtract(origin, a);
      const u = dot(s, p) / det;
      const q = cross(s, e1);
      const v = dot(direction, q) / det;
      const distance = dot(e2, q) / det;
      if (u < 0 || v < 0 || u + v > 1 || distance <= 0) continue;
      if (!best || distance < best.distance) best = { occurrence: o, distance };
    }
  }
  return best;
}

describe("picking", () => {
  it(`equals testing every triangle, for 400 rays through 300 boxes (seed ${SEED})`, () => {
    const random = seeded(SEED);
    const boxes = Array.from({ length: 300 }, () => ({
      at: [random() * 8 - 4, random() * 8 - 4, random() * 8 - 4] as const,
      size: 0.1 + random() * 0.6,
      turn: random() * 6,
    }));
    const { occurrences, picker, state } = modelOf(boxes);
    for (let o = 0; o < 300; o += 7) state.visible[o] = 0;
    let hits = 0;
    for (let i = 0; i < 400; i += 1) {
      const origin: Vec3 = [random() * 20 - 10, random() * 20 - 10, 12];
      const target: Vec3 = [random() * 8 - 4, random() * 8 - 4, random() * 8 - 4];
      const direction = normalize(subtract(target, origin));
      const expected = bruteForce(occurrences, origin, direction, (o) => state.visible[o] === 0);
      const hit = picker.pick(origin, direction, state);
      expect(hit?.occurrence).toBe(expected?.occurrence);
      if (hit && expected) expect(hit.distance).toBeCloseTo(expected.distance, 4);
      if (hit) hits += 1;
    }
    expect(hits).toBeGreaterThan(100);
  });

  const two: PlacedBox[] = [
    { at: [0, 0, 0], size: 1 },
    { at: [0, 0, -3], size: 1 },
  ];
  const eye: Vec3 = [0.5, 0.4, 5];
  const ahead: Vec3 = [0, 0, -1];

  it("tells the point in the part's frame and the normal toward the eye", () => {
    const { picker, state } = modelOf(two);
    const hit = picker.pick(eye, ahead, state);
    expect(hit).toMatchObject({ occurrence: 0, cap: null });
    hit?.local.forEach((value, axis) => expect(value).toBeCloseTo([0.5, 0.4, 1][axis] ?? 0, 5));
    expect(hit?.normal[2]).toBeCloseTo(1, 6);
    expect(hit?.distance).toBeCloseTo(4, 5);
  });

  it("passes hidden parts, ghosts and the one it is told to look through", () => {
    const { picker, state } = modelOf(two);
    state.visible[0] = 0;
    expect(picker.pick(eye, ahead, state)?.occurrence).toBe(1);
    state.visible[0] = 1;
    expect(picker.pick(eye, ahead, { ...state, isGhost: (o) => o === 0 })?.occurrence).toBe(1);
    expect(picker.pick(eye, ahead, state, 0)?.occurrence).toBe(1);
  });

  it("hits the cap where a closed solid is cut open", () => {
    const { picker, state } = modelOf(two);
    // Keeps z <= 0.25: the front three quarters of the first box are gone.
    const planes = [{ normal: [0, 0, -1] as const, offset: -0.25, cap: true }];
    const hit = picker.pick(eye, ahead, { ...state, planes });
    expect(hit).toMatchObject({ occurrence: 0, cap: 0, triangle: -1 });
    expect(hit?.distance).toBeCloseTo(4.75, 5);
    expect(hit?.normal).toEqual([-0, -0, 1]);
  });

  it("sees into a cut without caps, and passes what is cut away whole", () => {
    const { picker, state } = modelOf(two);
    const open = [{ normal: [0, 0, -1] as const, offset: -0.25, cap: false }];
    expect(picker.pick(eye, ahead, { ...state, planes: open })).toMatchObject({
      occurrence: 0,
      cap: null,
    });
    const away = [{ normal: [0, 0, -1] as const, offset: 1, cap: true }];
    expect(picker.pick(eye, ahead, { ...state, planes: away })?.occurrence).toBe(1);
  });

  it("follows an explosion", () => {
    const { occurrences, picker, state } = modelOf(two);
    occurrences.explode = 1;
    const moved = occurrences.fromPart(0, [0.5, 0.4, 1]);
    const hit = picker.pick(along(moved, [0, 0, 1], 2), ahead, state);
    expect(hit?.occurrence).toBe(0);
    hit?.local.forEach((value, axis) => expect(value).toBeCloseTo([0.5, 0.4, 1][axis] ?? 0, 5));
  });
});

describe("clipping a ray", () => {
  it("keeps the part inside all kept half-spaces and names the plane it enters by", () => {
    const planes = [
      { normal: [0, 0, -1] as const, offset: -2, cap: true },
      { normal: [0, 0, 1] as const, offset: -1, cap: true },
    ];
    expect(clipRay([0, 0, 5], [0, 0, -1], planes)).toEqual({ near: 3, far: 6, by: 0 });
    expect(clipRay([0, 0, 1], [1, 0, 0], planes)).toEqual({ near: 0, far: Infinity, by: -1 });
    expect(clipRay([0, 0, 4], [1, 0, 0], planes).far).toBe(-Infinity);
  });
});

describe("grid steps", () => {
  it("go to the model frame and back to 32-bit precision", () => {
    const { occurrences } = modelOf([{ at: [3, -2, 1], size: 0.7, turn: 1.1 }]);
    const point = occurrences.fromSteps(0, 123, 456, 789);
    occurrences
      .toSteps(0, point)
      .forEach((value, axis) => expect(value).toBeCloseTo([123, 456, 789][axis] ?? 0, 2));
    expect(occurrences.stepLength(0)).toBeCloseTo(0.7 / BOX_STEPS, 9);
  });
});
