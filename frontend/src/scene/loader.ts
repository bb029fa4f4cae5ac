/**
 * Brings a scene package in: base.glb first, then the edges, then finer levels, most visible first.
 * Never asks for model.glb: that one is for other people's tools.
 */

import type { Manifest } from "../state/model";
import type { Loading } from "../state/workspace";
import type { DecodedChunk, DecodedEdges } from "./decode";
import type { Decoder } from "./decoder";
import { DamagedChunk } from "./gltf";

/** Fetches one file of the package; `hash` makes the address immutable, `signal` ends it early. */
export type FetchScene = (
  file: string,
  hash?: string,
  signal?: AbortSignal,
) => Promise<ArrayBuffer>;

export type Chunk = Manifest["chunks"][number];

/** A file that could not be had; the rest is shown without it. */
export interface FailedFile {
  readonly file: string;
  readonly code: "damaged_chunk" | "not_loaded";
  readonly detail: string;
}

/** Who is told of what arrives. */
export interface LoaderListener {
  /** base.glb: occurrences and the coarsest level. What it returns is awaited before anything else is fetched. */
  base(chunk: DecodedChunk): void | Promise<void>;
  finer(chunk: DecodedChunk): void;
  edges(edges: DecodedEdges): void;
  progress(loading: Loading): void;
  failed(failure: FailedFile): void;
  /** How much it matters now that this chunk comes next; the highest goes first. */
  weight(chunk: Chunk): number;
}

export interface LoaderOptions {
  readonly manifest: Manifest;
  readonly fetchScene: FetchScene;
  readonly decoder: Decoder;
  readonly listener: LoaderListener;
  /** Waits this many milliseconds; tests pass their own clock. */
  readonly wait?: (ms: number) => Promise<void>;
}

export const BASE_FILE = "base.glb";
export const EDGES_FILE = "edges.bin";
/** One more connection than a decoder can keep busy; more only delays the most visible one. */
const PARALLEL = 3;
/** Seconds that a proxy restart or a lost Wi-Fi takes, then we name the failure. */
const RETRY_AFTER_MS = [400, 1500, 4000] as const;

/** One download of one package; `run` once. */
export class PackageLoader {
  private readonly options: LoaderOptions;
  private readonly wait: (ms: number) => Promise<void>;
  private readonly transparent: readonly boolean[];
  private readonly pending: Chunk[];
  private readonly coarsest: number;
  private disposed = false;
  private loading: Loading;
  private readonly arrived = new Set<number>();

  constructor(options: LoaderOptions) {
    this.options = options;
    this.wait = options.wait ?? ((ms) => new Promise((done) => setTimeout(done, ms)));
    const { manifest } = options;
    this.transparent = transparentEntries(manifest.palette);
    this.pending = manifest.chunks.filter(({ file }) => file !== BASE_FILE);
    this.coarsest = manifest.levels.reduce((most, { level }) => Math.max(most, level), 0);
    this.loading = {
      bytes: 0,
      totalBytes: manifest.chunks.reduce((sum, { bytes }) => sum + bytes, 0),
      parts: 0,
      totalParts: manifest.geometries.length,
      level: null,
      done: false,
    };
  }

  /** Loads everything; resolves when nothing more will come, failures included. */
  async run(): Promise<void> {
    this.options.listener.progress(this.loading);
    const base = await this.attempt(BASE_FILE, (file) =>
      this.options.decoder.chunk(file, this.transparent),
    );
    if (base && !this.disposed) {
      await this.options.listener.base(base);
      if (this.disposed) return;
      this.count(BASE_FILE, base, this.coarsest);
      await Promise.all([this.loadEdges(), ...Array.from({ length: PARALLEL }, () => this.work())]);
    }
    if (!this.disposed) this.advance({ done: true });
  }

  /** Stops: what is under way is thrown away when it arrives. */
  dispose(): void {
    this.disposed = true;
    this.pending.length = 0;
  }

  private async work(): Promise<void> {
    for (let chunk = this.takeNext(); chunk; chunk = this.takeNext()) {
      const { file, level } = chunk;
      const decoded = await this.attempt(file, (bytes) =>
        this.options.decoder.chunk(bytes, this.transparent),
      );
      if (this.disposed) return;
      if (decoded) {
        this.options.listener.finer(decoded);
        this.count(file, decoded, level);
      }
    }
  }

  private async loadEdges(): Promise<void> {
    const edges = await this.attempt(EDGES_FILE, (file) => this.options.decoder.edges(file));
    if (edges && !this.disposed) this.options.listener.edges(edges);
  }

  private takeNext(): Chunk | undefined {
    if (this.disposed) return undefined;
    let best = 0;
    let most = -Infinity;
    this.pending.forEach((chunk, index) => {
      const weight = this.options.listener.weight(chunk);
      if (weight > most) {
        most = weight;
        best = index;
      }
    });
    return this.pending.splice(best, 1)[0];
  }

  private async attempt<T>(
    name: string,
    decode: (file: ArrayBuffer) => Promise<T>,
  ): Promise<T | null> {
    for (let tries = 0; !this.disposed; tries += 1) {
      try {
        return await decode(
          await this.options.fetchScene(name, hashOf(this.options.manifest, name)),
        );
      } catch (error) {
        if (this.disposed) return null;
        const damaged = error instanceof DamagedChunk;
        const pause = RETRY_AFTER_MS[tries];
        if (!damaged && pause !== undefined) {
          await this.wait(pause);
          continue;
        }
        this.options.listener.failed({
          file: name,
          code: damaged ? "damaged_chunk" : "not_loaded",
          detail: error instanceof Error ? error.message : String(error),
        });
        return null;
      }
    }
    return null;
  }

  private count(file: string, chunk: DecodedChunk, level: number): void {
    for (let at = 0; at < chunk.ranges.length; at += 6) this.arrived.add(chunk.ranges[at] ?? 0);
    const bytes = this.options.manifest.chunks.find((c) => c.file === file)?.bytes ?? 0;
    this.advance({
      bytes: this.loading.bytes + bytes,
      parts: this.arrived.size,
      level: Math.min(level, this.loading.level ?? Infinity),
    });
  }

  private advance(change: Partial<Loading>): void {
    this.loading = { ...this.loading, ...change };
    this.options.listener.progress(this.loading);
  }
}

/** Which palette entries let light through. */
export function transparentEntries(palette: readonly string[]): readonly boolean[] {
  return palette.map((colour) => colour.length === 9 && colour.slice(7).toLowerCase() !== "ff");
}

export function hashOf(manifest: Manifest, file: string): string | undefined {
  const listed = manifest.files?.[file];
  if (typeof listed === "string") return listed;
  return listed?.sha256 ?? manifest.chunks.find((chunk) => chunk.file === file)?.sha256;
}
