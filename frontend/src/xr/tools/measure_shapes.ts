/** A measurement as lines in space, and the snap glyphs of the desk (`GLYPHS`) as strokes. */

import type { Reading, SnapKind } from "../../state/areas/measuring";
import type { Vec3 } from "../../state/model";

type Stroke = readonly (readonly [x: number, y: number])[];

const CIRCLE: Stroke = Array.from({ length: 25 }, (_, i) => {
  const angle = (2 * Math.PI * i) / 24;
  return [Math.cos(angle), Math.sin(angle)] as const;
});
const SQUARE: Stroke = [
  [-1, -1],
  [1, -1],
  [1, 1],
  [-1, 1],
  [-1, -1],
];

/** Square, triangle, circle, bar, rhombus, crossed circle: of half size 1, y up. */
export function glyphStrokes(kind: Exclude<SnapKind, "none">): readonly Stroke[] {
  switch (kind) {
    case "vertex":
      return [SQUARE];
    case "middle":
      return [
        [
          [0, 1.2],
          [1.2, -1],
          [-1.2, -1],
          [0, 1.2],
        ],
      ];
    case "centre":
      return [CIRCLE];
    case "edge":
      return [
        [
          [-1.5, -0.4],
          [1.5, -0.4],
          [1.5, 0.4],
          [-1.5, 0.4],
          [-1.5, -0.4],
        ],
      ];
    case "face":
      return [
        [
          [-0.6, 0.9],
          [1.5, 0.9],
          [0.6, -0.9],
          [-1.5, -0.9],
          [-0.6, 0.9],
        ],
      ];
    case "axis":
      return [
        CIRCLE,
        [
          [-1.7, 0],
          [1.7, 0],
        ],
        [
          [0, -1.7],
          [0, 1.7],
        ],
      ];
  }
}

/** Its lines and where its card stands; null: nowhere. points: of the reading, where they stand now. */
export function linesOf(
  { kind }: Pick<Reading, "kind">,
  points: readonly Vec3[],
): { readonly lines: readonly (readonly Vec3[])[]; readonly label: Vec3 | null } {
  const [first = null, second = null] = points;
  if (kind === "box" && points.length === 8) {
    const lines: Vec3[][] = [];
    for (let corner = 0; corner < 8; corner += 1)
      for (const bit of [1, 2, 4]) {
        const [from, to] = [points[corner], points[corner | bit]];
        if (!(corner & bit) && from && to) lines.push([from, to]);
      }
    return { lines, label: middleOf(points) };
  }
  if (kind === "angle" && points.length >= 3) return { lines: [points.slice(0, 3)], label: second };
  if (kind === "path") return { lines: [points], label: points.at(-1) ?? null };
  if (first && second) return { lines: [[first, second]], label: middleOf([first, second]) };
  return { lines: [], label: first };
}

function middleOf(points: readonly Vec3[]): Vec3 {
  const sum = (axis: 0 | 1 | 2): number => points.reduce((all, point) => all + point[axis], 0);
  return [sum(0) / points.length, sum(1) / points.length, sum(2) / points.length];
}
