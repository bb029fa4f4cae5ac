/**
 * What was written while the server could not be reached: kept on this device and sent when it can be, in the order
 * in which it was written. Every step of sending may be taken twice (`sending.ts`), so a page that was closed between
 * two of them, or two pages of one revision, make each issue once.
 */

import { Store } from "../../state/store";
import type { Kept } from "../../shelf";
import { type ApiError, unreachable } from "../../api/http";
import { toApiError } from "../resource.svelte";
import { type IssueDraft, type IssueSeen, isDraft, isSeen, parsed } from "./drafts";

/** Something that waits. */
export interface Waiting {
  readonly draft: IssueDraft;
  readonly seen: IssueSeen | null;
  /** Whose words these are: nobody else's page sends them. */
  readonly meId: string | null;
  /** Why the server refused it for good; null: it only waits. */
  readonly refused: string | null;
}

/** What the outbox needs of its page. */
export interface OutboxHost {
  readonly shelf: Kept;
  readonly revisionId: string;
  readonly meId: string | null;
  /** Sends one; throws an ApiError when something of it did not arrive. */
  send(waiting: Waiting, made: () => void): Promise<void>;
  /** One arrived. */
  onsent(waiting: Waiting): void;
}

const FIRST_RETRY_MS = 1_000;
/** A reconnected page is at most this late (UX.md statement 53: 5 s). */
const LAST_RETRY_MS = 4_000;
/** Pictures go over slow lines, too; what arrives after all is known by its id. */
const DEAD_MS = 20_000;

export class Outbox {
  /** Mine, oldest first. */
  readonly waiting = new Store<readonly Waiting[]>([]);
  private readonly host: OutboxHost;
  private readonly key: string;
  private wait = FIRST_RETRY_MS;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private busy = false;
  private stopped = false;

  constructor(host: OutboxHost) {
    this.host = host;
    this.key = `holotable.issue-outbox.${host.revisionId}`;
    this.waiting.set(this.read().filter(({ meId }) => meId === host.meId));
  }

  /** Keeps something until it is sent. */
  put(draft: IssueDraft, seen: IssueSeen | null): void {
    const { meId } = this.host;
    this.change([...this.waiting.get(), { draft, seen, meId, refused: null }]);
    this.wait = FIRST_RETRY_MS;
    this.retryLater();
  }

  /** Sends what waits, now: the server may be there again. */
  async flush(): Promise<void> {
    if (this.busy || this.stopped) return;
    this.forgetRetry();
    this.busy = true;
    try {
      for (;;) {
        const next = this.waiting.get().find(({ refused }) => refused === null);
        if (!next || this.stopped) return;
        const problem = await this.sendOne(next);
        if (!problem) continue;
        if (isFinal(problem)) this.replace(next.draft.id, { refused: problem.message });
        else {
          this.retryLater();
          return;
        }
      }
    } finally {
      this.busy = false;
    }
  }

  /** A refused one is tried once more. */
  again(id: string): void {
    this.replace(id, { refused: null });
    void this.flush();
  }

  /** Takes one out, and gives it back for the composer; nothing while it is on its way. */
  take(id: string): Waiting | null {
    const found = this.waiting.get().find(({ draft }) => draft.id === id);
    if (!found || this.busy) return null;
    this.change(this.waiting.get().filter((one) => one !== found));
    return found;
  }

  stop(): void {
    this.stopped = true;
    this.forgetRetry();
  }

  private async sendOne(waiting: Waiting): Promise<ApiError | null> {
    const { id } = waiting.draft;
    try {
      await this.host.send(waiting, () => {
        const now = this.waiting.get().find(({ draft }) => draft.id === id);
        if (now) this.replace(id, { draft: { ...now.draft, made: true } });
      });
    } catch (error) {
      return toApiError(error);
    }
    this.wait = FIRST_RETRY_MS;
    this.change(this.waiting.get().filter(({ draft }) => draft.id !== id));
    this.host.onsent(waiting);
    return null;
  }

  private retryLater(): void {
    if (this.stopped || this.timer !== null) return;
    this.timer = setTimeout(() => void this.flush(), this.wait);
    this.wait = Math.min(this.wait * 2, LAST_RETRY_MS);
  }

  private forgetRetry(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private replace(id: string, change: Partial<Waiting>): void {
    this.change(
      this.waiting.get().map((one) => (one.draft.id === id ? { ...one, ...change } : one)),
    );
  }

  private change(mine: readonly Waiting[]): void {
    const others = this.read().filter(({ meId }) => meId !== this.host.meId);
    this.waiting.set(mine);
    if (this.keep([...others, ...mine])) return;
    // The pictures are what takes the room.
    const bare = mine.map((one) => ({ ...one, seen: one.seen && { ...one.seen, snapshot: null } }));
    this.keep([...others, ...bare]);
  }

  private keep(all: readonly Waiting[]): boolean {
    try {
      if (all.length === 0) this.host.shelf.removeItem(this.key);
      else this.host.shelf.setItem(this.key, JSON.stringify(all));
      return true;
    } catch {
      return false; // the browser has no room: then it lasts as long as the page
    }
  }

  private read(): readonly Waiting[] {
    const kept = parsed(this.host.shelf.getItem(this.key));
    return Array.isArray(kept) ? kept.flatMap((one: unknown) => readWaiting(one) ?? []) : [];
  }
}

/** A request on a line that went dead never ends by itself. @throws ApiError `unreachable` when it took too long */
export async function inTime<T>(sending: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unreachable()), DEAD_MS);
  });
  try {
    return await Promise.race([sending, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether nobody answered, or only what stands before the server: the same may work in a moment. */
export function isAway({ status, code }: ApiError): boolean {
  return code === "unreachable" || [502, 503, 504].includes(status);
}

/** Whether asking again will not help: not even when I have signed in again, or asked less often. */
function isFinal(problem: ApiError): boolean {
  return !isAway(problem) && ![401, 408, 425, 429].includes(problem.status);
}

function readWaiting(kept: unknown): Waiting | null {
  if (typeof kept !== "object" || kept === null || !("draft" in kept) || !isDraft(kept.draft))
    return null;
  const said = new Map<string, unknown>(Object.entries(kept));
  const [seen, meId, refused] = [said.get("seen"), said.get("meId"), said.get("refused")];
  return {
    draft: kept.draft,
    seen: isSeen(seen) ? seen : null,
    meId: typeof meId === "string" ? meId : null,
    refused: typeof refused === "string" ? refused : null,
  };
}
