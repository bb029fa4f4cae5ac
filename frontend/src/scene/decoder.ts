/** Decodes chunks off the page's thread. */

import {
  checkHash,
  decodeChunk,
  decodeEdges,
  type DecodedChunk,
  type DecodedEdges,
} from "./decode";
import type { DecodeAnswer, DecodeRequest } from "./decode_worker";
import { DamagedChunk } from "./gltf";
import { decodePoints, type DecodedPoints } from "./points_decode";

/** What may be said about decoding a chunk. */
export interface DecodeOptions {
  /** What the bytes must be, in hex; another content is damaged. */
  readonly sha256?: string | undefined;
  /** Ends what has not begun; the promise is then rejected. */
  readonly signal?: AbortSignal | undefined;
}

/** Turns files of the scene package into arrays; takes the files' memory over. */
export interface Decoder {
  chunk(
    file: ArrayBuffer,
    transparent: readonly boolean[],
    options?: DecodeOptions,
  ): Promise<DecodedChunk>;
  edges(file: ArrayBuffer): Promise<DecodedEdges>;
  points(file: ArrayBuffer): Promise<DecodedPoints>;
  dispose(): void;
}

/** Decodes where it is called: for tests and for pages that may not start workers. */
export const directDecoder: Decoder = {
  chunk: async (file, transparent, { sha256 } = {}) => {
    if (sha256 !== undefined) await checkHash(file, sha256);
    return decodeChunk(file, transparent);
  },
  edges: async (file) => Promise.resolve(decodeEdges(file)),
  points: decodePoints,
  dispose: () => undefined,
};

interface Waiting {
  readonly resolve: (answer: DecodeAnswer) => void;
  readonly reject: (reason: Error) => void;
}

/** Files in the worker at once: one that is decoded, one that waits beside it. */
const IN_WORKER = 2;

/** Decodes in one worker, started with the first file. */
export class WorkerDecoder implements Decoder {
  private readonly waiting = new Map<number, Waiting>();
  private worker: Worker | null = null;
  private next = 0;
  /** Chunks that wait for a place in the worker: only here can they still be ended. */
  private readonly queue: (() => void)[] = [];
  private chunks = 0;

  async chunk(
    file: ArrayBuffer,
    transparent: readonly boolean[],
    { sha256, signal }: DecodeOptions = {},
  ): Promise<DecodedChunk> {
    while (this.chunks >= IN_WORKER) await new Promise<void>((go) => this.queue.push(go));
    signal?.throwIfAborted();
    this.chunks += 1;
    try {
      return await this.decode(file, transparent, sha256);
    } finally {
      this.chunks -= 1;
      this.queue.shift()?.();
    }
  }

  private async decode(
    file: ArrayBuffer,
    transparent: readonly boolean[],
    sha256: string | undefined,
  ): Promise<DecodedChunk> {
    const id = this.next++;
    const request = { id, kind: "chunk", file, transparent, sha256 } as const;
    const answer = await this.ask(request, file);
    if (answer.kind !== "chunk") throw new DamagedChunk("The decoder answered something else.");
    return answer.chunk;
  }

  async edges(file: ArrayBuffer): Promise<DecodedEdges> {
    const answer = await this.ask({ id: this.next++, kind: "edges", file }, file);
    if (answer.kind !== "edges") throw new DamagedChunk("The decoder answered something else.");
    return answer.edges;
  }

  async points(file: ArrayBuffer): Promise<DecodedPoints> {
    const answer = await this.ask({ id: this.next++, kind: "points", file }, file);
    if (answer.kind !== "points") throw new DamagedChunk("The decoder answered something else.");
    return answer.points;
  }

  dispose(): void {
    this.worker?.terminate();
    this.worker = null;
    for (const { reject } of this.waiting.values()) reject(new Error("The decoder was closed."));
    this.waiting.clear();
  }

  private ask(request: DecodeRequest, file: ArrayBuffer): Promise<DecodeAnswer> {
    const worker = this.worker ?? this.start();
    return new Promise((resolve, reject) => {
      this.waiting.set(request.id, { resolve, reject });
      worker.postMessage(request, [file]);
    });
  }

  private start(): Worker {
    const worker = new Worker(new URL("./decode_worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<DecodeAnswer>) => {
      const waiting = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      if (data.kind === "failed")
        waiting?.reject(data.damaged ? new DamagedChunk(data.detail) : new RangeError(data.detail));
      else waiting?.resolve(data);
    };
    worker.onerror = (event) => {
      // The script itself failed: nothing will ever answer, so everybody who waits is told.
      for (const { reject } of this.waiting.values())
        reject(new Error(`The decoder stopped: ${event.message}`));
      this.waiting.clear();
    };
    this.worker = worker;
    return worker;
  }
}
