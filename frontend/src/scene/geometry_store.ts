/** All geometries at all levels that have arrived: on the GPU in shared buffers, on the CPU for picking. */

import type { WebGLRenderer } from "three";
import { RANGE_STRIDE, RUN, TRANSPARENT, type DecodedChunk, type DecodedEdges } from "./decode";
import type { DrawRanges } from "./draw_list";
import { EdgeLines } from "./edge_lines";
import { GpuBuffer } from "./gpu_buffer";
import { RangeAllocator } from "./range_allocator";

/** The triangles of one geometry at one level as they were decoded. */
export interface Triangles {
  readonly level: number;
  /** (4 × vertices) x, y, z in grid steps and the palette index; shared with the whole chunk. */
  readonly vertices: Uint16Array<ArrayBuffer>;
  /** Into `vertices`. */
  readonly indices: Uint32Array<ArrayBuffer>;
  readonly firstVertex: number;
  readonly vertexCount: number;
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
  readonly faces: DrawRanges;
  /** Display edges: one level. */
  readonly edges: DrawRanges;
  /** (geometries × levels) elements of everything that has ever been here: what a level would cost. */
  readonly known: Int32Array;
  /** (geometries × levels) opacity bits of `decode.ts`. */
  readonly opacity: Uint8Array;
  /** (6 × geometries) smallest and largest x, y, z over all levels, grid steps. */
  readonly extents: Uint16Array;
  edgeVertices: Uint16Array<ArrayBuffer> = new Uint16Array(0);
  /** Whether any geometry has transparent faces. */
  anyTransparent = false;
  /** Changes whenever triangles arrive or go. */
  version = 0;
  private readonly triangles = new Map<number, Triangles>();
  private readonly block: Int32Array;
  private readonly ordinal: Uint8Array;
  private blocks = 0;
  /** Slots of each chunk in its own order, chunks in the order of the buffer. */
  private readonly placed: { readonly first: number; readonly slots: Int32Array }[] = [];
  private order = new Int32Array(0);
  private orderVersion = -1;

  constructor(geometries: number, levels: number) {
    this.geometries = geometries;
    this.levels = levels;
    const ranges = (perGeometry: number): DrawRanges => ({
      first: new Int32Array(geometries * perGeometry),
      count: new Int32Array(geometries * perGeometry),
      levels: perGeometry,
    });
    const slots = geometries * levels;
    this.block = new Int32Array(slots);
    this.ordinal = new Uint8Array(slots);
    const { block, ordinal } = this;
    this.faces = { ...ranges(levels), runs: { block, ordinal, order: () => this.inOrder() } };
    this.edges = ranges(1);
    this.known = new Int32Array(geometries * levels);
    this.opacity = new Uint8Array(geometries * levels);
    this.extents = new Uint16Array(geometries * 6);
    for (let g = 0; g < geometries; g += 1) this.extents.fill(65535, g * 6, g * 6 + 3);
  }

  /**
   * Notes the geometries of a chunk whose indices now begin at `firstIndex` of the shared buffer. Returns their slots.
   */
  add(chunk: DecodedChunk, firstIndex: number): Int32Array {
    const slots: number[] = [];
    this.version += 1;
    for (let entry = 0; entry * RANGE_STRIDE < chunk.ranges.length; entry += 1) {
      const at = entry * RANGE_STRIDE;
      const geometry = chunk.ranges[at] ?? 0;
      const level = chunk.ranges[at + 1] ?? 0;
      if (geometry >= this.geometries || level >= this.levels) continue;
      const slot = geometry * this.levels + level;
      const first = chunk.ranges[at + 4] ?? 0;
      const count = chunk.ranges[at + 5] ?? 0;
      this.faces.first[slot] = firstIndex + first;
      this.faces.count[slot] = count;
      this.known[slot] = count;
      this.block[slot] = this.blocks + Math.floor(entry / RUN);
      this.ordinal[slot] = entry % RUN;
      slots.push(slot);
      this.opacity[slot] = chunk.opacity[entry] ?? 0;
      if (((chunk.opacity[entry] ?? 0) & TRANSPARENT) !== 0) this.anyTransparent = true;
      for (let axis = 0; axis < 3; axis += 1) {
        const low = geometry * 6 + axis;
        const high = low + 3;
        this.extents[low] = Math.min(this.extents[low] ?? 0, chunk.extents[entry * 6 + axis] ?? 0);
        this.extents[high] = Math.max(
          this.extents[high] ?? 0,
          chunk.extents[entry * 6 + 3 + axis] ?? 0,
        );
      }
      this.triangles.set(slot, {
        level,
        vertices: chunk.vertices,
        indices: chunk.indices.subarray(first, first + count),
        firstVertex: chunk.ranges[at + 2] ?? 0,
        vertexCount: chunk.ranges[at + 3] ?? 0,
      });
    }
    this.blocks += Math.ceil(chunk.ranges.length / RANGE_STRIDE / RUN);
    const filled = Int32Array.from(slots);
    this.placed.push({ first: firstIndex, slots: filled });
    this.placed.sort((a, b) => a.first - b.first);
    return filled;
  }

  private inOrder(): Int32Array {
    if (this.orderVersion === this.version) return this.order;
    this.orderVersion = this.version;
    this.order = new Int32Array(this.placed.reduce((sum, { slots }) => sum + slots.length, 0));
    let at = 0;
    for (const { slots } of this.placed) {
      this.order.set(slots, at);
      at += slots.length;
    }
    return this.order;
  }

  /** Forgets triangles; extents and costs stay known. */
  remove(slots: Int32Array): void {
    this.version += 1;
    const at = this.placed.findIndex((chunk) => chunk.slots === slots);
    if (at >= 0) this.placed.splice(at, 1);
    for (const slot of slots) {
      this.faces.count[slot] = 0;
      this.faces.first[slot] = 0;
      this.triangles.delete(slot);
    }
  }

  addEdges(edges: DecodedEdges): void {
    this.edgeVertices = edges.vertices;
    for (let g = 0; g < Math.min(this.geometries, edges.ranges.length / 2); g += 1) {
      this.edges.first[g] = edges.ranges[g * 2] ?? 0;
      this.edges.count[g] = edges.ranges[g * 2 + 1] ?? 0;
    }
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
    const slots = this.ranges.add(chunk, firstIndex);
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
