/**
 * At the door of a session: asks to come in, waits on a socket that is told nothing else, and says what became of it.
 */

import { SUBPROTOCOL, encodeClientMessage, parseServerMessage } from "../protocol/messages";
import { Backoff } from "./backoff";
import type { TicketLike } from "./connection";
import type { Environment, SocketLike } from "./environment";

const PING_MS = 2_000;
const SILENCE_MS = 8_000;

/** Where somebody at the door stands. */
export type DoorState =
  | { readonly kind: "asking" }
  /** asked: who was told. */
  | { readonly kind: "waiting"; readonly asked: "host" | "presenter" | "nobody" }
  | { readonly kind: "lost" }
  | { readonly kind: "admitted" }
  /** For good; reason: declined, unanswered, locked, removed, ended, replaced, or a problem's code. */
  | { readonly kind: "refused"; readonly reason: string };

/** What waiting is made of. */
export interface WaitingOptions {
  readonly environment: Environment;
  /** A pass for the door; null: I may come in already. Throws `{ code }` when never. */
  knock(): Promise<TicketLike | null>;
  /** The code of a refusal for good; null: try again. */
  finalCode(error: unknown): string | null;
  onState(state: DoorState): void;
}

export class Waiting {
  private readonly options: WaitingOptions;
  private readonly backoff = new Backoff();
  private socket: SocketLike | null = null;
  private heardAt = 0;
  private over = false;
  private cancel: (() => void) | null = null;

  constructor(options: WaitingOptions) {
    this.options = options;
    options.onState({ kind: "asking" });
    void this.attempt();
  }

  /** I do not want to come in any more. */
  stop(): void {
    this.over = true;
    this.cancel?.();
    this.socket?.close(1000);
    this.socket = null;
  }

  private async attempt(): Promise<void> {
    const { environment, knock, finalCode } = this.options;
    let ticket: TicketLike | null;
    try {
      ticket = await knock();
    } catch (error) {
      const code = finalCode(error);
      if (code !== null) this.end({ kind: "refused", reason: code });
      else this.retry();
      return;
    }
    if (this.over) return;
    if (ticket === null) {
      this.end({ kind: "admitted" });
      return;
    }
    const query = new URLSearchParams({ ticket: ticket.ticket, seat: "door" });
    const socket: SocketLike = environment.openSocket(
      `${ticket.url}?${query.toString()}`,
      [SUBPROTOCOL],
      {
        onMessage: (data) => {
          if (this.socket === socket) this.receive(data);
        },
        onClose: (code, reason) => {
          if (this.socket === socket) this.closed(code, reason);
        },
      },
    );
    this.socket = socket;
    this.heardAt = environment.now();
    this.beat();
  }

  private receive(data: unknown): void {
    this.heardAt = this.options.environment.now();
    const message = typeof data === "string" ? parseServerMessage(data) : null;
    if (message?.t === "lobby") {
      this.backoff.reset();
      if (message.state === "admitted") this.end({ kind: "admitted" });
      else this.tell({ kind: "waiting", asked: message.asked });
    } else if (message?.t === "bye" && message.retry_after_ms === null) {
      this.end({ kind: "refused", reason: message.reason });
    }
  }

  private closed(code: number, reason: string): void {
    this.socket = null;
    if (this.over) return;
    if (code === 4403) this.end({ kind: "refused", reason: reason || "ended" });
    else this.retry();
  }

  private beat(): void {
    this.cancel = this.options.environment.later(() => {
      const { environment } = this.options;
      if (environment.now() - this.heardAt > SILENCE_MS) {
        this.socket?.close(4408);
        this.socket = null;
        this.retry();
        return;
      }
      this.socket?.send(encodeClientMessage({ t: "ping", ts: environment.now() }));
      this.beat();
    }, PING_MS);
  }

  private retry(): void {
    if (this.over) return;
    this.cancel?.();
    this.tell({ kind: "lost" });
    const { environment } = this.options;
    this.cancel = environment.later(
      () => void this.attempt(),
      this.backoff.next(environment.random()),
    );
  }

  private end(state: DoorState): void {
    if (this.over) return;
    this.stop();
    this.options.onState(state);
  }

  private tell(state: DoorState): void {
    if (!this.over) this.options.onState(state);
  }
}
