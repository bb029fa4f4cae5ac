/** The nearest pair of points found so far. */

import type { Vec3 } from "../../state/model";

/** See the head of the file; `from` lies on the first thing, `to` on the second. */
export class Best {
  distance: number;
  from: Vec3 = [0, 0, 0];
  to: Vec3 = [0, 0, 0];
  /** How far the things at these points may stray from what they stand for. */
  stray = 0;
  found = false;
  /** Least distance that something inexact may really have. */
  shadow = Infinity;
  shadowStray = 0;

  /** limit: pairs farther apart are of no interest. */
  constructor(limit = Infinity) {
    this.distance = limit;
  }

  offer(distance: number, from: Vec3, to: Vec3, stray = 0): void {
    if (stray > 0 && distance - stray < this.shadow) {
      this.shadow = distance - stray;
      this.shadowStray = stray;
    }
    if (!(distance < this.distance)) return;
    this.distance = distance;
    this.from = from;
    this.to = to;
    this.stray = stray;
    this.found = true;
  }

  /** What was offered with first and second exchanged. */
  get turned(): Best {
    return new TurnedBest(this);
  }

  /** How far the distance may be off. */
  get tolerance(): number {
    return Math.max(this.stray, this.shadow < this.distance ? this.shadowStray : 0);
  }
}

/** Offers to another, the other way round. */
class TurnedBest extends Best {
  private readonly other: Best;

  constructor(other: Best) {
    super(other.distance);
    this.other = other;
  }

  override offer(distance: number, from: Vec3, to: Vec3, stray = 0): void {
    this.other.offer(distance, to, from, stray);
    this.distance = this.other.distance;
    this.found = this.other.found;
  }
}
