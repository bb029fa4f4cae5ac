/**
 * Cuts triangles with a plane into closed outlines.
 *
 * The obvious way, intersecting each triangle and joining ends that are near each other, fails where corners lie in
 * the plane. Here nothing is compared by distance: corners within `tolerance` of the plane count as lying in it, those
 * count as cut away (as if the plane stood a hair further inside what is kept), and every crossing is named by the edge
 * or corner it lies on. The segments of a closed surface then form closed loops whatever the plane passes through.
 * Faces that lie in the plane and look out of what is kept are no cut: their rims are taken off again.
 */

import type { SliceMesh } from "./mesh";

/** Kept side: normal · p >= offset; in the frame of the mesh. */
export interface SlicePlane {
  /** Unit. */
  readonly normal: readonly [number, number, number];
  readonly offset: number;
  /** Two unit vectors of the plane with u × v = −normal: seen from where material was taken away. */
  readonly u: readonly [number, number, number];
  readonly v: readonly [number, number, number];
}

/** Outlines of one cut; 2D coordinates along u and v, in the units of the mesh. */
export interface Slice {
  /** (2 × points). */
  readonly points: Float64Array;
  /** Closed loops of point numbers, material on the left. */
  readonly loops: readonly Uint32Array[];
  /** Runs of points that do not close: the surface is open there. */
  readonly chains: readonly Uint32Array[];
  /** Palette index with the longest share of the outline. */
  readonly material: number;
}

/** Ends that a repair joins are at most this far apart, grid steps: what rounding to the grid can tear. */
const GAP = 4;

/** Cuts a mesh. tolerance: as far as a corner may stand off the plane and still lie in it. */
export function slice(mesh: SliceMesh, plane: SlicePlane, tolerance: number): Slice | null {
  const sides = heights(mesh, plane, tolerance);
  if (!sides) return null;
  const cut = new Cut(mesh, plane, sides);
  const { triangles, materials } = mesh;
  for (let t = 0; t < materials.length; t += 1) {
    const a = triangles[t * 3] ?? 0;
    const b = triangles[t * 3 + 1] ?? 0;
    const c = triangles[t * 3 + 2] ?? 0;
    const ha = sides[a] ?? 0;
    const hb = sides[b] ?? 0;
    const hc = sides[c] ?? 0;
    const kept = (ha > 0 ? 1 : 0) + (hb > 0 ? 1 : 0) + (hc > 0 ? 1 : 0);
    if (kept === 3) continue;
    if (kept === 0) {
      if (ha === 0 && hb === 0 && hc === 0) cut.inPlane(a, b, c);
      continue;
    }
    cut.through(a, b, c, materials[t] ?? 0);
  }
  return cut.finish();
}

/** Height of each corner over the plane, 0 in it; null when all are on one side. */
function heights(mesh: SliceMesh, plane: SlicePlane, tolerance: number): Float64Array | null {
  const { corners } = mesh;
  const [nx, ny, nz] = plane.normal;
  const count = corners.length / 3;
  const out = new Float64Array(count);
  let above = false;
  let below = false;
  for (let i = 0; i < count; i += 1) {
    const h =
      (corners[i * 3] ?? 0) * nx +
      (corners[i * 3 + 1] ?? 0) * ny +
      (corners[i * 3 + 2] ?? 0) * nz -
      plane.offset;
    if (h > tolerance) {
      out[i] = h;
      above = true;
    } else if (h < -tolerance) {
      out[i] = h;
      below = true;
    }
  }
  return above && below ? out : null;
}

/** Point numbers must stay below this for two of them to make one exact number. */
const PAIR = 2 ** 26;

class Cut {
  private readonly mesh: SliceMesh;
  private readonly plane: SlicePlane;
  private readonly sides: Float64Array;
  private readonly points: number[] = [];
  private readonly byEdge = new Map<number, number>();
  private readonly byCorner = new Map<number, number>();
  /** Directed segments, from × PAIR + to → how many. */
  private readonly segments = new Map<number, number>();
  private readonly shares = new Map<number, number>();

  constructor(mesh: SliceMesh, plane: SlicePlane, sides: Float64Array) {
    this.mesh = mesh;
    this.plane = plane;
    this.sides = sides;
  }

  /** A triangle with corners on both sides. */
  through(a: number, b: number, c: number, material: number): void {
    const { sides } = this;
    let leaves = -1;
    let enters = -1;
    const edge = (i: number, j: number): void => {
      const up = (sides[i] ?? 0) > 0;
      if (up === (sides[j] ?? 0) > 0) return;
      const point = up ? this.crossing(i, j) : this.crossing(j, i);
      if (up) leaves = point;
      else enters = point;
    };
    edge(a, b);
    edge(b, c);
    edge(c, a);
    if (leaves < 0 || enters < 0 || leaves === enters) return;
    // Outward normal of the triangle × plane normal: material lies to the left, seen along −normal.
    this.add(enters, leaves);
    const { points } = this;
    const length = Math.hypot(
      (points[leaves * 2] ?? 0) - (points[enters * 2] ?? 0),
      (points[leaves * 2 + 1] ?? 0) - (points[enters * 2 + 1] ?? 0),
    );
    this.shares.set(material, (this.shares.get(material) ?? 0) + length);
  }

  /** A triangle in the plane: one that looks out of what is kept is a face of the part, and no cut. */
  inPlane(a: number, b: number, c: number): void {
    const [i, j, k] = [this.corner(a), this.corner(b), this.corner(c)];
    const { points } = this;
    const x = (n: number): number => points[n * 2] ?? 0;
    const y = (n: number): number => points[n * 2 + 1] ?? 0;
    const area = (x(j) - x(i)) * (y(k) - y(i)) - (x(k) - x(i)) * (y(j) - y(i));
    if (area <= 0) return;
    this.add(j, i);
    this.add(k, j);
    this.add(i, k);
  }

  finish(): Slice | null {
    if (this.segments.size === 0) return null;
    const points = Float64Array.from(this.points);
    const { loops, chains } = link(points, this.segments);
    let material = 0;
    let longest = -1;
    for (const [candidate, length] of this.shares)
      if (length > longest) [material, longest] = [candidate, length];
    return { points, loops, chains, material };
  }

  /** The same segment the other way takes it off. */
  private add(from: number, to: number): void {
    const back = to * PAIR + from;
    const there = this.segments.get(back);
    if (there !== undefined) {
      if (there === 1) this.segments.delete(back);
      else this.segments.set(back, there - 1);
      return;
    }
    const key = from * PAIR + to;
    this.segments.set(key, (this.segments.get(key) ?? 0) + 1);
  }

  /** The point where the edge from a kept corner to another one meets the plane. */
  private crossing(kept: number, other: number): number {
    const low = this.sides[other] ?? 0;
    if (low === 0) return this.corner(other);
    const key = kept * 2 ** 26 + other;
    const known = this.byEdge.get(key);
    if (known !== undefined) return known;
    const high = this.sides[kept] ?? 0;
    const t = high / (high - low);
    const { corners } = this.mesh;
    const at = (axis: number): number => {
      const from = corners[kept * 3 + axis] ?? 0;
      return from + ((corners[other * 3 + axis] ?? 0) - from) * t;
    };
    const number = this.put(at(0), at(1), at(2));
    this.byEdge.set(key, number);
    return number;
  }

  private corner(corner: number): number {
    const known = this.byCorner.get(corner);
    if (known !== undefined) return known;
    const { corners } = this.mesh;
    const number = this.put(
      corners[corner * 3] ?? 0,
      corners[corner * 3 + 1] ?? 0,
      corners[corner * 3 + 2] ?? 0,
    );
    this.byCorner.set(corner, number);
    return number;
  }

  private put(x: number, y: number, z: number): number {
    const { u, v } = this.plane;
    this.points.push(x * u[0] + y * u[1] + z * u[2], x * v[0] + y * v[1] + z * v[2]);
    return this.points.length / 2 - 1;
  }
}

/** Joins directed segments into loops, and what does not close into chains. */
function link(
  points: Float64Array,
  segments: ReadonlyMap<number, number>,
): { loops: Uint32Array[]; chains: Uint32Array[] } {
  const ways = new Map<number, number[]>();
  const balance = new Map<number, number>();
  const go = (from: number, to: number): void => {
    const list = ways.get(from);
    if (list) list.push(to);
    else ways.set(from, [to]);
    balance.set(from, (balance.get(from) ?? 0) + 1);
    balance.set(to, (balance.get(to) ?? 0) - 1);
  };
  for (const [key, times] of segments)
    for (let i = 0; i < times; i += 1) go(Math.floor(key / PAIR), key % PAIR);
  closeGaps(points, balance, go);

  const chains: Uint32Array[] = [];
  for (const [point, more] of [...balance])
    for (let i = 0; i < more; i += 1) chains.push(walk(points, ways, point));
  const loops: Uint32Array[] = [];
  for (const [start, list] of ways)
    while (list.length > 0) {
      const loop = walk(points, ways, start);
      const closed = simplified(points, loop.subarray(0, loop.length - 1));
      if (closed.length >= 3) loops.push(closed);
    }
  return { loops, chains };
}

/** Joins ends that rounding tore apart. */
function closeGaps(
  points: Float64Array,
  balance: ReadonlyMap<number, number>,
  go: (from: number, to: number) => void,
): void {
  const ends = [...balance].filter(([, more]) => more < 0).map(([point]) => point);
  if (ends.length === 0) return;
  const starts = new Set([...balance].filter(([, more]) => more > 0).map(([point]) => point));
  for (const end of ends) {
    let nearest = -1;
    let least = GAP;
    for (const start of starts) {
      const apart = Math.hypot(
        (points[start * 2] ?? 0) - (points[end * 2] ?? 0),
        (points[start * 2 + 1] ?? 0) - (points[end * 2 + 1] ?? 0),
      );
      if (apart < least) [nearest, least] = [start, apart];
    }
    if (nearest < 0) continue;
    go(end, nearest);
    if ((balance.get(nearest) ?? 0) <= 0) starts.delete(nearest);
  }
}

/** Follows segments from a point until it is back or at an end, using each once; the sharpest left turn first. */
function walk(points: Float64Array, ways: Map<number, number[]>, start: number): Uint32Array {
  const run = [start];
  let before = -1;
  let at = start;
  for (;;) {
    const list = ways.get(at);
    if (!list || list.length === 0) break;
    const next = list.length === 1 ? list.pop() : takeLeftmost(points, list, before, at);
    if (next === undefined) break;
    run.push(next);
    before = at;
    at = next;
    if (at === start) break;
  }
  return Uint32Array.from(run);
}

function takeLeftmost(
  points: Float64Array,
  list: number[],
  before: number,
  at: number,
): number | undefined {
  if (before < 0) return list.pop();
  const x = (n: number): number => points[n * 2] ?? 0;
  const y = (n: number): number => points[n * 2 + 1] ?? 0;
  const came = Math.atan2(y(at) - y(before), x(at) - x(before));
  let best = 0;
  let most = -Infinity;
  list.forEach((to, i) => {
    let left = Math.atan2(y(to) - y(at), x(to) - x(at)) - came;
    while (left <= -Math.PI) left += 2 * Math.PI;
    while (left > Math.PI) left -= 2 * Math.PI;
    if (left > most) [best, most] = [i, left];
  });
  return list.splice(best, 1)[0];
}

/** Grid steps by which a point may be off the line between its neighbours and still say nothing. */
const STRAIGHT = 1e-4;

/** A loop without points that repeat one another or lie straight between their neighbours. */
function simplified(points: Float64Array, loop: Uint32Array): Uint32Array {
  const x = (n: number): number => points[n * 2] ?? 0;
  const y = (n: number): number => points[n * 2 + 1] ?? 0;
  const kept: number[] = [];
  const says = (a: number, b: number, c: number): boolean => {
    const [ux, uy, vx, vy] = [x(b) - x(a), y(b) - y(a), x(c) - x(b), y(c) - y(b)];
    const [lu, lv] = [Math.hypot(ux, uy), Math.hypot(vx, vy)];
    if (lu < 1e-9 || lv < 1e-9) return false;
    // A spike, straight there and back, says nothing either; two of its three points then go.
    return Math.abs(ux * vy - uy * vx) > STRAIGHT * Math.max(lu, lv);
  };
  for (const point of loop) {
    while (kept.length >= 2) {
      const [a, b] = [kept.at(-2) ?? 0, kept.at(-1) ?? 0];
      if (says(a, b, point)) break;
      kept.pop();
    }
    kept.push(point);
  }
  for (let trimmed = true; trimmed && kept.length >= 3;) {
    trimmed = false;
    const [first, second] = [kept[0] ?? 0, kept[1] ?? 0];
    const [last, beforeLast] = [kept.at(-1) ?? 0, kept.at(-2) ?? 0];
    if (!says(beforeLast, last, first)) {
      kept.pop();
      trimmed = true;
    } else if (!says(last, first, second)) {
      kept.shift();
      trimmed = true;
    }
  }
  return Uint32Array.from(kept);
}
