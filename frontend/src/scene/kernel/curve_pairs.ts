/**
 * The least distance of two curves. Lines in closed form; else both are cut into pieces whose chords and sags bound
 * the distance from below, pieces that cannot hold the least are dropped, and what is left is polished by Newton.
 */

import type { Vec3 } from "../../state/model";
import { along, distance, dot, subtract } from "../vector";
import type { Best } from "./best";
import { type Curve, bendAt, knotsOf, nearestOnCurve, pointAt, sagOf, tangentAt } from "./curves";

/** Pieces are cut until their sags are this share of the distance or the size. */
const FLAT = 1e-3;
/** Pairs polished at most: concentric circles have a circle of least pairs. */
const MOST_POLISHED = 48;

/** Offers the nearest points of two curves. */
export function nearestOfCurves(a: Curve, b: Curve, best: Best, stray = 0): void {
  if (a.kind === "line" && b.kind === "line") {
    const [s, t] = nearestOfSegments(a.point, pointAt(a, a.last), b.point, pointAt(b, b.last));
    const [p, q] = [pointAt(a, s * a.last), pointAt(b, t * b.last)];
    best.offer(distance(p, q), p, q, stray);
    return;
  }
  ends(a, b, best, stray);
  best.turned(() => ends(b, a, best, stray));
  search(a, b, best, stray);
}

/** The ends of one curve against all of another. */
function ends(a: Curve, b: Curve, best: Best, stray: number): void {
  for (const t of [a.first, a.last]) {
    const p = pointAt(a, t);
    const near = nearestOnCurve(b, p);
    best.offer(near.distance, p, near.point, stray);
  }
}

interface Cell {
  readonly a0: number;
  readonly a1: number;
  readonly b0: number;
  readonly b1: number;
  readonly low: number;
  readonly s: number;
  readonly t: number;
}

function search(a: Curve, b: Curve, best: Best, stray: number): void {
  let cells: Cell[] = [];
  const [ka, kb] = [knotsOf(a), knotsOf(b)];
  for (let i = 1; i < ka.length; i += 1)
    for (let j = 1; j < kb.length; j += 1)
      push(cells, a, b, ka[i - 1] ?? 0, ka[i] ?? 0, kb[j - 1] ?? 0, kb[j] ?? 0, best.distance);
  for (let round = 0; round < 24; round += 1) {
    cells = cells.filter(({ low }) => low < best.distance);
    if (cells.length === 0) return;
    let worst = 0;
    let least = Infinity;
    for (const cell of cells) {
      worst = Math.max(worst, sagOf(a, cell.a0, cell.a1) + sagOf(b, cell.b0, cell.b1));
      least = Math.min(least, cell.low);
    }
    if (worst <= FLAT * Math.max(least, 1e-3 * spanOf(a), 1e-3 * spanOf(b))) break;
    if (cells.length > 4096) break;
    const next: Cell[] = [];
    for (const cell of cells) {
      if (cell.low >= best.distance) continue;
      // Known before the cut: what was found bounds everything else.
      const p = pointAt(a, cell.s);
      const q = pointAt(b, cell.t);
      best.offer(distance(p, q), p, q, stray);
      const am = (cell.a0 + cell.a1) / 2;
      const bm = (cell.b0 + cell.b1) / 2;
      const cutA = sagOf(a, cell.a0, cell.a1) > 0;
      const cutB = sagOf(b, cell.b0, cell.b1) > 0;
      const partsA = cutA ? [cell.a0, am, cell.a1] : [cell.a0, cell.a1];
      const partsB = cutB ? [cell.b0, bm, cell.b1] : [cell.b0, cell.b1];
      for (let i = 1; i < partsA.length; i += 1)
        for (let j = 1; j < partsB.length; j += 1)
          push(
            next,
            a,
            b,
            partsA[i - 1] ?? 0,
            partsA[i] ?? 0,
            partsB[j - 1] ?? 0,
            partsB[j] ?? 0,
            best.distance,
          );
    }
    cells = next;
  }
  cells.sort((one, other) => one.low - other.low);
  for (const cell of cells.slice(0, MOST_POLISHED))
    if (cell.low < best.distance) polish(a, b, cell.s, cell.t, best, stray);
}

function spanOf(curve: Curve): number {
  if (curve.kind === "line") return curve.last;
  return curve.kind === "polyline" ? 0 : curve.major;
}

function push(
  cells: Cell[],
  a: Curve,
  b: Curve,
  a0: number,
  a1: number,
  b0: number,
  b1: number,
  limit: number,
): void {
  const [p, q] = [pointAt(a, a0), pointAt(a, a1)];
  const [r, u] = [pointAt(b, b0), pointAt(b, b1)];
  const [s, t] = nearestOfSegments(p, q, r, u);
  const low =
    distance(along(p, subtract(q, p), s), along(r, subtract(u, r), t)) -
    sagOf(a, a0, a1) -
    sagOf(b, b0, b1);
  if (low < limit)
    cells.push({ a0, a1, b0, b1, low, s: a0 + (a1 - a0) * s, t: b0 + (b1 - b0) * t });
}

/** Newton on both derivatives of the squared distance, held inside both ranges. */
function polish(a: Curve, b: Curve, s0: number, t0: number, best: Best, stray: number): void {
  let [s, t] = [s0, t0];
  let least = distance(pointAt(a, s), pointAt(b, t));
  for (let step = 0; step < 30; step += 1) {
    const gap = subtract(pointAt(a, s), pointAt(b, t));
    const [da, db] = [tangentAt(a, s), tangentAt(b, t)];
    const [ga, gb] = [dot(gap, da), -dot(gap, db)];
    let haa = dot(da, da) + dot(gap, bendAt(a, s));
    let hbb = dot(db, db) - dot(gap, bendAt(b, t));
    const hab = -dot(da, db);
    if (!(haa > 0) || !(hbb > 0) || haa * hbb - hab * hab <= 1e-14 * haa * hbb) {
      // Not a valley from here: Gauss–Newton goes downhill all the same.
      haa = dot(da, da);
      hbb = dot(db, db);
      if (haa * hbb - hab * hab <= 1e-14 * haa * hbb) hbb += 1e-9 * hbb;
    }
    const det = haa * hbb - hab * hab;
    let ds = -(hbb * ga - hab * gb) / det;
    let dt = -(haa * gb - hab * ga) / det;
    // At an end that the step would leave, the other parameter goes alone.
    if ((s <= a.first && ds < 0) || (s >= a.last && ds > 0)) [ds, dt] = [0, -gb / hbb];
    else if ((t <= b.first && dt < 0) || (t >= b.last && dt > 0)) [ds, dt] = [-ga / haa, 0];
    let better = false;
    for (let share = 1; share > 1e-3; share /= 2) {
      const [ns, nt] = [held(a, s + share * ds), held(b, t + share * dt)];
      const next = distance(pointAt(a, ns), pointAt(b, nt));
      if (next < least) {
        better = Math.abs(ns - s) + Math.abs(nt - t) > 1e-15;
        [s, t, least] = [ns, nt, next];
        break;
      }
    }
    if (!better) break;
  }
  const [p, q] = [pointAt(a, s), pointAt(b, t)];
  best.offer(distance(p, q), p, q, stray);
}

function held(curve: Curve, t: number): number {
  return Math.max(curve.first, Math.min(curve.last, t));
}

/** Shares of two segments at which they are nearest (Ericson, Real-Time Collision Detection, §5.1.9). */
export function nearestOfSegments(p: Vec3, q: Vec3, r: Vec3, u: Vec3): readonly [number, number] {
  const d1 = subtract(q, p);
  const d2 = subtract(u, r);
  const from = subtract(p, r);
  const a = dot(d1, d1);
  const e = dot(d2, d2);
  const f = dot(d2, from);
  if (a === 0 && e === 0) return [0, 0];
  if (a === 0) return [0, clamp(f / e)];
  const c = dot(d1, from);
  if (e === 0) return [clamp(-c / a), 0];
  const b = dot(d1, d2);
  const det = a * e - b * b;
  let s = det > 1e-16 * a * e ? clamp((b * f - c * e) / det) : 0;
  let t = (b * s + f) / e;
  if (t < 0) {
    t = 0;
    s = clamp(-c / a);
  } else if (t > 1) {
    t = 1;
    s = clamp((b - c) / a);
  }
  return [s, t];
}

function clamp(value: number): number {
  return Math.max(0, Math.min(1, value));
}
