/** Brings in the files that a view wants, most wanted first, and forgets what it wants no longer. */

import { download, type DownloadOptions, type FailedFile } from "./download";

/** A file to be brought in, by the number of its chunk. */
export interface Wish {
  readonly chunk: number;
  readonly file: string;
}

export interface DownloadQueueOptions<T> extends DownloadOptions<T> {
  readonly arrived: (chunk: number, decoded: T) => void;
  readonly failed: (failure: FailedFile) => void;
}

/** One more connection than a decoder can keep busy; more only delays the most visible one. */
const PARALLEL = 3;

/** Downloads of one package. `want` as often as the view changes. */
export class DownloadQueue<T> {
  private readonly options: DownloadQueueOptions<T>;
  private readonly active = new Map<number, AbortController>();
  /** Chunks that cannot be had, until somebody asks to try again. */
  private readonly lost = new Set<number>();
  private wanted: readonly Wish[] = [];
  private resting = false;
  private disposed = false;

  constructor(options: DownloadQueueOptions<T>) {
    this.options = options;
  }

  /** Everything that is wanted is here, or cannot be had. */
  get idle(): boolean {
    return this.active.size === 0 && this.next() === undefined;
  }

  /** What is missing now, most wanted first; what is under way and not among it is ended. */
  want(missing: readonly Wish[]): void {
    this.wanted = missing;
    const still = new Set(missing.map(({ chunk }) => chunk));
    for (const [chunk, controller] of this.active) if (!still.has(chunk)) controller.abort();
    this.fill();
  }

  /** resting: nothing new is asked for; what is under way goes on. */
  rest(resting: boolean): void {
    this.resting = resting;
    this.fill();
  }

  /** Tries again what could not be had. */
  retry(): void {
    this.lost.clear();
    this.fill();
  }

  /** Asks for nothing that is wanted now any more, until `retry`. */
  giveUp(): void {
    for (const { chunk } of this.wanted) this.lost.add(chunk);
  }

  dispose(): void {
    this.disposed = true;
    this.wanted = [];
    for (const controller of this.active.values()) controller.abort();
  }

  private next(): Wish | undefined {
    return this.wanted.find(({ chunk }) => !this.active.has(chunk) && !this.lost.has(chunk));
  }

  private fill(): void {
    while (!this.disposed && !this.resting && this.active.size < PARALLEL) {
      const next = this.next();
      if (!next) return;
      const controller = new AbortController();
      this.active.set(next.chunk, controller);
      // `download` makes a named failure of everything.
      void this.load(next.chunk, next.file, controller.signal);
    }
  }

  private async load(chunk: number, file: string, signal: AbortSignal): Promise<void> {
    const done = await download(file, this.options, signal);
    // Its place is free before anybody is told: who is told may want something else at once.
    this.active.delete(chunk);
    if (done && !this.disposed) {
      if ("value" in done) {
        this.wanted = this.wanted.filter((other) => other.chunk !== chunk);
        this.options.arrived(chunk, done.value);
      } else {
        this.lost.add(chunk);
        this.options.failed(done.failure);
      }
    }
    this.fill();
  }
}
