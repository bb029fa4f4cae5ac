/** Watches a project: Server-Sent Events, reconnected by the browser itself. */

import type { Revision } from "./types";

/** A review that changed: what to fetch. */
export interface ReviewNews {
  readonly review_id: string;
  readonly asset_id: string;
  readonly revision_id: string;
  readonly number: number;
  readonly etag: string;
}

/** Calls back with each revision, and with each review, that changed; returns the way to stop. */
export function watchProject(
  url: string,
  onRevision: (revision: Revision) => void,
  onReview: (news: ReviewNews) => void = () => undefined,
): () => void {
  const source = new EventSource(url);
  // `as`: see Http.json.
  listen(source, "revision", (value) => onRevision(value as Revision));
  listen(source, "review", (value) => onReview(value as ReviewNews));
  return () => source.close();
}

function listen(source: EventSource, name: string, heard: (value: unknown) => void): void {
  source.addEventListener(name, (event) => {
    if (!(event instanceof MessageEvent)) return;
    const text: unknown = event.data;
    if (typeof text === "string") heard(JSON.parse(text) as unknown);
  });
}
