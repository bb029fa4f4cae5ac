/** Cuts occurrences with a plane of the model: the work of the section worker, without the worker. */

import type { Vec3 } from "../../state/model";
import { HatchChooser } from "./hatch";
import type { SliceMesh } from "./mesh";
import { type Filled, fill } from "./regions";
import { type Slice, slice } from "./slice";
import { STEP_SLACK } from "./tolerance";

/** A plane to cut with; model frame, metres. Kept side: normal · p >= offset. */
export interface CutJob {
  /** The same for all batches of one plane, so that hatches go on. */
  readonly plane: string;
  readonly normal: Vec3;
  readonly offset: number;
  /** Metres by which a corner may be off the plane by rounding of placements alone. */
  readonly slack: number;
  /** Longest side of the model, metres. */
  readonly size: number;
}

/** Occurrences to cut, as columns. */
export interface CutItems {
  readonly occurrence: Uint32Array<ArrayBuffer>;
  readonly geometry: Uint32Array<ArrayBuffer>;
  /** (12 × n) rows from grid steps to the model frame, as they stand now. */
  readonly matrices: Float64Array<ArrayBuffer>;
  /** 1: closed, so its cut is filled. */
  readonly closed: Uint8Array<ArrayBuffer>;
}

/** Numbers per row of `CutResult.rows`. */
export const ROW = 9;

/** The cuts of some occurrences. */
export interface CutResult {
  /**
   * Per cut: occurrence; material; hatch; first and number of `outlines`; first and number of `indices`; first point;
   * flags (`CAPPED`, `CROSSING`).
   */
  readonly rows: Float64Array<ArrayBuffer>;
  /** (3 × n) model frame, metres. */
  readonly points: Float64Array<ArrayBuffer>;
  /** Pairs: first point of an outline and its length, negative for a run that does not close. */
  readonly outlines: Int32Array<ArrayBuffer>;
  /** (3 × triangles) into `points`. */
  readonly indices: Uint32Array<ArrayBuffer>;
  /** Per cut: area in square metres and centroid, model frame. */
  readonly moments: Float64Array<ArrayBuffer>;
  /** Geometries that were let go meanwhile: bring them again. */
  readonly missing: Uint32Array<ArrayBuffer>;
}

/** The cut is filled. */
export const CAPPED = 1;
/** Outlines of the cut cross one another. */
export const CROSSING = 2;

/** Cuts of one geometry that are kept: a rack repeats the same cut along its rows. */
const KEPT_CUTS = 512;
/** Triangles of meshes that are kept for the next plane. */
const KEPT_TRIANGLES = 6_000_000;

interface GridCut {
  readonly cut: Slice;
  readonly filled: Filled | null;
}

/** Holds the meshes it was given and cuts them. */
export class Cutter {
  private readonly meshes = new Map<number, SliceMesh>();
  private triangles = 0;
  private readonly cuts = new Map<string, GridCut | null>();
  private readonly hatches = new Map<string, HatchChooser>();

  /** Takes a geometry's mesh; the ones used longest ago are let go. */
  add(geometry: number, mesh: SliceMesh): void {
    this.meshes.set(geometry, mesh);
    this.triangles += mesh.materials.length;
    for (const [oldest, old] of this.meshes) {
      if (this.triangles <= KEPT_TRIANGLES || oldest === geometry) break;
      this.meshes.delete(oldest);
      this.triangles -= old.materials.length;
    }
  }

  has(geometry: number): boolean {
    return this.meshes.has(geometry);
  }

  /** Cuts occurrences whose geometries are all here. */
  cut(job: CutJob, items: CutItems): CutResult {
    const out = new Collector(job, this.hatchesOf(job));
    for (let i = 0; i < items.occurrence.length; i += 1) {
      const geometry = items.geometry[i] ?? 0;
      const mesh = this.meshes.get(geometry);
      if (!mesh) {
        out.missing.add(geometry);
        continue;
      }
      // Used last: goes last.
      this.meshes.delete(geometry);
      this.meshes.set(geometry, mesh);
      const rows = items.matrices.subarray(i * 12, i * 12 + 12);
      const closed = items.closed[i] === 1;
      const frame = gridFrame(job, rows);
      const found = this.cutGrid(geometry, mesh, frame, closed);
      if (found) out.add({ occurrence: items.occurrence[i] ?? 0, geometry, rows, frame, ...found });
    }
    return out.result();
  }

  private hatchesOf(job: CutJob): HatchChooser {
    let hatches = this.hatches.get(job.plane);
    if (!hatches) {
      if (this.hatches.size > 64) this.hatches.clear();
      hatches = new HatchChooser(job.size);
      this.hatches.set(job.plane, hatches);
    }
    return hatches;
  }

  private cutGrid(
    geometry: number,
    mesh: SliceMesh,
    frame: GridFrame,
    closed: boolean,
  ): GridCut | null {
    const [x, y, z] = frame.normal;
    const key = [
      geometry,
      Math.round(x * 1e9),
      Math.round(y * 1e9),
      Math.round(z * 1e9),
      Math.round(frame.offset * 1e5),
      closed ? 1 : 0,
    ].join();
    const known = this.cuts.get(key);
    if (known !== undefined) return known;
    const cut = slice(mesh, frame, frame.tolerance);
    // A surface that was taken for closed and has a gap here is not filled: nothing says where material ends.
    const filled = cut && closed && cut.chains.length === 0 ? fill(cut.points, cut.loops) : null;
    const found = cut ? { cut, filled } : null;
    if (this.cuts.size >= KEPT_CUTS) {
      const oldest = this.cuts.keys().next();
      if (oldest.done !== true) this.cuts.delete(oldest.value);
    }
    this.cuts.set(key, found);
    return found;
  }
}

/** A plane in the grid of one placed geometry. */
interface GridFrame {
  readonly normal: Vec3;
  readonly offset: number;
  readonly u: Vec3;
  readonly v: Vec3;
  /** Grid steps. */
  readonly tolerance: number;
  /** Metres per grid step. */
  readonly step: number;
  /** The placement mirrors. */
  readonly mirrored: boolean;
}

function gridFrame(job: CutJob, m: Float64Array): GridFrame {
  const at = (i: number): number => m[i] ?? 0;
  const [a, b, c] = job.normal;
  const row = (axis: number): number => a * at(axis) + b * at(4 + axis) + c * at(8 + axis);
  const pulled: Vec3 = [row(0), row(1), row(2)];
  const length = Math.hypot(...pulled);
  const normal: Vec3 = [pulled[0] / length, pulled[1] / length, pulled[2] / length];
  const offset = (job.offset - (a * at(3) + b * at(7) + c * at(11))) / length;
  const smallest = [0, 1, 2].reduce(
    (best, axis) => (Math.abs(normal[axis] ?? 0) < Math.abs(normal[best] ?? 0) ? axis : best),
    0,
  );
  const e: Vec3 = [smallest === 0 ? 1 : 0, smallest === 1 ? 1 : 0, smallest === 2 ? 1 : 0];
  const u = unit(crossed(normal, e));
  // u × v = −normal.
  const v = crossed(u, normal);
  const step = Math.hypot(at(0), at(4), at(8));
  const determinant =
    at(0) * (at(5) * at(10) - at(6) * at(9)) -
    at(1) * (at(4) * at(10) - at(6) * at(8)) +
    at(2) * (at(4) * at(9) - at(5) * at(8));
  return {
    normal,
    offset,
    u,
    v: [v[0], v[1], v[2]],
    tolerance: STEP_SLACK + job.slack / length,
    step,
    mirrored: determinant < 0,
  };
}

interface Found extends GridCut {
  readonly occurrence: number;
  readonly geometry: number;
  readonly rows: Float64Array;
  readonly frame: GridFrame;
}

/** Puts cuts into the model frame and into columns. */
class Collector {
  private readonly job: CutJob;
  private readonly hatches: HatchChooser;
  readonly missing = new Set<number>();
  private readonly rows: number[] = [];
  private readonly points: number[] = [];
  private readonly outlines: number[] = [];
  private readonly indices: number[] = [];
  private readonly moments: number[] = [];
  private readonly right: Vec3;
  private readonly up: Vec3;

  constructor(job: CutJob, hatches: HatchChooser) {
    this.job = job;
    this.hatches = hatches;
    [this.right, this.up] = planeAxes(job.normal);
  }

  add({ occurrence, geometry, rows, frame, cut, filled }: Found): void {
    const firstPoint = this.points.length / 3;
    const firstOutline = this.outlines.length / 2;
    const firstIndex = this.indices.length;
    let area = 0;
    let centroid: Vec3 = [0, 0, 0];
    const place = placer(this.job, rows, frame);
    if (filled) {
      const { regions, triangles, more, moments } = filled;
      const own = cut.points.length / 2;
      const placed = new Int32Array(own);
      for (const { outline, holes } of regions)
        for (const loop of [outline, ...holes])
          this.run(cut.points, loop, frame, place, true, placed);
      const base = this.points.length / 3 - own;
      for (let i = 0; i < more.length; i += 2) this.put(place(more[i] ?? 0, more[i + 1] ?? 0));
      for (const corner of triangles)
        this.indices.push(corner < own ? (placed[corner] ?? 0) : base + corner);
      area = moments.area * frame.step * frame.step;
      centroid = place(moments.x, moments.y);
      if (regions.length === 0) {
        this.points.length = firstPoint * 3;
        return;
      }
    } else {
      for (const loop of cut.loops) this.run(cut.points, loop, frame, place, true);
      for (const chain of cut.chains) this.run(cut.points, chain, frame, place, false);
    }
    const hatch = filled ? this.hatches.choose(this.boxFrom(firstPoint), geometry) : 0;
    const flags = (filled ? CAPPED : 0) | (filled?.crossing ? CROSSING : 0);
    this.rows.push(
      occurrence,
      cut.material,
      hatch,
      firstOutline,
      this.outlines.length / 2 - firstOutline,
      firstIndex,
      this.indices.length - firstIndex,
      firstPoint,
      flags,
    );
    this.moments.push(area, ...centroid);
  }

  result(): CutResult {
    return {
      rows: Float64Array.from(this.rows),
      points: Float64Array.from(this.points),
      outlines: Int32Array.from(this.outlines),
      indices: Uint32Array.from(this.indices),
      moments: Float64Array.from(this.moments),
      missing: Uint32Array.from(this.missing),
    };
  }

  private run(
    points: Float64Array,
    loop: Uint32Array,
    { mirrored }: GridFrame,
    place: (x: number, y: number) => Vec3,
    closed: boolean,
    placed: Int32Array | null = null,
  ): void {
    const first = this.points.length / 3;
    for (let i = 0; i < loop.length; i += 1) {
      // A mirroring placement turns outlines round; material is to stay on the left.
      const p = loop[mirrored ? loop.length - 1 - i : i] ?? 0;
      if (placed) placed[p] = first + i;
      this.put(place(points[p * 2] ?? 0, points[p * 2 + 1] ?? 0));
    }
    this.outlines.push(first, closed ? loop.length : -loop.length);
  }

  private put(point: Vec3): void {
    this.points.push(point[0], point[1], point[2]);
  }

  private boxFrom(first: number): readonly [number, number, number, number] {
    const { points, right, up } = this;
    let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = first * 3; i < points.length; i += 3) {
      const [x, y, z] = [points[i] ?? 0, points[i + 1] ?? 0, points[i + 2] ?? 0];
      const a = x * right[0] + y * right[1] + z * right[2];
      const b = x * up[0] + y * up[1] + z * up[2];
      x0 = Math.min(x0, a);
      x1 = Math.max(x1, a);
      y0 = Math.min(y0, b);
      y1 = Math.max(y1, b);
    }
    return [x0, y0, x1, y1];
  }
}

/** From the 2D coordinates of a cut to the model frame, exactly in the plane. */
function placer(
  job: CutJob,
  m: Float64Array,
  { normal, offset, u, v }: GridFrame,
): (x: number, y: number) => Vec3 {
  const at = (i: number): number => m[i] ?? 0;
  const apply = (d: Vec3, r: number): number =>
    at(r * 4) * d[0] + at(r * 4 + 1) * d[1] + at(r * 4 + 2) * d[2];
  const base: Vec3 = [normal[0] * offset, normal[1] * offset, normal[2] * offset];
  const origin = [0, 1, 2].map((r) => apply(base, r) + at(r * 4 + 3));
  const right = [0, 1, 2].map((r) => apply(u, r));
  const up = [0, 1, 2].map((r) => apply(v, r));
  const [a, b, c] = job.normal;
  return (x, y) => {
    const px = (origin[0] ?? 0) + x * (right[0] ?? 0) + y * (up[0] ?? 0);
    const py = (origin[1] ?? 0) + x * (right[1] ?? 0) + y * (up[1] ?? 0);
    const pz = (origin[2] ?? 0) + x * (right[2] ?? 0) + y * (up[2] ?? 0);
    const off = px * a + py * b + pz * c - job.offset;
    return [px - off * a, py - off * b, pz - off * c];
  };
}

/**
 * Right and up of a drawing of a plane, seen from where material was taken away: level with the ground where the plane
 * stands, else along x.
 */
export function planeAxes(normal: Vec3): readonly [right: Vec3, up: Vec3] {
  const toward: Vec3 = [-normal[0], -normal[1], -normal[2]];
  const level: Vec3 = Math.abs(normal[1]) < 0.999 ? [0, 1, 0] : [0, 0, normal[1] > 0 ? 1 : -1];
  const right = unit(crossed(level, toward));
  return [right, crossed(toward, right)];
}

function crossed(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function unit(a: Vec3): Vec3 {
  const length = Math.hypot(...a);
  return [a[0] / length, a[1] / length, a[2] / length];
}
