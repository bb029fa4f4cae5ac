/** What changed between two revisions over REST: asked until it is ready, the tour page by page, columns as numbers. */

import type createClient from "openapi-fetch";
import { ApiError } from "./http";
import type { components, paths } from "./schema";
import { apiWords } from "./words";

type Client = ReturnType<typeof createClient<paths>>;
type Schemas = components["schemas"];

export type ComparisonAnswer = Schemas["ComparisonAnswer"];
export type TourStop = Schemas["StopAnswer"];
export type Change = Schemas["ChangeAnswer"];

/** Codes and partners of all occurrences: docs/formats/compare.md. */
export interface OccurrenceColumns {
  /** (n) codes of the old revision's. */
  readonly from: Uint8Array;
  /** (m) codes of the new revision's. */
  readonly to: Uint8Array;
  /** (n) partner in the new one, −1 without. */
  readonly partnersTo: Int32Array;
  /** (m) partner in the old one, −1 without. */
  readonly partnersFrom: Int32Array;
}

/** How far points of a part's surface lie from where it was: docs/formats/compare.md. */
export interface HeatPoints {
  /** Metres, of all points. */
  readonly least: number;
  readonly greatest: number;
  /** (4 × n) x, y, z in the new part's frame and the signed distance, metres. */
  readonly points: Float32Array;
}

const LIMIT = 200;
/** Stops that one answer holds. */
const STOPS = 2_000;
const HEAT_MAGIC = 0x4d485448; // "HTHM", little endian
const HEAT_HEAD = 24;
const MAGIC = 0x4f435448; // "HTCO", little endian
const HEAD = 16;
const GREATEST_CODE = 6;
/** Where the server does not say when to ask again. */
const AGAIN_MS = 1_000;

/** Bytes that are not what docs/formats/compare.md says. */
export class DamagedColumns extends Error {
  override readonly name = "DamagedColumns";
}

/** @throws DamagedColumns for another version, and for anything shorter or longer than it says. */
export function readColumns(bytes: ArrayBuffer): OccurrenceColumns {
  if (bytes.byteLength < HEAD) throw new DamagedColumns("The columns end in their head.");
  const head = new DataView(bytes);
  if (head.getUint32(0, true) !== MAGIC) throw new DamagedColumns("These are no columns.");
  const version = head.getUint32(4, true);
  if (version !== 1) throw new DamagedColumns(`Columns of version ${version} are not known here.`);
  const from = head.getUint32(8, true);
  const to = head.getUint32(12, true);
  const partners = HEAD + Math.ceil((from + to) / 4) * 4;
  if (bytes.byteLength !== partners + 4 * (from + to))
    throw new DamagedColumns("The columns are not as long as they say.");
  const codes = new Uint8Array(bytes, HEAD, from + to);
  if (codes.some((code) => code > GREATEST_CODE))
    throw new DamagedColumns("The columns hold a code that is not known here.");
  const read = (first: number, count: number, most: number): Int32Array => {
    const numbers = Int32Array.from({ length: count }, (_, at) =>
      head.getInt32(partners + 4 * (first + at), true),
    );
    if (numbers.some((number) => number < -1 || number >= most))
      throw new DamagedColumns("The columns name a partner that is not there.");
    return numbers;
  };
  return {
    from: codes.slice(0, from),
    to: codes.slice(from),
    partnersTo: read(0, from, to),
    partnersFrom: read(from, to, from),
  };
}

/** @throws DamagedColumns for another version, and for anything shorter or longer than it says. */
export function readHeat(bytes: ArrayBuffer): HeatPoints {
  if (bytes.byteLength < HEAT_HEAD) throw new DamagedColumns("The heat map ends in its head.");
  const view = new DataView(bytes);
  if (view.getUint32(0, true) !== HEAT_MAGIC) throw new DamagedColumns("This is no heat map.");
  const version = view.getUint32(4, true);
  if (version !== 1)
    throw new DamagedColumns(`A heat map of version ${version} is not known here.`);
  const count = view.getUint32(8, true);
  if (bytes.byteLength !== HEAT_HEAD + 16 * count)
    throw new DamagedColumns("The heat map is not as long as it says.");
  const points = Float32Array.from({ length: 4 * count }, (_, at) =>
    view.getFloat32(HEAT_HEAD + 4 * at, true),
  );
  if (!points.every(Number.isFinite)) throw new DamagedColumns("The heat map holds no numbers.");
  return { least: view.getFloat32(12, true), greatest: view.getFloat32(16, true), points };
}

/** Milliseconds until a `Retry-After` in seconds; one second without. */
export function retryAfterMs(header: string | null): number {
  const seconds = Number(header);
  return header !== null && Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : AGAIN_MS;
}

/** Sleeps; rejects with the signal's reason. */
function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason instanceof Error ? signal.reason : new Error("Aborted."));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}

export function compareApi({ GET }: Client) {
  const pair = (from: string, to: string) => ({ revision_id: from, other_id: to });
  return {
    /** Asks until the comparison is ready. waiting: told each time it is not, and what share is done. */
    compare: async (
      from: string,
      to: string,
      signal: AbortSignal,
      waiting: (progress: number | null) => void = () => undefined,
    ): Promise<ComparisonAnswer> => {
      for (;;) {
        const { data, response } = await GET("/api/v1/revisions/{revision_id}/compare/{other_id}", {
          params: { path: pair(from, to) },
          signal,
        });
        if (data === undefined) throw new TypeError("The server's answer has no body.");
        if (data.state === "ready") return data;
        waiting(data.progress ?? null);
        await rest(retryAfterMs(response.headers.get("retry-after")), signal);
      }
    },
    /** Stops of the tour, page by page up to `most`. arrived: told all that are here, each time there are more. */
    changeTour: async (
      from: string,
      to: string,
      most: number,
      signal: AbortSignal,
      arrived: (stops: readonly TourStop[]) => void = () => undefined,
    ): Promise<readonly TourStop[]> => {
      const items: TourStop[] = [];
      let cursor: string | null = null;
      do {
        const limit = Math.min(cursor === null ? LIMIT : STOPS, most - items.length);
        const { data }: { data?: Schemas["Items_StopAnswer_"] } = await GET(
          "/api/v1/revisions/{revision_id}/compare/{other_id}/tour",
          { params: { path: pair(from, to), query: { cursor, limit } }, signal },
        );
        if (data === undefined) throw new TypeError("The server's answer has no body.");
        items.push(...data.items);
        arrived(items);
        cursor = data.next_cursor ?? null;
      } while (cursor !== null && items.length < most);
      return items;
    },
    /** How far a changed part was displaced; null when it has no heat map. */
    partHeat: async (
      from: string,
      to: string,
      part: number,
      signal: AbortSignal,
    ): Promise<HeatPoints | null> => {
      try {
        const { data } = await GET(
          "/api/v1/revisions/{revision_id}/compare/{other_id}/parts/{number}/heatmap",
          {
            params: { path: { ...pair(from, to), number: part } },
            parseAs: "arrayBuffer",
            signal,
          },
        );
        if (data === undefined) throw new TypeError("The server's answer has no body.");
        return readHeat(data as ArrayBuffer); // the schema knows bytes only as a string
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw damaged(error);
      }
    },
    /** Changes in the order of the tour, the first `most` of them; of one stop unless that is null. */
    changesOf: async (
      from: string,
      to: string,
      stop: number | null,
      most: number,
      signal: AbortSignal,
    ): Promise<readonly Change[]> => {
      const { data } = await GET("/api/v1/revisions/{revision_id}/compare/{other_id}/changes", {
        params: { path: pair(from, to), query: { stop, limit: Math.min(most, LIMIT) } },
        signal,
      });
      if (data === undefined) throw new TypeError("The server's answer has no body.");
      return data.items;
    },
    /** What became of every occurrence. @throws ApiError of code `damaged_answer` when it cannot be read. */
    changedOccurrences: async (
      from: string,
      to: string,
      signal: AbortSignal,
    ): Promise<OccurrenceColumns> => {
      const { data } = await GET("/api/v1/revisions/{revision_id}/compare/{other_id}/occurrences", {
        params: { path: pair(from, to) },
        parseAs: "arrayBuffer",
        signal,
      });
      if (data === undefined) throw new TypeError("The server's answer has no body.");
      try {
        return readColumns(data as ArrayBuffer); // the schema knows bytes only as a string
      } catch (error) {
        throw damaged(error);
      }
    },
  };
}

/** What a page says of bytes that cannot be read; any other error as it is. */
function damaged(error: unknown): unknown {
  if (!(error instanceof DamagedColumns)) return error;
  return new ApiError({
    status: 200,
    title: apiWords().unreadable,
    detail: error.message,
    code: "damaged_answer",
    remedy: apiWords().retrySoon,
  });
}
