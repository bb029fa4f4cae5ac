/** Watches the conversions of a project: Server-Sent Events, reconnected by the browser itself. */

import type { Revision } from "./types";

/** Calls `onRevision` with each revision that changed; returns the way to stop. */
export function watchProject(url: string, onRevision: (revision: Revision) => void): () => void {
  const source = new EventSource(url);
  source.addEventListener("revision", (event) => {
    if (!(event instanceof MessageEvent)) return;
    const text: unknown = event.data;
    if (typeof text !== "string") return;
    const value: unknown = JSON.parse(text);
    // `as`: see Http.json.
    onRevision(value as Revision);
  });
  return () => source.close();
}
