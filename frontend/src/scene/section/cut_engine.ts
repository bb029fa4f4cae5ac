/** What the section worker does with messages; runs in the page where no worker may start, and in tests. */

import { RANGE_STRIDE, decodeChunk } from "../decode";
import { type CutItems, type CutJob, type CutResult, Cutter } from "./cutter";
import { type MeshPiece, weld } from "./mesh";

/** A geometry of a file, and the whole that it is a piece of: itself for most. */
export interface PieceOf {
  readonly piece: number;
  readonly whole: number;
  /** Number of pieces of the whole. */
  readonly of: number;
}

export type CutRequest =
  | {
      readonly id: number;
      readonly kind: "file";
      readonly file: ArrayBuffer;
      /** The geometries whose finest triangles this file holds. */
      readonly holds: readonly PieceOf[];
    }
  | { readonly id: number; readonly kind: "cut"; readonly job: CutJob; readonly items: CutItems };

export type CutAnswer =
  | { readonly id: number; readonly kind: "file" }
  | { readonly id: number; readonly kind: "cut"; readonly result: CutResult; readonly ms: number }
  | { readonly id: number; readonly kind: "failed"; readonly detail: string };

/** Bytes of unpacked files that are kept; what was let go is asked for again. */
const KEPT_BYTES = 192 * 1024 * 1024;

/** An unpacked file: its triangles are joined when they are first cut. */
interface Unpacked {
  readonly vertices: Uint16Array;
  readonly bytes: number;
  /** Of each whole its pieces here, by their number. */
  readonly holds: ReadonlyMap<number, ReadonlyMap<number, Uint32Array>>;
}

/** Answers one request after the other. */
export class CutEngine {
  private readonly cutter = new Cutter();
  /** The newest last. */
  private files: Unpacked[] = [];
  private readonly parts = new Map<number, number>();
  private last: Promise<unknown> = Promise.resolve();

  async answer(request: CutRequest): Promise<CutAnswer> {
    // Files are unpacked asynchronously: a cut must not overtake them.
    const answer = this.last.then(() => this.perform(request));
    this.last = answer;
    return answer;
  }

  private async perform(request: CutRequest): Promise<CutAnswer> {
    const { id } = request;
    try {
      if (request.kind === "file") {
        await this.unpack(request.file, request.holds);
        return { id, kind: "file" };
      }
      const started = performance.now();
      for (const geometry of new Set(request.items.geometry)) this.join(geometry);
      const result = this.cutter.cut(request.job, request.items);
      return { id, kind: "cut", result, ms: performance.now() - started };
    } catch (error) {
      return { id, kind: "failed", detail: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Joins the corners of a geometry that was not cut before. */
  private join(geometry: number): void {
    if (this.cutter.has(geometry)) return;
    // By number: a file may have come twice.
    const pieces = new Map<number, MeshPiece>();
    for (const { vertices, holds } of this.files)
      for (const [piece, indices] of holds.get(geometry) ?? [])
        pieces.set(piece, { vertices, indices });
    if (pieces.size > 0 && pieces.size >= (this.parts.get(geometry) ?? 1))
      this.cutter.add(geometry, weld([...pieces.values()]));
  }

  private async unpack(file: ArrayBuffer, holds: readonly PieceOf[]): Promise<void> {
    const { ranges, vertices, indices } = await decodeChunk(file, []);
    const entries = new Map<number, number>();
    for (let at = 0; at < ranges.length; at += RANGE_STRIDE) {
      const known = entries.get(ranges[at] ?? 0);
      if (known === undefined || (ranges[at + 1] ?? 0) < (ranges[known + 1] ?? 0))
        entries.set(ranges[at] ?? 0, at);
    }
    const found = new Map<number, Map<number, Uint32Array>>();
    for (const { piece, whole, of } of holds) {
      const at = entries.get(piece);
      if (at === undefined) continue;
      const first = ranges[at + 4] ?? 0;
      const run = indices.subarray(first, first + (ranges[at + 5] ?? 0));
      const own = found.get(whole) ?? new Map<number, Uint32Array>();
      found.set(whole, own.set(piece, run));
      this.parts.set(whole, of);
    }
    const bytes = vertices.byteLength + indices.byteLength;
    this.files.push({ vertices, bytes, holds: found });
    let kept = this.files.reduce((sum, each) => sum + each.bytes, 0);
    while (kept > KEPT_BYTES && this.files.length > 1) kept -= this.files.shift()?.bytes ?? 0;
  }
}

/** The memory of an answer, to be handed over. */
export function buffersOf(answer: CutAnswer): Transferable[] {
  if (answer.kind !== "cut") return [];
  const { rows, points, outlines, indices, moments, missing } = answer.result;
  return [rows, points, outlines, indices, moments, missing].map(({ buffer }) => buffer);
}
