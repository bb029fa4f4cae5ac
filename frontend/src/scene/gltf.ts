/** Binary glTF as far as our chunks use it: one JSON, one buffer, buffer views packed by meshopt. */

import { MeshoptDecoder } from "three/examples/jsm/libs/meshopt_decoder.module.js";

const MAGIC = 0x46546c67;
const JSON_CHUNK = 0x4e4f534a;
const BINARY_CHUNK = 0x004e4942;

/** A chunk of the scene package that is not what its manifest says. */
export class DamagedChunk extends Error {
  readonly code = "damaged_chunk";
}

interface MeshoptView {
  readonly buffer: number;
  readonly byteOffset?: number;
  readonly byteLength: number;
  readonly byteStride: number;
  readonly count: number;
  readonly mode: string;
  readonly filter?: string;
}

interface BufferView {
  readonly buffer: number;
  readonly byteOffset?: number;
  readonly byteLength: number;
  readonly byteStride?: number;
  readonly extensions?: { readonly KHR_meshopt_compression?: MeshoptView };
}

interface AccessorJson {
  readonly bufferView?: number;
  readonly byteOffset?: number;
  readonly componentType: number;
  readonly count: number;
  readonly type: string;
}

/** The part of a glTF document that chunks have. */
export interface GltfJson {
  readonly accessors: readonly AccessorJson[];
  readonly bufferViews: readonly BufferView[];
  readonly meshes?: readonly {
    readonly primitives: readonly {
      readonly attributes: Readonly<Record<string, number>>;
      readonly indices?: number;
    }[];
    readonly extras?: { readonly ranges?: readonly number[] };
  }[];
  readonly nodes: readonly {
    readonly name?: string;
    readonly mesh?: number;
    readonly extensions?: {
      readonly EXT_mesh_gpu_instancing?: { readonly attributes: Readonly<Record<string, number>> };
    };
  }[];
}

/** Components as they lie in the (unpacked) buffer; `stride` and `offset` in components. */
export interface Accessor {
  readonly array: Float32Array | Int8Array | Int16Array | Uint8Array | Uint16Array | Uint32Array;
  readonly stride: number;
  readonly offset: number;
  readonly count: number;
  readonly size: number;
}

const COMPONENTS: Readonly<Record<string, number>> = {
  SCALAR: 1,
  VEC2: 2,
  VEC3: 3,
  VEC4: 4,
  MAT4: 16,
};

/** One opened GLB. Buffer views are unpacked once, when first read. */
export class Gltf {
  readonly json: GltfJson;
  private readonly binary: Uint8Array<ArrayBuffer>;
  private readonly views = new Map<number, { bytes: Uint8Array<ArrayBuffer>; stride: number }>();

  private constructor(json: GltfJson, binary: Uint8Array<ArrayBuffer>) {
    this.json = json;
    this.binary = binary;
  }

  /**
   * Opens a GLB (glTF 2.0 §4.4) and waits for the meshopt decoder.
   *
   * @throws DamagedChunk when it is not one.
   */
  static async open(file: ArrayBuffer): Promise<Gltf> {
    const view = new DataView(file);
    if (file.byteLength < 20 || view.getUint32(0, true) !== MAGIC)
      throw new DamagedChunk("This file is no binary glTF.");
    const length = Math.min(view.getUint32(8, true), file.byteLength);
    let json: GltfJson | null = null;
    let binary = new Uint8Array(0);
    for (let at = 12; at + 8 <= length;) {
      const size = view.getUint32(at, true);
      const kind = view.getUint32(at + 4, true);
      if (at + 8 + size > file.byteLength) throw new DamagedChunk("The binary glTF is cut short.");
      const body = new Uint8Array(file, at + 8, size);
      // The only unchecked step: the document was validated when the package was made.
      if (kind === JSON_CHUNK) json = JSON.parse(new TextDecoder().decode(body)) as GltfJson;
      else if (kind === BINARY_CHUNK) binary = body;
      at += 8 + size;
    }
    if (json === null) throw new DamagedChunk("The binary glTF has no JSON.");
    await MeshoptDecoder.ready;
    return new Gltf(json, binary);
  }

  /** Reads accessor `index`. @throws DamagedChunk when it points outside. */
  accessor(index: number): Accessor {
    const accessor = this.json.accessors[index];
    const size = COMPONENTS[accessor?.type ?? ""];
    if (!accessor || size === undefined || accessor.bufferView === undefined)
      throw new DamagedChunk(`Accessor ${index} is missing or has an unknown type.`);
    const { bytes, stride } = this.view(accessor.bufferView);
    const typed = viewAs(accessor.componentType, bytes);
    const bytesPer = typed.BYTES_PER_ELEMENT;
    return {
      array: typed,
      stride: stride > 0 ? stride / bytesPer : size,
      offset: (accessor.byteOffset ?? 0) / bytesPer,
      count: accessor.count,
      size,
    };
  }

  private view(index: number): { bytes: Uint8Array<ArrayBuffer>; stride: number } {
    const known = this.views.get(index);
    if (known) return known;
    const view = this.json.bufferViews[index];
    if (!view) throw new DamagedChunk(`Buffer view ${index} is missing.`);
    const packed = view.extensions?.KHR_meshopt_compression;
    const start = packed ? (packed.byteOffset ?? 0) : (view.byteOffset ?? 0);
    const source = this.binary.subarray(start, start + (packed ?? view).byteLength);
    let bytes = source;
    if (packed) {
      bytes = new Uint8Array(packed.count * packed.byteStride);
      try {
        MeshoptDecoder.decodeGltfBuffer(
          bytes,
          packed.count,
          packed.byteStride,
          source,
          packed.mode,
          packed.filter,
        );
      } catch (cause) {
        throw new DamagedChunk(`Buffer view ${index} cannot be unpacked.`, { cause });
      }
    } else if (source.byteOffset % 4 !== 0) bytes = source.slice();
    const stride = packed?.byteStride ?? view.byteStride ?? 0;
    const opened = { bytes, stride };
    this.views.set(index, opened);
    return opened;
  }
}

function viewAs(componentType: number, bytes: Uint8Array<ArrayBuffer>): Accessor["array"] {
  const { buffer, byteOffset, byteLength } = bytes;
  switch (componentType) {
    case 5120:
      return new Int8Array(buffer, byteOffset, byteLength);
    case 5121:
      return bytes;
    case 5122:
      return new Int16Array(buffer, byteOffset, byteLength >> 1);
    case 5123:
      return new Uint16Array(buffer, byteOffset, byteLength >> 1);
    case 5125:
      return new Uint32Array(buffer, byteOffset, byteLength >> 2);
    case 5126:
      return new Float32Array(buffer, byteOffset, byteLength >> 2);
    default:
      throw new DamagedChunk(`Component type ${componentType} is unknown.`);
  }
}
