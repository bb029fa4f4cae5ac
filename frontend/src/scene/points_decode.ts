/** A chunk of points (docs/formats/points.md) from bytes to arrays that go to the GPU as they are. */

import { DamagedChunk, Gltf, type Accessor } from "./gltf";

/** Bits of `DecodedPoints.has`. */
export const HAS_COLOURS = 1;
export const HAS_INTENSITIES = 2;
export const HAS_CLASSES = 4;

/** One decoded chunk: 12 bytes a point. */
export interface DecodedPoints {
  readonly count: number;
  /** (4 × count) x, y, z in steps of the chunk's grid, and the intensity. */
  readonly places: Uint16Array<ArrayBuffer>;
  /** (4 × count) sRGB red, green, blue, and the class. */
  readonly shades: Uint8Array<ArrayBuffer>;
  /** Which of them the file has. */
  readonly has: number;
  /** Intensities that all but a fiftieth at each end lie between. */
  readonly strengths: readonly [number, number];
}

/** @throws DamagedChunk when the bytes are not such a chunk. */
export async function decodePoints(file: ArrayBuffer): Promise<DecodedPoints> {
  const gltf = await Gltf.open(file);
  const primitive = gltf.json.meshes?.[0]?.primitives[0];
  const position = primitive?.attributes["POSITION"];
  if (!primitive || position === undefined) throw new DamagedChunk("The chunk has no points.");
  const from = gltf.accessor(position);
  const { count } = from;
  const places = new Uint16Array(count * 4);
  const shades = new Uint8Array(count * 4);
  copy(from, count, places, 0, 3);
  const read = (name: string): Accessor | null => {
    const index = primitive.attributes[name];
    if (index === undefined) return null;
    const accessor = gltf.accessor(index);
    if (accessor.count !== count) throw new DamagedChunk(`The chunk's ${name} is incomplete.`);
    return accessor;
  };
  const colour = read("_COLOUR");
  const intensity = read("_INTENSITY");
  const kind = read("_CLASS");
  if (colour) copy(colour, count, shades, 0, 3);
  if (intensity) copy(intensity, count, places, 3, 1);
  if (kind) copy(kind, count, shades, 3, 1);
  return {
    count,
    places,
    shades,
    has: (colour ? HAS_COLOURS : 0) | (intensity ? HAS_INTENSITIES : 0) | (kind ? HAS_CLASSES : 0),
    strengths: intensity ? middleOf(places, count) : [0, 1],
  };
}

/** Copies the first `size` components of each element to `at` of each four. */
function copy(
  from: Accessor,
  count: number,
  out: Uint16Array | Uint8Array,
  at: number,
  size: number,
): void {
  for (let i = 0; i < count; i += 1)
    for (let c = 0; c < size; c += 1)
      out[i * 4 + at + c] = from.array[from.offset + i * from.stride + c] ?? 0;
}

/** Of the fourth of each four numbers, which 2 and 98 % lie below; from at most 4,000 of them. */
function middleOf(places: Uint16Array, count: number): [number, number] {
  const stride = Math.max(1, Math.floor(count / 4000));
  const some: number[] = [];
  for (let i = 0; i < count; i += stride) some.push(places[i * 4 + 3] ?? 0);
  some.sort((a, b) => a - b);
  const low = some[Math.floor(some.length * 0.02)] ?? 0;
  const high = some[Math.floor(some.length * 0.98)] ?? 1;
  return [low, Math.max(high, low + 1)];
}
