import { describe, expect, it } from "vitest";
import type { Triangles } from "./geometry_store";
import { NearestPoints } from "./nearest_points";
import { codeOf, displacementsOf } from "./vertex_heat";

/** A wall of two triangles, 10 steps high, behind one vertex of somebody else. */
const WALL: Triangles = {
  ...{ level: 0, firstVertex: 1, vertexCount: 4, base: 100 },
  vertices: Uint16Array.from(
    [
      [9, 9, 9, 0],
      [0, 0, 0, 0],
      [10, 0, 0, 0],
      [0, 10, 0, 0],
      [10, 10, 0, 0],
    ].flat(),
  ),
  indices: Uint32Array.of(1, 2, 3, 3, 2, 4),
};
const millimetres = (x: number, y: number, z: number): [number, number, number] => [
  x / 1000,
  y / 1000,
  z / 1000,
];

describe("displacements of vertices", () => {
  it("are those of the middles of their triangles, not those of the rims they lie on", () => {
    // As the server measures the wall of a hole that became larger: rims did not move, middles did.
    const measured = Float32Array.from(
      [
        [0, 0, 0, 0],
        [0.01, 0, 0, 0],
        [0, 0.01, 0, 0],
        [0.01, 0.01, 0, 0],
        [0.01 / 3, 0.01 / 3, 0, -0.00025],
        [0.02 / 3, 0.02 / 3, 0, -0.00025],
      ].flat(),
    );
    const found = displacementsOf(WALL, millimetres, new NearestPoints(measured));
    expect([...found]).toEqual(new Array(4).fill(Math.fround(-0.00025)));
  });

  it("are none where nothing was measured", () => {
    const found = displacementsOf(WALL, millimetres, new NearestPoints(new Float32Array(0)));
    expect([...found].every(Number.isNaN)).toBe(true);
  });

  it("are written in a byte each, even on both sides of none", () => {
    expect([-0.002, -0.001, 0, 0.001, 0.002, 1].map((metres) => codeOf(metres, 0.002))).toEqual([
      1, 65, 128, 192, 255, 255,
    ]);
    expect(codeOf(NaN, 0.002)).toBe(0);
  });
});
