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

/** Something happened to an issue, a comment or the pins of a revision: what to fetch. */
export interface IssueNews {
  /** `created`, `changed`, `comment_added`, `anchor`, `pins`, …: the server knows more with time. */
  readonly what: string;
  /** Of an issue, that changed. */
  readonly fields: readonly string[];
  readonly asset_id: string | null;
  readonly revision_id: string | null;
  readonly issue_id: string | null;
  readonly number: number | null;
  readonly comment_id: string | null;
  readonly etag: string | null;
  /** Whoever did it; null: the server. */
  readonly by: string | null;
}

/** Calls back with each revision, review and issue that changed; returns the way to stop. */
export function watchProject(
  url: string,
  onRevision: (revision: Revision) => void,
  onReview: (news: ReviewNews) => void = () => undefined,
  onIssue: (news: IssueNews) => void = () => undefined,
): () => void {
  const source = new EventSource(url);
  // `as`: see Http.json.
  listen(source, "revision", (value) => onRevision(value as Revision));
  listen(source, "review", (value) => onReview(value as ReviewNews));
  listen(source, "issue", (value) => onIssue(value as IssueNews));
  return () => source.close();
}

/** Hears one kind of event; its data is JSON. */
export function listen(source: EventSource, name: string, heard: (value: unknown) => void): void {
  source.addEventListener(name, (event) => {
    if (!(event instanceof MessageEvent)) return;
    const text: unknown = event.data;
    if (typeof text === "string") heard(JSON.parse(text) as unknown);
  });
}
