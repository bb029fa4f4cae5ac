/** Uploads under way; they outlive the page that started them, until the tab is closed. */

import type { Api } from "../api/api";
import { ApiError } from "../api/http";
import type { Revision } from "../api/types";
import { Store } from "../state/store";

/** One file on its way, before the server made a revision of it. */
export interface Upload {
  readonly id: number;
  readonly projectId: string;
  readonly folderId: string | null;
  /** Set when it becomes the next revision of an asset. */
  readonly assetId: string | null;
  readonly file: File;
  readonly note: string;
  readonly sentBytes: number;
  readonly totalBytes: number;
  readonly bytesPerSecond: number;
  /** null while it is running; else why it stopped. */
  readonly problem: {
    readonly code: string;
    readonly detail: string;
    readonly remedy: string | null;
  } | null;
}

/** Where a file goes. */
export interface UploadTarget {
  readonly projectId: string;
  readonly folderId?: string | null;
  readonly assetId?: string | null;
  readonly note?: string;
}

// Two at a time: one stream rarely fills the line, more share it without being sooner done.
const AT_ONCE = 2;

export class Uploads {
  /** Running, waiting and failed ones, oldest first. */
  readonly all = new Store<readonly Upload[]>([]);
  private last = 0;
  private readonly api: Api;
  private readonly aborts = new Map<number, AbortController>();
  private readonly waiting: number[] = [];
  private readonly done = new Set<(revision: Revision) => void | Promise<void>>();

  constructor(api: Api) {
    this.api = api;
    addEventListener("beforeunload", (event) => {
      if (this.aborts.size > 0) event.preventDefault();
    });
  }

  /** Told of each revision the server made; its row here stays until all are done with it. */
  onDone(listener: (revision: Revision) => void | Promise<void>): () => void {
    this.done.add(listener);
    return () => this.done.delete(listener);
  }

  add(files: Iterable<File>, target: UploadTarget): void {
    for (const file of files) {
      this.last += 1;
      const upload: Upload = {
        id: this.last,
        projectId: target.projectId,
        folderId: target.folderId ?? null,
        assetId: target.assetId ?? null,
        file,
        note: target.note ?? "",
        sentBytes: 0,
        totalBytes: file.size,
        bytesPerSecond: 0,
        problem: null,
      };
      this.all.update((all) => [...all, upload]);
      this.waiting.push(upload.id);
    }
    this.pump();
  }

  /** Stops an upload, or takes a failed one off the list. */
  cancel(id: number): void {
    this.aborts.get(id)?.abort();
    const index = this.waiting.indexOf(id);
    if (index >= 0) this.waiting.splice(index, 1);
    this.all.update((all) => all.filter((upload) => upload.id !== id));
  }

  retry(id: number): void {
    this.change(id, { problem: null, sentBytes: 0, bytesPerSecond: 0 });
    this.waiting.push(id);
    this.pump();
  }

  private change(id: number, change: Partial<Upload>): void {
    this.all.update((all) =>
      all.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)),
    );
  }

  private pump(): void {
    while (this.aborts.size < AT_ONCE) {
      const id = this.waiting.shift();
      if (id === undefined) return;
      const upload = this.all.get().find((candidate) => candidate.id === id);
      if (upload) void this.run(upload);
    }
  }

  /** Never rejects: the outcome is on the upload. */
  private async run(upload: Upload): Promise<void> {
    const abort = new AbortController();
    this.aborts.set(upload.id, abort);
    const started = performance.now();
    const options = {
      signal: abort.signal,
      onProgress: ({ sentBytes, totalBytes }: { sentBytes: number; totalBytes: number }): void => {
        const seconds = (performance.now() - started) / 1000;
        this.change(upload.id, {
          sentBytes,
          totalBytes: Math.max(totalBytes, 1),
          bytesPerSecond: seconds > 0.25 ? sentBytes / seconds : 0,
        });
      },
    };
    try {
      const revision = upload.assetId
        ? await this.api.uploadRevision(
            upload.assetId,
            { file: upload.file, note: upload.note },
            options,
          )
        : (
            await this.api.uploadAsset(
              upload.projectId,
              { file: upload.file, folderId: upload.folderId },
              options,
            )
          ).revision;
      await Promise.all([...this.done].map((listener) => listener(revision)));
      this.all.update((all) => all.filter(({ id }) => id !== upload.id));
    } catch (error) {
      if (!abort.signal.aborted) {
        const problem =
          error instanceof ApiError
            ? { code: error.code, detail: error.message, remedy: error.remedy }
            : { code: "upload_failed", detail: String(error), remedy: null };
        this.change(upload.id, { problem });
      }
    } finally {
      this.aborts.delete(upload.id);
      this.pump();
    }
  }
}
