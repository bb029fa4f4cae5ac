/** Triangles and polylines as something to measure, where no exact shape is known. */

import type { Vec3 } from "../../state/model";
import { along, cross, distance, dot, length, subtract } from "../vector";

/** Frame of the part, metres. */
export interface MeshShape {
  /** x, y, z of each vertex. */
  readonly points: Float64Array;
  /** Three into `points` each; empty: `points` is one polyline. */
  readonly triangles: Uint32Array;
}

export function meshPoint({ points }: MeshShape, index: number): Vec3 {
  return [points[3 * index] ?? 0, points[3 * index + 1] ?? 0, points[3 * index + 2] ?? 0];
}

/** Of the product of two sides squared: a triangle with a smaller area squared is a line or a point. */
const FLAT = 1e-20;

/**
 * The nearest point of a triangle to a point (Ericson, Real-Time Collision Detection, §5.1.5). Coarser levels have
 * triangles that are lines or points on their grid.
 */
export function nearestOnTriangle(p: Vec3, a: Vec3, b: Vec3, c: Vec3): Vec3 {
  const ab = subtract(b, a);
  const ac = subtract(c, a);
  const ap = subtract(p, a);
  const [d1, d2] = [dot(ab, ap), dot(ac, ap)];
  if (d1 <= 0 && d2 <= 0) return a;
  const bp = subtract(p, b);
  const [d3, d4] = [dot(ab, bp), dot(ac, bp)];
  if (d3 >= 0 && d4 <= d3) return b;
  const vc = d1 * d4 - d3 * d2;
  if (vc <= 0 && d1 >= 0 && d3 <= 0 && d1 > d3) return along(a, ab, d1 / (d1 - d3));
  const cp = subtract(p, c);
  const [d5, d6] = [dot(ab, cp), dot(ac, cp)];
  if (d6 >= 0 && d5 <= d6) return c;
  const vb = d5 * d2 - d1 * d6;
  if (vb <= 0 && d2 >= 0 && d6 <= 0 && d2 > d6) return along(a, ac, d2 / (d2 - d6));
  const va = d3 * d6 - d5 * d4;
  if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0 && d4 - d3 + (d5 - d6) > 0)
    return along(b, subtract(c, b), (d4 - d3) / (d4 - d3 + (d5 - d6)));
  const whole = va + vb + vc;
  if (!(whole > FLAT * dot(ab, ab) * dot(ac, ac))) return nearestOnSides(p, [a, b, c]);
  return along(along(a, ab, vb / whole), ac, vc / whole);
}

function nearestOnSides(p: Vec3, corners: readonly [Vec3, Vec3, Vec3]): Vec3 {
  let [best, least] = [corners[0], Infinity];
  corners.forEach((from, i) => {
    const way = subtract(corners[((i + 1) % 3) as 0 | 1 | 2], from);
    const size = dot(way, way);
    const share = size > 0 ? dot(subtract(p, from), way) / size : 0;
    const foot = along(from, way, Math.max(0, Math.min(1, share)));
    const away = distance(p, foot);
    if (away < least) [best, least] = [foot, away];
  });
  return best;
}

/** corners: nine numbers for each triangle. */
export function distanceToTriangles(corners: Float64Array, p: Vec3): number {
  let least = Infinity;
  for (let i = 0; i + 8 < corners.length; i += 9) {
    const at = (corner: number): Vec3 => [
      corners[i + 3 * corner] ?? 0,
      corners[i + 3 * corner + 1] ?? 0,
      corners[i + 3 * corner + 2] ?? 0,
    ];
    least = Math.min(least, distance(p, nearestOnTriangle(p, at(0), at(1), at(2))));
  }
  return least;
}

/** Triangles looked at for an estimate. */
const SAMPLE = 4000;
/** Normals that turn more across an edge are a crease, not a rounding. */
const CREASE_RAD = Math.PI / 6;

/**
 * How far triangles stray from the smooth shape that they stand for, metres: nobody says so, but neighbours that
 * turn by an angle t across a strip w wide are chords of a circle, whose arc rises w/2 · tan(t/4) above them. The
 * nineteenth twentieth of those rises; 0 of a mesh of flat faces and creases only.
 */
export function estimatedDeflection(mesh: MeshShape): number {
  const { triangles } = mesh;
  const count = triangles.length / 3;
  const open = new Map<number, { readonly normal: Vec3; readonly width: number }>();
  const vertices = mesh.points.length / 3;
  const rises: number[] = [];
  for (let t = 0; t < count && rises.length < SAMPLE; t += 1) {
    const index = [0, 1, 2].map((i) => triangles[3 * t + i] ?? 0);
    const [a, b, c] = [0, 1, 2].map((i) => meshPoint(mesh, index[i] ?? 0)) as [Vec3, Vec3, Vec3];
    const square = cross(subtract(b, a), subtract(c, a));
    const area2 = length(square);
    if (area2 === 0) continue;
    const normal: Vec3 = [square[0] / area2, square[1] / area2, square[2] / area2];
    for (let i = 0; i < 3; i += 1) {
      const [from, to] = [index[i] ?? 0, index[(i + 1) % 3] ?? 0];
      const edge = distance(meshPoint(mesh, from), meshPoint(mesh, to));
      const width = edge > 0 ? area2 / edge : 0;
      const key = Math.min(from, to) * vertices + Math.max(from, to);
      const other = open.get(key);
      if (!other) {
        open.set(key, { normal, width });
        continue;
      }
      const turn = Math.acos(Math.max(-1, Math.min(1, dot(normal, other.normal))));
      if (turn > 1e-4 && turn < CREASE_RAD)
        rises.push((Math.min(width, other.width) / 2) * Math.tan(turn / 4));
    }
  }
  if (rises.length === 0) return 0;
  rises.sort((p, q) => p - q);
  return rises[Math.floor(rises.length * 0.95)] ?? 0;
}
