import { describe, expect, it } from "vitest";
import type { Vec3 } from "../state/model";
import { distance } from "../scene/vector";
import { centreOf, readEdges } from "./snap_edges";

/** Segments between consecutive points, all of one edge. */
function polyline(points: readonly Vec3[], edge: number): number[] {
  return points.slice(1).flatMap((point, i) => [...(points[i] ?? point), edge, ...point, edge]);
}

describe("what snapping looks for", () => {
  it("is the ends and the middle of a straight edge", () => {
    const table = readEdges(
      Uint16Array.from(
        polyline(
          [
            [0, 0, 0],
            [100, 0, 0],
            [400, 0, 0],
          ],
          7,
        ),
      ),
      0,
      4,
    );
    const found = table.points.map(({ kind, at }) => `${kind} ${at.join()}`).sort();
    expect(found).toEqual(["middle 200,0,0", "vertex 0,0,0", "vertex 400,0,0"]);
  });

  it("is the centre of a circle and none of its corners", () => {
    const round = Array.from({ length: 25 }, (_, i): Vec3 => {
      const angle = (i / 24) * 2 * Math.PI;
      return [
        Math.round(1000 + 500 * Math.cos(angle)),
        Math.round(1000 + 500 * Math.sin(angle)),
        300,
      ];
    });
    const table = readEdges(Uint16Array.from(polyline(round, 3)), 0, 48);
    expect(table.points.map(({ kind }) => kind)).toEqual(["centre"]);
    expect(distance(table.points[0]?.at ?? [0, 0, 0], [1000, 1000, 300])).toBeLessThan(1.5);
  });

  it("is a vertex shared by edges only once", () => {
    const corner = [
      ...polyline(
        [
          [0, 0, 0],
          [100, 0, 0],
        ],
        1,
      ),
      ...polyline(
        [
          [100, 0, 0],
          [100, 50, 0],
        ],
        2,
      ),
    ];
    const vertices = readEdges(Uint16Array.from(corner), 0, 4).points.filter(
      ({ kind }) => kind === "vertex",
    );
    expect(vertices).toHaveLength(3);
  });

  it("takes unnamed crease segments each for itself", () => {
    const creases = polyline(
      [
        [0, 0, 0],
        [100, 0, 0],
        [200, 0, 0],
      ],
      65535,
    );
    const table = readEdges(Uint16Array.from(creases), 0, 4);
    expect(new Set(table.edgeOf).size).toBe(2);
    expect(table.points.some(({ kind }) => kind === "middle")).toBe(false);
  });

  it("finds no centre where points lie on no circle", () => {
    expect(
      centreOf([
        [0, 0, 0],
        [10, 0, 0],
        [20, 0, 0],
      ]),
    ).toBeNull();
    expect(
      centreOf([
        [0, 0, 0],
        [100, 0, 0],
        [100, 100, 0],
        [0, 300, 0],
      ]),
    ).toBeNull();
  });
});
