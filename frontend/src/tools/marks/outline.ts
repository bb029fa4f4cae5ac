/** The outlines of marks as SVG path data; points in CSS pixels. */

import type { SheetMarkKind } from "../../state/areas/marking";

/** CSS pixels, right and down. */
export type Point = readonly [x: number, y: number];

/** Radius of the arcs that make a revision cloud. */
const CLOUD_PX = 9;
const ARROW_PX = 13;
const TICK_PX = 6;

/** What is drawn for a mark; text and stamps are boxes with words, and draw nothing here. */
export function outlineOf(kind: SheetMarkKind, points: readonly Point[], width: number): string {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return "";
  switch (kind) {
    case "pen":
      return penPath(points);
    case "arrow":
      return arrowPath(first, last, width);
    case "box":
      return `M${at(first)}H${n(last[0])}V${n(last[1])}H${n(first[0])}Z`;
    case "cloud":
      return cloudPath(first, last);
    case "dimension":
      return dimensionPath(first, last);
    case "text":
    case "stamp":
      return "";
  }
}

const n = (value: number): string => String(Math.round(value * 10) / 10);
const at = ([x, y]: Point): string => `${n(x)} ${n(y)}`;

/** Through the middles of neighbours, with the points as controls: smooth, and never far from the hand. */
export function penPath(points: readonly Point[]): string {
  const [first] = points;
  if (!first) return "";
  const last = points.at(-1) ?? first;
  if (points.length < 3) return `M${at(first)}L${at(last)}`;
  let path = `M${at(first)}`;
  for (let i = 1; i < points.length - 1; i += 1) {
    const here = points[i] ?? first;
    const next = points[i + 1] ?? here;
    path += `Q${at(here)} ${at([(here[0] + next[0]) / 2, (here[1] + next[1]) / 2])}`;
  }
  return `${path}L${at(last)}`;
}

/** From tail to tip, with two strokes as the head. */
export function arrowPath(tail: Point, tip: Point, width: number): string {
  const angle = Math.atan2(tip[1] - tail[1], tip[0] - tail[0]);
  const size = ARROW_PX + width * 1.5;
  const barb = (turn: number): Point => [
    tip[0] - size * Math.cos(angle + turn),
    tip[1] - size * Math.sin(angle + turn),
  ];
  return `M${at(tail)}L${at(tip)}M${at(barb(0.45))}L${at(tip)}L${at(barb(-0.45))}`;
}

/** A rectangle of outward arcs, as drawings mark what has changed. */
export function cloudPath(a: Point, b: Point): string {
  const [left, right] = [Math.min(a[0], b[0]), Math.max(a[0], b[0])];
  const [top, bottom] = [Math.min(a[1], b[1]), Math.max(a[1], b[1])];
  // Clockwise as seen, so that every arc bulges outwards.
  const corners: readonly Point[] = [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
    [left, top],
  ];
  let path = `M${at([left, top])}`;
  for (let side = 0; side < 4; side += 1) {
    const from = corners[side] ?? a;
    const to = corners[side + 1] ?? b;
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    const arcs = Math.max(1, Math.round(length / (2 * CLOUD_PX)));
    for (let i = 1; i <= arcs; i += 1) {
      const radius = n(Math.max(length / arcs / 2, 0.5));
      const end: Point = [
        from[0] + ((to[0] - from[0]) * i) / arcs,
        from[1] + ((to[1] - from[1]) * i) / arcs,
      ];
      path += `A${radius} ${radius} 0 0 1 ${at(end)}`;
    }
  }
  return `${path}Z`;
}

/** A line between two ticks. */
export function dimensionPath(a: Point, b: Point): string {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
  const across: Point = [(-(b[1] - a[1]) / length) * TICK_PX, ((b[0] - a[0]) / length) * TICK_PX];
  const tick = (p: Point): string =>
    `M${at([p[0] + across[0], p[1] + across[1]])}L${at([p[0] - across[0], p[1] - across[1]])}`;
  return `M${at(a)}L${at(b)}${tick(a)}${tick(b)}`;
}

/** Pixels from a point to the nearest segment of a line of points. */
export function distanceTo(points: readonly Point[], [x, y]: Point): number {
  let best = Infinity;
  points.forEach((from, i) => {
    const to = points[i + 1] ?? from;
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    const along = ((x - from[0]) * dx + (y - from[1]) * dy) / (dx * dx + dy * dy || 1);
    const t = Math.min(1, Math.max(0, along));
    best = Math.min(best, Math.hypot(x - from[0] - t * dx, y - from[1] - t * dy));
  });
  return best;
}

/** The line that a pointer must come near to mean a mark. */
export function handle(kind: SheetMarkKind, points: readonly Point[]): readonly Point[] {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || (kind !== "box" && kind !== "cloud")) return points;
  return [first, [last[0], first[1]], last, [first[0], last[1]], first];
}
