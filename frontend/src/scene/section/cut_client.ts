/** The page's side of the section worker: brings the finest triangles of what is cut, and asks for cuts. */

import type { Manifest } from "../../state/model";
import { hashOf, type FetchScene } from "../loader";
import { CutEngine, type CutAnswer, type CutRequest, type PieceOf } from "./cut_engine";
import type { CutItems, CutJob, CutResult } from "./cutter";

export interface CutClientOptions {
  readonly manifest: Manifest;
  readonly fetchScene: FetchScene;
  /** false: cut in the page, for tests. */
  readonly worker?: boolean;
}

/** A cut that could not be made; the text is for the person who waits for it. */
export class CutFailed extends Error {
  override readonly name = "CutFailed";
}

interface Waiting {
  readonly resolve: (answer: CutAnswer) => void;
  readonly reject: (reason: Error) => void;
}

/** Open shells only get a line: a level this large at most is fetched for it, triangles. */
const OPEN_TRIANGLES = 4_000_000;

type Request = CutRequest extends infer Each
  ? Each extends CutRequest
    ? Omit<Each, "id">
    : never
  : never;

/** One model's cuts. */
export class CutClient {
  private readonly options: CutClientOptions;
  private readonly files: FileIndex;
  /** Files that the worker has, or that are on their way. */
  private readonly brought = new Map<string, Promise<void>>();
  private readonly waiting = new Map<number, Waiting>();
  private readonly abort = new AbortController();
  private worker: Worker | null = null;
  private engine: CutEngine | null = null;
  private next = 0;
  private gone = false;

  constructor(options: CutClientOptions) {
    this.options = options;
    this.files = new FileIndex(options.manifest);
  }

  /** Brings the finest triangles of some geometries. @throws CutFailed when a file cannot be had. */
  async bring(geometries: Iterable<number>, open: boolean, again = false): Promise<void> {
    await Promise.all(
      [...this.files.of(geometries, open)].map((chunk) => {
        const key = `${chunk} ${open ? "open" : "closed"}`;
        const known = again ? undefined : this.brought.get(key);
        if (known) return known;
        const coming = this.fetch(chunk, open);
        this.brought.set(key, coming);
        coming.catch(() => this.brought.delete(key));
        return coming;
      }),
    );
  }

  /** Cuts occurrences whose geometries were brought. */
  async cut(job: CutJob, items: CutItems): Promise<{ result: CutResult; ms: number }> {
    const answer = await this.ask({ kind: "cut", job, items }, []);
    if (answer.kind !== "cut") throw new CutFailed("The section worker answered something else.");
    return { result: answer.result, ms: answer.ms };
  }

  dispose(): void {
    this.gone = true;
    this.abort.abort();
    this.worker?.terminate();
    this.worker = null;
    for (const { reject } of this.waiting.values()) reject(new CutFailed("The model was closed."));
    this.waiting.clear();
  }

  private async fetch(chunk: number, open: boolean): Promise<void> {
    const { manifest, fetchScene } = this.options;
    const name = manifest.chunks[chunk]?.file ?? "";
    let file: ArrayBuffer;
    try {
      file = await fetchScene(name, hashOf(manifest, name), this.abort.signal);
    } catch (error) {
      throw new CutFailed(error instanceof Error ? error.message : String(error));
    }
    await this.ask({ kind: "file", file, holds: this.files.holds(chunk, open) }, [file]);
  }

  private async ask(request: Request, transfer: Transferable[]): Promise<CutAnswer> {
    if (this.gone) throw new CutFailed("The model was closed.");
    const id = this.next;
    this.next += 1;
    const message = { ...request, id };
    const answer = await (this.options.worker === false
      ? (this.engine ??= new CutEngine()).answer(message)
      : new Promise<CutAnswer>((resolve, reject) => {
          const worker = this.worker ?? this.start();
          this.waiting.set(id, { resolve, reject });
          worker.postMessage(message, transfer);
        }));
    if (answer.kind === "failed") throw new CutFailed(answer.detail);
    return answer;
  }

  private start(): Worker {
    const worker = new Worker(new URL("./cut_worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<CutAnswer>) => {
      this.waiting.get(data.id)?.resolve(data);
      this.waiting.delete(data.id);
    };
    worker.onerror = (event) => {
      for (const { reject } of this.waiting.values())
        reject(new CutFailed(`The section worker stopped: ${event.message}`));
      this.waiting.clear();
      this.worker = null;
      this.brought.clear();
    };
    this.worker = worker;
    return worker;
  }
}

/** Which file holds the finest triangles of a geometry. */
class FileIndex {
  private readonly manifest: Manifest;
  /** (geometries) index of the chunk, or -1; for closed parts and for open ones. */
  private readonly finest: Int32Array;
  private readonly shown: Int32Array;
  private readonly wholes = new Map<number, PieceOf>();

  constructor(manifest: Manifest) {
    this.manifest = manifest;
    for (const [whole, { first, boxes }] of Object.entries(manifest.pieces ?? {}))
      boxes.forEach((_, i) =>
        this.wholes.set(first + i, { piece: first + i, whole: Number(whole), of: boxes.length }),
      );
    const enough = manifest.levels.filter(({ triangles }) => triangles <= OPEN_TRIANGLES);
    const least = enough.reduce((best, { level }) => Math.min(best, level), Infinity);
    this.finest = this.index(0);
    this.shown = this.index(least);
  }

  /** Indices of the chunks that hold these geometries. */
  of(geometries: Iterable<number>, open: boolean): ReadonlySet<number> {
    const chosen = open ? this.shown : this.finest;
    const chunks = new Set<number>();
    const want = (piece: number): void => {
      const chunk = chosen[piece] ?? -1;
      if (chunk >= 0) chunks.add(chunk);
    };
    for (const geometry of geometries) {
      const pieces = this.manifest.pieces?.[String(geometry)];
      if (!pieces) want(geometry);
      else pieces.boxes.forEach((_, i) => want(pieces.first + i));
    }
    return chunks;
  }

  /** What of a chunk is the finest there is. */
  holds(chunk: number, open: boolean): readonly PieceOf[] {
    const chosen = open ? this.shown : this.finest;
    return (this.manifest.chunks[chunk]?.parts ?? [])
      .filter((part) => chosen[part] === chunk)
      .map((part) => this.wholes.get(part) ?? { piece: part, whole: part, of: 1 });
  }

  /** least: no finer level than this, where there is a coarser one. */
  private index(least: number): Int32Array {
    const { chunks, geometries } = this.manifest;
    const all = chunks.reduce(
      (most, { parts }) => parts.reduce((highest, part) => Math.max(highest, part + 1), most),
      geometries.length,
    );
    const found = new Int32Array(all).fill(-1);
    chunks.forEach(({ level, parts }, chunk) => {
      for (const part of parts) {
        const known = chunks[found[part] ?? -1]?.level;
        const better =
          known === undefined || (known < least ? level > known : level >= least && level < known);
        if (better) found[part] = chunk;
      }
    });
    return found;
  }
}
