/**
 * Brings a scene package in: base.glb first, then the edges, and finer levels as the view needs them.
 * Never asks for model.glb: that one is for other people's tools.
 */

import type { Manifest } from "../state/model";
import type { Loading } from "../state/workspace";
import { BASE_FILE, ChunkStream, type ChunkStreamOptions } from "./chunk_stream";
import type { DecodedChunk, DecodedEdges } from "./decode";
import type { Decoder } from "./decoder";
import type { UploadPace } from "./upload_pace";
import { download, type FailedFile } from "./download";

/**
 * Fetches one file of the package; `hash` makes the address immutable, `signal` ends it early, `range` asks for some
 * of its bytes only (who cannot do that may send all), `fresh` asks the server and not the browser's cache.
 */
export type FetchScene = (
  file: string,
  hash?: string,
  signal?: AbortSignal,
  range?: { readonly offset: number; readonly bytes: number },
  fresh?: boolean,
) => Promise<ArrayBuffer>;

/** Where finer triangles go, known once the base has made a model of it. */
export type Destination = Pick<ChunkStreamOptions, "store" | "index" | "ceiling" | "lowered"> & {
  /** Triangles came or went. */
  readonly changed: () => void;
  /** Resolves when the coarse model has been seen: nothing else is fetched before. */
  readonly seen: Promise<void>;
};

/** Who is told of what arrives. */
export interface LoaderListener {
  /** base.glb: occurrences and the coarsest level. @throws OutOfGraphicsMemory */
  base(chunk: DecodedChunk): Destination;
  edges(edges: DecodedEdges): void;
  progress(loading: Loading): void;
  failed(failure: FailedFile): void;
}

export interface LoaderOptions {
  readonly manifest: Manifest;
  readonly fetchScene: FetchScene;
  readonly decoder: Decoder;
  /** Default: everything at once. */
  readonly pace?: UploadPace;
  readonly listener: LoaderListener;
  /** Waits this many milliseconds; tests pass their own clock. */
  readonly wait?: (ms: number) => Promise<void>;
}

export const EDGES_FILE = "edges.bin";
/** Display edges that would take more than this share of the memory are left out: they stand in one file. */
const EDGES_SHARE = 0.25;

/** Why nothing new is asked for. */
export type Rest = "unseen" | "hidden";

/** One download of one package; `run` once. */
export class PackageLoader {
  /** Finer triangles; null until base.glb is here. */
  stream: ChunkStream | null = null;
  /** Display edges were left out for want of memory. */
  withoutEdges = false;
  private readonly options: LoaderOptions;
  private readonly transparent: readonly boolean[];
  private readonly ended = new AbortController();
  private readonly rests = new Set<Rest>(["unseen"]);
  private readonly arrived = new Set<number>();
  private readonly baseBytes: number;
  private edgesDone = false;
  private loading: Loading;
  private finished: () => void = () => undefined;

  constructor(options: LoaderOptions) {
    this.options = options;
    const { manifest } = options;
    this.transparent = transparentEntries(manifest.palette);
    this.baseBytes = manifest.chunks.find(({ file }) => file === BASE_FILE)?.bytes ?? 0;
    this.loading = {
      bytes: 0,
      totalBytes: manifest.chunks.reduce((sum, { bytes }) => sum + bytes, 0),
      parts: 0,
      totalParts: manifest.geometries.length,
      level: null,
      done: false,
    };
  }

  /** Loads base and edges; resolves when the first view has all that it wants, failures included. */
  async run(): Promise<void> {
    const { listener } = this.options;
    listener.progress(this.loading);
    const complete = new Promise<void>((done) => (this.finished = done));
    const base = await this.bring(BASE_FILE, (bytes) => this.decode(bytes, BASE_FILE));
    if (this.ended.signal.aborted) return;
    if (!base) {
      this.advance({ done: true });
      return;
    }
    const destination = listener.base(base);
    this.note(base);
    this.stream = this.open(destination);
    await destination.seen;
    if (this.ended.signal.aborted) return;
    this.progress();
    this.rest("unseen", false);
    await this.loadEdges(destination.ceiling);
    this.edgesDone = true;
    this.progress();
    await complete;
  }

  /** Nothing new is asked for as long as there is a reason to rest. */
  rest(why: Rest, resting: boolean): void {
    if (resting) this.rests.add(why);
    else this.rests.delete(why);
    this.stream?.rest(this.rests.size > 0);
  }

  /** Stops: what is under way is ended, and nobody is told anything more. */
  dispose(): void {
    this.ended.abort();
    this.stream?.dispose();
    this.finished();
  }

  private open({ store, index, ceiling, lowered, changed }: Destination): ChunkStream {
    const { manifest, listener, wait } = this.options;
    const stream = new ChunkStream({
      manifest,
      index,
      ceiling,
      lowered,
      store: {
        add: (chunk) => {
          const held = store.add(chunk);
          this.note(chunk);
          return held;
        },
        remove: (held) => store.remove(held),
      },
      fetch: (file, signal, fresh) => this.fetch(file, signal, fresh),
      decode: async (bytes, file, signal) => {
        const decoded = await this.decode(bytes, file, signal);
        await this.options.pace?.turn();
        return decoded;
      },
      failed: (failure) => listener.failed(failure),
      changed: (trianglesToo) => {
        if (trianglesToo) changed();
        this.progress();
      },
      ...(wait ? { wait } : {}),
    });
    stream.rest(this.rests.size > 0);
    return stream;
  }

  private async loadEdges(ceiling: number): Promise<void> {
    const listed = this.options.manifest.files?.[EDGES_FILE];
    this.withoutEdges = typeof listed === "object" && listed.bytes > ceiling * EDGES_SHARE;
    if (this.withoutEdges) return;
    const edges = await this.bring(EDGES_FILE, (bytes) => this.options.decoder.edges(bytes));
    if (edges) this.options.listener.edges(edges);
  }

  private async bring<T>(
    file: string,
    decode: (bytes: ArrayBuffer) => Promise<T>,
  ): Promise<T | null> {
    const { wait } = this.options;
    const { signal } = this.ended;
    const done = await download(
      file,
      {
        fetch: (name, ends, fresh) => this.fetch(name, ends, fresh),
        decode,
        ...(wait ? { wait } : {}),
      },
      signal,
    );
    if (!done || signal.aborted) return null;
    if ("value" in done) return done.value;
    this.options.listener.failed(done.failure);
    return null;
  }

  private fetch(file: string, signal: AbortSignal, fresh: boolean): Promise<ArrayBuffer> {
    const hash = hashOf(this.options.manifest, file);
    return this.options.fetchScene(file, hash, signal, undefined, fresh);
  }

  private decode(bytes: ArrayBuffer, file: string, signal?: AbortSignal): Promise<DecodedChunk> {
    const sha256 = hashOf(this.options.manifest, file);
    return this.options.decoder.chunk(bytes, this.transparent, { sha256, signal });
  }

  private note(chunk: DecodedChunk): void {
    for (let at = 0; at < chunk.ranges.length; at += 6) this.arrived.add(chunk.ranges[at] ?? 0);
  }

  /** Tells how far base and stream are together. */
  private progress(): void {
    const { stream } = this;
    if (!stream || this.rests.has("unseen")) return;
    const { bytes, totalBytes, level, done } = stream.progress;
    const coarsest = stream.index.levels - 1;
    this.advance({
      bytes: this.baseBytes + bytes,
      totalBytes: this.baseBytes + totalBytes,
      parts: this.arrived.size,
      level: level ?? coarsest,
      done: done && this.edgesDone,
    });
    if (this.loading.done) this.finished();
  }

  private advance(change: Partial<Loading>): void {
    const next = { ...this.loading, ...change };
    const { bytes, totalBytes, parts, level, done } = this.loading;
    const same =
      next.bytes === bytes &&
      next.totalBytes === totalBytes &&
      next.parts === parts &&
      next.level === level &&
      next.done === done;
    if (same || this.ended.signal.aborted) return;
    this.loading = next;
    this.options.listener.progress(next);
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
