/**
 * Edges of a mesh as something to measure: creases that go on into each other are one polyline, so that the rim of a
 * bore is a circle again, as near as its chords allow.
 */

import type { Vec3 } from "../state/model";

/** A crease that turns more at a corner ends there; radians. Chords of a bore of eight sides turn by 0.79. */
const CORNER_RAD = 0.9;
/** A rim of so many chords is a scan's. */
const MOST_CHORDS = 2000;

/** Segments of one geometry: six numbers each. */
export type Segments = Float64Array;

/**
 * Points of the polyline that goes through a segment, in order; a closed one ends where it begins. Where three creases
 * meet it ends.
 */
export function chainThrough(segments: Segments, start: number): readonly Vec3[] {
  const ends = endsOf(segments);
  const [from, to] = [corner(segments, start, 0), corner(segments, start, 1)];
  const forward = walk(segments, ends, start, 1);
  const last = forward.at(-1) ?? to;
  if (same(last, from)) return [from, to, ...forward];
  const back = walk(segments, ends, start, 0).reverse();
  return [...back, from, to, ...forward];
}

/** The segment nearest to a point, or −1. */
export function nearestSegment(segments: Segments, p: Vec3): number {
  let [best, least] = [-1, Infinity];
  for (let s = 0; s < segments.length / 6; s += 1) {
    const [a, b] = [corner(segments, s, 0), corner(segments, s, 1)];
    const way: Vec3 = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
    const size = way[0] ** 2 + way[1] ** 2 + way[2] ** 2;
    const t =
      size === 0
        ? 0
        : ((p[0] - a[0]) * way[0] + (p[1] - a[1]) * way[1] + (p[2] - a[2]) * way[2]) / size;
    const at = Math.max(0, Math.min(1, t));
    const away = Math.hypot(
      a[0] + way[0] * at - p[0],
      a[1] + way[1] * at - p[1],
      a[2] + way[2] * at - p[2],
    );
    if (away < least) [best, least] = [s, away];
  }
  return best;
}

type Ends = ReadonlyMap<string, readonly number[]>;

/** Segments at each corner. */
function endsOf(segments: Segments): Ends {
  const ends = new Map<string, number[]>();
  for (let s = 0; s < segments.length / 6; s += 1)
    for (const end of [0, 1] as const) {
      const key = corner(segments, s, end).join();
      const list = ends.get(key);
      if (list) list.push(s);
      else ends.set(key, [s]);
    }
  return ends;
}

/** Corners from one end of a segment on, as long as one crease goes on smoothly. */
function walk(segments: Segments, ends: Ends, start: number, end: 0 | 1): Vec3[] {
  const found: Vec3[] = [];
  const seen = new Set([start]);
  let [before, at] = [corner(segments, start, end === 1 ? 0 : 1), corner(segments, start, end)];
  while (found.length < MOST_CHORDS) {
    const next: { segment: number; to: Vec3 }[] = [];
    for (const segment of ends.get(at.join()) ?? []) {
      if (seen.has(segment)) continue;
      const first = corner(segments, segment, 0);
      const to = same(first, at) ? corner(segments, segment, 1) : first;
      if (turn(before, at, to) <= CORNER_RAD) next.push({ segment, to });
    }
    const [only] = next;
    if (!only || next.length > 1) return found;
    seen.add(only.segment);
    found.push(only.to);
    [before, at] = [at, only.to];
  }
  return found;
}

function turn(a: Vec3, b: Vec3, c: Vec3): number {
  const p: Vec3 = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const q: Vec3 = [c[0] - b[0], c[1] - b[1], c[2] - b[2]];
  const square = Math.hypot(
    p[1] * q[2] - p[2] * q[1],
    p[2] * q[0] - p[0] * q[2],
    p[0] * q[1] - p[1] * q[0],
  );
  return Math.atan2(square, p[0] * q[0] + p[1] * q[1] + p[2] * q[2]);
}

function corner(segments: Segments, s: number, end: 0 | 1): Vec3 {
  const at = 6 * s + 3 * end;
  return [segments[at] ?? 0, segments[at + 1] ?? 0, segments[at + 2] ?? 0];
}

function same(a: Vec3, b: Vec3): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2];
}
