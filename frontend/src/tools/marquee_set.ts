/** Which parts a rectangle on the screen encloses or touches; free of any page. */

import { RangeSet } from "../state/ranges";

/** CSS pixels in the canvas. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What is needed to know of the picture. */
export interface Shown {
  /** (occurrences) 1: drawn. */
  readonly visible: Uint8Array;
  /** Ghosts are seen through. */
  readonly isGhost: (occurrence: number) => boolean;
  /** Writes min and max x, y, z as the occurrence stands, model frame. */
  readonly boxInto: (occurrence: number, out: Float64Array) => void;
  /** Sections: kept where dot(normal, p) ≥ offset. */
  readonly planes: readonly {
    readonly normal: readonly [number, number, number];
    readonly offset: number;
  }[];
  readonly isUncut: (occurrence: number) => boolean;
  /** Model frame → clip space, column by column. */
  readonly toClip: readonly number[];
  readonly width: number;
  readonly height: number;
  /** Corners of the triangles of an occurrence, model frame, three by three; null: only its box is known. */
  readonly trianglesOf: (occurrence: number) => Float64Array | null;
}

/** Boxes that lie across the border are looked at triangle by triangle, as long as this many suffice. */
const MOST_TRIANGLES = 600_000;
/** Nearer to the eye than this share of w, a corner has no place on the screen. */
const NEAR = 1e-6;

/** The occurrences that a rectangle holds. mode: wholly inside it, or touched by it. */
export function marqueeSet(
  shown: Shown,
  rectangle: Rectangle,
  mode: "enclosed" | "touched",
): RangeSet {
  const { visible, toClip: m } = shown;
  const at = (i: number): number => m[i] ?? 0;
  // Clip coordinates of the rectangle: x · w₀ ≤ …; comparing in pixels would divide 800,000 times.
  const left = (rectangle.left / shown.width) * 2 - 1;
  const right = (rectangle.right / shown.width) * 2 - 1;
  const low = 1 - (rectangle.bottom / shown.height) * 2;
  const high = 1 - (rectangle.top / shown.height) * 2;
  const box = new Float64Array(6);
  const found = new Int32Array(visible.length);
  let count = 0;
  let budget = MOST_TRIANGLES;
  for (let occurrence = 0; occurrence < visible.length; occurrence += 1) {
    if (visible[occurrence] !== 1 || shown.isGhost(occurrence)) continue;
    shown.boxInto(occurrence, box);
    if (!(box[0] !== undefined && box[0] <= (box[3] ?? 0))) continue;
    // All eight corners inside, and none of them right, left, below and above of it.
    let inside = 8;
    let leftOf = 0;
    let rightOf = 0;
    let below = 0;
    let above = 0;
    for (let corner = 0; corner < 8; corner += 1) {
      const x = box[corner & 1 ? 3 : 0] ?? 0;
      const y = box[corner & 2 ? 4 : 1] ?? 0;
      const z = box[corner & 4 ? 5 : 2] ?? 0;
      const w = at(3) * x + at(7) * y + at(11) * z + at(15);
      if (w <= NEAR) {
        inside -= 1; // behind the eye: no place on the screen
        continue;
      }
      const cx = at(0) * x + at(4) * y + at(8) * z + at(12);
      const cy = at(1) * x + at(5) * y + at(9) * z + at(13);
      const l = cx < left * w;
      const r = cx > right * w;
      const b = cy < low * w;
      const a = cy > high * w;
      if (l) leftOf += 1;
      if (r) rightOf += 1;
      if (b) below += 1;
      if (a) above += 1;
      if (l || r || b || a) inside -= 1;
    }
    if (leftOf === 8 || rightOf === 8 || below === 8 || above === 8) continue;
    if (isCutAway(shown, occurrence, box)) continue;
    let holds = inside === 8;
    if (!holds) {
      const triangles = budget > 0 ? shown.trianglesOf(occurrence) : null;
      if (triangles) {
        budget -= triangles.length / 9;
        holds =
          mode === "enclosed"
            ? encloses(triangles, m, left, right, low, high)
            : touches(triangles, m, left, right, low, high);
      } else holds = mode === "touched";
    }
    if (holds) found[count++] = occurrence;
  }
  return RangeSet.fromAscending(found, count);
}

/** Whether a section has taken all of a box away. */
function isCutAway(shown: Shown, occurrence: number, box: Float64Array): boolean {
  if (shown.planes.length === 0 || shown.isUncut(occurrence)) return false;
  return shown.planes.some(({ normal, offset }) => {
    let farthest = -offset;
    for (let axis = 0; axis < 3; axis += 1) {
      const along = normal[axis] ?? 0;
      farthest += along * (box[along > 0 ? axis + 3 : axis] ?? 0);
    }
    return farthest < 0;
  });
}

function encloses(
  triangles: Float64Array,
  m: readonly number[],
  left: number,
  right: number,
  low: number,
  high: number,
): boolean {
  for (let i = 0; i < triangles.length; i += 3) {
    project(triangles, i, m, _a);
    if (_a.w <= NEAR) return false;
    if (_a.x < left || _a.x > right || _a.y < low || _a.y > high) return false;
  }
  return triangles.length > 0;
}

function touches(
  triangles: Float64Array,
  m: readonly number[],
  left: number,
  right: number,
  low: number,
  high: number,
): boolean {
  for (let i = 0; i < triangles.length; i += 9) {
    project(triangles, i, m, _a);
    project(triangles, i + 3, m, _b);
    project(triangles, i + 6, m, _c);
    // Partly behind the eye and over the rectangle's box: near enough to count.
    if (_a.w <= NEAR || _b.w <= NEAR || _c.w <= NEAR) {
      if (_a.w > NEAR || _b.w > NEAR || _c.w > NEAR) return true;
      continue;
    }
    if (meetsRectangle(left, right, low, high)) return true;
  }
  return false;
}

/** Whether the triangle of the scratch points meets the rectangle: no axis of either tells them apart. */
function meetsRectangle(left: number, right: number, low: number, high: number): boolean {
  if (Math.max(_a.x, _b.x, _c.x) < left || Math.min(_a.x, _b.x, _c.x) > right) return false;
  if (Math.max(_a.y, _b.y, _c.y) < low || Math.min(_a.y, _b.y, _c.y) > high) return false;
  return (
    !separates(_a, _b, _c, left, right, low, high) &&
    !separates(_b, _c, _a, left, right, low, high) &&
    !separates(_c, _a, _b, left, right, low, high)
  );
}

/** Whether the line through an edge has the whole rectangle on the side away from the third corner. */
function separates(
  from: Point,
  to: Point,
  third: Point,
  left: number,
  right: number,
  low: number,
  high: number,
): boolean {
  const nx = from.y - to.y;
  const ny = to.x - from.x;
  const side = nx * (third.x - from.x) + ny * (third.y - from.y);
  if (side === 0) return false;
  const sign = Math.sign(side);
  const corner = (x: number, y: number): number => sign * (nx * (x - from.x) + ny * (y - from.y));
  return (
    corner(left, low) < 0 &&
    corner(right, low) < 0 &&
    corner(left, high) < 0 &&
    corner(right, high) < 0
  );
}

interface Point {
  x: number;
  y: number;
  w: number;
}
const _a: Point = { x: 0, y: 0, w: 1 };
const _b: Point = { x: 0, y: 0, w: 1 };
const _c: Point = { x: 0, y: 0, w: 1 };

function project(points: Float64Array, i: number, m: readonly number[], out: Point): void {
  const x = points[i] ?? 0;
  const y = points[i + 1] ?? 0;
  const z = points[i + 2] ?? 0;
  out.w = (m[3] ?? 0) * x + (m[7] ?? 0) * y + (m[11] ?? 0) * z + (m[15] ?? 0);
  out.x = ((m[0] ?? 0) * x + (m[4] ?? 0) * y + (m[8] ?? 0) * z + (m[12] ?? 0)) / out.w;
  out.y = ((m[1] ?? 0) * x + (m[5] ?? 0) * y + (m[9] ?? 0) * z + (m[13] ?? 0)) / out.w;
}
