import { describe, expect, it } from "vitest";
import type { Vec3 } from "../state/model";
import { seeded } from "./fixture";
import type { LevelView } from "./levels";
import { gridOf } from "./points_choice";
import { CLOUD_GRIDS, cloudManifest, cloudOccurrences } from "./points_fixture.test-data";
import { pickPoints, type PickedCloud } from "./points_pick";
import { distance, dot, normalize, subtract } from "./vector";

const EYE: Vec3 = [8, 20, 30];
const VIEW: LevelView = { eye: EYE, pixelsPerMetre: 1000, orthographic: false, frustum: null };
const COUNT = 3000;

/** A flat cloud at random places of the first chunk's grid, placed once at x and once further on. */
function clouds(xs: readonly number[]) {
  const occurrences = cloudOccurrences(xs);
  const random = seeded(20261122);
  const places = Uint16Array.from({ length: COUNT * 4 }, (_, i) =>
    i % 4 === 0 || i % 4 === 2 ? Math.floor(random() * 8000) : 0,
  );
  const chunk = cloudManifest().chunks[0];
  if (!chunk) throw new Error("The fixture has five chunks.");
  const grid = gridOf(chunk, CLOUD_GRIDS);
  const picked: PickedCloud[] = xs.map((x, occurrence) => ({
    occurrence,
    box: Float32Array.of(x, 0, 0, x + 16, 0, 16),
    count: COUNT,
    places,
    grid,
  }));
  const at = (i: number, x = xs[0] ?? 0): Vec3 => [
    x + (places[i * 4] ?? 0) * 0.002,
    0,
    (places[i * 4 + 2] ?? 0) * 0.002,
  ];
  return { occurrences, picked, at };
}

const toward = (point: Vec3): Vec3 => normalize(subtract(point, EYE));

describe("picking a point", () => {
  it("finds the point that the ray goes through", () => {
    const { occurrences, picked, at } = clouds([0]);
    for (const i of [0, 17, 1234, COUNT - 1]) {
      const hit = pickPoints(picked, occurrences, EYE, toward(at(i)), [], VIEW);
      if (!hit) throw new Error("Nothing was hit.");
      // Another point may stand a little nearer within the pointer's few pixels.
      expect(distance(hit.point, at(i))).toBeLessThan(0.4);
      expect(dot(subtract(hit.point, EYE), toward(at(i)))).toBeCloseTo(hit.distance, 4);
      expect(hit.occurrence).toBe(0);
      expect(distance(hit.local, hit.point)).toBeLessThan(1e-4);
      expect(dot(hit.normal, toward(at(i)))).toBeCloseTo(-1, 6);
    }
  });

  it("passes where there is none", () => {
    const { occurrences, picked } = clouds([0]);
    expect(pickPoints(picked, occurrences, EYE, [0, 1, 0], [], VIEW)).toBeNull();
    expect(pickPoints(picked, occurrences, EYE, toward([-9, 0, -9]), [], VIEW)).toBeNull();
    expect(pickPoints([], occurrences, EYE, toward([8, 0, 8]), [], VIEW)).toBeNull();
  });

  it("tells placements apart", () => {
    const { occurrences, picked, at } = clouds([0, 40]);
    const hit = pickPoints(picked, occurrences, EYE, toward(at(5, 40)), [], VIEW);
    expect(hit?.occurrence).toBe(1);
    expect(distance(hit?.point ?? [0, 0, 0], at(5, 40))).toBeLessThan(0.8); // it looks from the side
  });

  it("does not find what a section has cut away", () => {
    const { occurrences, picked, at } = clouds([0]);
    const [x] = at(5);
    const plane = { normal: [1, 0, 0] as const, offset: x + 1, cap: true };
    const hit = pickPoints(picked, occurrences, EYE, toward(at(5)), [plane], VIEW);
    expect(hit === null || hit.point[0] >= x + 1 - 1e-6).toBe(true);
  });

  it("works without perspective", () => {
    const { occurrences, picked, at } = clouds([0]);
    const flat: LevelView = { ...VIEW, orthographic: true };
    const [x, , z] = at(9);
    const hit = pickPoints(picked, occurrences, [x, 50, z], [0, -1, 0], [], flat);
    expect(hit && Math.hypot(hit.point[0] - x, hit.point[2] - z)).toBeLessThan(0.006);
    expect(hit?.distance).toBeCloseTo(50, 3);
  });
});
