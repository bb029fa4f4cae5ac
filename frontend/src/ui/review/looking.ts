/** Keeps for a review which changed parts its approver has had in view, while they say that it may be kept. */

import type { Api } from "../../api/api";
import { structureHash } from "../../state/viewpoint";
import type { RevisionRef, Workspace } from "../../state/workspace";

/** What was seen is sent so long after the first of it. */
const SEND_MS = 3_000;

type Run = [first: number, last: number];

export interface LookingHost {
  readonly api: Pick<
    Api,
    | "reviewsOf"
    | "review"
    | "noteOpened"
    | "coverage"
    | "addCoverage"
    | "compare"
    | "changedOccurrences"
  >;
  readonly workspace: Workspace;
  readonly revision: RevisionRef;
  readonly meId: string;
}

/** Numbers as runs [first, last], ascending. */
export function runsOf(numbers: Iterable<number>): Run[] {
  const runs: Run[] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && number <= last[1] + 1) last[1] = Math.max(last[1], number);
    else runs.push([number, number]);
  }
  return runs;
}

/** What changed, by the codes of docs/formats/compare.md, and is in no run yet. */
export function unseenOf(
  codes: Uint8Array,
  seen: readonly (readonly [number, number])[],
): Set<number> {
  const left = new Set<number>();
  codes.forEach((code, number) => {
    if (code !== 0) left.add(number);
  });
  for (const [first, last] of seen)
    for (let number = first; number <= Math.min(last, codes.length - 1); number += 1)
      left.delete(number);
  return left;
}

/** Begins when the model is there; returns the way to stop, which sends what is left. */
export function keepLooking(host: LookingHost): () => void {
  const { workspace } = host;
  const ends = new AbortController();
  let keeper: Keeper | null = null;
  const stop = workspace.structure.subscribe((structure) => {
    if (!structure || keeper) return;
    keeper = new Keeper(host, ends.signal);
    // What cannot be kept must not keep anybody from looking; the review says what is missing.
    keeper.start().catch(() => undefined);
  });
  return () => {
    stop();
    keeper?.stop();
    ends.abort();
  };
}

class Keeper {
  private sent = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private structure = "";
  private reviewId = "";
  private stops: (() => void)[] = [];

  private readonly host: LookingHost;
  private readonly signal: AbortSignal;

  constructor(host: LookingHost, signal: AbortSignal) {
    this.host = host;
    this.signal = signal;
  }

  async start(): Promise<void> {
    const { api, revision, workspace, meId } = this.host;
    const open = (await api.reviewsOf(revision.revisionId)).find(
      ({ state, revision: now }) => state !== "closed" && now.id === revision.revisionId,
    );
    if (!open) return;
    const { review } = await api.review(open.id);
    if (review.mine.seat === null) return;
    await api.noteOpened(review.id);
    if (!review.mine.shares_coverage || !review.compared_to) return;
    const pair = [review.compared_to.id, revision.revisionId] as const;
    await api.compare(...pair, this.signal);
    const columns = await api.changedOccurrences(...pair, this.signal);
    const manifest = workspace.manifest.get();
    this.structure = manifest ? (structureHash(manifest) ?? "") : "";
    if (this.signal.aborted || !this.structure) return;
    const kept = (await api.coverage(review.id)).find(({ person }) => person.id === meId);
    const seen = kept?.structure === this.structure ? kept.seen : [];
    const left = unseenOf(columns.to, seen);
    const changed = columns.to.reduce((sum, code) => sum + (code === 0 ? 0 : 1), 0);
    this.reviewId = review.id;
    this.stops = [
      workspace.soughtParts.subscribe((sought) => {
        if (!sought) return;
        const { id: reviewId, number } = review;
        workspace.keptFor.set({ reviewId, number, changed, unseen: sought.size });
      }),
      workspace.seenParts.subscribe((parts) => {
        if (parts.length > this.sent && !this.timer)
          this.timer = setTimeout(() => void this.send(), SEND_MS);
      }),
    ];
    const leave = (): void => void this.send();
    addEventListener("pagehide", leave);
    this.stops.push(() => removeEventListener("pagehide", leave));
    workspace.soughtParts.set(left);
  }

  stop(): void {
    for (const stop of this.stops) stop();
    if (this.reviewId) void this.send();
    this.host.workspace.soughtParts.set(null);
    this.host.workspace.keptFor.set(null);
  }

  private async send(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const { api, workspace, revision } = this.host;
    const seen = workspace.seenParts.get();
    const fresh = seen.slice(this.sent);
    if (fresh.length === 0) return;
    const before = this.sent;
    this.sent = seen.length;
    try {
      await api.addCoverage(this.reviewId, {
        revision_id: revision.revisionId,
        structure: this.structure,
        seen: runsOf(fresh),
      });
    } catch {
      // Offline, or the server is away: it is sent with what is seen next.
      this.sent = Math.min(this.sent, before);
    }
  }
}
