/**
 * The finer triangles of one model: fetched as the view needs them, the most useful first, ended when they no longer
 * are, and let go again when the memory is needed for others. base.glb is never among them.
 */

import type { Manifest } from "../state/model";
import { type ChunkIndex, planChunks, type ChunkPlan, type PlannedChunk } from "./chunk_plan";
import type { DecodedChunk } from "./decode";
import type { DownloadOptions, FailedFile } from "./download";
import { DownloadQueue } from "./download_queue";
import { bytesOf, type HeldChunk } from "./geometry_store";
import { OutOfGraphicsMemory } from "./gpu_buffer";

export const BASE_FILE = "base.glb";

/** The chunks of a package besides base.glb, in the manifest's order: their numbers are places in this list. */
export function finerChunks(manifest: Manifest): Manifest["chunks"] {
  return manifest.chunks.filter(({ file }) => file !== BASE_FILE);
}

/** Where chunks go to and come from. */
export interface ChunkStreamOptions extends DownloadOptions<DecodedChunk> {
  readonly manifest: Manifest;
  readonly index: ChunkIndex;
  /** Bytes on the graphics card that finer chunks may take. */
  readonly ceiling: number;
  readonly store: {
    /** @throws OutOfGraphicsMemory */
    add(chunk: DecodedChunk): HeldChunk;
    remove(held: HeldChunk): void;
  };
  /** Triangles came or went, or what is still to come changed. */
  readonly changed: (trianglesToo: boolean) => void;
  readonly failed: (failure: FailedFile) => void;
  /** The machine has less than the ceiling: it was lowered to so many bytes. */
  readonly lowered: (ceiling: number) => void;
}

/** How far the stream is. */
export interface StreamProgress {
  /** Of files. */
  readonly bytes: number;
  readonly totalBytes: number;
  /** Finest level that is here, null: none but the base. */
  readonly level: number | null;
  readonly done: boolean;
}

/** Some parts' finest triangles, kept here until they are released. */
export interface Hold {
  /** Resolves when all that can be had is here; false: some of it cannot. */
  readonly ready: Promise<boolean>;
  release(): void;
}

/** Bytes on the graphics card per byte of file until the first chunk tells; decoded machine parts take 4 to 9. */
const EXPANSION = 6;
/** A model that fills less than this share of the ceiling is fetched whole: looking closer then waits for nothing. */
const PREFETCH_SHARE = 0.5;
/** After a refused allocation: this share of what was held before it. */
const AFTER_REFUSAL = 0.75;
/** Pixels that a held chunk counts as: more than any screen. */
const HELD_PIXELS = 1e9;

/** See the head of the file. */
export class ChunkStream {
  readonly index: ChunkIndex;
  /** Something wanted finds no room. */
  short = false;
  private readonly options: ChunkStreamOptions;
  private readonly chunks: { -readonly [K in keyof PlannedChunk]: PlannedChunk[K] }[];
  private readonly files: readonly string[];
  private readonly queue: DownloadQueue<DecodedChunk>;
  private readonly held: (HeldChunk | null)[];
  private readonly resident: Uint8Array;
  private readonly lost: Uint8Array;
  private readonly benefit: Float64Array;
  private readonly lastWanted: Float64Array;
  private readonly holds = new Set<{
    readonly chunks: readonly number[];
    resolve(all: boolean): void;
  }>();
  private wants: Uint8Array;
  private sizes: Float32Array;
  private only: ReadonlySet<number> | null = null;
  private ceiling: number;
  private round = 0;
  /** Bytes of files, and of what they became, of all chunks that have been here. */
  private fileBytes = 0;
  private becameBytes = 0;
  private readonly measured: Uint8Array;
  private gpuBytes = 0;
  private target: readonly number[] = [];

  constructor(options: ChunkStreamOptions) {
    this.options = options;
    this.ceiling = options.ceiling;
    const { manifest } = options;
    const finer = finerChunks(manifest);
    this.files = finer.map(({ file }) => file);
    this.chunks = finer.map(({ level, parts, bytes }) => ({
      level,
      parts,
      bytes,
      heldBytes: bytes * EXPANSION,
    }));
    const { geometries } = options.index;
    this.index = options.index;
    this.held = this.chunks.map(() => null);
    this.resident = new Uint8Array(finer.length);
    this.lost = new Uint8Array(finer.length);
    this.measured = new Uint8Array(finer.length);
    this.benefit = new Float64Array(finer.length);
    this.lastWanted = new Float64Array(finer.length);
    this.wants = new Uint8Array(geometries);
    this.sizes = new Float32Array(geometries);
    this.queue = new DownloadQueue<DecodedChunk>({
      ...options,
      arrived: (chunk, decoded) => this.arrived(chunk, decoded),
      failed: (failure) => this.failedFile(failure),
    });
  }

  /**
   * What the view deserves now; takes the arrays over.
   *
   * wants: (geometries) bit l: some placement in view deserves level l. sizes: (geometries) pixels of the largest one.
   */
  want(wants: Uint8Array, sizes: Float32Array): void {
    this.wants = wants;
    this.sizes = sizes;
    this.round += 1;
    this.plan();
  }

  /** Only these geometries are worth finer triangles; null: all. */
  setOnly(geometries: ReadonlySet<number> | null): void {
    this.only = geometries;
    this.plan();
  }

  /** Bytes on the graphics card that finer chunks may take from now on. */
  setCeiling(bytes: number): void {
    this.ceiling = bytes;
    this.plan();
  }

  /** Brings in the finest triangles of some geometries and keeps them, view or not. */
  hold(geometries: Iterable<number>): Hold {
    const { levels, of } = this.index;
    const wanted = new Set<number>();
    for (const g of geometries) {
      const chunk = of[g * levels] ?? -1;
      if (chunk >= 0) wanted.add(chunk);
    }
    let resolve: (all: boolean) => void = () => undefined;
    const ready = new Promise<boolean>((done) => (resolve = done));
    const entry = { chunks: [...wanted], resolve };
    this.holds.add(entry);
    this.plan();
    return {
      ready,
      release: () => {
        this.holds.delete(entry);
        entry.resolve(false);
      },
    };
  }

  /** Nothing new is asked for while nobody looks. */
  rest(resting: boolean): void {
    this.queue.rest(resting);
  }

  /** Nothing more can be had, until `retry`: what is here stays. */
  giveUp(): void {
    this.lost.fill(1);
    this.resident.forEach((here, c) => {
      if (here === 1) this.lost[c] = 0;
    });
    this.queue.giveUp();
    this.settleHolds();
    this.options.changed(false);
  }

  /** Asks again for what could not be had. */
  retry(): void {
    this.lost.fill(0);
    this.queue.retry();
    this.plan();
  }

  get idle(): boolean {
    return this.queue.idle;
  }

  /** Bytes of finer chunks on the graphics card. */
  get bytes(): number {
    return this.gpuBytes;
  }

  /** Finer chunks that are here. */
  get residentChunks(): number {
    return this.held.reduce((sum, held) => sum + (held ? 1 : 0), 0);
  }

  get progress(): StreamProgress {
    let bytes = 0;
    let totalBytes = 0;
    let level: number | null = null;
    for (const c of this.target) {
      if (this.lost[c] === 1) continue;
      totalBytes += this.chunks[c]?.bytes ?? 0;
      if (this.resident[c] === 1) bytes += this.chunks[c]?.bytes ?? 0;
    }
    this.chunks.forEach((chunk, c) => {
      if (this.resident[c] === 1) level = Math.min(level ?? Infinity, chunk.level);
    });
    return { bytes, totalBytes, level, done: this.round > 0 && this.queue.idle };
  }

  dispose(): void {
    this.queue.dispose();
    for (const { resolve } of this.holds) resolve(false);
    this.holds.clear();
  }

  private plan(): ChunkPlan {
    const { benefit, wants, only } = this;
    if (only) for (let g = 0; g < wants.length; g += 1) if (!only.has(g)) wants[g] = 0;
    this.index.benefit(wants, this.sizes, this.resident, benefit);
    for (const { chunks } of this.holds) for (const c of chunks) benefit[c] = HELD_PIXELS;
    benefit.forEach((worth, c) => {
      if (worth > 0) this.lastWanted[c] = this.round;
    });
    const plan = planChunks({
      chunks: this.chunks,
      benefit,
      resident: this.resident,
      lastWanted: this.lastWanted,
      ceiling: this.ceiling,
      prefetchBytes: only ? 0 : this.ceiling * PREFETCH_SHARE,
    });
    for (const c of plan.drop) this.drop(c);
    this.short = plan.short;
    this.target = plan.target;
    const fetch = plan.fetch.filter((chunk) => this.lost[chunk] !== 1);
    this.queue.want(fetch.map((chunk) => ({ chunk, file: this.files[chunk] ?? "" })));
    this.settleHolds();
    this.options.changed(plan.drop.length > 0);
    return plan;
  }

  private arrived(c: number, decoded: DecodedChunk): void {
    const chunk = this.chunks[c];
    if (!chunk || this.held[c]) return;
    this.learn(c, bytesOf(decoded));
    // As if it were here: what the plan drops to make room goes, and that may be this very chunk.
    this.resident[c] = 1;
    const plan = this.plan();
    if (plan.drop.includes(c)) return;
    try {
      this.held[c] = this.options.store.add(decoded);
      this.gpuBytes += chunk.heldBytes;
    } catch (error) {
      this.resident[c] = 0;
      if (!(error instanceof OutOfGraphicsMemory)) throw error;
      this.refused();
      return;
    }
    this.settleHolds();
    this.options.changed(true);
  }

  private drop(c: number): void {
    const held = this.held[c];
    this.held[c] = null;
    this.resident[c] = 0;
    if (!held) return;
    this.gpuBytes -= held.bytes;
    this.options.store.remove(held);
  }

  private failedFile(failure: FailedFile): void {
    const c = this.files.indexOf(failure.file);
    if (failure.code === "no_memory") {
      this.refused();
      return;
    }
    if (c >= 0) this.lost[c] = 1;
    this.settleHolds();
    this.options.failed(failure);
    this.options.changed(false);
  }

  /** The machine has no more: what is held is more than it should be. */
  private refused(): void {
    this.ceiling = Math.min(this.ceiling, this.gpuBytes * AFTER_REFUSAL);
    this.queue.want([]);
    this.options.lowered(this.ceiling);
    this.plan();
  }

  private settleHolds(): void {
    for (const hold of this.holds) {
      const open = hold.chunks.filter((c) => !this.held[c]);
      const hopeless = open.filter((c) => this.lost[c] === 1 || !this.target.includes(c));
      if (open.length === 0) hold.resolve(true);
      else if (hopeless.length === open.length) hold.resolve(false);
    }
  }

  /** A chunk's true size; those that were never here are taken to be alike. */
  private learn(c: number, bytes: number): void {
    const known = this.chunks[c];
    if (!known) return;
    known.heldBytes = bytes;
    if (this.measured[c] === 1) return;
    this.measured[c] = 1;
    this.fileBytes += known.bytes;
    this.becameBytes += bytes;
    const expansion = this.becameBytes / Math.max(1, this.fileBytes);
    this.chunks.forEach((chunk, other) => {
      if (this.measured[other] !== 1) chunk.heldBytes = chunk.bytes * expansion;
    });
  }
}
