/** How long to wait before the next attempt: full jitter, so that a thousand clients do not come at once. */

const FIRST_MS = 500;
const LONGEST_MS = 15_000;
/** A connection that held this long starts the count anew. */
export const STABLE_MS = 30_000;

export class Backoff {
  private attempts = 0;

  /** random: 0 to 1. Milliseconds, evenly between 0 and a limit that doubles with each attempt. */
  next(random: number): number {
    const limit = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.attempts);
    this.attempts += 1;
    return random * limit;
  }

  reset(): void {
    this.attempts = 0;
  }
}
