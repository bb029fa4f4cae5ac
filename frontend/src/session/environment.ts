/** What a session needs of the browser, as values, so that tests bring their own time and network. */

/** Hears an open socket. Nothing is heard after `close`. */
export interface SocketEvents {
  onMessage(data: unknown): void;
  onClose(code: number, reason: string): void;
}

/** The part of a WebSocket that a session uses. */
export interface SocketLike {
  readonly bufferedAmount: number;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code: number): void;
}

/** Time, chance, sockets and whether anybody looks. */
export interface Environment {
  /** Monotonic milliseconds. */
  now(): number;
  /** Unix milliseconds. */
  wallClock(): number;
  /** 0 to 1. */
  random(): number;
  /** Calls back once; returns the way to cancel. */
  later(callback: () => void, ms: number): () => void;
  openSocket(url: string, protocols: readonly string[], events: SocketEvents): SocketLike;
  isOnline(): boolean;
  isHidden(): boolean;
  /** Calls back when online or hidden changes; returns the way to stop. */
  watch(callback: () => void): () => void;
}

/** The browser itself. */
export function browserEnvironment(): Environment {
  return {
    now: () => performance.now(),
    wallClock: () => Date.now(),
    random: () => Math.random(),
    later: (callback, ms) => {
      const timer = window.setTimeout(callback, ms);
      return () => window.clearTimeout(timer);
    },
    openSocket: (url, protocols, events) => {
      const socket = new WebSocket(url, [...protocols]);
      socket.binaryType = "arraybuffer";
      socket.onmessage = (event) => events.onMessage(event.data);
      socket.onclose = (event) => events.onClose(event.code, event.reason);
      return {
        get bufferedAmount() {
          return socket.bufferedAmount;
        },
        send: (data) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(data);
        },
        close: (code) => {
          socket.onmessage = socket.onclose = null;
          // Browsers let a page close with 1000 or 3000 to 4999 only.
          socket.close(code);
        },
      };
    },
    isOnline: () => navigator.onLine,
    isHidden: () => document.hidden,
    watch: (callback) => {
      window.addEventListener("online", callback);
      window.addEventListener("offline", callback);
      document.addEventListener("visibilitychange", callback);
      return () => {
        window.removeEventListener("online", callback);
        window.removeEventListener("offline", callback);
        document.removeEventListener("visibilitychange", callback);
      };
    },
  };
}
