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
    const sorted = [...numbers];
    if (!isAscending(sorted)) sorted.sort((a, b) => a - b);
    return RangeSet.fromAscending(sorted, sorted.length);
  }

  /**
   * The set of the first `count` numbers of a list that never falls; 100,000 of them cost 1 ms and one pair
   * of numbers per run.
   */
  static fromAscending(numbers: ArrayLike<number>, count: number = numbers.length): RangeSet {
    const runs: Range[] = [];
    let first = numbers[0];
    if (count === 0 || first === undefined) return RangeSet.empty;
    let last = first;
    for (let at = 1; at < count; at += 1) {
      const number = numbers[at] ?? last;
      if (number <= last + 1) {
        last = number;
        continue;
      }
      runs.push([first, last]);
      first = number;
      last = number;
    }
    runs.push([first, last]);
    return new RangeSet(runs);
  }

  /** The set of all numbers in these ranges, in any order, overlaps allowed. */
  static fromRanges(ranges: Iterable<Range>): RangeSet {
    const sorted: Range[] = [];
    let before = -Infinity;
    let ascending = true;
    for (const range of ranges) {
      if (range[1] < range[0]) continue;
      if (range[0] < before) ascending = false;
      before = range[0];
      sorted.push(range);
    }
    if (!ascending) sorted.sort((a, b) => a[0] - b[0]);
    const merged: Range[] = [];
    for (const range of sorted) {
      const top = merged.at(-1);
      if (top && range[0] <= top[1] + 1) {
        // A new pair: the caller's own are never changed.
        if (range[1] > top[1]) merged[merged.length - 1] = [top[0], range[1]];
      } else merged.push(range);
    }
    return merged.length === 0 ? RangeSet.empty : new RangeSet(merged);
  }

  /** The set of a list of [first, last] as it comes from a URL or a file; what is none of that is left out. */
  static parse(value: unknown): RangeSet {
    if (value instanceof RangeSet) return value;
    if (!Array.isArray(value)) return RangeSet.empty;
    const isCount = (number: unknown): number is number =>
      typeof number === "number" && Number.isSafeInteger(number) && number >= 0;
    return RangeSet.fromRanges(
      value.flatMap((pair: unknown): Range[] => {
        if (!Array.isArray(pair)) return [];
        const [first, last]: readonly unknown[] = pair;
        return isCount(first) && isCount(last) ? [[first, last]] : [];
      }),
    );
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
    if (other.isEmpty || other === this) return this;
    if (this.isEmpty) return other;
    return RangeSet.fromRanges(mergedPairs(this.ranges, other.ranges));
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
    if (other === this) return RangeSet.empty;
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

  /** The largest number, or null when empty. */
  get last(): number | null {
    return this.ranges.at(-1)?.[1] ?? null;
  }

  /** How many numbers of this set lie from `first` to `last`, both included; no set is made. */
  countWithin(first: number, last: number): number {
    let low = 0;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.ranges[middle]?.[1] ?? Infinity) < first) low = middle + 1;
      else high = middle;
    }
    let count = 0;
    for (let at = low; at < this.ranges.length; at += 1) {
      const range = this.ranges[at];
      if (!range || range[0] > last) break;
      count += Math.min(range[1], last) - Math.max(range[0], first) + 1;
    }
    return count;
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

function isAscending(numbers: readonly number[]): boolean {
  for (let at = 1; at < numbers.length; at += 1)
    if ((numbers[at] ?? 0) < (numbers[at - 1] ?? 0)) return false;
  return true;
}

/** Two ascending lists as one. */
function mergedPairs(a: readonly Range[], b: readonly Range[]): Range[] {
  const all: Range[] = [];
  let left = 0;
  let right = 0;
  for (;;) {
    const one = a[left];
    const other = b[right];
    if (one && (!other || one[0] <= other[0])) {
      all.push(one);
      left += 1;
    } else if (other) {
      all.push(other);
      right += 1;
    } else return all;
  }
}
