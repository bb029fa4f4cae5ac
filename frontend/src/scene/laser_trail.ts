/** Where a laser was in the last moments: points that fade, oldest first. Pure; times are milliseconds. */

import type { Vec3 } from "../state/model";

/** UX.md §3.2: the trail of a laser lasts this long. */
export const TRAIL_MS = 1_500;
/** Points of a trail: one a frame at 60 a second is finer than anybody sees. */
const MOST_POINTS = 64;
const LEAST_MS = TRAIL_MS / MOST_POINTS;

interface TrailPoint {
  readonly at: Vec3;
  readonly ms: number;
}

export class LaserTrail {
  private points: TrailPoint[] = [];

  /** The laser is here now. */
  add(at: Vec3, nowMs: number): void {
    const last = this.points.at(-1);
    // The newest point follows the hand; the ones before stand a little apart.
    const before = this.points.at(-2);
    if (last && before && last.ms - before.ms < LEAST_MS) this.points.pop();
    this.points.push({ at, ms: nowMs });
  }

  /** Pieces of the trail with how much of each is left, 1 fresh, 0 gone. */
  pieces(
    nowMs: number,
  ): readonly { readonly from: Vec3; readonly to: Vec3; readonly left: number }[] {
    this.points = this.points.filter(({ ms }) => nowMs - ms < TRAIL_MS);
    return this.points.slice(1).flatMap(({ at, ms }, index) => {
      const from = this.points[index]?.at;
      return from ? [{ from, to: at, left: 1 - (nowMs - ms) / TRAIL_MS }] : [];
    });
  }

  /** Whether nothing of it is left. */
  isOver(nowMs: number): boolean {
    const last = this.points.at(-1);
    return !last || nowMs - last.ms >= TRAIL_MS;
  }
}
