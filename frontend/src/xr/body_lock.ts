/** What goes with the body and not with the head: it follows only once the gaze has turned away from it. */

/** Radians the gaze may turn before it follows (UX.md §4.4: nothing is head-locked). */
const LEAVES = (35 * Math.PI) / 180;

/** A direction about the vertical, counter-clockwise from above. */
export class BodyLock {
  yaw: number | null = null;

  /** gaze: where the head looks now, radians. */
  follow(gaze: number): number {
    if (this.yaw === null || Math.abs(difference(gaze, this.yaw)) > LEAVES) this.yaw = gaze;
    return this.yaw;
  }

  reset(): void {
    this.yaw = null;
  }
}

function difference(a: number, b: number): number {
  return Math.atan2(Math.sin(a - b), Math.cos(a - b));
}
