/**
 * One room's connection: ticket, socket, hello, heartbeat, and again when it is lost.
 *
 * Loss is found by silence, not by the socket's close, which may come minutes later or never. Knows
 * nothing of what the messages mean, except for those that are about the connection itself.
 */

import {
  CLOSE,
  SUBPROTOCOL,
  encodeClientMessage,
  parseServerMessage,
  type ClientMessage,
  type HelloMessage,
  type ServerMessage,
} from "../protocol/messages";
import { Backoff, STABLE_MS } from "./backoff";
import type { Environment, SocketLike } from "./environment";

const PING_MS = 1_000;
/** UX.md §3.7 asks for a banner within 3 s of loss: a pong is at most 1 s old when the loss begins. */
const SILENCE_MS = 2_500;
const CHECK_MS = 250;
const HELLO_MS = 8_000;
/** A request on a line that went dead never ends by itself; it is given up, so that its connection is not used again. */
const TICKET_MS = 5_000;
/** A timer that comes this late slept: the silence was ours. */
const SLEPT_MS = 1_500;
const UNSTABLE_MS = 400;
/** From here on the words are "offline, your changes are kept" instead of "reconnecting". */
const OFFLINE_AFTER_MS = 12_000;
/** Presence is left out above this many unsent bytes. */
const LOSSY_LIMIT_BYTES = 16 * 1024;

/** A pass for one socket. */
export interface TicketLike {
  readonly ticket: string;
  /** ws: or wss:, without a query. */
  readonly url: string;
  /** Where to sit: at the table, unless it says otherwise. */
  readonly seat?: "balcony";
}

/** Why a ticket was refused for good. */
export class TicketRefused extends Error {
  /** Stable code, for example `gone` or `not_found`. */
  readonly code: string;

  constructor(code: string) {
    super(`no ticket: ${code}`);
    this.code = code;
  }
}

export type ConnectionKind =
  "connecting" | "connected" | "unstable" | "reconnecting" | "offline" | "ended";

/** Where the connection stands. */
export interface ConnectionStatus {
  readonly kind: ConnectionKind;
  /** Round trip, milliseconds; null while unknown. */
  readonly latencyMs: number | null;
  /** Monotonic milliseconds since when the connection is lost; null while it holds. */
  readonly lostSinceMs: number | null;
  readonly reason: string | null;
}

/** What a connection is made of. */
export interface ConnectionOptions {
  readonly environment: Environment;
  /** A fresh ticket; throws TicketRefused when there will never be one, anything else to try again. */
  fetchTicket(signal: AbortSignal): Promise<TicketLike>;
  /** Where to go on: the newest operation known, null for none. */
  resumeFrom(): { readonly epoch: string; readonly seq: number } | null;
  onHello(hello: HelloMessage): void;
  onMessage(message: ServerMessage): void;
  onPoses(frame: DataView): void;
  onStatus(status: ConnectionStatus): void;
}

export class Connection {
  private readonly options: ConnectionOptions;
  private readonly backoff = new Backoff();
  private socket: SocketLike | null = null;
  private greeted = false;
  private stopped = false;
  private heardAt = 0;
  private pingedAt = 0;
  private checkedAt = 0;
  private openedAt = 0;
  private retryAfterMs: number | null = null;
  private cancelTimer: (() => void) | null = null;
  private readonly stopWatching: () => void;
  private status: ConnectionStatus = {
    kind: "connecting",
    latencyMs: null,
    lostSinceMs: null,
    reason: null,
  };

  constructor(options: ConnectionOptions) {
    this.options = options;
    this.stopWatching = options.environment.watch(() => this.onEnvironment());
    void this.attempt();
  }

  get isOpen(): boolean {
    return this.greeted && this.socket !== null;
  }

  /** Sends now, or not at all: false when there is no connection. */
  send(message: ClientMessage): boolean {
    if (!this.isOpen || !this.socket) return false;
    this.socket.send(encodeClientMessage(message));
    return true;
  }

  /** Sends a pose unless earlier bytes still wait. */
  sendPose(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (!this.isOpen || !this.socket || this.socket.bufferedAmount > LOSSY_LIMIT_BYTES)
      return false;
    this.socket.send(bytes);
    return true;
  }

  /** Leaves for good. */
  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.stopWatching();
    this.cancelTimer?.();
    this.drop(CLOSE.normal);
  }

  /** Drops the socket and starts over at once: after a gap in the numbers. */
  restart(): void {
    if (!this.stopped) this.lose("gap", 0);
  }

  private async attempt(): Promise<void> {
    const { environment } = this.options;
    if (this.stopped || this.socket) return;
    let ticket: TicketLike;
    try {
      ticket = await this.ticket();
    } catch (error) {
      if (this.stopped) return;
      if (error instanceof TicketRefused) this.end(error.code);
      else this.retry();
      return;
    }
    if (this.stopped || this.socket) return;
    const query = new URLSearchParams({ ticket: ticket.ticket });
    if (ticket.seat) query.set("seat", ticket.seat);
    const known = this.options.resumeFrom();
    if (known) {
      query.set("since", String(known.seq));
      query.set("epoch", known.epoch);
    }
    // A stale socket must not speak for the connection: each hears only while it is the current one.
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
    this.greeted = false;
    this.retryAfterMs = null;
    this.openedAt = this.heardAt = this.checkedAt = environment.now();
    this.check();
  }

  private async ticket(): Promise<TicketLike> {
    const given = new AbortController();
    let cancel = (): void => undefined;
    const late = new Promise<never>((_, reject) => {
      cancel = this.options.environment.later(() => {
        const reason = new Error("no answer to the request for a ticket");
        given.abort(reason);
        reject(reason);
      }, TICKET_MS);
    });
    try {
      return await Promise.race([this.options.fetchTicket(given.signal), late]);
    } finally {
      cancel();
    }
  }

  private receive(data: unknown): void {
    const { environment } = this.options;
    this.heardAt = environment.now();
    if (data instanceof ArrayBuffer) {
      if (this.greeted) this.options.onPoses(new DataView(data));
      return;
    }
    if (typeof data !== "string") return;
    const message = parseServerMessage(data);
    if (!message) return;
    if (message.t === "hello") {
      this.greeted = true;
      this.tell({ kind: "connected", lostSinceMs: null, reason: null });
      this.ping();
      this.options.onHello(message);
    } else if (message.t === "pong") {
      this.measured(environment.now() - message.ts);
    } else if (message.t === "bye") {
      this.retryAfterMs = message.retry_after_ms;
      if (message.retry_after_ms === null) this.end(message.reason);
    } else if (message.t === "moved") {
      this.retryAfterMs = environment.random() * 200;
    } else if (message.t === "batch") {
      if (this.greeted) for (const one of message.messages) this.options.onMessage(one);
    } else if (this.greeted) {
      this.options.onMessage(message);
    }
  }

  private measured(latencyMs: number): void {
    if (this.isOpen) {
      this.tell({ kind: latencyMs >= UNSTABLE_MS ? "unstable" : "connected", latencyMs });
    }
  }

  private ping(): void {
    this.pingedAt = this.options.environment.now();
    this.send({ t: "ping", ts: this.pingedAt });
  }

  /** Runs four times a second while there is a socket. */
  private check(): void {
    const { environment } = this.options;
    if (!this.socket || this.stopped) return;
    const now = environment.now();
    if (now - this.checkedAt > SLEPT_MS) {
      this.heardAt = Math.max(this.heardAt, now - SILENCE_MS + 1_000); // a second to answer
      this.pingedAt = 0;
    }
    this.checkedAt = now;
    if (this.greeted) {
      if (now - this.openedAt >= STABLE_MS) this.backoff.reset();
      if (now - this.pingedAt >= PING_MS) this.ping();
      if (now - this.heardAt >= SILENCE_MS) {
        this.lose("silence");
        return;
      }
    } else if (now - this.openedAt >= HELLO_MS) {
      this.lose("silence");
      return;
    }
    this.schedule(() => this.check(), CHECK_MS);
  }

  private closed(code: number, reason: string): void {
    this.socket = null;
    if (this.stopped) return;
    if (code === CLOSE.forbidden) this.end(reason || "removed");
    else if (code === CLOSE.ticket) this.lose("ticket", 0);
    else if (code === CLOSE.moved) this.lose("moved", this.retryAfterMs ?? 0);
    else this.lose("closed", this.retryAfterMs ?? undefined);
  }

  private lose(reason: string, waitMs?: number): void {
    this.drop(CLOSE.silent);
    if (this.status.lostSinceMs === null) {
      this.tell({ lostSinceMs: this.options.environment.now(), latencyMs: null, reason });
    }
    this.retry(waitMs);
  }

  private retry(waitMs?: number): void {
    const { environment } = this.options;
    // The first attempt after a loss is counted too, so that a bad ticket cannot be asked for in a loop.
    const backoff = this.backoff.next(environment.random());
    const lostSinceMs = this.status.lostSinceMs ?? environment.now();
    const away = environment.now() - lostSinceMs;
    const isOffline = !environment.isOnline() || away >= OFFLINE_AFTER_MS;
    this.tell({ kind: isOffline ? "offline" : "reconnecting", lostSinceMs, latencyMs: null });
    this.schedule(() => void this.attempt(), waitMs ?? backoff);
  }

  private onEnvironment(): void {
    const { environment } = this.options;
    if (this.stopped || this.status.kind === "ended") return;
    if (!environment.isOnline()) {
      if (this.socket) this.lose("offline");
      return;
    }
    if (!this.socket && this.status.lostSinceMs !== null) {
      this.schedule(() => void this.attempt(), environment.random() * 300);
    }
  }

  private end(reason: string): void {
    this.stopped = true;
    this.stopWatching();
    this.cancelTimer?.();
    this.drop(CLOSE.normal);
    this.tell({ kind: "ended", latencyMs: null, reason });
  }

  private drop(code: number): void {
    const { socket } = this;
    this.socket = null;
    this.greeted = false;
    socket?.close(code);
  }

  private schedule(callback: () => void, ms: number): void {
    this.cancelTimer?.();
    this.cancelTimer = this.options.environment.later(callback, ms);
  }

  private tell(change: Partial<ConnectionStatus>): void {
    this.status = { ...this.status, ...change };
    this.options.onStatus(this.status);
  }
}
