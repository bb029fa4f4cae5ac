/** Where every occurrence stands: matrices, grids and boxes, free of any GPU. */

import type { Bounds, Manifest, Vec3 } from "../state/model";
import { placeRows } from "../state/placement";
import type { DecodedOccurrences } from "./decode";
import { NO_GEOMETRY } from "./draw_list";
import { EVERY_PART, explodeDirections, type ExplosionPlan } from "./explosion";
import { piecesOf, type Pieces } from "./pieces";
import { cornersOf } from "./pose";

/** The placements of a model. Model frame: metres relative to `manifest.origin`, y up. */
export class Occurrences {
  readonly count: number;
  /** (draws) geometry number or NO_GEOMETRY; behind the occurrences stand the pieces of those in pieces. */
  readonly geometry: Uint32Array;
  /** (draws) the occurrence itself, or that of a piece. */
  readonly owner: Uint32Array;
  readonly pieces: Pieces;
  /** (geometries) diagonal of the box of each, metres, unplaced. */
  readonly diagonals: Float32Array;
  /** (12 × count) rows of the 3 × 4 matrix from grid steps to the model frame. */
  readonly matrices: Float32Array;
  /** (6 × draws) min and max, model frame, unexploded. Empty ones have min > max. */
  readonly boxes: Float32Array;
  /** (3 × count) where an occurrence goes at explode 1, metres. */
  readonly explodeDirections: Float32Array;
  /** (count) 1: its part is a closed solid. */
  readonly closed: Uint8Array;
  /** Box of everything, model frame. */
  bounds: Bounds;
  explode = 0;
  /** Changes whenever something stands elsewhere than before. */
  private plans = 0;
  private places = 0;
  /** As first placed, while something else is shown: of a model that is laid beside another one. */
  private first: { readonly matrices: Float32Array; readonly bounds: Bounds } | null = null;
  private readonly extents: Uint16Array;
  private readonly grids: Manifest["grids"];
  /** Of an occurrence whose geometry is that of another part: motion from that part's frame to its own. */
  private readonly motions = new Map<number, readonly number[]>();
  private readonly inverse = new Float64Array(12);
  private inverseOf = -1;

  /** extents: (6 × geometries) smallest and largest grid steps of each geometry. */
  constructor(manifest: Manifest, decoded: DecodedOccurrences, extents: Uint16Array) {
    this.count = manifest.counts.occurrences + (manifest.counts.hidden ?? 0);
    this.grids = manifest.grids;
    const geometry = new Uint32Array(this.count).fill(NO_GEOMETRY);
    this.matrices = new Float32Array(this.count * 12);
    this.explodeDirections = new Float32Array(this.count * 3);
    this.closed = new Uint8Array(this.count);
    for (let i = 0; i < decoded.count; i += 1) {
      const occurrence = decoded.occurrence[i] ?? 0;
      if (occurrence >= this.count) continue;
      const own = decoded.geometry[i] ?? 0;
      const shared = manifest.shared?.[String(own)];
      geometry[occurrence] = shared?.geometry ?? own;
      if (shared) this.motions.set(occurrence, shared.motion);
      this.matrices.set(decoded.matrices.subarray(i * 12, i * 12 + 12), occurrence * 12);
      this.closed[occurrence] = manifest.closed[own] ?? 0;
    }
    if (manifest.placement) placeRows(this.matrices, manifest.placement);
    this.pieces = piecesOf(manifest, geometry);
    const draws = this.count + this.pieces.count;
    this.geometry = new Uint32Array(draws);
    this.geometry.set(geometry);
    this.owner = Uint32Array.from({ length: draws }, (_, draw) => draw);
    for (const [occurrence, { first, count }] of this.pieces.of) {
      const run = this.pieces.geometries.get(geometry[occurrence] ?? NO_GEOMETRY);
      for (let i = 0; i < count; i += 1) {
        this.geometry[first + i] = (run?.first ?? 0) + i;
        this.owner[first + i] = occurrence;
      }
    }
    this.boxes = new Float32Array(draws * 6);
    const all = withPieces(extents, manifest);
    this.diagonals = diagonalsOf(all, manifest.grids);
    this.extents = all;
    for (let draw = 0; draw < draws; draw += 1) this.measureBox(draw, all);
    const { origin, bounds } = manifest;
    this.bounds = { min: minus(bounds.min, origin), max: minus(bounds.max, origin) };
    this.planExplosion(EVERY_PART);
  }

  /** Says where everything goes at explode 1. */
  planExplosion(plan: ExplosionPlan): void {
    this.explodeDirections.set(explodeDirections(this, plan));
    this.plans += 1;
  }

  /** A number that differs whenever `explodeDirections` do. */
  get planned(): number {
    return this.plans;
  }

  /** A number that differs whenever anything stands elsewhere than before. */
  get standing(): number {
    const apart = this.explode === 0 ? 0 : this.plans + this.explode / 2;
    return this.places * 2 ** 20 + apart;
  }

  /** Lays the whole model elsewhere: a rigid motion of the model frame, 16 numbers column by column. */
  lay(motion: readonly number[]): void {
    this.first ??= { matrices: this.matrices.slice(), bounds: this.bounds };
    const { matrices, bounds } = this.first;
    const at = (row: number, column: number): number => motion[column * 4 + row] ?? 0;
    for (let o = 0; o < this.count; o += 1)
      for (let column = 0; column < 4; column += 1) {
        const [x, y, z] = [0, 4, 8].map((row) => matrices[o * 12 + row + column] ?? 0);
        for (let row = 0; row < 3; row += 1)
          this.matrices[o * 12 + row * 4 + column] =
            at(row, 0) * (x ?? 0) +
            at(row, 1) * (y ?? 0) +
            at(row, 2) * (z ?? 0) +
            (column === 3 ? at(row, 3) : 0);
      }
    for (let draw = 0; draw < this.geometry.length; draw += 1) this.measureBox(draw, this.extents);
    const corners = cornersOf(bounds).map((corner) => moved(motion, corner));
    const extreme = (axis: 0 | 1 | 2, pick: (...values: number[]) => number): number =>
      pick(...corners.map((corner) => corner[axis]));
    const box = (pick: (...values: number[]) => number): Vec3 => [
      extreme(0, pick),
      extreme(1, pick),
      extreme(2, pick),
    ];
    this.bounds = { min: box(Math.min), max: box(Math.max) };
    this.inverseOf = -1;
    this.places += 1;
    this.planExplosion(EVERY_PART);
  }

  /** Whether anything is drawn for this occurrence. */
  has(occurrence: number): boolean {
    return (this.geometry[occurrence] ?? NO_GEOMETRY) !== NO_GEOMETRY;
  }

  /** Writes min and max as the occurrence stands now, exploded, into `out`. */
  boxInto(occurrence: number, out: Float32Array | Float64Array | number[]): void {
    for (let axis = 0; axis < 3; axis += 1) {
      const away = (this.explodeDirections[occurrence * 3 + axis] ?? 0) * this.explode;
      out[axis] = (this.boxes[occurrence * 6 + axis] ?? 0) + away;
      out[axis + 3] = (this.boxes[occurrence * 6 + 3 + axis] ?? 0) + away;
    }
  }

  /** The box around some occurrences as they stand now; null when there is nothing. */
  boxOf(occurrences: Iterable<number>): Bounds | null {
    const box = [0, 0, 0, 0, 0, 0];
    const min = [Infinity, Infinity, Infinity];
    const max = [-Infinity, -Infinity, -Infinity];
    for (const occurrence of occurrences) {
      if (!this.has(occurrence)) continue;
      this.boxInto(occurrence, box);
      for (let axis = 0; axis < 3; axis += 1) {
        min[axis] = Math.min(min[axis] ?? 0, box[axis] ?? 0);
        max[axis] = Math.max(max[axis] ?? 0, box[axis + 3] ?? 0);
      }
    }
    if ((min[0] ?? 0) > (max[0] ?? 0)) return null;
    return { min: triple(min), max: triple(max) };
  }

  /** A point in grid steps of the occurrence's geometry → model frame, exploded. */
  fromSteps(occurrence: number, x: number, y: number, z: number): Vec3 {
    const m = this.matrices;
    const at = occurrence * 12;
    const row = (r: number): number =>
      (m[at + r * 4] ?? 0) * x +
      (m[at + r * 4 + 1] ?? 0) * y +
      (m[at + r * 4 + 2] ?? 0) * z +
      (m[at + r * 4 + 3] ?? 0) +
      (this.explodeDirections[occurrence * 3 + r] ?? 0) * this.explode;
    return [row(0), row(1), row(2)];
  }

  /** A point of the model frame, exploded → grid steps of the occurrence's geometry. */
  toSteps(occurrence: number, point: Vec3): Vec3 {
    const inverse = this.inverseRows(occurrence);
    const away = (r: number): number =>
      (point[r] ?? 0) - (this.explodeDirections[occurrence * 3 + r] ?? 0) * this.explode;
    return applyRows(inverse, away(0), away(1), away(2), 1);
  }

  /** A direction of the model frame → grid steps; its length is kept in that frame's terms. */
  directionToSteps(occurrence: number, direction: Vec3): Vec3 {
    return applyRows(this.inverseRows(occurrence), direction[0], direction[1], direction[2], 0);
  }

  /** Part-local metres → model frame, exploded. */
  fromPart(occurrence: number, local: Vec3): Vec3 {
    const [x, y, z, step] = this.grid(occurrence);
    const motion = this.motions.get(occurrence);
    const point = motion ? undone(motion, local) : local;
    return this.fromSteps(
      occurrence,
      (point[0] - x) / step,
      (point[1] - y) / step,
      (point[2] - z) / step,
    );
  }

  /** Model frame, exploded → part-local metres. */
  toPart(occurrence: number, point: Vec3): Vec3 {
    const [x, y, z, step] = this.grid(occurrence);
    const steps = this.toSteps(occurrence, point);
    const local: Vec3 = [x + step * steps[0], y + step * steps[1], z + step * steps[2]];
    const motion = this.motions.get(occurrence);
    return motion ? moved(motion, local) : local;
  }

  /** The same point as the model stands unexploded. */
  unexploded(occurrence: number, point: Vec3): Vec3 {
    const away = (axis: number): number =>
      (point[axis] ?? 0) - (this.explodeDirections[occurrence * 3 + axis] ?? 0) * this.explode;
    return [away(0), away(1), away(2)];
  }

  /** Metres per grid step, as placed. */
  stepLength(occurrence: number): number {
    const at = occurrence * 12;
    const m = this.matrices;
    return Math.hypot(m[at] ?? 0, m[at + 4] ?? 0, m[at + 8] ?? 0);
  }

  private grid(occurrence: number): readonly [number, number, number, number] {
    return this.grids[this.geometry[occurrence] ?? 0] ?? [0, 0, 0, 1];
  }

  private inverseRows(occurrence: number): Float64Array {
    if (this.inverseOf === occurrence) return this.inverse;
    invertRows(this.matrices, occurrence * 12, this.inverse);
    this.inverseOf = occurrence;
    return this.inverse;
  }

  private measureBox(draw: number, extents: Uint16Array): void {
    const box = this.boxes;
    const at = draw * 6;
    const occurrence = this.owner[draw] ?? 0;
    const geometry = this.geometry[draw] ?? NO_GEOMETRY;
    if (geometry === NO_GEOMETRY) {
      box.fill(1, at, at + 3);
      box.fill(-1, at + 3, at + 6);
      return;
    }
    const m = this.matrices;
    for (let r = 0; r < 3; r += 1) {
      // Arvo, Transforming Axis-Aligned Bounding Boxes, Graphics Gems (1990).
      let low = m[occurrence * 12 + r * 4 + 3] ?? 0;
      let high = low;
      for (let axis = 0; axis < 3; axis += 1) {
        const factor = m[occurrence * 12 + r * 4 + axis] ?? 0;
        const a = factor * (extents[geometry * 6 + axis] ?? 0);
        const b = factor * (extents[geometry * 6 + 3 + axis] ?? 0);
        low += Math.min(a, b);
        high += Math.max(a, b);
      }
      box[at + r] = low;
      box[at + 3 + r] = high;
    }
  }
}

/** A point under a rigid motion, 16 numbers column by column. */
function moved(m: readonly number[], [x, y, z]: Vec3): Vec3 {
  const row = (r: number): number =>
    (m[r] ?? 0) * x + (m[4 + r] ?? 0) * y + (m[8 + r] ?? 0) * z + (m[12 + r] ?? 0);
  return [row(0), row(1), row(2)];
}

/** The point that such a motion takes to this one: its turn is undone by its transpose. */
function undone(m: readonly number[], point: Vec3): Vec3 {
  const x = point[0] - (m[12] ?? 0);
  const y = point[1] - (m[13] ?? 0);
  const z = point[2] - (m[14] ?? 0);
  const row = (r: number): number =>
    (m[r * 4] ?? 0) * x + (m[r * 4 + 1] ?? 0) * y + (m[r * 4 + 2] ?? 0) * z;
  return [row(0), row(1), row(2)];
}

/** The extents (6 × geometries) with those of pieces, which come in later files, from the manifest. */
function withPieces(extents: Uint16Array, manifest: Manifest): Uint16Array {
  const all = new Uint16Array(Math.max(extents.length, manifest.geometries.length * 6));
  all.set(extents);
  for (const { first, boxes } of Object.values(manifest.pieces ?? {}))
    boxes.forEach((box, i) => all.set(box, (first + i) * 6));
  return all;
}

function diagonalsOf(extents: Uint16Array, grids: Manifest["grids"]): Float32Array {
  const out = new Float32Array(extents.length / 6);
  for (let g = 0; g < out.length; g += 1) {
    const side = (axis: number): number =>
      Math.max(0, (extents[g * 6 + 3 + axis] ?? 0) - (extents[g * 6 + axis] ?? 0));
    out[g] = Math.hypot(side(0), side(1), side(2)) * (grids[g]?.[3] ?? 1);
  }
  return out;
}

/** Inverts the 3 × 4 matrix whose rows begin at `at`; a flat one gives zeros. */
export function invertRows(m: ArrayLike<number>, at: number, out: Float64Array): void {
  const v = (i: number): number => m[at + i] ?? 0;
  const a = v(0),
    b = v(1),
    c = v(2),
    d = v(4),
    e = v(5),
    f = v(6),
    g = v(8),
    h = v(9),
    k = v(10);
  const determinant = a * (e * k - f * h) - b * (d * k - f * g) + c * (d * h - e * g);
  const s = determinant === 0 ? 0 : 1 / determinant;
  out[0] = (e * k - f * h) * s;
  out[1] = (c * h - b * k) * s;
  out[2] = (b * f - c * e) * s;
  out[4] = (f * g - d * k) * s;
  out[5] = (a * k - c * g) * s;
  out[6] = (c * d - a * f) * s;
  out[8] = (d * h - e * g) * s;
  out[9] = (b * g - a * h) * s;
  out[10] = (a * e - b * d) * s;
  for (let r = 0; r < 3; r += 1)
    out[r * 4 + 3] = -(
      (out[r * 4] ?? 0) * v(3) +
      (out[r * 4 + 1] ?? 0) * v(7) +
      (out[r * 4 + 2] ?? 0) * v(11)
    );
}

function applyRows(m: Float64Array, x: number, y: number, z: number, w: number): Vec3 {
  const row = (r: number): number =>
    (m[r * 4] ?? 0) * x +
    (m[r * 4 + 1] ?? 0) * y +
    (m[r * 4 + 2] ?? 0) * z +
    (m[r * 4 + 3] ?? 0) * w;
  return [row(0), row(1), row(2)];
}

function minus(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function triple(values: readonly number[]): Vec3 {
  return [values[0] ?? 0, values[1] ?? 0, values[2] ?? 0];
}
