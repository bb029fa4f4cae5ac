/** All geometries at all levels that have arrived: on the GPU in shared buffers, on the CPU for picking. */

import type { WebGLRenderer } from "three";
import { RANGE_STRIDE, RUN, type DecodedChunk, type DecodedEdges } from "./decode";
import type { DrawRanges } from "./draw_list";
import { EdgeLines } from "./edge_lines";
import { GpuBuffer } from "./gpu_buffer";
import { RangeAllocator } from "./range_allocator";
import { SlotTable } from "./slot_table";

/** The triangles of one geometry at one level as they were decoded. */
export interface Triangles {
  readonly level: number;
  /** (4 × vertices) x, y, z in grid steps and the palette index; shared with the whole chunk. */
  readonly vertices: Uint16Array<ArrayBuffer>;
  /** Into `vertices`. */
  readonly indices: Uint32Array<ArrayBuffer>;
  readonly firstVertex: number;
  readonly vertexCount: number;
  /** Where the chunk's vertices begin in the shared buffer. */
  readonly base: number;
}

/** A chunk whose triangles are here: what it takes to let go of them. */
export interface HeldChunk {
  /** Slots of `faces` that it filled. */
  readonly slots: Int32Array;
  readonly firstVertex: number;
  readonly vertices: number;
  readonly firstIndex: number;
  readonly indices: number;
  /** Bytes on the GPU; as many again, but for the normals, are kept for picking. */
  readonly bytes: number;
}

/** Bytes of a vertex on the GPU: place and palette index, normal. */
const VERTEX_BYTES = 12;
const INDEX_BYTES = 4;

/** Bytes that a decoded chunk takes on the GPU. */
export function bytesOf(chunk: DecodedChunk): number {
  return (chunk.vertices.length / 4) * VERTEX_BYTES + chunk.indices.length * INDEX_BYTES;
}

/** What of a geometry store needs no GPU: which range lies where, and the arrays behind it. */
export class GeometryRanges {
  readonly geometries: number;
  readonly levels: number;
  /** Where they lie; a copy of it is beside the page. */
  readonly table: SlotTable;
  /** (6 × geometries) smallest and largest x, y, z over all levels, grid steps. */
  readonly extents: Uint16Array;
  edgeVertices: Uint16Array<ArrayBuffer> = new Uint16Array(0);
  private readonly triangles = new Map<number, Triangles>();
  private blocks = 0;
  private ids = 0;

  constructor(geometries: number, levels: number) {
    this.geometries = geometries;
    this.levels = levels;
    this.table = new SlotTable(geometries, levels);
    this.extents = new Uint16Array(geometries * 6);
    for (let g = 0; g < geometries; g += 1) this.extents.fill(65535, g * 6, g * 6 + 3);
  }

  get faces(): DrawRanges {
    return this.table.faces;
  }

  /** Display edges: one level. */
  get edges(): DrawRanges {
    return this.table.edges;
  }

  /** (geometries × levels) opacity bits of `decode.ts`. */
  get opacity(): Uint8Array {
    return this.table.opacity;
  }

  /** Whether any geometry has transparent faces. */
  get anyTransparent(): boolean {
    return this.table.anyTransparent;
  }

  /** Changes whenever triangles arrive or go. */
  get version(): number {
    return this.table.version;
  }

  /**
   * Notes the geometries of a chunk whose indices now begin at `firstIndex` of the shared buffer, and its vertices at
   * `base`. Returns their slots.
   */
  add(chunk: DecodedChunk, firstIndex: number, base = 0): Int32Array {
    const entries: number[] = [];
    for (let entry = 0; entry * RANGE_STRIDE < chunk.ranges.length; entry += 1) {
      const at = entry * RANGE_STRIDE;
      const geometry = chunk.ranges[at] ?? 0;
      const level = chunk.ranges[at + 1] ?? 0;
      if (geometry >= this.geometries || level >= this.levels) continue;
      entries.push(entry);
      for (let axis = 0; axis < 3; axis += 1) {
        const low = geometry * 6 + axis;
        const high = low + 3;
        this.extents[low] = Math.min(this.extents[low] ?? 0, chunk.extents[entry * 6 + axis] ?? 0);
        this.extents[high] = Math.max(
          this.extents[high] ?? 0,
          chunk.extents[entry * 6 + 3 + axis] ?? 0,
        );
      }
      const first = chunk.ranges[at + 4] ?? 0;
      this.triangles.set(geometry * this.levels + level, {
        level,
        vertices: chunk.vertices,
        indices: chunk.indices.subarray(first, first + (chunk.ranges[at + 5] ?? 0)),
        firstVertex: chunk.ranges[at + 2] ?? 0,
        vertexCount: chunk.ranges[at + 3] ?? 0,
        base,
      });
    }
    const field = (entry: number, number: number): number =>
      chunk.ranges[entry * RANGE_STRIDE + number] ?? 0;
    const slots = Int32Array.from(entries, (e) => field(e, 0) * this.levels + field(e, 1));
    this.table.place({
      id: this.ids,
      at: firstIndex,
      slots,
      first: Int32Array.from(entries, (entry) => firstIndex + field(entry, 4)),
      count: Int32Array.from(entries, (entry) => field(entry, 5)),
      opacity: Uint8Array.from(entries, (entry) => chunk.opacity[entry] ?? 0),
      block: Int32Array.from(entries, (entry) => this.blocks + Math.floor(entry / RUN)),
      ordinal: Uint8Array.from(entries, (entry) => entry % RUN),
    });
    this.ids += 1;
    this.blocks += Math.ceil(chunk.ranges.length / RANGE_STRIDE / RUN);
    return slots;
  }

  /** Forgets triangles; extents and costs stay known. */
  remove(slots: Int32Array): void {
    const id = this.table.idOf(slots);
    if (id === null) return;
    this.table.remove(id);
    for (const slot of slots) this.triangles.delete(slot);
  }

  addEdges(edges: DecodedEdges): void {
    this.edgeVertices = edges.vertices;
    const { geometries } = this;
    this.table.placeEdges(
      Int32Array.from({ length: geometries }, (_, g) => edges.ranges[g * 2] ?? 0),
      Int32Array.from({ length: geometries }, (_, g) => edges.ranges[g * 2 + 1] ?? 0),
    );
  }

  /** The finest triangles that have arrived, or those of exactly `level`. */
  trianglesOf(geometry: number, level: number | null = null): Triangles | null {
    for (let l = level ?? 0; l < this.levels; l += 1) {
      const found = this.triangles.get(geometry * this.levels + l);
      if (found || level !== null) return found ?? null;
    }
    return null;
  }

  /** Triangles of one placement at a level slot. */
  triangleCount(slot: number): number {
    return (this.faces.count[slot] ?? 0) / 3;
  }
}

/** The shared buffers of all geometries. */
export class GeometryStore {
  readonly ranges: GeometryRanges;
  readonly vertices: GpuBuffer;
  readonly normals: GpuBuffer;
  readonly indices: GpuBuffer;
  edgeLines: EdgeLines | null = null;
  private readonly renderer: WebGLRenderer;
  private readonly vertexRanges = new RangeAllocator();
  private readonly indexRanges = new RangeAllocator();

  constructor(renderer: WebGLRenderer, geometries: number, levels: number) {
    this.renderer = renderer;
    this.ranges = new GeometryRanges(geometries, levels);
    this.vertices = new GpuBuffer(renderer, { target: "vertices", type: "u16", size: 4 }, 1 << 15);
    this.normals = new GpuBuffer(
      renderer,
      { target: "vertices", type: "i8", size: 4, normalized: true },
      1 << 15,
    );
    this.indices = new GpuBuffer(renderer, { target: "indices", type: "u32", size: 1 }, 1 << 17);
  }

  /** Takes a chunk over. @throws OutOfGraphicsMemory with everything as it was. */
  addChunk(chunk: DecodedChunk): HeldChunk {
    const vertices = chunk.vertices.length / 4;
    const indices = chunk.indices.length;
    const firstVertex = this.vertexRanges.take(vertices);
    const firstIndex = this.indexRanges.take(indices);
    try {
      this.vertices.reserve(this.vertexRanges.end);
      this.normals.reserve(this.vertexRanges.end);
      this.indices.reserve(this.indexRanges.end);
    } catch (error) {
      this.vertexRanges.give(firstVertex, vertices);
      this.indexRanges.give(firstIndex, indices);
      this.renderer.resetState();
      throw error;
    }
    this.vertices.put(firstVertex, chunk.vertices);
    this.normals.put(firstVertex, chunk.normals);
    // WebGL 2 has no base vertex: indices are moved to where the chunk's vertices went.
    const moved = chunk.indices.slice();
    if (firstVertex > 0)
      for (let i = 0; i < moved.length; i += 1) moved[i] = (moved[i] ?? 0) + firstVertex;
    this.indices.put(firstIndex, moved);
    const slots = this.ranges.add(chunk, firstIndex, firstVertex);
    this.renderer.resetState();
    return { slots, firstVertex, vertices, firstIndex, indices, bytes: bytesOf(chunk) };
  }

  /** Lets go of a chunk's triangles; others will be written where they were. */
  removeChunk(held: HeldChunk): void {
    this.ranges.remove(held.slots);
    this.vertexRanges.give(held.firstVertex, held.vertices);
    this.indexRanges.give(held.firstIndex, held.indices);
  }

  addEdges(edges: DecodedEdges): void {
    this.edgeLines?.dispose();
    this.edgeLines = new EdgeLines(edges);
    this.ranges.addEdges(edges);
  }

  /** Bytes on the GPU. */
  get bytes(): number {
    const edges = this.edgeLines?.bytes ?? 0;
    return this.vertices.bytes + this.normals.bytes + this.indices.bytes + edges;
  }

  dispose(): void {
    this.vertices.dispose();
    this.normals.dispose();
    this.indices.dispose();
    this.edgeLines?.dispose();
  }
}
