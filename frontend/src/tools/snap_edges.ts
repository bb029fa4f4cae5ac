/** The display edges of a geometry as something to snap to, until its exact shape is here and where there is none. */

import type { Vec3 } from "../state/model";
import { add, along, cross, distance, dot, length, scale, subtract } from "../scene/vector";

/** Polylines with fewer segments are no circles. */
const CIRCLE_SEGMENTS = 8;

/** The edges of one geometry, in grid steps, with the points that snapping looks for. */
export interface EdgeTable {
  /** (6 × segments). */
  readonly segments: Float64Array;
  /** (segments) which edge each belongs to. */
  readonly edgeOf: Int32Array;
  readonly points: readonly {
    readonly kind: "vertex" | "middle" | "centre";
    readonly at: Vec3;
    readonly edge: number;
  }[];
}

/**
 * Groups segments into edges and finds their ends, middles and, of circles and arcs, centres.
 *
 * vertices: (4 × n) x, y, z in grid steps and the exact edge number, 65535: each segment is its own edge.
 */
export function readEdges(vertices: Uint16Array, first: number, count: number): EdgeTable {
  const segments = new Float64Array((count / 2) * 6);
  const edgeOf = new Int32Array(count / 2);
  const members = new Map<number, number[]>();
  for (let s = 0; s < count / 2; s += 1) {
    const at = (first + s * 2) * 4;
    for (let end = 0; end < 2; end += 1)
      for (let axis = 0; axis < 3; axis += 1)
        segments[s * 6 + end * 3 + axis] = vertices[at + end * 4 + axis] ?? 0;
    const named = vertices[at + 3] ?? 65535;
    // Unnamed crease segments are told apart by numbers beyond every name.
    const edge = named === 65535 ? 65536 + s : named;
    edgeOf[s] = edge;
    const list = members.get(edge);
    if (list) list.push(s);
    else members.set(edge, [s]);
  }
  const points: EdgeTable["points"][number][] = [];
  const seen = new Set<string>();
  const offer = (kind: "vertex" | "middle" | "centre", at: Vec3, edge: number): void => {
    const key = `${kind === "vertex" ? "v" : "m"}${at.join()}`;
    if (seen.has(key)) return;
    seen.add(key);
    points.push({ kind, at, edge });
  };
  for (const [edge, list] of members) {
    const degree = new Map<string, { at: Vec3; count: number }>();
    for (const s of list)
      for (const end of [0, 1] as const) {
        const at = corner(segments, s, end);
        const known = degree.get(at.join());
        if (known) known.count += 1;
        else degree.set(at.join(), { at, count: 1 });
      }
    for (const { at, count: times } of degree.values()) if (times === 1) offer("vertex", at, edge);
    const middle = middleOf(segments, list);
    const centre =
      list.length >= CIRCLE_SEGMENTS ? centreOf([...degree.values()].map(({ at }) => at)) : null;
    if (centre) offer("centre", centre, edge);
    else if (edge < 65536) offer("middle", middle, edge);
  }
  return { segments, edgeOf, points };
}

export function corner(segments: Float64Array, s: number, end: 0 | 1): Vec3 {
  const at = s * 6 + end * 3;
  return [segments[at] ?? 0, segments[at + 1] ?? 0, segments[at + 2] ?? 0];
}

/** The point at half the length of an edge whose segments lie in order. */
function middleOf(segments: Float64Array, list: readonly number[]): Vec3 {
  const total = list.reduce(
    (sum, s) => sum + distance(corner(segments, s, 0), corner(segments, s, 1)),
    0,
  );
  let left = total / 2;
  for (const s of list) {
    const [a, b] = [corner(segments, s, 0), corner(segments, s, 1)];
    const size = distance(a, b);
    if (left <= size) return along(a, subtract(b, a), size === 0 ? 0 : left / size);
    left -= size;
  }
  return corner(segments, list[0] ?? 0, 0);
}

/** The centre of the circle through points, if they lie on one; within two grid steps. */
export function centreOf(points: readonly Vec3[]): Vec3 | null {
  const a = points[0];
  const b = points[Math.floor(points.length / 3)];
  const c = points[Math.floor((points.length * 2) / 3)];
  if (!a || !b || !c) return null;
  const ab = subtract(b, a);
  const ac = subtract(c, a);
  const normal = cross(ab, ac);
  const area2 = dot(normal, normal);
  if (area2 < 1e-6) return null;
  // Circumcentre relative to a: (|ac|² (ab×ac)×ab + |ab|² ac×(ab×ac)) / (2 |ab×ac|²).
  const offset = scale(
    add(scale(cross(normal, ab), dot(ac, ac)), scale(cross(ac, normal), dot(ab, ab))),
    0.5 / area2,
  );
  const centre = add(a, offset);
  const radius = length(offset);
  const tolerance = Math.max(2, radius * 2e-3);
  return points.every((p) => Math.abs(distance(p, centre) - radius) <= tolerance) ? centre : null;
}

/** The point of a segment nearest to a ray (Ericson, Real-Time Collision Detection, §5.1.9). */
export function nearestOnSegment(
  segments: Float64Array,
  s: number,
  origin: Vec3,
  direction: Vec3,
): Vec3 {
  const a = corner(segments, s, 0);
  const b = corner(segments, s, 1);
  const along1 = subtract(b, a);
  const from = subtract(a, origin);
  const e = dot(along1, along1);
  const f = dot(along1, direction);
  const denominator = e - f * f;
  if (denominator < 1e-12) return a;
  const t = (f * dot(direction, from) - dot(along1, from)) / denominator;
  return along(a, along1, Math.max(0, Math.min(1, t)));
}
