/** The worker around `decode.ts`: one message in, one out, arrays transferred, errors as values. */

import {
  checkHash,
  decodeChunk,
  decodeEdges,
  type DecodedChunk,
  type DecodedEdges,
} from "./decode";
import { decodePoints, type DecodedPoints } from "./points_decode";

/** What the page asks. */
export type DecodeRequest =
  | {
      readonly id: number;
      readonly kind: "chunk";
      readonly file: ArrayBuffer;
      readonly transparent: readonly boolean[];
      readonly sha256: string | undefined;
    }
  | { readonly id: number; readonly kind: "edges" | "points"; readonly file: ArrayBuffer };

/** What the worker answers. */
export type DecodeAnswer =
  | { readonly id: number; readonly kind: "chunk"; readonly chunk: DecodedChunk }
  | { readonly id: number; readonly kind: "edges"; readonly edges: DecodedEdges }
  | { readonly id: number; readonly kind: "points"; readonly points: DecodedPoints }
  /** damaged: the bytes are wrong; else there was no room, and the same bytes may do later. */
  | {
      readonly id: number;
      readonly kind: "failed";
      readonly damaged: boolean;
      readonly detail: string;
    };

/** The worker's own side of `postMessage`; the DOM library types only the page's. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<DecodeRequest>) => void) | null;
  postMessage(message: DecodeAnswer, transfer: Transferable[]): void;
}

// `self` is typed as a window in the DOM library; in this module it is the worker's scope.
const scope = self as unknown as WorkerScope;

scope.onmessage = ({ data }) => {
  answer(data).then(
    ([message, transfer]) => scope.postMessage(message, transfer),
    (error: unknown) =>
      scope.postMessage(
        {
          id: data.id,
          kind: "failed",
          // A refused allocation is a RangeError in every engine.
          damaged: !(error instanceof RangeError && /alloc|memory|length/i.test(error.message)),
          detail: error instanceof Error ? error.message : String(error),
        },
        [],
      ),
  );
};

async function answer(request: DecodeRequest): Promise<[DecodeAnswer, Transferable[]]> {
  switch (request.kind) {
    case "chunk": {
      if (request.sha256 !== undefined) await checkHash(request.file, request.sha256);
      const chunk = await decodeChunk(request.file, request.transparent);
      return [{ id: request.id, kind: "chunk", chunk }, chunkBuffers(chunk)];
    }
    case "points": {
      const points = await decodePoints(request.file);
      return [
        { id: request.id, kind: "points", points },
        [points.places.buffer, points.shades.buffer],
      ];
    }
    case "edges": {
      const edges = decodeEdges(request.file);
      return [
        { id: request.id, kind: "edges", edges },
        [edges.ranges.buffer, edges.vertices.buffer, edges.colours.buffer],
      ];
    }
  }
}

function chunkBuffers(chunk: DecodedChunk): Transferable[] {
  const { ranges, vertices, normals, indices, extents, opacity, occurrences } = chunk;
  const arrays: { readonly buffer: ArrayBuffer }[] = [
    ranges,
    vertices,
    normals,
    indices,
    extents,
    opacity,
  ];
  if (occurrences) arrays.push(occurrences.occurrence, occurrences.geometry, occurrences.matrices);
  return arrays.map(({ buffer }) => buffer);
}
