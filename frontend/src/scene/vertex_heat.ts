/**
 * How far each vertex of changed parts was displaced, in a texture that the faces' program reads by the vertex's number.
 * A vertex has the mean of its triangles, each of which has what was measured nearest to its middle: on the wall of a
 * hole all vertices lie on rims, where nothing was displaced.
 */

import { DataTexture, NearestFilter, RedFormat, UnsignedByteType } from "three";
import type { PartHeat } from "../state/areas/comparing";
import type { Manifest, Vec3 } from "../state/model";
import type { GeometryRanges, Triangles } from "./geometry_store";
import { NearestPoints } from "./nearest_points";

/** Texels of a row; WebGL 2 has at least 2048. */
export const HEAT_WIDTH = 2048;
/** Milliseconds of work after which the page has its turn. */
const SLICE_MS = 8;
const NONE = 0;
const STILL = 128;
const STEPS = 127;

/** The vertices of one model. */
export class VertexHeat {
  texture: DataTexture = textureOf(new Uint8Array(HEAT_WIDTH), 1);
  private readonly manifest: Manifest;
  private readonly ranges: GeometryRanges;
  private readonly changed: () => void;
  private parts: readonly PartHeat[] = [];
  private reach_m = 1;
  /** Slots whose triangles have been looked at, and which those were. */
  private readonly done = new Map<number, Triangles>();
  private queue: { readonly slot: number; readonly part: PartHeat }[] = [];
  private readonly nearest = new Map<PartHeat, NearestPoints>();
  private timer = 0;

  /** changed: another picture is due, and `texture` may be another one. */
  constructor(manifest: Manifest, ranges: GeometryRanges, changed: () => void) {
    this.manifest = manifest;
    this.ranges = ranges;
    this.changed = changed;
  }

  /** Shows other displacements. reach_m: what the ends of the ramp stand for. */
  show(parts: readonly PartHeat[], reach_m: number): void {
    if (reach_m !== this.reach_m) {
      this.reach_m = reach_m;
      this.done.clear();
    }
    this.parts = parts;
    for (const known of this.nearest.keys()) if (!parts.includes(known)) this.nearest.delete(known);
    this.follow();
  }

  /** Triangles have arrived, perhaps where others were. */
  arrived(firstVertex: number, vertices: number): void {
    const bytes = this.texture.image.data as Uint8Array; // made below
    bytes.fill(NONE, firstVertex, firstVertex + vertices);
    this.texture.needsUpdate = true;
    this.follow();
  }

  /** Looks at all triangles that it has not looked at. */
  private follow(): void {
    this.queue = [];
    const { levels } = this.ranges;
    for (const part of this.parts)
      for (const geometry of this.geometriesOf(part.part))
        for (let level = 0; level < levels; level += 1) {
          const slot = geometry * levels + level;
          const triangles = this.ranges.trianglesOf(geometry, level);
          if (triangles && this.done.get(slot) !== triangles) this.queue.push({ slot, part });
        }
    if (this.queue.length > 0 && this.timer === 0)
      this.timer = window.setTimeout(() => this.work());
  }

  /** Everything that can be coloured is. */
  get settled(): boolean {
    return this.timer === 0;
  }

  dispose(): void {
    window.clearTimeout(this.timer);
    this.timer = 0;
    this.texture.dispose();
  }

  /** Geometries that show a part: its own, that of which it is a copy, and their pieces. */
  private geometriesOf(part: number): readonly number[] {
    const own = this.manifest.shared?.[String(part)]?.geometry ?? part;
    const run = this.manifest.pieces?.[String(own)];
    return [own, ...(run?.boxes ?? []).map((_, i) => (run?.first ?? 0) + i)];
  }

  private work(): void {
    const end = performance.now() + SLICE_MS;
    while (this.queue.length > 0 && performance.now() < end) {
      const next = this.queue.shift();
      if (next) this.heat(next.slot, next.part);
    }
    this.timer = this.queue.length > 0 ? window.setTimeout(() => this.work()) : 0;
    this.texture.needsUpdate = true;
    this.changed();
  }

  private heat(slot: number, part: PartHeat): void {
    const { levels } = this.ranges;
    const geometry = Math.floor(slot / levels);
    const triangles = this.ranges.trianglesOf(geometry, slot % levels);
    if (!triangles) return;
    this.done.set(slot, triangles);
    let nearest = this.nearest.get(part);
    if (!nearest) this.nearest.set(part, (nearest = new NearestPoints(part.points)));
    const first = triangles.base + triangles.firstVertex;
    const bytes = this.roomFor(first + triangles.vertexCount);
    const heats = displacementsOf(triangles, this.toPart(part.part, geometry), nearest);
    heats.forEach((metres, vertex) => (bytes[first + vertex] = codeOf(metres, this.reach_m)));
  }

  /** From grid steps of a geometry to the part's frame. */
  private toPart(part: number, geometry: number): (x: number, y: number, z: number) => Vec3 {
    const [left, low, near, step] = this.manifest.grids[geometry] ?? [0, 0, 0, 1];
    const m = this.manifest.shared?.[String(part)]?.motion;
    return (x, y, z) => {
      const p: Vec3 = [left + step * x, low + step * y, near + step * z];
      if (!m) return p;
      const row = (r: number): number =>
        (m[r] ?? 0) * p[0] + (m[4 + r] ?? 0) * p[1] + (m[8 + r] ?? 0) * p[2] + (m[12 + r] ?? 0);
      return [row(0), row(1), row(2)];
    };
  }

  private roomFor(vertices: number): Uint8Array {
    const bytes = this.texture.image.data as Uint8Array; // made below
    if (vertices <= bytes.length) return bytes;
    const rows = Math.ceil((vertices * 1.5) / HEAT_WIDTH);
    const grown = new Uint8Array(rows * HEAT_WIDTH);
    grown.set(bytes);
    this.texture.dispose();
    this.texture = textureOf(grown, rows);
    return grown;
  }
}

/** (vertices) metres; NaN where nothing was measured. */
export function displacementsOf(
  { vertices, indices, firstVertex, vertexCount }: Triangles,
  toPart: (x: number, y: number, z: number) => Vec3,
  nearest: NearestPoints,
): Float64Array {
  const sums = new Float64Array(vertexCount);
  const weights = new Float64Array(vertexCount);
  const corner = (index: number, axis: number): number => vertices[index * 4 + axis] ?? 0;
  for (let at = 0; at < indices.length; at += 3) {
    const [a = 0, b = 0, c = 0] = [indices[at], indices[at + 1], indices[at + 2]];
    const middle = (axis: number): number =>
      (corner(a, axis) + corner(b, axis) + corner(c, axis)) / 3;
    const value = nearest.valueAt(...toPart(middle(0), middle(1), middle(2)));
    if (Number.isNaN(value)) continue;
    const [ux, uy, uz] = [0, 1, 2].map((axis) => corner(b, axis) - corner(a, axis));
    const [vx, vy, vz] = [0, 1, 2].map((axis) => corner(c, axis) - corner(a, axis));
    const [x = 0, y = 0, z = 0, i = 0, j = 0, k = 0] = [ux, uy, uz, vx, vy, vz];
    const area = Math.hypot(y * k - z * j, z * i - x * k, x * j - y * i);
    for (const index of [a, b, c]) {
      const vertex = index - firstVertex;
      sums[vertex] = (sums[vertex] ?? 0) + area * value;
      weights[vertex] = (weights[vertex] ?? 0) + area;
    }
  }
  return sums.map((sum, vertex) => sum / (weights[vertex] ?? 0));
}

/** One byte: 0 without a measure, 128 ± 127 at the ends of the ramp. */
export function codeOf(metres: number, reach_m: number): number {
  if (Number.isNaN(metres)) return NONE;
  return STILL + Math.round(STEPS * Math.min(1, Math.max(-1, metres / reach_m)));
}

function textureOf(bytes: Uint8Array<ArrayBuffer>, rows: number): DataTexture {
  const made = new DataTexture(bytes, HEAT_WIDTH, rows, RedFormat, UnsignedByteType);
  made.minFilter = NearestFilter;
  made.magFilter = NearestFilter;
  made.generateMipmaps = false;
  made.unpackAlignment = 1;
  made.needsUpdate = true;
  return made;
}
