/** Two buttons held together for a while. */

export class HeldChord {
  private sinceMs: number | null = null;
  private done = false;

  /** held: both are down. Returns true in the one frame in which they have been for `lasts`, milliseconds. */
  read(held: boolean, nowMs: number, lasts: number): boolean {
    if (!held) {
      this.sinceMs = null;
      this.done = false;
      return false;
    }
    this.sinceMs ??= nowMs;
    if (this.done || nowMs - this.sinceMs < lasts) return false;
    this.done = true;
    return true;
  }
}
