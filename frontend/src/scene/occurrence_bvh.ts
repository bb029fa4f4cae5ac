/**
 * A tree of boxes over occurrences. Built once per model, refitted when it is exploded; hidden
 * occurrences stay in it and are skipped by the visitor, so hiding costs nothing here.
 */

import type { Occurrences } from "./occurrences";

const LEAF_SIZE = 4;
/** Compared by name: a limit may be infinite, too. */
const MISSED = Infinity;

/** Is told of each occurrence whose box the ray enters; returns the distance beyond which nothing matters. */
export type RayVisitor = (occurrence: number, enters: number, nearest: number) => number;

/** Bounding volume hierarchy in flat arrays; node 0 is the root, children lie side by side. */
export class OccurrenceBvh {
  private readonly occurrences: Occurrences;
  /** Occurrence numbers in leaf order. */
  private readonly order: Uint32Array;
  /** (6 × nodes) min and max. */
  private boxes: Float32Array;
  /** First child of an inner node, first entry of `order` of a leaf. */
  private first: Uint32Array;
  /** 0: inner node; else entries of the leaf. */
  private size: Uint32Array;
  private nodes = 0;

  constructor(occurrences: Occurrences) {
    this.occurrences = occurrences;
    const used: number[] = [];
    for (let o = 0; o < occurrences.count; o += 1) if (occurrences.has(o)) used.push(o);
    this.order = Uint32Array.from(used);
    const most = Math.max(1, 2 * used.length);
    this.boxes = new Float32Array(most * 6);
    this.first = new Uint32Array(most);
    this.size = new Uint32Array(most);
    this.build();
  }

  /** Computes all boxes again; call after the explode amount changed. */
  refit(): void {
    for (let node = this.nodes - 1; node >= 0; node -= 1) {
      const count = this.size[node] ?? 0;
      const first = this.first[node] ?? 0;
      if (count > 0) this.boxLeaf(node, first, count);
      else this.join(node, first, first + 1);
    }
  }

  /**
   * Visits occurrences along a ray, nearest box first, until no box begins before the visitor's limit.
   * Distances are in lengths of `direction`.
   */
  raycast(
    origin: readonly [number, number, number],
    direction: readonly [number, number, number],
    near: number,
    far: number,
    visit: RayVisitor,
  ): void {
    if (this.nodes === 0 || this.order.length === 0) return;
    const ix = 1 / direction[0];
    const iy = 1 / direction[1];
    const iz = 1 / direction[2];
    const enter = (box: Float32Array | number[], at: number): number =>
      slab(box, at, origin, ix, iy, iz, near, limit);
    let limit = far;
    const stack: number[] = [0];
    const depth: number[] = [enter(this.boxes, 0)];
    const own = [0, 0, 0, 0, 0, 0];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      const begins = depth.pop() ?? Infinity;
      if (begins === MISSED || begins > limit) continue;
      const count = this.size[node] ?? 0;
      const first = this.first[node] ?? 0;
      if (count > 0) {
        for (let i = first; i < first + count; i += 1) {
          const occurrence = this.order[i] ?? 0;
          this.occurrences.boxInto(occurrence, own);
          const at = enter(own, 0);
          if (at !== MISSED && at <= limit) limit = visit(occurrence, at, limit);
        }
        continue;
      }
      const left = enter(this.boxes, first * 6);
      const right = enter(this.boxes, first * 6 + 6);
      // The nearer child is looked at first: pushed last.
      const leftFirst = left <= right;
      stack.push(leftFirst ? first + 1 : first, leftFirst ? first : first + 1);
      depth.push(leftFirst ? right : left, leftFirst ? left : right);
    }
  }

  /** Visits the occurrences whose boxes reach within `radius` of a point. */
  near(
    point: readonly [number, number, number],
    radius: number,
    visit: (occurrence: number) => void,
  ): void {
    if (this.order.length === 0) return;
    const stack: number[] = [0];
    const own = [0, 0, 0, 0, 0, 0];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (distanceTo(this.boxes, node * 6, point) > radius) continue;
      const count = this.size[node] ?? 0;
      const first = this.first[node] ?? 0;
      if (count === 0) stack.push(first, first + 1);
      else
        for (let i = first; i < first + count; i += 1) {
          const occurrence = this.order[i] ?? 0;
          this.occurrences.boxInto(occurrence, own);
          if (distanceTo(own, 0, point) <= radius) visit(occurrence);
        }
    }
  }

  private build(): void {
    const { order } = this;
    if (order.length === 0) return;
    const centres = new Float32Array(this.occurrences.count * 3);
    const box = [0, 0, 0, 0, 0, 0];
    for (const o of order) {
      this.occurrences.boxInto(o, box);
      for (let axis = 0; axis < 3; axis += 1)
        centres[o * 3 + axis] = ((box[axis] ?? 0) + (box[axis + 3] ?? 0)) / 2;
    }
    this.nodes = 1;
    const open: [node: number, first: number, count: number][] = [[0, 0, order.length]];
    for (let next = open.pop(); next; next = open.pop()) {
      const [node, first, count] = next;
      if (count <= LEAF_SIZE) {
        this.first[node] = first;
        this.size[node] = count;
        continue;
      }
      const axis = widestAxis(order, centres, first, count);
      const left = this.nodes;
      this.nodes += 2;
      this.first[node] = left;
      this.size[node] = 0;
      // Halving by count keeps the depth at log2 n whatever the model looks like.
      const half = count >> 1;
      splitAt(order, centres, axis, first, first + count - 1, first + half);
      open.push([left, first, half], [left + 1, first + half, count - half]);
    }
    this.refit();
  }

  private boxLeaf(node: number, first: number, count: number): void {
    const own = [0, 0, 0, 0, 0, 0];
    const at = node * 6;
    this.boxes.fill(Infinity, at, at + 3);
    this.boxes.fill(-Infinity, at + 3, at + 6);
    for (let i = first; i < first + count; i += 1) {
      this.occurrences.boxInto(this.order[i] ?? 0, own);
      for (let axis = 0; axis < 3; axis += 1) {
        this.boxes[at + axis] = Math.min(this.boxes[at + axis] ?? 0, own[axis] ?? 0);
        this.boxes[at + 3 + axis] = Math.max(this.boxes[at + 3 + axis] ?? 0, own[axis + 3] ?? 0);
      }
    }
  }

  private join(node: number, left: number, right: number): void {
    for (let axis = 0; axis < 3; axis += 1) {
      this.boxes[node * 6 + axis] = Math.min(
        this.boxes[left * 6 + axis] ?? 0,
        this.boxes[right * 6 + axis] ?? 0,
      );
      this.boxes[node * 6 + 3 + axis] = Math.max(
        this.boxes[left * 6 + 3 + axis] ?? 0,
        this.boxes[right * 6 + 3 + axis] ?? 0,
      );
    }
  }
}

/** Quickselect (Hoare 1961): entries before `middle` end up with smaller centres than those from it on. */
function splitAt(
  order: Uint32Array,
  centres: Float32Array,
  axis: number,
  first: number,
  last: number,
  middle: number,
): void {
  const at = (i: number): number => centres[(order[i] ?? 0) * 3 + axis] ?? 0;
  let low = first;
  let high = last;
  while (low < high) {
    const pivot = at((low + high) >> 1);
    let i = low;
    let j = high;
    while (i <= j) {
      while (at(i) < pivot) i += 1;
      while (at(j) > pivot) j -= 1;
      if (i > j) break;
      const swap = order[i] ?? 0;
      order[i] = order[j] ?? 0;
      order[j] = swap;
      i += 1;
      j -= 1;
    }
    if (middle <= j) high = j;
    else if (middle >= i) low = i;
    else return;
  }
}

function widestAxis(
  order: Uint32Array,
  centres: Float32Array,
  first: number,
  count: number,
): number {
  let widest = 0;
  let extent = -1;
  for (let axis = 0; axis < 3; axis += 1) {
    let low = Infinity;
    let high = -Infinity;
    for (let i = first; i < first + count; i += 1) {
      const value = centres[(order[i] ?? 0) * 3 + axis] ?? 0;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (high - low > extent) {
      extent = high - low;
      widest = axis;
    }
  }
  return widest;
}

/** Where a ray enters a box, or MISSED (Kay and Kajiya 1986). */
function slab(
  box: Float32Array | number[],
  at: number,
  origin: readonly [number, number, number],
  ix: number,
  iy: number,
  iz: number,
  near: number,
  far: number,
): number {
  let low = near;
  let high = far;
  for (let axis = 0; axis < 3; axis += 1) {
    const inverse = axis === 0 ? ix : axis === 1 ? iy : iz;
    const o = origin[axis] ?? 0;
    const a = ((box[at + axis] ?? 0) - o) * inverse;
    const b = ((box[at + 3 + axis] ?? 0) - o) * inverse;
    // A ray in the face of a flat box gives NaN; comparisons with it are false and keep the interval.
    const enters = a < b ? a : b;
    const leaves = a < b ? b : a;
    if (enters > low) low = enters;
    if (leaves < high) high = leaves;
  }
  return low <= high ? low : MISSED;
}

function distanceTo(
  box: Float32Array | number[],
  at: number,
  point: readonly [number, number, number],
): number {
  let sum = 0;
  for (let axis = 0; axis < 3; axis += 1) {
    const value = point[axis] ?? 0;
    const out = Math.max((box[at + axis] ?? 0) - value, value - (box[at + 3 + axis] ?? 0), 0);
    sum += out * out;
  }
  return Math.sqrt(sum);
}
