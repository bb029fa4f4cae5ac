/** A geometry as the slicer takes it: triangles on one grid, joined where their corners are the same grid point. */

/** Level 0 of one geometry. Corners are whole grid steps, so equal corners are equal numbers. */
export interface SliceMesh {
  /** (3 × corners) grid steps. */
  readonly corners: Float64Array;
  /** (3 × triangles) counter-clockwise from outside. */
  readonly triangles: Uint32Array;
  /** (triangles) palette index, 0: the occurrence's own colour. */
  readonly materials: Uint16Array;
}

/** What of a chunk belongs to one geometry. */
export interface MeshPiece {
  /** (4 × n) x, y, z in grid steps and the palette index. */
  readonly vertices: Uint16Array;
  /** Into `vertices`. */
  readonly indices: Uint32Array;
}

/**
 * Joins the corners of a geometry, or of all the pieces of one; triangles without area are left out, since their
 * sides cancel.
 */
export function weld(pieces: readonly MeshPiece[]): SliceMesh {
  const total = pieces.reduce((sum, { indices }) => sum + indices.length, 0);
  const table = new CornerTable(Math.max(16, Math.ceil(total / 3)));
  const triangles = new Uint32Array(total);
  const materials = new Uint16Array(total / 3);
  let kept = 0;
  for (const { vertices, indices } of pieces)
    for (let i = 0; i + 2 < indices.length; i += 3) {
      const [at, bt, ct] = [indices[i] ?? 0, indices[i + 1] ?? 0, indices[i + 2] ?? 0];
      const a = table.find(vertices, at * 4);
      const b = table.find(vertices, bt * 4);
      const c = table.find(vertices, ct * 4);
      if (a === b || b === c || c === a) continue;
      triangles[kept * 3] = a;
      triangles[kept * 3 + 1] = b;
      triangles[kept * 3 + 2] = c;
      materials[kept] = vertices[at * 4 + 3] ?? 0;
      kept += 1;
    }
  return {
    corners: table.corners(),
    triangles: triangles.slice(0, kept * 3),
    materials: materials.slice(0, kept),
  };
}

/** Grid points by number, in an open table: a Map of 300,000 numbers takes ten times as long. */
class CornerTable {
  private slots: Int32Array;
  private points: Uint16Array;
  private count = 0;

  constructor(expected: number) {
    let size = 64;
    while (size < expected * 2) size *= 2;
    this.slots = new Int32Array(size).fill(-1);
    this.points = new Uint16Array(expected * 3);
  }

  /** The number of the grid point at `at`. */
  find(from: Uint16Array, at: number): number {
    const [x, y, z] = [from[at] ?? 0, from[at + 1] ?? 0, from[at + 2] ?? 0];
    const mask = this.slots.length - 1;
    let slot = hash(x, y, z) & mask;
    for (;;) {
      const found = this.slots[slot] ?? -1;
      if (found < 0) break;
      const p = found * 3;
      if (this.points[p] === x && this.points[p + 1] === y && this.points[p + 2] === z)
        return found;
      slot = (slot + 1) & mask;
    }
    const number = this.count;
    this.count += 1;
    if (this.points.length < this.count * 3) {
      const wider = new Uint16Array(this.points.length * 2 + 48);
      wider.set(this.points);
      this.points = wider;
    }
    this.points.set([x, y, z], number * 3);
    this.slots[slot] = number;
    if (this.count * 2 > this.slots.length) this.grow();
    return number;
  }

  corners(): Float64Array {
    return Float64Array.from(this.points.subarray(0, this.count * 3));
  }

  private grow(): void {
    this.slots = new Int32Array(this.slots.length * 2).fill(-1);
    const mask = this.slots.length - 1;
    for (let i = 0; i < this.count; i += 1) {
      const [x, y, z] = [this.points[i * 3], this.points[i * 3 + 1], this.points[i * 3 + 2]];
      let slot = hash(x ?? 0, y ?? 0, z ?? 0) & mask;
      while ((this.slots[slot] ?? -1) >= 0) slot = (slot + 1) & mask;
      this.slots[slot] = i;
    }
  }
}

function hash(x: number, y: number, z: number): number {
  let h = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b) ^ Math.imul(z, 0xc2b2ae35);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}
