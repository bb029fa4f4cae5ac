import { expect, test } from "vitest";
import type { Vec3 } from "../state/model";
import { chainThrough, nearestSegment } from "./mesh_rims";

function segmentsOf(lines: readonly (readonly Vec3[])[]): Float64Array {
  return Float64Array.from(
    lines.flatMap((line) => line.slice(1).flatMap((p, i) => [...(line[i] ?? p), ...p])),
  );
}

const round = (sides: number): Vec3[] =>
  Array.from({ length: sides + 1 }, (_, i) => {
    const turn = (2 * Math.PI * (i % sides)) / sides;
    return [Math.round(1000 * Math.cos(turn)), Math.round(1000 * Math.sin(turn)), 0];
  });

test("the chords of a rim are one closed polyline, wherever it is touched", () => {
  for (const start of [0, 5, 11]) {
    const chain = chainThrough(segmentsOf([round(12)]), start);
    expect(chain).toHaveLength(13);
    expect(chain[0]).toEqual(chain.at(-1));
  }
});

test("a crease ends at a corner and where three of them meet", () => {
  const square: Vec3[] = [
    [0, 0, 0],
    [10, 0, 0],
    [10, 10, 0],
    [0, 10, 0],
    [0, 0, 0],
  ];
  expect(chainThrough(segmentsOf([square]), 1)).toEqual([
    [10, 0, 0],
    [10, 10, 0],
  ]);
  const fork: Vec3[][] = [
    [
      [0, 0, 0],
      [10, 0, 0],
      [20, 0, 0],
    ],
    [
      [10, 0, 0],
      [20, 1, 0],
    ],
  ];
  expect(chainThrough(segmentsOf(fork), 0)).toEqual([
    [0, 0, 0],
    [10, 0, 0],
  ]);
});

test("the nearest segment is found, also beside its ends", () => {
  const segments = segmentsOf([
    [
      [0, 0, 0],
      [10, 0, 0],
    ],
    [
      [0, 5, 0],
      [10, 5, 0],
    ],
  ]);
  expect(nearestSegment(segments, [4, 4, 0])).toBe(1);
  expect(nearestSegment(segments, [12, 1, 0])).toBe(0);
  expect(nearestSegment(new Float64Array(0), [0, 0, 0])).toBe(-1);
});
