/** Which stretches of a buffer are taken: best fit among the holes, holes that touch become one. */

interface Hole {
  first: number;
  count: number;
}

/** Hands out stretches of whole items and takes them back; knows no buffer. */
export class RangeAllocator {
  /** Items beyond the last one that is taken. */
  private ends = 0;
  private taken = 0;
  /** Ascending, never touching one another or the end. */
  private readonly holes: Hole[] = [];

  /** Items up to the end of the last stretch: what a buffer must hold. */
  get end(): number {
    return this.ends;
  }

  /** Items in stretches that are taken. */
  get used(): number {
    return this.taken;
  }

  /** Takes a stretch and returns its first item: the smallest hole that fits, else behind everything. */
  take(count: number): number {
    this.taken += count;
    let best = -1;
    let left = Infinity;
    for (let i = 0; i < this.holes.length; i += 1) {
      const over = (this.holes[i]?.count ?? 0) - count;
      if (over >= 0 && over < left) {
        best = i;
        left = over;
      }
    }
    const hole = this.holes[best];
    if (!hole) {
      const first = this.ends;
      this.ends += count;
      return first;
    }
    const { first } = hole;
    if (left === 0) this.holes.splice(best, 1);
    else {
      hole.first += count;
      hole.count -= count;
    }
    return first;
  }

  /** Whether a stretch of this length fits without the end moving beyond `limit`. */
  fits(count: number, limit: number): boolean {
    return this.ends + count <= limit || this.holes.some((hole) => hole.count >= count);
  }

  /** Gives a stretch back that was taken. */
  give(first: number, count: number): void {
    if (count === 0) return;
    this.taken -= count;
    let at = this.holes.findIndex((hole) => hole.first > first);
    if (at < 0) at = this.holes.length;
    const before = this.holes[at - 1];
    const after = this.holes[at];
    const joinsBefore = before !== undefined && before.first + before.count === first;
    const joinsAfter = after !== undefined && first + count === after.first;
    if (joinsBefore) {
      before.count += count + (joinsAfter ? after.count : 0);
      if (joinsAfter) this.holes.splice(at, 1);
    } else if (joinsAfter) {
      after.first = first;
      after.count += count;
    } else this.holes.splice(at, 0, { first, count });
    const last = this.holes.at(-1);
    if (last && last.first + last.count === this.ends) {
      this.ends = last.first;
      this.holes.pop();
    }
  }
}
