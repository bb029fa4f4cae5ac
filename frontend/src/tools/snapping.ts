/** What a measuring pointer means: a vertex, a middle, a centre, an edge or just the face under it. */

import type { Vec3 } from "../state/model";
import type { SnapKind } from "../state/workspace";
import type { OpenedModel } from "../scene/opened_model";
import type { Hit } from "../scene/picking";
import type { Pointer } from "../scene/pointer";
import {
  add,
  along,
  cross,
  distance,
  dot,
  length,
  normalize,
  scale,
  subtract,
} from "../scene/vector";

/** UX.md §2.9. */
const SNAP_PX = 12;
/** A vertex this much farther than an edge still wins: edges pass through every vertex. */
const VERTEX_BIAS_PX = 4;
/** Where to look beside the pointer; pixels. */
const RING_PX = 8;
const RING = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
  [0.7, 0.7],
  [-0.7, 0.7],
  [0.7, -0.7],
  [-0.7, -0.7],
] as const;
/** Polylines with fewer segments are no circles. */
const CIRCLE_SEGMENTS = 8;

/** A snapped point; model frame, as shown. */
export interface Snap {
  readonly kind: SnapKind;
  readonly point: Vec3;
  readonly occurrence: number;
  readonly local: Vec3;
  /** The edge that was snapped to, as pairs of points to highlight; empty for faces. */
  readonly edge: readonly (readonly [Vec3, Vec3])[];
}

/** The edges of one geometry, in grid steps, with the points that snapping looks for. */
interface EdgeTable {
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

/** Snaps on one model; keeps the tables of the geometries it was asked about. */
export class Snapper {
  private readonly model: OpenedModel;
  private readonly tables = new Map<number, EdgeTable>();
  private edgeVersion: Uint16Array | null = null;

  constructor(model: OpenedModel) {
    this.model = model;
  }

  /**
   * The best candidate near a pointer: on the part under it, else on one a few pixels beside it, so that the
   * corner of an outline can be had although half of its pixels miss the part. Null over nothing.
   */
  aim(pointer: Pointer): Snap | null {
    const hit = this.model.pick(pointer.origin, pointer.direction);
    const own = hit ? this.snap(pointer, hit) : null;
    if (own && own.kind !== "face") return own;
    if (pointer.alt) return own;
    const asked = new Set<number>(hit ? [hit.occurrence] : []);
    for (const [right, down] of RING) {
      const { origin, direction } = pointer.beside(right * RING_PX, down * RING_PX);
      const near = this.model.pick(origin, direction);
      if (!near || asked.has(near.occurrence)) continue;
      asked.add(near.occurrence);
      if (hit && near.distance > hit.distance) continue; // it lies behind what is pointed at
      const snap = this.snap(pointer, near);
      if (snap.kind !== "face") return snap;
    }
    return own;
  }

  /** The best candidate near a hit; the hit itself when nothing is near, or with Alt held. */
  snap(pointer: Pointer, hit: Hit): Snap {
    const free: Snap = {
      kind: "face",
      point: hit.point,
      occurrence: hit.occurrence,
      local: hit.local,
      edge: [],
    };
    if (pointer.alt || hit.cap !== null) return free;
    const { occurrences } = this.model;
    const table = this.tableOf(occurrences.geometry[hit.occurrence] ?? 0);
    if (!table) return free;
    const place = (at: Vec3): Vec3 => occurrences.fromSteps(hit.occurrence, at[0], at[1], at[2]);
    const metresPerPixel = pointer.reach(hit.point, 1);
    // Everything is compared in the part's grid: one transformed ray instead of thousands of points.
    const origin = occurrences.toSteps(hit.occurrence, pointer.origin);
    const direction = normalize(occurrences.directionToSteps(hit.occurrence, pointer.direction));
    const stepsPerPixel = metresPerPixel / Math.max(occurrences.stepLength(hit.occurrence), 1e-12);
    const depth = dot(subtract(occurrences.toSteps(hit.occurrence, hit.point), origin), direction);
    const reach = SNAP_PX * stepsPerPixel;
    // Behind the surface means hidden; a little slack for edges that the triangles cut off.
    const deepest = depth + reach;

    let best: { at: Vec3; kind: SnapKind; edge: number; score: number } | null = null;
    const offer = (at: Vec3, kind: SnapKind, edge: number, bias: number): void => {
      const from = subtract(at, origin);
      const ahead = dot(from, direction);
      // A centre lies in the air of its hole: it is never hidden by the part itself.
      if (ahead <= 0 || (kind !== "centre" && ahead > deepest)) return;
      const aside = length(subtract(from, scale(direction, ahead)));
      if (aside > reach) return;
      const score = aside - bias * stepsPerPixel;
      if (!best || score < best.score) best = { at, kind, edge, score };
    };
    for (const { kind, at, edge } of table.points)
      offer(at, kind, edge, kind === "vertex" ? VERTEX_BIAS_PX : VERTEX_BIAS_PX / 2);
    const { segments, edgeOf } = table;
    for (let s = 0; s < edgeOf.length; s += 1) {
      const near = nearestOnSegment(segments, s, origin, direction);
      offer(near, "edge", edgeOf[s] ?? 0, 0);
    }
    // TypeScript does not follow assignments in closures.
    const found = best as { at: Vec3; kind: SnapKind; edge: number } | null;
    if (!found) return free;
    const point = place(found.at);
    const edge: [Vec3, Vec3][] = [];
    for (let s = 0; s < edgeOf.length; s += 1)
      if (edgeOf[s] === found.edge)
        edge.push([place(corner(segments, s, 0)), place(corner(segments, s, 1))]);
    return {
      kind: found.kind,
      point,
      occurrence: hit.occurrence,
      local: occurrences.toPart(hit.occurrence, point),
      edge,
    };
  }

  private tableOf(geometry: number): EdgeTable | null {
    const { edges, edgeVertices } = this.model.batch.store.ranges;
    if (edgeVertices !== this.edgeVersion) {
      this.tables.clear();
      this.edgeVersion = edgeVertices;
    }
    const known = this.tables.get(geometry);
    if (known) return known;
    const count = edges.count[geometry] ?? 0;
    if (count === 0) return null;
    const table = readEdges(edgeVertices, edges.first[geometry] ?? 0, count);
    this.tables.set(geometry, table);
    return table;
  }
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

function corner(segments: Float64Array, s: number, end: 0 | 1): Vec3 {
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
function nearestOnSegment(segments: Float64Array, s: number, origin: Vec3, direction: Vec3): Vec3 {
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
