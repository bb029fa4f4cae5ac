/** What is known of the cuts as they stand: areas, outlines to snap to and to draw, and whose cut a point is in. */

import type { SectionAreas } from "../../state/areas/sectioning";
import type { Vec3 } from "../../state/model";
import { add, dot, subtract } from "../vector";
import { type Line, type Outline, clipped, regionsOf } from "./clip_region";
import type { NamedPlane } from "./cut_planes";
import { CAPPED, CROSSING, type CutResult, ROW, planeAxes } from "./cutter";
import { momentsOf } from "./regions";

/** The exact cuts of one plane. */
export interface PlaneResults {
  readonly plane: NamedPlane;
  readonly results: readonly CutResult[];
}

/** The cut of one occurrence in one plane. */
export interface PartCut {
  readonly occurrence: number;
  /** Palette index, 0: the occurrence's own colour. */
  readonly material: number;
  readonly hatch: number;
  /** Filled: a closed part. */
  readonly capped: boolean;
  /** Right and up in metres, in the drawing of the plane; the origin is the model frame's zero, dropped onto it. */
  readonly outlines: readonly Outline[];
  /** Runs that do not close. */
  readonly open: readonly Outline[];
}

/** A point of an outline near a ray's point in the plane. */
export interface OutlinePoint {
  readonly kind: "vertex" | "edge";
  /** Model frame. */
  readonly point: Vec3;
  /** Both ends of the side it is on. */
  readonly side: readonly [Vec3, Vec3];
}

/** Cuts as they are drawn now. */
export class CutOutlines {
  private readonly planes: readonly PlaneResults[];
  private readonly isShown: (occurrence: number) => boolean;

  constructor(planes: readonly PlaneResults[], isShown: (occurrence: number) => boolean) {
    this.planes = planes;
    this.isShown = isShown;
  }

  /** Ids of the planes that have cuts. */
  get ids(): readonly string[] {
    return this.planes.map(({ plane }) => plane.id);
  }

  plane(id: string): NamedPlane | null {
    return this.planes.find(({ plane }) => plane.id === id)?.plane ?? null;
  }

  /** The cuts in a plane, each inside all the other planes; those of which nothing is left are left out. */
  *cuts(id: string, all: readonly NamedPlane[]): Generator<PartCut> {
    const found = this.planes.find(({ plane }) => plane.id === id);
    if (!found) return;
    const { plane, results } = found;
    const lines = linesOf(plane, all);
    for (const result of results)
      for (let row = 0; row < result.rows.length; row += ROW) {
        if (!this.isShown(result.rows[row] ?? 0)) continue;
        const { closed, open } = flatOutlines(plane, result, row);
        const outlines = needsClipping(closed, lines) ? clipped(closed, lines) : closed;
        if (outlines.length === 0 && open.length === 0) continue;
        yield {
          occurrence: result.rows[row] ?? 0,
          material: result.rows[row + 1] ?? 0,
          hatch: result.rows[row + 2] ?? 0,
          capped: ((result.rows[row + 8] ?? 0) & CAPPED) !== 0,
          outlines,
          open,
        };
      }
  }

  /** Areas and centroids of all cuts; yields now and then. origin: of the model frame, absolute metres. */
  *areas(all: readonly NamedPlane[], origin: Vec3): Generator<undefined, SectionAreas[]> {
    const out: SectionAreas[] = [];
    for (const { plane, results } of this.planes) {
      const lines = linesOf(plane, all);
      const [right, up] = planeAxes(plane.normal);
      const rows: { occurrence: number; area: number; centroid: Vec3 }[] = [];
      for (const result of results)
        for (let row = 0; row < result.rows.length; row += ROW) {
          yield;
          const occurrence = result.rows[row] ?? 0;
          const flags = result.rows[row + 8] ?? 0;
          if ((flags & CAPPED) === 0 || !this.isShown(occurrence)) continue;
          const at = (row / ROW) * 4;
          let area = result.moments[at] ?? 0;
          let centroid: Vec3 = [
            result.moments[at + 1] ?? 0,
            result.moments[at + 2] ?? 0,
            result.moments[at + 3] ?? 0,
          ];
          const { closed } = lines.length > 0 ? flatOutlines(plane, result, row) : { closed: [] };
          if (needsClipping(closed, lines) && (flags & CROSSING) === 0) {
            const { points, regions } = regionsOf(clipped(closed, lines));
            const moments = momentsOf(points, regions);
            area = moments.area;
            centroid = placed(plane, right, up, moments.x, moments.y);
          }
          if (area > 0) rows.push({ occurrence, area, centroid: add(centroid, origin) });
        }
      rows.sort((a, b) => b.area - a.area);
      out.push({
        plane: plane.id,
        occurrences: Uint32Array.from(rows, ({ occurrence }) => occurrence),
        areas: Float64Array.from(rows, ({ area }) => area),
        centroids: Float64Array.from(rows.flatMap(({ centroid }) => [...centroid])),
      });
    }
    return out;
  }

  /**
   * The corner or side of an occurrence's outline nearest to a point of its cap, within `reach` metres; corners win by
   * `bias`. plane: index among the planes that cut, as in a hit.
   */
  near(
    id: string,
    occurrence: number,
    point: Vec3,
    reach: number,
    bias: number,
  ): OutlinePoint | null {
    const found = this.planes.find(({ plane }) => plane.id === id);
    if (!found) return null;
    let best: OutlinePoint | null = null;
    let least = reach;
    for (const { rows, points, outlines } of found.results)
      for (let row = 0; row < rows.length; row += ROW) {
        if (rows[row] !== occurrence) continue;
        const corner = (p: number): Vec3 => [
          points[p * 3] ?? 0,
          points[p * 3 + 1] ?? 0,
          points[p * 3 + 2] ?? 0,
        ];
        const first = rows[row + 3] ?? 0;
        for (let o = first; o < first + (rows[row + 4] ?? 0); o += 1) {
          const start = outlines[o * 2] ?? 0;
          const count = Math.abs(outlines[o * 2 + 1] ?? 0);
          for (let i = 0; i < count; i += 1) {
            const a = corner(start + i);
            const b = corner(start + ((i + 1) % count));
            const away = subtract(point, a);
            const toCorner = Math.sqrt(dot(away, away)) - bias;
            if (toCorner < least) {
              least = toCorner;
              best = { kind: "vertex", point: a, side: [a, b] };
            }
            const way = subtract(b, a);
            const t = Math.max(0, Math.min(1, dot(away, way) / Math.max(dot(way, way), 1e-300)));
            const on: Vec3 = [a[0] + way[0] * t, a[1] + way[1] * t, a[2] + way[2] * t];
            const off = subtract(point, on);
            const toSide = Math.sqrt(dot(off, off));
            if (toSide < least) {
              least = toSide;
              best = { kind: "edge", point: on, side: [a, b] };
            }
          }
        }
      }
    return best;
  }
}

/** The other planes as lines in the drawing of this one; parallel ones cut all of it or nothing. */
export function linesOf(plane: NamedPlane, all: readonly NamedPlane[]): Line[] {
  const [right, up] = planeAxes(plane.normal);
  return all
    .filter((other) => other.id !== plane.id)
    .map(({ normal, offset }) => ({
      a: dot(normal, right),
      b: dot(normal, up),
      c: offset - dot(normal, plane.normal) * plane.offset,
    }));
}

function needsClipping(outlines: readonly Outline[], lines: readonly Line[]): boolean {
  return lines.some(({ a, b, c }) =>
    outlines.some((outline) => {
      for (let i = 0; i < outline.length; i += 2)
        if (a * (outline[i] ?? 0) + b * (outline[i + 1] ?? 0) < c) return true;
      return false;
    }),
  );
}

function flatOutlines(
  plane: NamedPlane,
  { rows, points, outlines }: CutResult,
  row: number,
): { closed: Outline[]; open: Outline[] } {
  const [right, up] = planeAxes(plane.normal);
  const closed: Outline[] = [];
  const open: Outline[] = [];
  const first = rows[row + 3] ?? 0;
  for (let o = first; o < first + (rows[row + 4] ?? 0); o += 1) {
    const start = outlines[o * 2] ?? 0;
    const length = outlines[o * 2 + 1] ?? 0;
    const flat = new Float64Array(Math.abs(length) * 2);
    for (let i = 0; i < Math.abs(length); i += 1) {
      const at = (start + i) * 3;
      const point: Vec3 = [points[at] ?? 0, points[at + 1] ?? 0, points[at + 2] ?? 0];
      flat[i * 2] = dot(point, right);
      flat[i * 2 + 1] = dot(point, up);
    }
    (length > 0 ? closed : open).push(flat);
  }
  return { closed, open };
}

function placed({ normal, offset }: NamedPlane, right: Vec3, up: Vec3, x: number, y: number): Vec3 {
  const at = (axis: 0 | 1 | 2): number => normal[axis] * offset + right[axis] * x + up[axis] * y;
  return [at(0), at(1), at(2)];
}
