/** One file of the package, from the server to what it decodes to; what goes wrong on the way has a name. */

import { DamagedChunk } from "./gltf";

/** A file that could not be had; the rest is shown without it. */
export interface FailedFile {
  readonly file: string;
  /**
   * no_access: the server says that this is not, or no longer, ours to see. no_memory: the machine has no room to
   * unpack it.
   */
  readonly code: "damaged_chunk" | "not_loaded" | "no_access" | "no_memory";
  readonly detail: string;
}

/** Milliseconds that a proxy restart or a lost Wi-Fi takes, then we name the failure. */
const RETRY_AFTER_MS = [400, 1500, 4000] as const;
/** Asked again they say the same: signed out, forbidden, gone. A stranger's revision answers 404, too. */
const FINAL_STATUS = [401, 403, 404, 410];

export interface DownloadOptions<T> {
  readonly fetch: (file: string, signal: AbortSignal, fresh: boolean) => Promise<ArrayBuffer>;
  /** Takes the memory of the file over. */
  readonly decode: (bytes: ArrayBuffer, file: string, signal: AbortSignal) => Promise<T>;
  /** Waits this many milliseconds; tests pass their own clock. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** What became of a download; null: it was ended early. */
export type Downloaded<T> = { readonly value: T } | { readonly failure: FailedFile } | null;

/** Fetches and decodes, again with pauses where that may help. Never rejects. */
export async function download<T>(
  file: string,
  options: DownloadOptions<T>,
  signal: AbortSignal,
): Promise<Downloaded<T>> {
  const wait = options.wait ?? ((ms: number) => new Promise<void>((done) => setTimeout(done, ms)));
  let fresh = false;
  for (let tries = 0; !signal.aborted; tries += 1) {
    try {
      const bytes = await options.fetch(file, signal, fresh);
      const value = await options.decode(bytes, file, signal);
      return signal.aborted ? null : { value };
    } catch (error) {
      if (signal.aborted) return null;
      const failure = failureOf(file, error);
      const pause = RETRY_AFTER_MS[tries];
      // A damaged copy may be the cache's: once more, past it.
      const again = failure.code === "damaged_chunk" ? !fresh : failure.code === "not_loaded";
      if (!again || pause === undefined) return { failure };
      fresh ||= failure.code === "damaged_chunk";
      await wait(pause);
    }
  }
  return null;
}

/** The named failure behind an error. */
export function failureOf(file: string, error: unknown): FailedFile {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof DamagedChunk) return { file, code: "damaged_chunk", detail };
  // What the decoder and every engine throw when an allocation is refused.
  if (error instanceof RangeError) return { file, code: "no_memory", detail };
  const status = statusOf(error);
  if (status !== null && FINAL_STATUS.includes(status)) return { file, code: "no_access", detail };
  return { file, code: "not_loaded", detail };
}

/** HTTP status that an error carries, whoever made it. */
function statusOf(error: unknown): number | null {
  if (typeof error !== "object" || error === null || !("status" in error)) return null;
  return typeof error.status === "number" ? error.status : null;
}
