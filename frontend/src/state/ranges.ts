/** Sets of dense occurrence numbers as sorted ranges: hiding 100,000 parts costs one pair of numbers. */

/** First and last number of a run, both included. */
export type Range = readonly [first: number, last: number];

/** An immutable set of non-negative integers. */
export class RangeSet {
  static readonly empty = new RangeSet([]);

  /** Disjoint, ascending, never adjacent. */
  private readonly ranges: readonly Range[];
  /** How many numbers are in the set. */
  readonly size: number;

  private constructor(ranges: readonly Range[]) {
    this.ranges = ranges;
    this.size = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  }

  /** The set of these numbers, in any order, repeats allowed. */
  static of(...numbers: readonly number[]): RangeSet {
    return RangeSet.from(numbers);
  }

  /** The set of these numbers, in any order, repeats allowed. */
  static from(numbers: Iterable<number>): RangeSet {
    const sorted = [...numbers].sort((a, b) => a - b);
    return RangeSet.fromRanges(sorted.map((number) => [number, number]));
  }

  /** The set of all numbers in these ranges, in any order, overlaps allowed. */
  static fromRanges(ranges: Iterable<Range>): RangeSet {
    const sorted = [...ranges].filter(([first, last]) => last >= first).sort((a, b) => a[0] - b[0]);
    const merged: [number, number][] = [];
    for (const [first, last] of sorted) {
      const top = merged.at(-1);
      if (top && first <= top[1] + 1) top[1] = Math.max(top[1], last);
      else merged.push([first, last]);
    }
    return merged.length === 0 ? RangeSet.empty : new RangeSet(merged);
  }

  /** The numbers from `first` to `last`, both included. */
  static span(first: number, last: number): RangeSet {
    return RangeSet.fromRanges([[first, last]]);
  }

  get isEmpty(): boolean {
    return this.ranges.length === 0;
  }

  has(number: number): boolean {
    let low = 0;
    let high = this.ranges.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const range = this.ranges[middle];
      if (!range) return false;
      if (number < range[0]) high = middle - 1;
      else if (number > range[1]) low = middle + 1;
      else return true;
    }
    return false;
  }

  /** Whether every number of `other` is in this set. */
  contains(other: RangeSet): boolean {
    return other.minus(this).isEmpty;
  }

  /** Whether the two sets share a number. */
  meets(other: RangeSet): boolean {
    return !this.intersect(other).isEmpty;
  }

  equals(other: RangeSet): boolean {
    if (this === other) return true;
    return (
      this.ranges.length === other.ranges.length &&
      this.ranges.every(([first, last], index) => {
        const match = other.ranges[index];
        return match?.[0] === first && match[1] === last;
      })
    );
  }

  union(other: RangeSet): RangeSet {
    if (other.isEmpty) return this;
    if (this.isEmpty) return other;
    return RangeSet.fromRanges([...this.ranges, ...other.ranges]);
  }

  intersect(other: RangeSet): RangeSet {
    const shared: Range[] = [];
    let left = 0;
    let right = 0;
    for (;;) {
      const a = this.ranges[left];
      const b = other.ranges[right];
      if (!a || !b) break;
      const first = Math.max(a[0], b[0]);
      const last = Math.min(a[1], b[1]);
      if (first <= last) shared.push([first, last]);
      if (a[1] < b[1]) left += 1;
      else right += 1;
    }
    return RangeSet.fromRanges(shared);
  }

  minus(other: RangeSet): RangeSet {
    if (other.isEmpty || this.isEmpty) return this;
    const end = this.ranges.at(-1)?.[1] ?? -1;
    return this.intersect(other.invert(end + 1));
  }

  /** The numbers from 0 to `count` - 1 that are not in this set. */
  invert(count: number): RangeSet {
    const gaps: Range[] = [];
    let next = 0;
    for (const [first, last] of this.ranges) {
      if (first >= count) break;
      if (first > next) gaps.push([next, first - 1]);
      next = last + 1;
    }
    if (next < count) gaps.push([next, count - 1]);
    return RangeSet.fromRanges(gaps);
  }

  /** The smallest number, or null when empty. */
  get first(): number | null {
    return this.ranges[0]?.[0] ?? null;
  }

  /** Ascending. */
  *[Symbol.iterator](): Iterator<number> {
    for (const [first, last] of this.ranges)
      for (let number = first; number <= last; number += 1) yield number;
  }

  /** As pairs, ascending: the form that goes over the wire. */
  toJSON(): readonly Range[] {
    return this.ranges;
  }
}
