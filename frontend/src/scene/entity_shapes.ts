/** Faces, edges, axes and bodies of placed parts as numbers to draw; no GPU. Model frame, as shown. */

import type { EntityRef } from "../state/entities";
import type { Vec3 } from "../state/model";
import { NO_GEOMETRY } from "./draw_list";
import type { ExactStore } from "./exact_store";
import { type Curve, knotsOf, pointAt } from "./kernel/curves";
import { axisOf } from "./kernel/snap_points";
import type { OpenedModel } from "./opened_model";
import { along, distance, subtract } from "./vector";

/** What there is to draw of some entities. Coordinates are relative to `origin`, so that singles carry them. */
export interface EntityShapes {
  readonly origin: Vec3;
  /** Nine numbers for each triangle. */
  readonly triangles: readonly number[];
  /** Six numbers for each piece of a line. */
  readonly lines: readonly number[];
  /** Dashes and dots of axes, six numbers each. */
  readonly axes: readonly number[];
  /** Some are not here yet. */
  readonly pending: boolean;
}

/** Pieces of a whole turn. */
const ROUND = 96;
/** Dashes of an axis, each followed by a dot. */
const DASHES = 9;
/** Of the length of a dash and its dot: dash, gap, dot. */
const PATTERN = { dash: 0.66, dot: 0.08, gap: 0.13 } as const;

/** axes: whether faces with an axis show it. */
export function shapesOf(
  refs: readonly EntityRef[],
  model: OpenedModel,
  exact: ExactStore,
  axes: boolean,
): EntityShapes {
  const triangles: number[] = [];
  const lines: number[] = [];
  const dashes: number[] = [];
  let pending = false;
  let origin: Vec3 | null = null;
  for (const ref of refs) {
    const { occurrence, kind, index } = ref;
    if (!model.occurrences.has(occurrence)) continue;
    const solid = exact.exactOf(occurrence);
    if (!solid && exact.isPending(occurrence)) {
      exact.want(occurrence);
      pending = true;
    }
    const zero: Vec3 = (origin ??= exact.toShown(occurrence, [0, 0, 0]) ?? [0, 0, 0]);
    const put = (to: number[], points: readonly Vec3[]): void => {
      for (const p of points) {
        const shown = exact.toShown(occurrence, p);
        if (shown) to.push(...subtract(shown, zero));
      }
    };
    if (kind === "body" && index < 0) {
      wholePart(model, occurrence, zero, triangles);
      continue;
    }
    if (!solid) continue;
    if (kind === "edge") put(lines, chordsOf(solid.curve(index)));
    else if (kind === "face" || kind === "body") {
      const faces = kind === "face" ? [index] : solid.facesOf(index);
      facesOf(model, exact, occurrence, new Set(faces), zero, triangles);
      if (kind === "face" && axes) {
        const axis = axisOf(solid, index);
        if (axis) put(dashes, dashed(axis[0], axis[1]));
      }
    }
  }
  return { origin: origin ?? [0, 0, 0], triangles, lines, axes: dashes, pending };
}

/** A curve as pairs of points. */
export function chordsOf(curve: Curve | null): Vec3[] {
  if (!curve) return [];
  let knots = knotsOf(curve);
  if (curve.kind === "circle" || curve.kind === "ellipse") {
    const span = curve.last - curve.first;
    const pieces = Math.max(4, Math.ceil((ROUND * span) / (2 * Math.PI)));
    knots = Float64Array.from({ length: pieces + 1 }, (_, i) => curve.first + (span * i) / pieces);
  }
  const points = [...knots].map((t) => pointAt(curve, t));
  return points.slice(1).flatMap((p, i) => [points[i] ?? p, p]);
}

/** Dash, dot, dash: pairs of points. */
export function dashed(from: Vec3, to: Vec3): Vec3[] {
  const way = subtract(to, from);
  if (distance(from, to) === 0) return [];
  const step = 1 / (DASHES + PATTERN.dash);
  const found: Vec3[] = [];
  for (let i = 0; i <= DASHES; i += 1) {
    const at = i * step;
    found.push(along(from, way, at), along(from, way, at + PATTERN.dash * step));
    if (i === DASHES) break;
    const dot = at + (PATTERN.dash + PATTERN.gap) * step;
    found.push(along(from, way, dot), along(from, way, dot + PATTERN.dot * step));
  }
  return found;
}

/** The triangles of faces, those of the level that is drawn or nearly. */
function facesOf(
  model: OpenedModel,
  exact: ExactStore,
  occurrence: number,
  faces: ReadonlySet<number>,
  zero: Vec3,
  triangles: number[],
): void {
  const found = exact.facesOfTriangles(occurrence);
  if (!found) return;
  const { vertices, indices } = found.triangles;
  found.faces.forEach((face, triangle) => {
    if (faces.has(face))
      for (let i = 0; i < 3; i += 1)
        putVertex(model, occurrence, vertices, indices[3 * triangle + i] ?? 0, zero, triangles);
  });
}

function putVertex(
  model: OpenedModel,
  occurrence: number,
  vertices: Uint16Array,
  index: number,
  zero: Vec3,
  to: number[],
): void {
  const at = 4 * index;
  const shown = model.occurrences.fromSteps(
    occurrence,
    vertices[at] ?? 0,
    vertices[at + 1] ?? 0,
    vertices[at + 2] ?? 0,
  );
  to.push(shown[0] - zero[0], shown[1] - zero[1], shown[2] - zero[2]);
}

/** All triangles of a part, also of one without an exact shape. */
function wholePart(model: OpenedModel, occurrence: number, zero: Vec3, triangles: number[]): void {
  const geometry = model.occurrences.geometry[occurrence] ?? NO_GEOMETRY;
  const source = model.batch.store.ranges.trianglesOf(geometry);
  if (!source) return;
  for (const index of source.indices)
    putVertex(model, occurrence, source.vertices, index, zero, triangles);
}
