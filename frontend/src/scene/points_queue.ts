/** Brings in the chunks that a view wants, most wanted first, and forgets what it wants no longer. */

import { DamagedChunk } from "./gltf";
import type { FailedFile } from "./loader";

/** Fetches one file; the signal ends what is no longer wanted. */
export type FetchPoints = (file: string, signal: AbortSignal) => Promise<ArrayBuffer>;

export interface PointsQueueOptions<T> {
  readonly fetch: FetchPoints;
  readonly decode: (file: ArrayBuffer) => Promise<T>;
  readonly arrived: (chunk: number, decoded: T) => void;
  readonly failed: (failure: FailedFile) => void;
  /** Waits this many milliseconds; tests pass their own clock. */
  readonly wait?: (ms: number) => Promise<void>;
}

const PARALLEL = 3;
const RETRY_AFTER_MS = [400, 1500, 4000] as const;

/** Downloads of one package. `want` as often as the view changes. */
export class PointsQueue<T> {
  private readonly options: PointsQueueOptions<T>;
  private readonly wait: (ms: number) => Promise<void>;
  private readonly active = new Map<number, AbortController>();
  /** Chunks that cannot be had: asked for once more only by a new queue. */
  private readonly lost = new Set<number>();
  private wanted: readonly { readonly chunk: number; readonly file: string }[] = [];
  private disposed = false;

  constructor(options: PointsQueueOptions<T>) {
    this.options = options;
    this.wait = options.wait ?? ((ms) => new Promise((done) => setTimeout(done, ms)));
  }

  /** Everything that is wanted is here, or cannot be had. */
  get idle(): boolean {
    return this.active.size === 0 && this.next() === undefined;
  }

  /** What is missing now, most wanted first; what is under way and not among it is ended. */
  want(missing: readonly { readonly chunk: number; readonly file: string }[]): void {
    this.wanted = missing;
    const still = new Set(missing.map(({ chunk }) => chunk));
    for (const [chunk, controller] of this.active) if (!still.has(chunk)) controller.abort();
    this.fill();
  }

  dispose(): void {
    this.disposed = true;
    this.wanted = [];
    for (const controller of this.active.values()) controller.abort();
  }

  private next(): { readonly chunk: number; readonly file: string } | undefined {
    return this.wanted.find(({ chunk }) => !this.active.has(chunk) && !this.lost.has(chunk));
  }

  private fill(): void {
    while (!this.disposed && this.active.size < PARALLEL) {
      const next = this.next();
      if (!next) return;
      const controller = new AbortController();
      this.active.set(next.chunk, controller);
      // Every failure becomes a named state in `load`.
      void this.load(next.chunk, next.file, controller.signal);
    }
  }

  private async load(chunk: number, file: string, signal: AbortSignal): Promise<void> {
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        const decoded = await this.options.decode(await this.options.fetch(file, signal));
        if (!signal.aborted) {
          this.wanted = this.wanted.filter((other) => other.chunk !== chunk);
          this.options.arrived(chunk, decoded);
        }
        break;
      } catch (error) {
        if (signal.aborted) break;
        const damaged = error instanceof DamagedChunk;
        const pause = RETRY_AFTER_MS[tries];
        if (!damaged && pause !== undefined) {
          await this.wait(pause);
          continue;
        }
        this.lost.add(chunk);
        this.options.failed({
          file,
          code: damaged ? "damaged_chunk" : "not_loaded",
          detail: error instanceof Error ? error.message : String(error),
        });
        break;
      }
    }
    this.active.delete(chunk);
    this.fill();
  }
}
