/**
 * A finger on a panel: what a ray presses from afar is touched from near. The target is asked as for a ray that begins
 * a little behind the tip, so that any ray target can be poked.
 */

import type { Vec3 } from "../state/model";
import type { RayTarget } from "./ray_target";

/** The ray begins this far behind the tip, metres. */
const BEHIND = 0.06;
/** A finger that came back this far has let go, metres. */
const BACK = 0.012;
/** Nearer than this a target is poked, not pointed at (UX.md §4.5), metres. */
export const POKE_WITHIN = 0.3;

/** One finger. */
export class Poke {
  private pressing = false;
  /** Metres to what is poked as of the last look; null: nothing is within reach. */
  gap: number | null = null;
  private before: number | null = null;

  /** Each frame. tip, forward: user space, forward unit. Returns whether the finger is on the target's business. */
  touch(target: RayTarget, tip: Vec3, forward: Vec3): boolean {
    const origin: Vec3 = [
      tip[0] - forward[0] * BEHIND,
      tip[1] - forward[1] * BEHIND,
      tip[2] - forward[2] * BEHIND,
    ];
    const distance = target.aim(origin, forward);
    const gap = distance === null ? null : distance - BEHIND;
    this.gap = gap !== null && gap <= POKE_WITHIN ? gap : null;
    if (this.pressing && (gap === null || gap > BACK)) {
      this.pressing = false;
      target.release();
    }
    // Only a finger that comes from before it presses: a hand inside a panel does not.
    else if (
      !this.pressing &&
      gap !== null &&
      gap <= 0 &&
      this.before !== null &&
      this.before > 0
    ) {
      this.pressing = true;
      target.press();
    }
    this.before = gap;
    return this.gap !== null;
  }

  stop(target: RayTarget): void {
    if (this.pressing) target.release();
    this.pressing = false;
    this.before = null;
    this.gap = null;
  }
}
