/** Which plane a click means: that of a face, through or square to an axis, or through three points. */

import type { SectionOffer } from "../state/areas/sectioning";
import type { Vec3 } from "../state/model";
import { plain } from "../state/planes";
import { coneOf, cylinderOf, planeOf, sphereOf, torusOf } from "../scene/exact_geometry";
import { placeVector } from "../scene/kernel/affine";
import type { Hit } from "../scene/picking";
import { cross, dot, length, normalize, scale, subtract } from "../scene/vector";
import type { Viewer } from "../scene/viewer";
import type { Snap } from "./snapping";

/** Axis-parallel normals of triangles lose their noise within this of unit length; exact ones within 1e-12. */
const MESH_NOISE = 1e-6;
/** A click waits this long for the exact shape, milliseconds; then the triangle answers. */
const EXACT_WAIT_MS = 1500;

/** What a face is, model frame, as shown. */
export type FaceShape =
  | {
      readonly kind: "plane";
      readonly point: Vec3;
      readonly outward: Vec3;
      readonly exact: boolean;
    }
  | { readonly kind: "round"; readonly point: Vec3; readonly axis: Vec3; readonly outward: Vec3 };

/** Normals of axis-parallel faces are stored without the noise of their triangles. */
export function tidy(normal: Vec3): Vec3 {
  return plain(normalize(normal), MESH_NOISE);
}

/** The shape of the face that was hit: its own where the file has it, else the triangle. */
export async function faceShape(viewer: Viewer, hit: Hit): Promise<FaceShape> {
  const triangle: FaceShape = {
    kind: "plane",
    point: hit.point,
    outward: hit.normal,
    exact: false,
  };
  const { exact } = viewer;
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), EXACT_WAIT_MS));
  const solid = await Promise.race([exact.load(hit.occurrence), late]);
  const face = exact.faceOf(hit);
  const matrix = exact.matrixOf(hit.occurrence);
  if (!solid || !face || !matrix) return triangle;
  const { part } = solid;
  const shown = (local: Vec3): Vec3 => exact.toShown(hit.occurrence, local) ?? hit.point;
  const flat = planeOf(part, face.index);
  if (flat) {
    const outward = plain(normalize(placeVector(matrix, flat.axis)));
    return { kind: "plane", point: shown(flat.origin), outward, exact: true };
  }
  const round =
    cylinderOf(part, face.index) ??
    coneOf(part, face.index) ??
    sphereOf(part, face.index) ??
    torusOf(part, face.index);
  if (!round) return triangle;
  const axis = plain(normalize(placeVector(matrix, round.axis)));
  return { kind: "round", point: shown(round.origin), axis, outward: hit.normal };
}

/** The planes that a click on a round face may mean, the likeliest first; kept is what lies behind them. */
export function offersOf(
  shape: FaceShape & { readonly kind: "round" },
  at: Vec3,
  view: Vec3,
): readonly SectionOffer[] {
  const { point, axis, outward } = shape;
  const arm = subtract(at, point);
  const aside = subtract(arm, scale(axis, dot(arm, axis)));
  const radial = length(aside) > 1e-9 ? normalize(aside) : normalize(outward);
  const offer = (kind: SectionOffer["kind"], normal: Vec3, through: Vec3): SectionOffer => ({
    kind,
    normal,
    offset_m: dot(normal, through),
  });
  // Through the axis: the half toward the viewer goes.
  const facing = dot(radial, view) > 0 ? radial : scale(radial, -1);
  const across = squareOf(axis, view);
  return [
    offer("through", tidy(facing), point),
    offer("square", across, at),
    offer("tangent", tidy(scale(outward, -1)), at),
  ];
}

/** A normal along an axis that keeps what lies behind, seen along `view`. */
export function squareOf(axis: Vec3, view: Vec3): Vec3 {
  const unit = plain(normalize(axis));
  return dot(unit, view) >= 0 ? unit : plain(scale(unit, -1));
}

/**
 * The axis of what was snapped to: that of a round face, the direction of a straight edge, or the axis of the circle
 * that an edge is on; null for faces and other curves.
 */
export function axisOfSnap({ kind, edge, axis }: Snap): Vec3 | null {
  if (axis) return normalize(subtract(axis[1], axis[0]));
  if (kind === "face") return null;
  const first = edge[0];
  const last = edge.at(-1);
  if (!first || !last) return null;
  const chord = subtract(last[1], first[0]);
  const span = edge.reduce((sum, [a, b]) => sum + length(subtract(b, a)), 0);
  if (length(chord) > span * (1 - 1e-9)) return normalize(chord);
  const along = normalize(subtract(first[1], first[0]));
  let normal: Vec3 = [0, 0, 0];
  for (const [a, b] of edge) {
    const turned = cross(along, subtract(b, a));
    if (length(turned) > length(normal)) normal = turned;
  }
  if (length(normal) < span * 1e-6) return normalize(chord);
  const unit = normalize(normal);
  const flat = edge.every(
    ([a, b]) => Math.abs(dot(unit, subtract(b, a))) <= span * 1e-3 && length(subtract(b, a)) > 0,
  );
  return flat ? unit : null;
}
