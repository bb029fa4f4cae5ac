/**
 * What the room holds and what is on its way there: pure, no socket, no store.
 *
 * The server's value of a key shows, unless a change of mine to the same key is still on its way: mine will
 * come later in the server's order, so what I see is what will be. A refused change makes the server's show.
 */

import type {
  ChangeMessage,
  HelloMessage,
  Held,
  Json,
  NakMessage,
  OpMessage,
} from "../protocol/messages";

const CHAT_KEPT = 500;

/** What a message of the server changed. */
export interface LogChange {
  /** Keys whose shown value may differ now. */
  readonly keys: readonly string[];
  readonly chat: boolean;
  /** Some numbers are missing: connect anew with `since`. */
  readonly gap: boolean;
}

interface Pending {
  message: ChangeMessage;
  /** It was given to a socket, so it may be stored already. */
  sent: boolean;
}

const NOTHING: LogChange = { keys: [], chat: false, gap: false };

export class OpLog {
  /** Names this page's changes among all clients. */
  readonly cid: string;
  private epoch: string | null = null;
  private seq = 0;
  private cseq = 0;
  private readonly held = new Map<string, Held>();
  private pending: Pending[] = [];
  private readonly lines: OpMessage[] = [];

  constructor(cid: string) {
    this.cid = cid;
  }

  /** The newest operation known, for resuming. */
  get position(): { readonly epoch: string; readonly seq: number } | null {
    return this.epoch === null ? null : { epoch: this.epoch, seq: this.seq };
  }

  /** Changes that the server has not confirmed. */
  get unsent(): number {
    return this.pending.length;
  }

  get chat(): readonly OpMessage[] {
    return this.lines;
  }

  /** Lines of mine on their way. */
  get pendingChat(): readonly Extract<ChangeMessage, { t: "chat" }>[] {
    return this.pending.flatMap(({ message }) => (message.t === "chat" ? [message] : []));
  }

  /** Keys that have a value to show. */
  keys(): ReadonlySet<string> {
    const keys = new Set(this.held.keys());
    for (const { message } of this.pending) if (message.t === "op") keys.add(message.key);
    return keys;
  }

  /** The value to show: mine on its way, else the room's; null for none. */
  value(key: string): Json {
    for (let index = this.pending.length - 1; index >= 0; index -= 1) {
      const message = this.pending[index]?.message;
      if (message?.t !== "op") continue;
      if (message.kind === "set" && message.key === key) return message.value;
      if (message.kind === "clear" && key.startsWith(message.key)) return null;
    }
    return this.held.get(key)?.value ?? null;
  }

  /** A change of mine to this key is on its way. */
  isPending(key: string): boolean {
    return this.pending.some(({ message }) => message.t === "op" && message.key === key);
  }

  /** Who last changed a key, as the room knows it. */
  lastChange(key: string): Held | null {
    return this.held.get(key) ?? null;
  }

  /**
   * Queues a change of state. One that was never sent and that this one replaces is left out. offline: it is made upon
   * what was last heard, and is refused when somebody has changed the same meanwhile (rooms/SPEC.md O5).
   */
  set(key: string, value: Json, offline = false): void {
    const replaced = this.pending.find(
      ({ message, sent }) => !sent && message.t === "op" && message.key === key,
    )?.message;
    const upon =
      replaced?.t === "op" && replaced.base !== undefined
        ? replaced.base
        : (this.held.get(key)?.seq ?? 0);
    const before = this.isPending(key);
    // Behind a change of mine that is on its way nobody knows the number yet.
    const base = offline && (!before || replaced) ? { base: upon } : {};
    this.pending = this.pending.filter(
      ({ message, sent }) =>
        sent || message.t !== "op" || message.kind !== "set" || message.key !== key,
    );
    this.queue({ t: "op", cid: this.cid, cseq: this.nextCseq(), kind: "set", key, value, ...base });
  }

  /** Queues a line of chat. */
  say(text: string): void {
    this.queue({ t: "chat", cid: this.cid, cseq: this.nextCseq(), text });
  }

  /** Gives what waits to `send`, in order, until it returns false. */
  flush(send: (message: ChangeMessage) => boolean): void {
    for (const pending of this.pending) {
      if (pending.sent) continue;
      if (!send(pending.message)) return;
      pending.sent = true;
    }
  }

  /**
   * A new connection: what is unconfirmed is sent again; the server knows what it has already. Not what a later change
   * of mine replaces: that one may be stored, and the older would come after it.
   */
  hello(hello: HelloMessage): LogChange {
    this.pending = this.pending.filter((pending) => !this.isReplaced(pending));
    for (const pending of this.pending) pending.sent = false;
    const keys = new Set(this.keys());
    if (hello.resumed && hello.ops) {
      let chat = false;
      for (const op of hello.ops) {
        const change = this.op(op);
        if (change.gap) return change;
        chat ||= change.chat;
        for (const key of change.keys) keys.add(key);
      }
      return { keys: [...keys], chat, gap: false };
    }
    this.epoch = hello.epoch;
    this.seq = hello.seq;
    this.held.clear();
    for (const [key, held] of Object.entries(hello.state ?? {})) this.held.set(key, held);
    this.lines.splice(0, this.lines.length, ...hello.chat);
    for (const line of hello.chat) this.confirm(line);
    for (const key of this.held.keys()) keys.add(key);
    return { keys: [...keys], chat: true, gap: false };
  }

  /** An operation of anybody; mine is thereby confirmed. */
  op(op: OpMessage): LogChange {
    const mine = this.confirm(op);
    if (op.seq <= this.seq)
      return mine ? { keys: [op.key], chat: op.kind === "chat", gap: false } : NOTHING;
    if (op.seq !== this.seq + 1) return { keys: [], chat: false, gap: true };
    this.seq = op.seq;
    switch (op.kind) {
      case "chat":
        this.lines.push(op);
        if (this.lines.length > CHAT_KEPT) this.lines.shift();
        return { keys: [], chat: true, gap: false };
      case "clear": {
        const cleared = [...this.held.keys()].filter((key) => key.startsWith(op.key));
        for (const key of cleared) this.held.delete(key);
        return { keys: cleared, chat: false, gap: false };
      }
      case "set":
        if (op.value === null) this.held.delete(op.key);
        else this.held.set(op.key, { value: op.value, seq: op.seq, by: op.by });
        return { keys: [op.key], chat: false, gap: false };
    }
  }

  /** A change of mine was refused. `later`: it stays queued, the server only asks for patience. */
  nak(nak: NakMessage): { readonly refused: ChangeMessage | null; readonly later: boolean } {
    const index = this.pending.findIndex(({ message }) => message.cseq === nak.cseq);
    const pending = this.pending[index];
    if (!pending) return { refused: null, later: false };
    if (nak.code === "rate") {
      if (this.isReplaced(pending)) this.pending.splice(index, 1);
      pending.sent = false;
      return { refused: null, later: true };
    }
    this.pending.splice(index, 1);
    return { refused: pending.message, later: false };
  }

  private confirm(op: OpMessage): boolean {
    if (op.cid !== this.cid) return false;
    const before = this.pending.length;
    this.pending = this.pending.filter(({ message }) => message.cseq !== op.cseq);
    return this.pending.length < before;
  }

  /** Whether a later change of mine on its way sets the same key. */
  private isReplaced(pending: Pending): boolean {
    const { message } = pending;
    if (message.t !== "op" || message.kind !== "set") return false;
    return this.pending
      .slice(this.pending.indexOf(pending) + 1)
      .some(
        ({ message: later }) =>
          later.t === "op" && later.kind === "set" && later.key === message.key,
      );
  }

  private queue(message: ChangeMessage): void {
    this.pending.push({ message, sent: false });
  }

  private nextCseq(): number {
    this.cseq += 1;
    return this.cseq;
  }
}
