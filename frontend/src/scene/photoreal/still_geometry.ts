/**
 * What of a model a photoreal still is traced from: the triangles of everything visible, placed, coloured, cut and
 * given normals, as plain arrays. Pure, and in slices, so that the page goes on meanwhile.
 */

import type { CutPlane } from "../batch_materials";

/** Triangles with what a tracer needs of each corner. */
export interface Soup {
  /** (3 × vertices) metres, model frame. */
  readonly positions: Float32Array<ArrayBuffer>;
  readonly normals: Float32Array<ArrayBuffer>;
  /** (4 × vertices) linear light and opacity. */
  readonly colours: Float32Array<ArrayBuffer>;
  readonly indices: Uint32Array<ArrayBuffer>;
}

/** One shape at one level, as it lies in the chunk. */
export interface Shape {
  /** (4 × vertices) x, y, z in grid steps and the palette entry. */
  readonly vertices: Uint16Array;
  /** Into `vertices`. */
  readonly indices: Uint32Array;
}

/** A shape at one place. */
export interface Placed {
  readonly shape: Shape;
  /** Rows of a 3 × 4 matrix, grid steps to model frame. */
  readonly rows: ArrayLike<number>;
  /** Sections cut it. */
  readonly cut: boolean;
  /** Linear colour and opacity of a palette entry; 0 is the occurrence's own. */
  readonly colour: (entry: number) => readonly [number, number, number, number];
}

/** Collects placed shapes into soups: one of what is opaque, one of what lets light through. */
export class SoupKitchen {
  readonly opaque = new Pot();
  readonly clear = new Pot();
  private readonly planes: readonly CutPlane[];
  private readonly normals = new Map<Shape, Float32Array>();

  constructor(planes: readonly CutPlane[]) {
    this.planes = planes;
  }

  add({ shape, rows, cut, colour }: Placed): void {
    const normals = this.normalsOf(shape);
    const m = (at: number): number => rows[at] ?? 0;
    // Normals go by the rows over their squared lengths: right for turns and scales along the axes.
    const turned = (n: number, row: number): number => {
      let sum = 0;
      for (let axis = 0; axis < 3; axis += 1) {
        const square = m(axis) ** 2 + m(4 + axis) ** 2 + m(8 + axis) ** 2;
        sum += (m(row * 4 + axis) * (normals[n * 3 + axis] ?? 0)) / (square || 1);
      }
      return sum;
    };
    const corner = (vertex: number): Corner => {
      const at = vertex * 4;
      const x = shape.vertices[at] ?? 0;
      const y = shape.vertices[at + 1] ?? 0;
      const z = shape.vertices[at + 2] ?? 0;
      const put = (row: number): number =>
        m(row * 4) * x + m(row * 4 + 1) * y + m(row * 4 + 2) * z + m(row * 4 + 3);
      const n = [turned(vertex, 0), turned(vertex, 1), turned(vertex, 2)] as const;
      const length = Math.hypot(...n) || 1;
      return {
        at: [put(0), put(1), put(2)],
        normal: [n[0] / length, n[1] / length, n[2] / length],
        colour: colour(shape.vertices[at + 3] ?? 0),
      };
    };
    // A corner is placed once: its neighbours ask for it again.
    const known = new Map<number, Corner>();
    const cornerOf = (vertex: number): Corner => {
      let found = known.get(vertex);
      if (!found) known.set(vertex, (found = corner(vertex)));
      return found;
    };
    const written = new Map<Corner, number>();
    const { indices } = shape;
    for (let t = 0; t + 2 < indices.length; t += 3) {
      const triangle = [0, 1, 2].map((k) => cornerOf(indices[t + k] ?? 0));
      const polygon = cut ? clipped(triangle, this.planes) : triangle;
      if (polygon.length < 3) continue;
      const pot = (polygon[0]?.colour[3] ?? 1) > 0.995 ? this.opaque : this.clear;
      const numbers = polygon.map((each) => {
        let number = written.get(each);
        if (number === undefined) written.set(each, (number = pot.put(each)));
        return number;
      });
      for (let k = 1; k + 1 < numbers.length; k += 1)
        pot.triangle(numbers[0] ?? 0, numbers[k] ?? 0, numbers[k + 1] ?? 0);
    }
  }

  /** (3 × vertices) of a shape in grid steps: corners that faces share have one, so creases stay creases. */
  private normalsOf(shape: Shape): Float32Array {
    const known = this.normals.get(shape);
    if (known) return known;
    const { vertices, indices } = shape;
    const normals = new Float32Array((vertices.length / 4) * 3);
    const v = (vertex: number, axis: number): number => vertices[vertex * 4 + axis] ?? 0;
    for (let t = 0; t + 2 < indices.length; t += 3) {
      const [a = 0, b = 0, c = 0] = [indices[t], indices[t + 1], indices[t + 2]];
      const edge = (to: number, axis: number): number => v(to, axis) - v(a, axis);
      const cross = [
        edge(b, 1) * edge(c, 2) - edge(b, 2) * edge(c, 1),
        edge(b, 2) * edge(c, 0) - edge(b, 0) * edge(c, 2),
        edge(b, 0) * edge(c, 1) - edge(b, 1) * edge(c, 0),
      ];
      for (const vertex of [a, b, c])
        for (let axis = 0; axis < 3; axis += 1)
          normals[vertex * 3 + axis] = (normals[vertex * 3 + axis] ?? 0) + (cross[axis] ?? 0);
    }
    this.normals.set(shape, normals);
    return normals;
  }
}

type Three = readonly [number, number, number];

interface Corner {
  readonly at: Three;
  readonly normal: Three;
  readonly colour: readonly [number, number, number, number];
}

/** What of a triangle all planes keep (Sutherland and Hodgman 1974); fewer than three corners: nothing. */
function clipped(triangle: readonly Corner[], planes: readonly CutPlane[]): readonly Corner[] {
  let polygon = triangle;
  for (const { normal, offset } of planes) {
    const away = (c: Corner): number =>
      c.at[0] * normal[0] + c.at[1] * normal[1] + c.at[2] * normal[2] - offset;
    const distances = polygon.map(away);
    if (distances.every((distance) => distance >= 0)) continue;
    const kept: Corner[] = [];
    polygon.forEach((here, i) => {
      const next = polygon[(i + 1) % polygon.length] ?? here;
      const d = distances[i] ?? 0;
      const e = distances[(i + 1) % polygon.length] ?? 0;
      if (d >= 0) kept.push(here);
      if (d >= 0 !== e >= 0) kept.push(between(here, next, d / (d - e)));
    });
    polygon = kept;
    if (polygon.length < 3) return [];
  }
  return polygon;
}

function between(from: Corner, to: Corner, share: number): Corner {
  const mix = (a: Three, b: Three): Three => [
    a[0] + (b[0] - a[0]) * share,
    a[1] + (b[1] - a[1]) * share,
    a[2] + (b[2] - a[2]) * share,
  ];
  return { at: mix(from.at, to.at), normal: mix(from.normal, to.normal), colour: from.colour };
}

/** Triangles in growing arrays. */
class Pot {
  private positions = new Float32Array(3 << 12);
  private normals = new Float32Array(3 << 12);
  private colours = new Float32Array(4 << 12);
  private indices = new Uint32Array(3 << 12);
  private vertices = 0;
  private corners = 0;

  get triangles(): number {
    return this.corners / 3;
  }

  put({ at, normal, colour }: Corner): number {
    const number = this.vertices;
    this.positions = roomFor(this.positions, (number + 1) * 3);
    this.normals = roomFor(this.normals, (number + 1) * 3);
    this.colours = roomFor(this.colours, (number + 1) * 4);
    this.positions.set(at, number * 3);
    this.normals.set(normal, number * 3);
    this.colours.set(colour, number * 4);
    this.vertices += 1;
    return number;
  }

  triangle(a: number, b: number, c: number): void {
    if (this.indices.length < this.corners + 3) {
      const larger = new Uint32Array(this.indices.length * 2);
      larger.set(this.indices);
      this.indices = larger;
    }
    this.indices[this.corners] = a;
    this.indices[this.corners + 1] = b;
    this.indices[this.corners + 2] = c;
    this.corners += 3;
  }

  soup(): Soup {
    return {
      positions: this.positions.slice(0, this.vertices * 3),
      normals: this.normals.slice(0, this.vertices * 3),
      colours: this.colours.slice(0, this.vertices * 4),
      indices: this.indices.slice(0, this.corners),
    };
  }
}

function roomFor(array: Float32Array<ArrayBuffer>, length: number): Float32Array<ArrayBuffer> {
  if (array.length >= length) return array;
  const larger = new Float32Array(Math.max(length, array.length * 2));
  larger.set(array);
  return larger;
}
