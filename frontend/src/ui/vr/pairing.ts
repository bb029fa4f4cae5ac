/** A headset waits to be signed in: it shows a code, asks what became of it, and shows another when it is over. */

/** What the server answers, as far as it is used here. */
export interface PairingPort<Me> {
  offer(): Promise<{ readonly code: string; readonly secret: string; readonly interval_s: number }>;
  /** null: nobody has typed it yet. */
  answer(secret: string): Promise<Me | null>;
  /** HTTP status and seconds to wait, of something that was thrown. */
  failure(cause: unknown): { readonly status: number; readonly retryAfterS: number | null };
}

export interface Timer {
  /** Returns the way to stop. */
  later(action: () => void, ms: number): () => void;
}

const AGAIN_MS = 5_000;
const GONE = 410;
const TOO_MANY = 429;

export class Pairing<Me> {
  private readonly port: PairingPort<Me>;
  private readonly timer: Timer;
  private readonly onCode: (code: string | null) => void;
  private readonly onSignedIn: (me: Me) => void;
  private secret: string | null = null;
  private intervalMs = 2_000;
  private stopped = false;
  private cancel: (() => void) | null = null;

  /** onCode: `C-4829`, or null while there is none; onSignedIn: once, and it is over. */
  constructor(
    port: PairingPort<Me>,
    timer: Timer,
    onCode: (code: string | null) => void,
    onSignedIn: (me: Me) => void,
  ) {
    this.port = port;
    this.timer = timer;
    this.onCode = onCode;
    this.onSignedIn = onSignedIn;
    void this.step();
  }

  stop(): void {
    this.stopped = true;
    this.cancel?.();
  }

  private async step(): Promise<void> {
    let waitMs = this.intervalMs;
    try {
      if (this.secret === null) {
        const { code, secret, interval_s } = await this.port.offer();
        if (this.stopped) return;
        this.secret = secret;
        this.intervalMs = waitMs = interval_s * 1000;
        this.onCode(code);
      } else {
        const me = await this.port.answer(this.secret);
        if (this.stopped) return;
        if (me !== null) {
          this.stop();
          this.onSignedIn(me);
          return;
        }
      }
    } catch (cause) {
      if (this.stopped) return;
      const { status, retryAfterS } = this.port.failure(cause);
      waitMs = AGAIN_MS;
      if (status === GONE) {
        this.secret = null;
        this.onCode(null);
        waitMs = 0;
      } else if (status === TOO_MANY) waitMs = Math.max(AGAIN_MS, (retryAfterS ?? 0) * 1000);
    }
    this.cancel = this.timer.later(() => void this.step(), waitMs);
  }
}
