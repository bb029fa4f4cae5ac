/** Pressing by looking: a gaze that rests for a second presses once (UX.md §4.5). */

import type { Vec3 } from "../state/model";

export const DWELL_MS = 1_000;
/** A gaze that wanders farther than this begins anew, radians. */
const RESTS = (2.5 * Math.PI) / 180;

export class Dwell {
  private along: Vec3 | null = null;
  private sinceMs = 0;
  private done = false;

  /**
   * Each frame. along: unit, where one looks; null: at nothing that can be pressed.
   * Returns how much of the second is over, 0 to 1; 1 in the one frame in which it presses.
   */
  look(along: Vec3 | null, nowMs: number): number {
    if (!along) {
      this.along = null;
      return 0;
    }
    if (!this.along || angle(along, this.along) > RESTS) {
      this.along = along;
      this.sinceMs = nowMs;
      this.done = false;
    }
    if (this.done) return 0;
    const share = Math.min(1, (nowMs - this.sinceMs) / DWELL_MS);
    this.done = share >= 1;
    return share;
  }
}

function angle(a: Vec3, b: Vec3): number {
  return Math.acos(Math.max(-1, Math.min(1, a[0] * b[0] + a[1] * b[1] + a[2] * b[2])));
}
