/**
 * My undo is mine alone (UX.md §3.4): for each step of mine which keys of the room it changed, so that undoing it asks
 * first when somebody has changed one of them since.
 */

import type { Held, OpMessage } from "../protocol/messages";
import type { Commands, Step } from "../state/commands";

interface Change {
  readonly keys: Set<string>;
  /** Number of the newest operation known when it was made. */
  readonly seq: number;
}

/** What it needs of the live session. */
export interface UndoHost {
  readonly commands: Commands;
  me(): string;
  /** Number of the newest operation known. */
  seq(): number;
}

export class UndoWatch {
  private readonly host: UndoHost;
  private readonly changes = new WeakMap<Step, Change>();
  /** Steps of this turn: the scene reads the stores when it is over. */
  private fresh: Step[] = [];
  private known = 0;
  /** Who changed a key last besides me. */
  private readonly others = new Map<string, { readonly seq: number; readonly name: string }>();
  private readonly stops: (() => void)[];

  constructor(host: UndoHost) {
    this.host = host;
    const { commands } = host;
    this.stops = [
      commands.history.subscribe((steps) => this.stepped(steps)),
      commands.guardUndo((step) => this.changedSince(step)),
    ];
  }

  /** A key went out as mine: it belongs to what I did in this turn. */
  sent(key: string): void {
    for (const step of this.fresh) this.changes.get(step)?.keys.add(key);
  }

  /** An operation of anybody. */
  told({ kind, key, seq, by }: OpMessage): void {
    if (kind === "chat" || by.principal_id === this.host.me()) return;
    if (kind === "set") this.others.set(key, { seq, name: by.name });
    else
      for (const other of this.others.keys())
        if (other.startsWith(key)) this.others.set(other, { seq, name: by.name });
  }

  /** The whole state, after a connection that was lost for long. */
  state(state: Readonly<Record<string, Held>>): void {
    for (const [key, { seq, by }] of Object.entries(state))
      if (by.principal_id !== this.host.me()) this.others.set(key, { seq, name: by.name });
  }

  stop(): void {
    for (const stop of this.stops) stop();
  }

  private stepped(steps: readonly Step[]): void {
    const last = steps.at(-1);
    // Longer: it was done, or done again. Shorter: undone, or forgotten.
    if (last && (steps.length > this.known || !this.changes.has(last))) {
      this.changes.set(last, { keys: new Set(), seq: this.host.seq() });
      this.fresh.push(last);
      // The scene's own turn was queued before, when the step changed the stores.
      queueMicrotask(() => (this.fresh = []));
    }
    this.known = steps.length;
  }

  /** Who changed since then what a step changed; null: nobody. */
  private changedSince(step: Step): string | null {
    const change = this.changes.get(step);
    if (!change) return null;
    for (const key of change.keys) {
      const other = this.others.get(key);
      if (other && other.seq > change.seq) return other.name;
    }
    return null;
  }
}
