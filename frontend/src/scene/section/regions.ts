/** From closed outlines to areas of material: what lies in what, triangles to fill it, area and centroid. */

import { ShapeUtils, Vector2 } from "three";
import { scanFill } from "./scan_fill";

/** An outline and the holes in it; numbers of points, the outline counter-clockwise, holes clockwise. */
export interface Region {
  readonly outline: Uint32Array;
  readonly holes: readonly Uint32Array[];
}

/** Area, and the point where the area balances; in the units of the points. */
export interface Moments {
  readonly area: number;
  readonly x: number;
  readonly y: number;
}

/** The material of one cut. */
export interface Filled {
  readonly regions: readonly Region[];
  /** Outlines cross one another, as those of bodies that run into one another do. */
  readonly crossing: boolean;
  /** (3 × triangles) into the points, and behind them into `more`. */
  readonly triangles: Uint32Array;
  /** (2 × n) points that only the triangles need. */
  readonly more: Float64Array;
  readonly moments: Moments;
}

/** Of the regions' area: triangles that miss more than this have gone wrong. */
const MISSED = 1e-6;
/** Places on an outline that say whether it lies in another one. */
const SAMPLES = 7;
/** Square units under which an outline is noise of rounding. */
const LEAST_AREA = 1e-6;

/** Fills loops by winding: material is where they wind around at all. points: (2 × n). */
export function fill(points: Float64Array, loops: readonly Uint32Array[]): Filled {
  const { regions, crossing } = nest(points, loops);
  const expected = momentsOf(points, regions);
  if (!crossing) {
    const triangles = triangulate(points, regions);
    const area = triangleArea(points, triangles);
    if (Math.abs(area - expected.area) <= MISSED * Math.max(expected.area, LEAST_AREA))
      return { regions, crossing, triangles, more: new Float64Array(0), moments: expected };
  }
  const scanned = scanFill(points, loops);
  return {
    regions,
    crossing,
    triangles: scanned.triangles,
    more: scanned.more,
    moments: crossing ? scanned.moments : expected,
  };
}

interface Loop {
  readonly points: Uint32Array;
  readonly area: number;
  readonly box: readonly [number, number, number, number];
  parent: Loop | null;
  winding: number;
  region: { outline: Uint32Array; holes: Uint32Array[] } | null;
}

/** Finds which loops bound material: those across which winding begins or ends. */
export function nest(
  points: Float64Array,
  loops: readonly Uint32Array[],
): { regions: Region[]; crossing: boolean } {
  const sorted = loops
    .map((loop): Loop => {
      const area = loopArea(points, loop);
      const box = boxOf(points, loop);
      return { points: loop, area, box, parent: null, winding: 0, region: null };
    })
    .filter(({ area }) => Math.abs(area) > LEAST_AREA)
    .sort((a, b) => Math.abs(b.area) - Math.abs(a.area));
  const regions: { outline: Uint32Array; holes: Uint32Array[] }[] = [];
  let crossing = false;
  sorted.forEach((loop, index) => {
    for (let other = index - 1; other >= 0; other -= 1) {
      const outer = sorted[other];
      if (!outer || !boxesMeet(outer.box, loop.box)) continue;
      if (cross(points, loop, outer)) {
        crossing = true;
        continue;
      }
      if (shareInside(points, loop.points, outer.points) > 0.5) {
        // Smaller ones come later: the first that holds it is the nearest.
        loop.parent = outer;
        break;
      }
    }
    const around = loop.parent?.winding ?? 0;
    loop.winding = around + Math.sign(loop.area);
    const material = enclosing(loop.parent);
    if (around === 0 && loop.winding !== 0) {
      const outline = loop.area > 0 ? loop.points : loop.points.slice().reverse();
      loop.region = { outline, holes: [] };
      regions.push(loop.region);
    } else if (around !== 0 && loop.winding === 0 && material) {
      material.holes.push(loop.area < 0 ? loop.points : loop.points.slice().reverse());
    }
  });
  return { regions, crossing };
}

function enclosing(loop: Loop | null): { outline: Uint32Array; holes: Uint32Array[] } | null {
  for (let at = loop; at; at = at.parent) if (at.region) return at.region;
  return null;
}

/** Whether two outlines run through one another; touching is no crossing. */
function cross(points: Float64Array, a: Loop, b: Loop): boolean {
  const near = sidesIn(points, b.points, a.box);
  if (near.length === 0) return false;
  const own = sidesIn(points, a.points, b.box);
  const x = (n: number): number => points[n * 2] ?? 0;
  const y = (n: number): number => points[n * 2 + 1] ?? 0;
  const side = (p: number, q: number, r: number): number =>
    (x(q) - x(p)) * (y(r) - y(p)) - (x(r) - x(p)) * (y(q) - y(p));
  for (let i = 0; i < own.length; i += 2) {
    const [p, q] = [own[i] ?? 0, own[i + 1] ?? 0];
    for (let j = 0; j < near.length; j += 2) {
      const [r, s] = [near[j] ?? 0, near[j + 1] ?? 0];
      if (side(p, q, r) * side(p, q, s) < 0 && side(r, s, p) * side(r, s, q) < 0) return true;
    }
  }
  return false;
}

/** Ends of the sides of an outline whose boxes meet a box. */
function sidesIn(points: Float64Array, loop: Uint32Array, box: Loop["box"]): number[] {
  const found: number[] = [];
  let before = loop[loop.length - 1] ?? 0;
  for (const point of loop) {
    const [ax, ay] = [points[before * 2] ?? 0, points[before * 2 + 1] ?? 0];
    const [bx, by] = [points[point * 2] ?? 0, points[point * 2 + 1] ?? 0];
    if (
      Math.min(ax, bx) <= box[2] &&
      Math.max(ax, bx) >= box[0] &&
      Math.min(ay, by) <= box[3] &&
      Math.max(ay, by) >= box[1]
    )
      found.push(before, point);
    before = point;
  }
  return found;
}

/** Share of an outline's sides whose middle lies in another outline, 0 to 1; touching corners do not matter. */
function shareInside(points: Float64Array, loop: Uint32Array, outer: Uint32Array): number {
  const count = Math.min(SAMPLES, loop.length);
  let inside = 0;
  for (let i = 0; i < count; i += 1) {
    const at = Math.floor((i * loop.length) / count);
    const a = loop[at] ?? 0;
    const b = loop[(at + 1) % loop.length] ?? 0;
    const x = ((points[a * 2] ?? 0) + (points[b * 2] ?? 0)) / 2;
    const y = ((points[a * 2 + 1] ?? 0) + (points[b * 2 + 1] ?? 0)) / 2;
    if (contains(points, outer, x, y)) inside += 1;
  }
  return inside / count;
}

/** Whether a loop winds around a point. */
export function contains(points: Float64Array, loop: Uint32Array, x: number, y: number): boolean {
  let inside = false;
  let before = loop[loop.length - 1] ?? 0;
  for (const point of loop) {
    const [ax, ay] = [points[before * 2] ?? 0, points[before * 2 + 1] ?? 0];
    const [bx, by] = [points[point * 2] ?? 0, points[point * 2 + 1] ?? 0];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    before = point;
  }
  return inside;
}

/** Whether a point lies in the material of some regions. */
export function inRegions(
  points: Float64Array,
  regions: readonly Region[],
  x: number,
  y: number,
): boolean {
  return regions.some(
    ({ outline, holes }) =>
      contains(points, outline, x, y) && !holes.some((hole) => contains(points, hole, x, y)),
  );
}

export function momentsOf(points: Float64Array, regions: readonly Region[]): Moments {
  const sum = { area: 0, x: 0, y: 0 };
  for (const { outline, holes } of regions)
    for (const loop of [outline, ...holes]) addMoments(points, loop, sum);
  return balanced(sum);
}

function balanced(sum: { area: number; x: number; y: number }): Moments {
  if (sum.area === 0) return { area: 0, x: 0, y: 0 };
  return { area: sum.area, x: sum.x / sum.area, y: sum.y / sum.area };
}

/** Area and first moments of a loop, about its first point, so that far loops keep their digits. */
function addMoments(
  points: Float64Array,
  loop: Uint32Array,
  sum: { area: number; x: number; y: number },
): void {
  const first = loop[0] ?? 0;
  const [x0, y0] = [points[first * 2] ?? 0, points[first * 2 + 1] ?? 0];
  let [area, mx, my] = [0, 0, 0];
  let before = loop[loop.length - 1] ?? 0;
  for (const point of loop) {
    const [ax, ay] = [(points[before * 2] ?? 0) - x0, (points[before * 2 + 1] ?? 0) - y0];
    const [bx, by] = [(points[point * 2] ?? 0) - x0, (points[point * 2 + 1] ?? 0) - y0];
    const twice = ax * by - bx * ay;
    area += twice / 2;
    mx += (twice * (ax + bx)) / 6;
    my += (twice * (ay + by)) / 6;
    before = point;
  }
  sum.area += area;
  sum.x += mx + area * x0;
  sum.y += my + area * y0;
}

export function loopArea(points: Float64Array, loop: Uint32Array): number {
  const sum = { area: 0, x: 0, y: 0 };
  addMoments(points, loop, sum);
  return sum.area;
}

function triangulate(points: Float64Array, regions: readonly Region[]): Uint32Array {
  const out: number[] = [];
  for (const { outline, holes } of regions) {
    const numbers = [outline, ...holes].flatMap((loop) => [...loop]);
    const corners = (loop: Uint32Array): Vector2[] =>
      Array.from(loop, (p) => new Vector2(points[p * 2], points[p * 2 + 1]));
    for (const triangle of ShapeUtils.triangulateShape(corners(outline), holes.map(corners)))
      for (const corner of triangle) out.push(numbers[corner] ?? 0);
  }
  return Uint32Array.from(out);
}

function triangleArea(points: Float64Array, triangles: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < triangles.length; i += 3) {
    const [a, b, c] = [triangles[i] ?? 0, triangles[i + 1] ?? 0, triangles[i + 2] ?? 0];
    const [ax, ay] = [points[a * 2] ?? 0, points[a * 2 + 1] ?? 0];
    const [bx, by] = [(points[b * 2] ?? 0) - ax, (points[b * 2 + 1] ?? 0) - ay];
    const [cx, cy] = [(points[c * 2] ?? 0) - ax, (points[c * 2 + 1] ?? 0) - ay];
    sum += Math.abs(bx * cy - by * cx) / 2;
  }
  return sum;
}

function boxOf(points: Float64Array, loop: Uint32Array): readonly [number, number, number, number] {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const p of loop) {
    const [x, y] = [points[p * 2] ?? 0, points[p * 2 + 1] ?? 0];
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
  }
  return [x0, y0, x1, y1];
}

function boxesMeet(
  a: readonly [number, number, number, number],
  b: readonly [number, number, number, number],
): boolean {
  return a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];
}
