/** The nearest pair of points found so far. */

import type { Vec3 } from "../../state/model";

/** See the head of the file; `from` lies on the first thing, `to` on the second. */
export class Best {
  distance: number;
  from: Vec3 = [0, 0, 0];
  to: Vec3 = [0, 0, 0];
  found = false;
  private stray = 0;
  /** Least distance that something inexact may really have, and how inexact it is. */
  private shadow = Infinity;
  private shadowStray = 0;
  private isTurned = false;

  /** limit: pairs farther apart are of no interest. */
  constructor(limit = Infinity) {
    this.distance = limit;
  }

  /** stray: how far the things at these points may lie from what they stand for. */
  offer(distance: number, from: Vec3, to: Vec3, stray = 0): void {
    if (stray > 0 && distance - stray < this.shadow) {
      this.shadow = distance - stray;
      this.shadowStray = stray;
    }
    if (!(distance < this.distance)) return;
    this.distance = distance;
    this.from = this.isTurned ? to : from;
    this.to = this.isTurned ? from : to;
    this.stray = stray;
    this.found = true;
  }

  /** Offers made meanwhile have first and second exchanged. */
  turned(work: () => void): void {
    this.isTurned = !this.isTurned;
    work();
    this.isTurned = !this.isTurned;
  }

  /** How far the distance may be off. */
  get tolerance(): number {
    return Math.max(this.stray, this.shadow < this.distance ? this.shadowStray : 0);
  }
}
