/** A browser for tests: time that only the test moves, sockets whose other end the test holds. */

import type { Environment, SocketEvents, SocketLike } from "./environment";

/** The server's end of one socket. */
export class FakeSocket implements SocketLike {
  readonly url: string;
  readonly sent: string[] = [];
  readonly poses: Uint8Array[] = [];
  bufferedAmount = 0;
  closedWith: number | null = null;
  /** The server answers pings. */
  answers = true;
  private readonly events: SocketEvents;

  constructor(url: string, events: SocketEvents) {
    this.url = url;
    this.events = events;
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (typeof data !== "string") {
      this.poses.push(data.slice());
      return;
    }
    this.sent.push(data);
    const message = JSON.parse(data) as { t: string; ts?: number }; // our own JSON
    if (this.answers && message.t === "ping") this.say({ t: "pong", ts: message.ts });
  }

  close(code: number): void {
    this.closedWith = code;
  }

  /** What the client sent of one kind, parsed. */
  heard(t: string): Record<string, unknown>[] {
    return this.sent
      .map((text): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>) // our own JSON
      .filter((message) => message["t"] === t);
  }

  say(message: unknown): void {
    this.events.onMessage(JSON.stringify(message));
  }

  sayPoses(frame: ArrayBuffer): void {
    this.events.onMessage(frame);
  }

  end(code: number, reason = ""): void {
    this.events.onClose(code, reason);
  }
}

export class FakeEnvironment implements Environment {
  readonly sockets: FakeSocket[] = [];
  online = true;
  hidden = false;
  chance = 0.5;
  private time = 1_000;
  private timers: { readonly at: number; readonly callback: () => void }[] = [];
  private readonly watchers = new Set<() => void>();

  now(): number {
    return this.time;
  }

  wallClock(): number {
    return Date.UTC(2026, 0, 5, 12) + this.time;
  }

  random(): number {
    return this.chance;
  }

  later(callback: () => void, ms: number): () => void {
    const timer = { at: this.time + ms, callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  openSocket(url: string, _protocols: readonly string[], events: SocketEvents): SocketLike {
    const socket = new FakeSocket(url, events);
    this.sockets.push(socket);
    return socket;
  }

  isOnline(): boolean {
    return this.online;
  }

  isHidden(): boolean {
    return this.hidden;
  }

  watch(callback: () => void): () => void {
    this.watchers.add(callback);
    return () => this.watchers.delete(callback);
  }

  /** Online or hidden changed. */
  changed(): void {
    for (const tell of [...this.watchers]) tell();
  }

  /** The newest socket. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("no socket was opened");
    return socket;
  }

  /** Lets promises settle. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  }

  /** Moves time on, timer by timer. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    await this.settle();
    for (;;) {
      const due = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.timers = this.timers.filter((timer) => timer !== due);
      this.time = Math.max(this.time, due.at);
      due.callback();
      await this.settle();
    }
    this.time = end;
  }

  /** The page slept: time went by and no timer ran. */
  sleep(ms: number): void {
    this.time += ms;
  }
}
