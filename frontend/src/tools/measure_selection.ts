/** Measurements of what is selected: the box around it, its volume, its area. */

import type { Mark, Reading } from "../state/areas/measuring";
import { t } from "../state/messages";
import type { Matrix4, Structure, Vec3 } from "../state/model";
import type { Viewer } from "../scene/viewer";
import { type Shapes, markAt } from "./reading_shapes";
import { boxReading } from "./readings";

/** More exact boxes than this would take a visible moment; the triangles' boxes are near. */
const MOST_EXACT = 200;

/** The box along the axes of the file, or in words why there is none. */
export function boxOfSelection(viewer: Viewer, shapes: Shapes): Reading | string {
  const { model, workspace } = viewer;
  const selection = workspace.selection.get();
  if (selection.isEmpty || !model) return t("measure.noSelection");
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  let [exact, tolerance] = [selection.size <= MOST_EXACT, 0];
  const origin = viewer.origin;
  const grow = (from: Vec3, to: Vec3): void => {
    for (const axis of [0, 1, 2] as const) {
      min[axis] = Math.min(min[axis], from[axis]);
      max[axis] = Math.max(max[axis], to[axis]);
    }
  };
  for (const occurrence of selection) {
    if (!model.occurrences.has(occurrence)) continue;
    const found = selection.size <= MOST_EXACT ? exactBox(occurrence, shapes) : null;
    if (found) {
      grow(found.min, found.max);
      exact &&= found.exact;
      tolerance = Math.max(tolerance, found.tolerance);
      continue;
    }
    exact = false;
    const at = occurrence * 6;
    const { boxes } = model.occurrences;
    const corner = (first: number): Vec3 => [
      (boxes[first] ?? 0) + origin[0],
      (boxes[first + 1] ?? 0) + origin[1],
      (boxes[first + 2] ?? 0) + origin[2],
    ];
    // Empty ones have min > max.
    if ((boxes[at] ?? 0) <= (boxes[at + 3] ?? 0)) grow(corner(at), corner(at + 3));
  }
  if (min[0] > max[0]) return t("measure.noSelection");
  const { first } = selection;
  const alone =
    selection.size === 1 && first !== null ? { revision: null, occurrence: first } : null;
  return boxReading(min, max, alone, { exact, tolerance }, shapes);
}

function exactBox(
  occurrence: number,
  shapes: Shapes,
): { min: Vec3; max: Vec3; exact: boolean; tolerance: number } | null {
  const placed = shapes.placedPart({
    position: [0, 0, 0],
    occurrence,
    local: null,
    snap: "none",
    entity: null,
    tolerance_m: 0,
  });
  const properties = placed && shapes.properties(placed);
  if (!properties?.box) return null;
  const { box, exact, tolerance_m: tolerance } = properties;
  return { ...box, exact, tolerance };
}

/** Volume or area of the selected parts added up, or in words why there is none. */
export function sumOfSelection(
  viewer: Viewer,
  kind: "volume" | "area",
  shapes: Pick<Shapes, "toLocal">,
): Reading | string {
  const { model, workspace } = viewer;
  const structure = workspace.structure.get();
  const selection = workspace.selection.get();
  if (selection.isEmpty || !model || !structure) return t("measure.noSelection");
  const scales = new Map<number, Stretch>();
  let [value, exact] = [0, true];
  for (const occurrence of selection) {
    const row = structure.rowOfOccurrence(occurrence);
    const part = structure.part(row);
    const own = kind === "volume" ? part?.volume_m3 : part?.area_m2;
    // A sum that leaves something out is no sum.
    if (part === null || own === null || own === undefined) return t("measure.noVolume");
    const stretch = stretchOf(structure, row, scales);
    value += own * (kind === "volume" ? stretch.volume : stretch.volume ** (2 / 3));
    exact &&= part.mass_method !== "mesh" && part.mass_method !== "open";
    exact &&= kind === "volume" || stretch.even;
  }
  const box = model.occurrences.boxOf(selection);
  const middle: Vec3 = box
    ? [(box.min[0] + box.max[0]) / 2, (box.min[1] + box.max[1]) / 2, (box.min[2] + box.max[2]) / 2]
    : [0, 0, 0];
  const position = viewer.toAbsolute(middle);
  const { first } = selection;
  const alone =
    selection.size === 1 && first !== null ? { revision: null, occurrence: first } : null;
  const mark: Mark = markAt(position, alone, shapes);
  return {
    kind,
    mode: "plain",
    value,
    components: [],
    points: [mark],
    exact,
    tolerance: 0,
    mesh: !exact,
  };
}

interface Stretch {
  /** How many times a volume grows by the placement. */
  readonly volume: number;
  /** All ways alike. */
  readonly even: boolean;
}

/** Of all placements above a row together; kept for the rows that share them. */
function stretchOf(structure: Structure, row: number, known: Map<number, Stretch>): Stretch {
  if (row < 0) return { volume: 1, even: true };
  const found = known.get(row);
  if (found) return found;
  const above = stretchOf(structure, structure.parent(row), known);
  const matrix = structure.file.transform[row];
  const own = matrix ? ownStretch(matrix) : { volume: 1, even: true };
  const stretch = { volume: above.volume * own.volume, even: above.even && own.even };
  known.set(row, stretch);
  return stretch;
}

function ownStretch(matrix: Matrix4): Stretch {
  const column = (at: number): Vec3 => [matrix[at] ?? 0, matrix[at + 1] ?? 0, matrix[at + 2] ?? 0];
  const [x, y, z] = [column(0), column(4), column(8)];
  const volume = Math.abs(
    x[0] * (y[1] * z[2] - y[2] * z[1]) -
      y[0] * (x[1] * z[2] - x[2] * z[1]) +
      z[0] * (x[1] * y[2] - x[2] * y[1]),
  );
  const sizes = [x, y, z].map((each) => Math.hypot(...each));
  const even = Math.max(...sizes) - Math.min(...sizes) <= 1e-9 * Math.max(...sizes);
  return { volume, even };
}
