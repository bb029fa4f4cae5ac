/**
 * A chunk of the scene package from bytes to arrays that go to the GPU as they are.
 * Runs in a worker (`decode_worker.ts`) and, without one, in the page.
 */

import { DamagedChunk, Gltf, type Accessor } from "./gltf";

/** `#b8bec6ff`, the colour of what has none. */
const NEUTRAL = [0xb8, 0xbe, 0xc6, 0xff] as const;

/** Numbers per entry of `ranges`: geometry, level, first vertex, vertices, first index, indices. */
export const RANGE_STRIDE = 6;

/**
 * Ranges of a chunk that one sub-draw may draw together: what tells them apart must fit into a signed byte beside the
 * normal.
 */
export const RUN = 128;

/** Where the occurrences stand; only base.glb has them. One entry per row, in the file's order. */
export interface DecodedOccurrences {
  readonly count: number;
  /** (4 × count) sRGB red, green, blue and alpha of each entry. */
  readonly colours: Uint8Array<ArrayBuffer>;
  /** Dense occurrence number of each entry. */
  readonly occurrence: Uint32Array<ArrayBuffer>;
  /** Geometry number of each entry. */
  readonly geometry: Uint32Array<ArrayBuffer>;
  /** (12 × count) rows of the 3 × 4 matrix from grid steps to metres, model frame. */
  readonly matrices: Float32Array<ArrayBuffer>;
}

/** One decoded chunk. */
export interface DecodedChunk {
  /** RANGE_STRIDE numbers per geometry and level. */
  readonly ranges: Int32Array<ArrayBuffer>;
  /** (4 × vertices) x, y, z in grid steps and the palette index. */
  readonly vertices: Uint16Array<ArrayBuffer>;
  /** (4 × vertices) unit normal × 127, part frame; the fourth is the range's number modulo RUN. */
  readonly normals: Int8Array<ArrayBuffer>;
  /** Absolute into `vertices`. */
  readonly indices: Uint32Array<ArrayBuffer>;
  /** (6 per range) smallest and largest x, y, z, grid steps. */
  readonly extents: Uint16Array<ArrayBuffer>;
  /** (1 per range) bit 0: has opaque triangles; bit 1: has transparent ones. */
  readonly opacity: Uint8Array<ArrayBuffer>;
  readonly occurrences: DecodedOccurrences | null;
}

/** The display edges of all geometries: pairs of vertices, GL_LINES. */
export interface DecodedEdges {
  /** (2 × geometries) first vertex and vertex count. */
  readonly ranges: Uint32Array<ArrayBuffer>;
  /** (4 × vertices) x, y, z in grid steps of the geometry, exact edge number (65535: none). */
  readonly vertices: Uint16Array<ArrayBuffer>;
  /** (3 × ranges) first vertex, vertex count, palette entry of edges that the file gives a colour. */
  readonly colours: Uint32Array<ArrayBuffer>;
}

export const OPAQUE = 1;
export const TRANSPARENT = 2;

/**
 * Holds bytes against their hash, where the browser can: not over plain HTTP from another machine.
 *
 * @throws DamagedChunk when they differ.
 */
export async function checkHash(file: ArrayBuffer, sha256: string): Promise<void> {
  // Absent outside secure contexts, whatever the DOM library says.
  const subtle = globalThis.crypto.subtle as SubtleCrypto | undefined;
  if (!subtle) return;
  const digest = new Uint8Array(await subtle.digest("SHA-256", file));
  const found = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (found !== sha256.toLowerCase())
    throw new DamagedChunk("The file is not the one that was made: its hash differs.");
}

/**
 * Decodes base.glb or a finer level.
 *
 * transparent: per palette index, whether its alpha is below one.
 * @throws DamagedChunk when the bytes are not such a chunk.
 */
export async function decodeChunk(
  file: ArrayBuffer,
  transparent: readonly boolean[],
): Promise<DecodedChunk> {
  const gltf = await Gltf.open(file);
  const mesh = gltf.json.meshes?.[0];
  const occurrences = readOccurrences(gltf);
  // A model of points or curves alone: placements and no triangles.
  if (!mesh && occurrences) return placementsAlone(occurrences);
  const primitive = mesh?.primitives[0];
  const ranges = mesh?.extras?.ranges;
  if (!primitive || !ranges || primitive.indices === undefined)
    throw new DamagedChunk("The chunk has no packed primitive.");
  const read = (name: string): Accessor => {
    const index = primitive.attributes[name];
    if (index === undefined) throw new DamagedChunk(`The chunk has no ${name}.`);
    return gltf.accessor(index);
  };
  const position = read("POSITION");
  const normal = read("NORMAL");
  const material = primitive.attributes["_MATERIAL"];
  const vertices = packVertices(position, material === undefined ? null : gltf.accessor(material));
  const indices = Uint32Array.from(tight(gltf.accessor(primitive.indices)));
  const table = Int32Array.from(ranges);
  const { extents, opacity } = measureRanges(table, vertices, indices, transparent);
  return {
    ranges: table,
    vertices,
    normals: packNormals(normal, table),
    indices,
    extents,
    opacity,
    occurrences,
  };
}

function placementsAlone(occurrences: DecodedOccurrences): DecodedChunk {
  return {
    ranges: new Int32Array(0),
    vertices: new Uint16Array(0),
    normals: new Int8Array(0),
    indices: new Uint32Array(0),
    extents: new Uint16Array(0),
    opacity: new Uint8Array(0),
    occurrences,
  };
}

/** Decodes edges.bin. @throws DamagedChunk when the bytes are not that. */
export function decodeEdges(file: ArrayBuffer): DecodedEdges {
  const view = new DataView(file);
  const damaged = (): never => {
    throw new DamagedChunk("edges.bin is damaged.");
  };
  if (file.byteLength < 16 || view.getUint32(0, false) !== 0x48544544) damaged(); // "HTED"
  if (view.getUint32(4, true) !== 1) damaged();
  const geometries = view.getUint32(8, true);
  const vertices = view.getUint32(12, true);
  const body = 16 + geometries * 8;
  if (file.byteLength < body + vertices * 8) damaged();
  return {
    ranges: new Uint32Array(file.slice(16, body)),
    vertices: new Uint16Array(file.slice(body, body + vertices * 8)),
    colours: edgeColours(file, body + vertices * 8),
  };
}

/** The table behind the vertices; empty without one, or when it is cut short: colours are not worth the edges. */
function edgeColours(file: ArrayBuffer, at: number): Uint32Array<ArrayBuffer> {
  if (file.byteLength < at + 4) return new Uint32Array(0);
  const ranges = new DataView(file).getUint32(at, true);
  const end = at + 4 + ranges * 12;
  return file.byteLength < end ? new Uint32Array(0) : new Uint32Array(file.slice(at + 4, end));
}

function packVertices(position: Accessor, material: Accessor | null): Uint16Array<ArrayBuffer> {
  const out = new Uint16Array(position.count * 4);
  const from = position.array;
  for (let i = 0; i < position.count; i += 1) {
    const at = position.offset + i * position.stride;
    out[i * 4] = from[at] ?? 0;
    out[i * 4 + 1] = from[at + 1] ?? 0;
    out[i * 4 + 2] = from[at + 2] ?? 0;
    if (material) out[i * 4 + 3] = material.array[material.offset + i * material.stride] ?? 0;
  }
  return out;
}

function packNormals(normal: Accessor, ranges: Int32Array): Int8Array<ArrayBuffer> {
  const out = new Int8Array(normal.count * 4);
  for (let i = 0; i < normal.count; i += 1) {
    const at = normal.offset + i * normal.stride;
    for (let axis = 0; axis < 3; axis += 1) out[i * 4 + axis] = normal.array[at + axis] ?? 0;
  }
  for (let entry = 0; entry * RANGE_STRIDE < ranges.length; entry += 1) {
    const first = ranges[entry * RANGE_STRIDE + 2] ?? 0;
    const end = Math.min(first + (ranges[entry * RANGE_STRIDE + 3] ?? 0), normal.count);
    for (let i = first; i < end; i += 1) out[i * 4 + 3] = entry % RUN;
  }
  return out;
}

function tight(accessor: Accessor): Accessor["array"] {
  const end = accessor.offset + accessor.count * accessor.size;
  if (accessor.stride === accessor.size) return accessor.array.subarray(accessor.offset, end);
  const out = accessor.array.slice(0, accessor.count * accessor.size);
  for (let i = 0; i < accessor.count; i += 1)
    for (let c = 0; c < accessor.size; c += 1)
      out[i * accessor.size + c] = accessor.array[accessor.offset + i * accessor.stride + c] ?? 0;
  return out;
}

function measureRanges(
  ranges: Int32Array,
  vertices: Uint16Array,
  indices: Uint32Array,
  transparent: readonly boolean[],
): { extents: Uint16Array<ArrayBuffer>; opacity: Uint8Array<ArrayBuffer> } {
  const entries = ranges.length / RANGE_STRIDE;
  if (!Number.isInteger(entries)) throw new DamagedChunk("The chunk's ranges are incomplete.");
  const extents = new Uint16Array(entries * 6);
  const opacity = new Uint8Array(entries);
  const anyTransparent = transparent.some(Boolean);
  for (let entry = 0; entry < entries; entry += 1) {
    const at = entry * RANGE_STRIDE;
    const firstVertex = ranges[at + 2] ?? 0;
    const vertexCount = ranges[at + 3] ?? 0;
    const firstIndex = ranges[at + 4] ?? 0;
    const indexCount = ranges[at + 5] ?? 0;
    if (
      (firstVertex + vertexCount) * 4 > vertices.length ||
      firstIndex + indexCount > indices.length
    )
      throw new DamagedChunk("The chunk's ranges point outside of it.");
    let mask = vertexCount > 0 && !anyTransparent ? OPAQUE : 0;
    for (let axis = 0; axis < 3; axis += 1) {
      let low = 65535;
      let high = 0;
      for (let v = firstVertex; v < firstVertex + vertexCount; v += 1) {
        const value = vertices[v * 4 + axis] ?? 0;
        if (value < low) low = value;
        if (value > high) high = value;
      }
      extents[entry * 6 + axis] = low;
      extents[entry * 6 + 3 + axis] = high;
    }
    if (anyTransparent)
      for (let v = firstVertex; v < firstVertex + vertexCount; v += 1)
        mask |= transparent[vertices[v * 4 + 3] ?? 0] === true ? TRANSPARENT : OPAQUE;
    opacity[entry] = mask;
  }
  return { extents, opacity };
}

function readOccurrences(gltf: Gltf): DecodedOccurrences | null {
  const node = gltf.json.nodes.find((n) => n.extensions?.EXT_mesh_gpu_instancing !== undefined);
  const attributes = node?.extensions?.EXT_mesh_gpu_instancing?.attributes;
  if (!attributes) return null;
  const read = (name: string): Accessor["array"] => {
    const index = attributes[name];
    if (index === undefined) throw new DamagedChunk(`The occurrences have no ${name}.`);
    return tight(gltf.accessor(index));
  };
  const translation = read("TRANSLATION");
  const scale = read("SCALE");
  const count = translation.length / 3;
  // What the format lets a file leave out: unturned, geometry 0, in the order of occurrences.
  const rotation = "ROTATION" in attributes ? read("ROTATION") : repeated([0, 0, 0, 1], count);
  const geometry = "_PART" in attributes ? Uint32Array.from(read("_PART")) : new Uint32Array(count);
  const occurrence =
    "_FEATURE_ID_0" in attributes
      ? Uint32Array.from(read("_FEATURE_ID_0"))
      : Uint32Array.from({ length: count }, (_, i) => i);
  const colours = "_COLOUR" in attributes ? read("_COLOUR") : repeated(NEUTRAL, count);
  const matrices = new Float32Array(count * 12);
  for (let i = 0; i < count; i += 1) composeRows(translation, rotation, scale, i, matrices);
  return { count, colours: Uint8Array.from(colours), occurrence, geometry, matrices };
}

/** The same few numbers for each of `count` rows. */
function repeated(row: readonly number[], count: number): Float32Array {
  return Float32Array.from({ length: count * row.length }, (_, i) => row[i % row.length] ?? 0);
}

/** Writes rows of T·R·S of entry `i` (glTF 2.0 §3.5.3; rotation x, y, z, w) into `out`. */
export function composeRows(
  translation: ArrayLike<number>,
  rotation: ArrayLike<number>,
  scale: ArrayLike<number>,
  i: number,
  out: Float32Array,
): void {
  const x = rotation[i * 4] ?? 0;
  const y = rotation[i * 4 + 1] ?? 0;
  const z = rotation[i * 4 + 2] ?? 0;
  const w = rotation[i * 4 + 3] ?? 1;
  const sx = scale[i * 3] ?? 1;
  const sy = scale[i * 3 + 1] ?? 1;
  const sz = scale[i * 3 + 2] ?? 1;
  const at = i * 12;
  out[at] = (1 - 2 * (y * y + z * z)) * sx;
  out[at + 1] = 2 * (x * y - z * w) * sy;
  out[at + 2] = 2 * (x * z + y * w) * sz;
  out[at + 3] = translation[i * 3] ?? 0;
  out[at + 4] = 2 * (x * y + z * w) * sx;
  out[at + 5] = (1 - 2 * (x * x + z * z)) * sy;
  out[at + 6] = 2 * (y * z - x * w) * sz;
  out[at + 7] = translation[i * 3 + 1] ?? 0;
  out[at + 8] = 2 * (x * z - y * w) * sx;
  out[at + 9] = 2 * (y * z + x * w) * sy;
  out[at + 10] = (1 - 2 * (x * x + y * y)) * sz;
  out[at + 11] = translation[i * 3 + 2] ?? 0;
}
