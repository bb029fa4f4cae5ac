/** What is drawn of a measurement besides its label: dimension lines with arrows, arcs, boxes; CSS pixels. */

import type { Reading } from "../state/areas/measuring";
import type { Vec3 } from "../state/model";

export interface Pixel {
  readonly x: number;
  readonly y: number;
}

/** Lines as SVG path data, and where the label belongs; null where that is behind the eye. */
export interface MeasureDrawing {
  readonly lines: string;
  readonly label: Pixel | null;
}

const ARROW_PX = 8;
const ARROW_RAD = 0.35;
/** An arrow needs this much line. */
const ARROWS_FROM_PX = 26;
const ARC_PX = 34;
const ARC_STEPS = 16;
const LEADER_PX = 26;

/** points: of the reading, where they stand now; at: a point of the model frame on the screen, null behind the eye. */
export function drawingOf(
  { kind, mode }: Reading,
  points: readonly Vec3[],
  at: (point: Vec3) => Pixel | null,
): MeasureDrawing {
  const places = points.map(at);
  const [first = null, second = null, third = null] = places;
  const none = { lines: "", label: null };
  switch (kind) {
    case "distance":
    case "thickness":
    case "radius":
      if (points.length < 2) return leader(first);
      if (!first || !second) return none;
      return {
        lines:
          segment(first, second) +
          arrow(second, first) +
          (mode === "radius" ? "" : arrow(first, second)),
        label: middle(first, second),
      };
    case "angle":
      if (points.length < 3) return leader(first);
      if (!first || !second || !third) return none;
      return angle(first, second, third);
    case "path":
      return {
        lines: places
          .slice(1)
          .map((to, i) => {
            const from = places[i];
            return from && to ? segment(from, to) : "";
          })
          .join(""),
        label: lastOf(places),
      };
    case "box":
      return { lines: box(places), label: middleOf(places) };
    case "length":
    case "area":
    case "volume":
    case "position":
      return leader(first);
  }
}

/** From the first to the second point along the file's axes; the corners between them, model frame. */
export function staircase(from: Vec3, to: Vec3): readonly Vec3[] {
  return [from, [to[0], from[1], from[2]], [to[0], from[1], to[2]], to];
}

function leader(at: Pixel | null): MeasureDrawing {
  if (!at) return { lines: "", label: null };
  const label = { x: at.x + LEADER_PX, y: at.y - LEADER_PX };
  return { lines: segment(at, label), label };
}

function angle(first: Pixel, apex: Pixel, second: Pixel): MeasureDrawing {
  const [a, b] = [direction(apex, first), direction(apex, second)];
  const start = Math.atan2(a.y, a.x);
  let turn = Math.atan2(b.y, b.x) - start;
  while (turn > Math.PI) turn -= 2 * Math.PI;
  while (turn < -Math.PI) turn += 2 * Math.PI;
  const reach = Math.min(ARC_PX, length(apex, first), length(apex, second));
  const on = (share: number, radius: number): Pixel => ({
    x: apex.x + Math.cos(start + turn * share) * radius,
    y: apex.y + Math.sin(start + turn * share) * radius,
  });
  let arc = "";
  for (let step = 0; step <= ARC_STEPS; step += 1)
    arc += `${step === 0 ? "M" : "L"}${written(on(step / ARC_STEPS, reach))}`;
  return {
    lines: segment(apex, first) + segment(apex, second) + arc,
    label: on(0.5, reach + 30),
  };
}

function box(places: readonly (Pixel | null)[]): string {
  let d = "";
  for (let corner = 0; corner < 8; corner += 1)
    for (const bit of [1, 2, 4]) {
      if (corner & bit) continue;
      const [from, to] = [places[corner], places[corner | bit]];
      if (from && to) d += segment(from, to);
    }
  return d;
}

/** An open arrow head at `to`, where the line is long enough. */
function arrow(from: Pixel, to: Pixel): string {
  if (length(from, to) < ARROWS_FROM_PX) return "";
  const back = Math.atan2(from.y - to.y, from.x - to.x);
  const side = (turn: number): Pixel => ({
    x: to.x + Math.cos(back + turn) * ARROW_PX,
    y: to.y + Math.sin(back + turn) * ARROW_PX,
  });
  return `M${written(side(ARROW_RAD))}L${written(to)}L${written(side(-ARROW_RAD))}`;
}

function segment(from: Pixel, to: Pixel): string {
  return `M${written(from)}L${written(to)}`;
}

function written({ x, y }: Pixel): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}

function middle(a: Pixel, b: Pixel): Pixel {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function middleOf(places: readonly (Pixel | null)[]): Pixel | null {
  const seen = places.filter((place) => place !== null);
  if (seen.length === 0) return null;
  return {
    x: seen.reduce((sum, { x }) => sum + x, 0) / seen.length,
    y: Math.min(...seen.map(({ y }) => y)) - 16,
  };
}

function lastOf(places: readonly (Pixel | null)[]): Pixel | null {
  const last = places.at(-1) ?? null;
  return last && { x: last.x + LEADER_PX, y: last.y - LEADER_PX };
}

function direction(from: Pixel, to: Pixel): Pixel {
  const size = length(from, to) || 1;
  return { x: (to.x - from.x) / size, y: (to.y - from.y) / size };
}

function length(a: Pixel, b: Pixel): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
