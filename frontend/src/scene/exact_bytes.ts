/** Bytes of exact.bin, read forward and never past their end. */

/** The file contradicts itself, is cut short or of a version that this viewer does not know. */
export class DamagedExact extends Error {
  readonly code = "damaged_exact";
}

/** Throws unless what a sound file guarantees is so. */
export function demand(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new DamagedExact(otherwise);
}

/** Reads forward through a block and never past its end. */
export class Reader {
  at = 0;
  private readonly block: ArrayBuffer;
  private readonly view: DataView;

  constructor(block: ArrayBuffer) {
    this.block = block;
    this.view = new DataView(block);
  }

  /** The offset of the next `bytes` bytes, which are then behind us. */
  private take(bytes: number): number {
    const start = this.at;
    demand(start + bytes <= this.view.byteLength, "The exact shape is cut short.");
    this.at += bytes;
    return start;
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  bytes(count: number): Uint8Array {
    const start = this.take(count);
    return new Uint8Array(this.block.slice(start, start + count));
  }

  /** Finite doubles. */
  doubles(count: number): Float64Array {
    const start = this.take(8 * count);
    const values = new Float64Array(count);
    for (let at = 0; at < count; at += 1) {
      const value = this.view.getFloat64(start + 8 * at, true);
      demand(Number.isFinite(value), "A number of the exact shape is damaged.");
      values[at] = value;
    }
    return values;
  }

  /** Whole numbers below `limit`, in as few bytes as hold them; −1 for none, where there may be none. */
  column(count: number, limit: number, none: boolean): Float64Array {
    const width = limit < 2 ** 8 ? 1 : limit < 2 ** 16 ? 2 : 4;
    const start = this.take(width * count);
    const values = new Float64Array(count);
    for (let at = 0; at < count; at += 1) {
      const offset = start + width * at;
      const value =
        width === 1
          ? this.view.getUint8(offset)
          : width === 2
            ? this.view.getUint16(offset, true)
            : this.view.getUint32(offset, true);
      if (none && value === 2 ** (8 * width) - 1) values[at] = -1;
      else {
        demand(value < limit, "The exact shape refers to something that it does not have.");
        values[at] = value;
      }
    }
    return values;
  }

  /** Below 2³⁵; the lowest seven bits first. */
  varint(): number {
    let value = 0;
    for (let group = 0; group < 5; group += 1) {
      const byte = this.view.getUint8(this.take(1));
      value += (byte & 127) * 2 ** (7 * group);
      if (byte < 128) return value;
    }
    throw new DamagedExact("A number of the exact shape is too long.");
  }

  signed(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Nothing may follow. */
  finish(): void {
    demand(this.at === this.view.byteLength, "The exact shape is longer than it says.");
  }
}
