/**
 * The exact shapes of one revision: small files are fetched whole, large ones part by part, and what is decoded is
 * kept under a ceiling of bytes; what was used longest ago goes first.
 */

import type { Manifest } from "../state/model";
import { type Block, type ExactHead, readFaces, readHead, readPart } from "./exact";
import { scaledExact } from "./exact_scale";
import { Solid } from "./kernel/solid";
import { hashOf, type FetchScene } from "./loader";

export const EXACT_FILE = "exact.bin";
/** Files up to this are fetched whole: one request instead of one for each part. */
const WHOLE_BYTES = 1 << 20;
/** A decoded part weighs about eight times its block. */
const DECODED = 8;

export interface ExactShelfOptions {
  readonly manifest: Manifest;
  readonly fetchScene: FetchScene;
  /** What decoded shapes may weigh together. */
  readonly ceilingBytes: number;
  /** A shape is here, before anybody has it. */
  readonly made: (part: number, solid: Solid) => void;
  /** A shape could not be had; it is not asked for again. */
  readonly failed: (error: unknown) => void;
}

interface Held {
  readonly solid: Solid;
  readonly bytes: number;
}

/** See the head of the file. */
export class ExactShelf {
  private readonly options: ExactShelfOptions;
  private head: Promise<ExactHead | null> | null = null;
  /** The whole file, where it is small. */
  private whole: ArrayBuffer | null = null;
  private readonly solids = new Map<number, Held>();
  private readonly loading = new Map<number, Promise<Solid | null>>();
  /** Parts that have no exact shape, or whose shape could not be had. */
  private readonly none = new Set<number>();
  /** Faces of the triangles of the finest level, by geometry. */
  private readonly faces = new Map<number, Uint32Array>();
  private bytes = 0;

  constructor(options: ExactShelfOptions) {
    this.options = options;
  }

  /** The shape of a part if it is here. */
  get(part: number): Solid | null {
    const held = this.solids.get(part);
    if (!held) return null;
    // Used last: the last to go.
    this.solids.delete(part);
    this.solids.set(part, held);
    return held.solid;
  }

  /** Whether asking may bring it: false once it is known that there is none, or it is here. */
  isPending(part: number): boolean {
    if ((this.options.manifest.exact?.parts ?? 0) === 0 || part < 0) return false;
    return !this.none.has(part) && !this.solids.has(part);
  }

  isLoading(part: number): boolean {
    return this.loading.has(part);
  }

  /** The exact face of each triangle of a geometry's finest level, once its part is here. */
  facesOf(geometry: number): Uint32Array | null {
    return this.faces.get(geometry) ?? null;
  }

  /** The shape of a part, fetched if need be; null where there is none. Never fails. */
  async load(part: number): Promise<Solid | null> {
    const known = this.get(part);
    if (known || !this.isPending(part)) return known;
    const under = this.loading.get(part);
    if (under) return under;
    const work = this.fetchPart(part)
      .catch((error: unknown) => {
        this.none.add(part);
        this.options.failed(error);
        return null;
      })
      .finally(() => this.loading.delete(part));
    this.loading.set(part, work);
    return work;
  }

  private async fetchPart(part: number): Promise<Solid | null> {
    this.head ??= this.fetchHead();
    const head = await this.head.catch((error: unknown) => {
      // The next one to ask may have more luck.
      this.head = null;
      throw error;
    });
    const block = head?.parts[part] ?? null;
    if (!head || !block) {
      this.none.add(part);
      return null;
    }
    const tables = this.tablesOf(head, part, block);
    const end = tables.reduce(
      (most, { at }) => Math.max(most, at.offset + at.bytes),
      block.offset + block.bytes,
    );
    // The tables follow their part: one range for all.
    const range = { offset: block.offset, bytes: end - block.offset };
    const bytes = await this.fetchRange(range);
    const exact = readPart(bytes.slice(0, block.bytes));
    const solid = new Solid(scaledExact(exact, this.options.manifest.placement?.scale ?? 1));
    for (const { geometry, at } of tables) {
      const from = at.offset - block.offset;
      const table = bytes.slice(from, from + at.bytes);
      if (table.byteLength >= 4)
        this.faces.set(geometry, readFaces(table, new DataView(table).getUint32(0, true)));
    }
    this.options.made(part, solid);
    this.keep(part, solid, DECODED * range.bytes);
    return solid;
  }

  /** Blocks of the geometries of a part; the writer puts them behind the part's own. */
  private tablesOf(
    head: ExactHead,
    part: number,
    block: Block,
  ): { readonly geometry: number; readonly at: Block }[] {
    const found: { geometry: number; at: Block }[] = [];
    this.options.manifest.geometries.forEach((of, geometry) => {
      const at = of === part ? head.geometries[geometry] : null;
      if (at && at.offset >= block.offset + block.bytes) found.push({ geometry, at });
    });
    return found;
  }

  private keep(part: number, solid: Solid, bytes: number): void {
    this.solids.set(part, { solid, bytes });
    this.bytes += bytes;
    for (const [other, held] of this.solids) {
      if (this.bytes <= this.options.ceilingBytes || other === part) break;
      this.solids.delete(other);
      this.options.manifest.geometries.forEach((of, geometry) => {
        if (of === other) this.faces.delete(geometry);
      });
      this.bytes -= held.bytes;
    }
  }

  private async fetchHead(): Promise<ExactHead | null> {
    const { manifest, fetchScene } = this.options;
    if (!manifest.exact) return null;
    if (manifest.exact.bytes <= WHOLE_BYTES) {
      this.whole = await fetchScene(EXACT_FILE, hashOf(manifest, EXACT_FILE));
      return readHead(this.whole);
    }
    return readHead(await this.fetchRange({ offset: 0, bytes: manifest.exact.head_bytes }));
  }

  private async fetchRange(range: Block): Promise<ArrayBuffer> {
    const { manifest, fetchScene } = this.options;
    if (this.whole) return this.whole.slice(range.offset, range.offset + range.bytes);
    const hash = hashOf(manifest, EXACT_FILE);
    const bytes = await fetchScene(EXACT_FILE, hash, undefined, range);
    // Whoever cannot answer ranges sends everything.
    return bytes.byteLength > range.bytes
      ? bytes.slice(range.offset, range.offset + range.bytes)
      : bytes;
  }
}
