/**
 * Fills outlines that cross or touch one another, line by line: slow and sure. Used where cutting ears off gave another
 * area than the outlines have.
 */

import type { Moments } from "./regions";

export interface Scanned {
  /** (3 × triangles) numbers from `points.length / 2` on: into `more`. */
  readonly triangles: Uint32Array;
  readonly more: Float64Array;
  readonly moments: Moments;
}

interface Side {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  /** +1: the loop goes up here. */
  readonly turn: number;
}

/** Sides beyond which crossings are not looked for one by one. */
const MOST_SIDES = 6000;

/** Trapezia of everything that the loops wind around, between all heights where something happens. */
export function scanFill(points: Float64Array, loops: readonly Uint32Array[]): Scanned {
  const sides: Side[] = [];
  const heights: number[] = [];
  for (const loop of loops) {
    let before = loop[loop.length - 1] ?? 0;
    for (const point of loop) {
      const [ax, ay] = [points[before * 2] ?? 0, points[before * 2 + 1] ?? 0];
      const [bx, by] = [points[point * 2] ?? 0, points[point * 2 + 1] ?? 0];
      heights.push(by);
      if (ay < by) sides.push({ x0: ax, y0: ay, x1: bx, y1: by, turn: 1 });
      else if (by < ay) sides.push({ x0: bx, y0: by, x1: ax, y1: ay, turn: -1 });
      before = point;
    }
  }
  sides.sort((a, b) => a.y0 - b.y0);
  if (sides.length <= MOST_SIDES) addCrossings(sides, heights);
  heights.sort((a, b) => a - b);

  const first = points.length / 2;
  const more: number[] = [];
  const triangles: number[] = [];
  let [area, mx, my] = [0, 0, 0];
  let next = 0;
  let active: Side[] = [];
  for (let h = 0; h + 1 < heights.length; h += 1) {
    const [low, high] = [heights[h] ?? 0, heights[h + 1] ?? 0];
    if (!(high > low)) continue;
    const middle = (low + high) / 2;
    active = active.filter(({ y1 }) => y1 > middle);
    for (; next < sides.length && (sides[next]?.y0 ?? 0) < middle; next += 1) {
      const side = sides[next];
      if (side && side.y1 > middle) active.push(side);
    }
    active.sort((a, b) => across(a, middle) - across(b, middle));
    let winding = 0;
    let from: Side | null = null;
    for (const side of active) {
      const before = winding;
      winding += side.turn;
      if (before === 0) from = side;
      if (winding !== 0 || !from) continue;
      const [a, b] = [across(from, low), across(side, low)];
      const [c, d] = [across(side, high), across(from, high)];
      if (b - a + c - d <= 0) continue;
      const at = first + more.length / 2;
      more.push(a, low, b, low, c, high, d, high);
      triangles.push(at, at + 1, at + 2, at, at + 2, at + 3);
      for (const [ux, uy, vx, vy] of [
        [b - a, 0, c - a, high - low],
        [c - a, high - low, d - a, high - low],
      ] as const) {
        const part = (ux * vy - uy * vx) / 2;
        area += part;
        mx += part * (a + (ux + vx) / 3);
        my += part * (low + (uy + vy) / 3);
      }
    }
  }
  return {
    triangles: Uint32Array.from(triangles),
    more: Float64Array.from(more),
    moments: area > 0 ? { area, x: mx / area, y: my / area } : { area: 0, x: 0, y: 0 },
  };
}

function across({ x0, y0, x1, y1 }: Side, y: number): number {
  return x0 + ((x1 - x0) * (y - y0)) / (y1 - y0);
}

/** Heights where two sides cross. `sides` rise by their lower end. */
function addCrossings(sides: readonly Side[], heights: number[]): void {
  sides.forEach((a, i) => {
    const [left, right] = [Math.min(a.x0, a.x1), Math.max(a.x0, a.x1)];
    for (let j = i + 1; j < sides.length; j += 1) {
      const b = sides[j];
      if (!b || b.y0 >= a.y1) break;
      if (Math.max(b.x0, b.x1) < left || Math.min(b.x0, b.x1) > right) continue;
      const from = Math.max(a.y0, b.y0);
      const to = Math.min(a.y1, b.y1);
      const [low, high] = [across(a, from) - across(b, from), across(a, to) - across(b, to)];
      if (low * high < 0) heights.push(from + ((to - from) * low) / (low - high));
    }
  });
}
