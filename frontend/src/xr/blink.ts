/** A blink: the picture goes dark, what it hides happens, and it comes back. */

export class Blink {
  private startMs = 0;
  private lastsMs = 0;
  private act: (() => void) | null = null;
  private running = false;

  /** lastsMs: of the whole blink; 0: at once. What an earlier blink had not done yet is done first. */
  start(nowMs: number, lastsMs: number, act: () => void): void {
    this.happen();
    if (lastsMs <= 0) {
      act();
      return;
    }
    this.startMs = nowMs;
    this.lastsMs = lastsMs;
    this.act = act;
    this.running = true;
  }

  /** How dark it is now, 0 to 1. What is hidden happens in the first frame past the middle. */
  darkness(nowMs: number): number {
    if (!this.running) return 0;
    const share = (nowMs - this.startMs) / this.lastsMs;
    if (share >= 0.5) this.happen();
    if (share >= 1) {
      this.running = false;
      return 0;
    }
    return 1 - Math.abs(2 * share - 1);
  }

  /** Forgets what it was about to do. */
  cancel(): void {
    this.act = null;
    this.running = false;
  }

  private happen(): void {
    const act = this.act;
    this.act = null;
    act?.();
  }
}
