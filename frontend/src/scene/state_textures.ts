/** What the shaders read per occurrence: matrix, colour and state bits; and the palette. */

import {
  DataTexture,
  FloatType,
  NearestFilter,
  RGBAFormat,
  RGIntegerFormat,
  UnsignedByteType,
} from "three";
import type { Occurrences } from "./occurrences";
import { CHANGE_SHIFT, OWNER_MASK } from "./compare_shader";
import { COLOURED, MATRIX_TEXELS, STATE_WIDTH } from "./shaders";

const PALETTE_WIDTH = 1024;

/** The textures of one model. */
export class StateTextures {
  readonly matrices: DataTexture;
  readonly colours: DataTexture;
  readonly states: DataTexture;
  readonly palette: DataTexture;
  private readonly stateBytes: Uint8Array<ArrayBuffer>;
  private readonly colourBytes: Uint8Array<ArrayBuffer>;
  /** (4 × occurrences) colours as the file gives them. */
  private readonly ownColours: Uint8Array<ArrayBuffer>;
  private changed = true;
  private coloursChanged = false;

  constructor(occurrences: Occurrences, colours: readonly string[], palette: readonly string[]) {
    const rows = Math.max(1, Math.ceil(occurrences.count / STATE_WIDTH));
    const matrices = new Float32Array(rows * STATE_WIDTH * MATRIX_TEXELS * 4);
    for (let o = 0; o < occurrences.count; o += 1) {
      matrices.set(occurrences.matrices.subarray(o * 12, o * 12 + 12), o * 16);
      matrices.set(occurrences.explodeDirections.subarray(o * 3, o * 3 + 3), o * 16 + 12);
    }
    this.matrices = texture(matrices, STATE_WIDTH * MATRIX_TEXELS, rows, "f32x4");
    const bytes = new Uint8Array(rows * STATE_WIDTH * 4);
    colours.forEach((colour, o) => bytes.set(parseColour(colour), o * 4));
    this.colourBytes = bytes;
    this.ownColours = bytes.slice();
    this.colours = texture(bytes, STATE_WIDTH, rows, "u8x4");
    this.stateBytes = new Uint8Array(rows * STATE_WIDTH * 2);
    this.states = texture(this.stateBytes, STATE_WIDTH, rows, "u8x2");
    const paletteRows = Math.max(1, Math.ceil(palette.length / PALETTE_WIDTH));
    const paletteBytes = new Uint8Array(paletteRows * PALETTE_WIDTH * 4);
    palette.forEach((colour, i) => paletteBytes.set(parseColour(colour), i * 4));
    this.palette = texture(paletteBytes, PALETTE_WIDTH, paletteRows, "u8x4");
  }

  /** Everything stands elsewhere. */
  lay(occurrences: Occurrences): void {
    const data = this.matrices.image.data;
    if (!(data instanceof Float32Array)) return;
    for (let o = 0; o < occurrences.count; o += 1)
      data.set(occurrences.matrices.subarray(o * 12, o * 12 + 12), o * 16);
    this.moveAway(occurrences);
  }

  /** Where occurrences go at explode 1 has changed. */
  moveAway({ count, explodeDirections }: Occurrences): void {
    const data = this.matrices.image.data;
    if (!(data instanceof Float32Array)) return;
    for (let o = 0; o < count; o += 1)
      data.set(explodeDirections.subarray(o * 3, o * 3 + 3), o * 16 + 12);
    this.matrices.needsUpdate = true;
  }

  /** State bits of an occurrence. */
  bits(occurrence: number): number {
    return this.stateBytes[occurrence * 2] ?? 0;
  }

  setBits(occurrence: number, bits: number, on: boolean): void {
    const before = this.stateBytes[occurrence * 2] ?? 0;
    this.stateBytes[occurrence * 2] = on ? before | bits : before & ~bits;
    this.changed = true;
  }

  /** Gives an occurrence another colour, sRGB; null: its own again. Its alpha stays. */
  setColour(occurrence: number, colour: readonly [number, number, number] | null): void {
    const at = occurrence * 4;
    for (let channel = 0; channel < 3; channel += 1)
      this.colourBytes[at + channel] = colour?.[channel] ?? this.ownColours[at + channel] ?? 0;
    this.setBits(occurrence, COLOURED, colour !== null);
    this.coloursChanged = true;
  }

  /** Marks an occurrence as somebody's: 1 + their colour, 0 for nobody. */
  setOwner(occurrence: number, owner: number): void {
    const above = (this.stateBytes[occurrence * 2 + 1] ?? 0) & ~OWNER_MASK;
    this.stateBytes[occurrence * 2 + 1] = above | owner;
    this.changed = true;
  }

  /** Marks an occurrence as changed: 1 + the code of its change, 0 while nothing is compared. */
  setChange(occurrence: number, change: number): void {
    const owner = (this.stateBytes[occurrence * 2 + 1] ?? 0) & OWNER_MASK;
    this.stateBytes[occurrence * 2 + 1] = owner | (change << CHANGE_SHIFT);
    this.changed = true;
  }

  /** Sends changed bits with the next picture: two bytes per occurrence, all of them. */
  upload(): void {
    if (this.coloursChanged) this.colours.needsUpdate = true;
    this.coloursChanged = false;
    if (!this.changed) return;
    this.changed = false;
    this.states.needsUpdate = true;
  }

  get bytes(): number {
    return [this.matrices, this.colours, this.states, this.palette].reduce(
      (sum, { image }) => sum + (image.data?.byteLength ?? 0),
      0,
    );
  }

  dispose(): void {
    for (const each of [this.matrices, this.colours, this.states, this.palette]) each.dispose();
  }
}

/** `#rrggbb` or `#rrggbbaa` as four bytes, sRGB. */
export function parseColour(colour: string): [number, number, number, number] {
  const at = (i: number, otherwise: number): number => {
    const value = Number.parseInt(colour.slice(i, i + 2), 16);
    return Number.isNaN(value) ? otherwise : value;
  };
  return [at(1, 184), at(3, 190), at(5, 198), colour.length >= 9 ? at(7, 255) : 255];
}

function texture(
  data: Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>,
  width: number,
  height: number,
  kind: "f32x4" | "u8x4" | "u8x2",
): DataTexture {
  const made = new DataTexture(
    data,
    width,
    height,
    kind === "u8x2" ? RGIntegerFormat : RGBAFormat,
    kind === "f32x4" ? FloatType : UnsignedByteType,
  );
  made.internalFormat = { f32x4: "RGBA32F", u8x4: "RGBA8", u8x2: "RG8UI" }[kind] as "RGBA8"; // three types only some names
  made.minFilter = NearestFilter;
  made.magFilter = NearestFilter;
  made.generateMipmaps = false;
  made.unpackAlignment = 1;
  made.needsUpdate = true;
  return made;
}
