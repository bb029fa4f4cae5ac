/**
 * Changes of mine that somebody else's replaced, or that were refused because theirs came first: *Restore mine* brings
 * them back (UX.md §3.4). What somebody changes long after me is the conversation going on, and says nothing.
 */

import type { Held, Json, OpMessage } from "../protocol/messages";
import type { Overwritten } from "../state/areas/owning";
import { t } from "../state/messages";
import type { Workspace } from "../state/workspace";
import type { Environment } from "./environment";
import { changeText } from "./words";

/** Sooner than this after mine, theirs was made without having seen mine. */
const RECENT_MS = 10_000;
/** How things are looked at, not work: who ends a comparison takes nothing away. */
const MODES: ReadonlySet<string> = new Set(["compare"]);
/** How long the way back is offered. */
const OFFERED_MS = 30_000;

/** What it needs of the live session. */
export interface OverwritesHost {
  readonly workspace: Workspace;
  readonly environment: Environment;
  me(): string;
  /** A change of mine to this key is on its way: it comes after theirs, or is refused. */
  isPending(key: string): boolean;
  /** Sends a value of mine again. */
  restore(key: string, value: Json): void;
}

export class Overwrites {
  private readonly host: OverwritesHost;
  private readonly mine = new Map<string, { readonly value: Json; readonly ms: number }>();
  private readonly lost = new Map<string, Json>();
  private cancel: (() => void) | null = null;

  constructor(host: OverwritesHost) {
    this.host = host;
  }

  /** I changed a key. */
  sent(key: string, value: Json): void {
    if (MODES.has(key)) return;
    this.mine.set(key, { value, ms: this.host.environment.now() });
    if (this.lost.delete(key) && this.lost.size === 0) this.dismiss();
  }

  /** An operation of anybody. */
  told(op: OpMessage): void {
    if (op.kind === "chat" || op.by.principal_id === this.host.me()) return;
    const now = this.host.environment.now();
    for (const [key, { value, ms }] of [...this.mine]) {
      if (op.kind === "set" ? key !== op.key : !key.startsWith(op.key)) continue;
      if (this.host.isPending(key)) continue;
      this.mine.delete(key);
      if (now - ms > RECENT_MS || JSON.stringify(value) === JSON.stringify(op.value)) continue;
      this.offer(key, value, changeText(op.by.name, key, op.value === null), op.by.slot);
    }
  }

  /** What I changed without a connection was refused: somebody had changed it meanwhile. */
  refused(key: string, value: Json, current: Held | null | undefined): void {
    this.mine.delete(key);
    if (current?.by.principal_id === this.host.me()) return;
    const name = current?.by.name ?? t("people.someone");
    this.offer(key, value, changeText(name, key, !current), current?.by.slot ?? null);
  }

  /** Brings back what was lost. */
  restore(): void {
    const back = [...this.lost];
    this.dismiss();
    for (const [key, value] of back) this.host.restore(key, value);
  }

  dismiss(): void {
    this.cancel?.();
    this.cancel = null;
    this.lost.clear();
    this.host.workspace.overwritten.set(null);
  }

  /** The room is left. */
  clear(): void {
    this.mine.clear();
    this.dismiss();
  }

  private offer(key: string, value: Json, text: string, slot: number | null): void {
    this.lost.set(key, value);
    const shown: Overwritten = { text, slot, count: this.lost.size };
    this.host.workspace.overwritten.set(shown);
    this.cancel?.();
    this.cancel = this.host.environment.later(() => this.dismiss(), OFFERED_MS);
  }
}
