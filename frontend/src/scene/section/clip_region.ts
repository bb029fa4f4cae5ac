/** Material in one plane, cut by another plane: outlines stay closed, with straight sides along the cut. */

import { nest, type Region } from "./regions";

/** Outlines that need no numbers: one array of x, y pairs each; material on the left. */
export type Outline = Float64Array;

/** Kept: a x + b y >= c. */
export interface Line {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Outlines of regions, each with points of its own. */
export function outlinesOf(points: Float64Array, regions: readonly Region[]): Outline[] {
  return regions.flatMap(({ outline, holes }) =>
    [outline, ...holes].map((loop) => {
      const out = new Float64Array(loop.length * 2);
      loop.forEach((p, i) => {
        out[i * 2] = points[p * 2] ?? 0;
        out[i * 2 + 1] = points[p * 2 + 1] ?? 0;
      });
      return out;
    }),
  );
}

/** The regions of outlines. */
export function regionsOf(outlines: readonly Outline[]): {
  readonly points: Float64Array;
  readonly regions: readonly Region[];
} {
  const points = new Float64Array(outlines.reduce((sum, outline) => sum + outline.length, 0));
  const loops: Uint32Array[] = [];
  let at = 0;
  for (const outline of outlines) {
    points.set(outline, at * 2);
    loops.push(Uint32Array.from({ length: outline.length / 2 }, (_, i) => at + i));
    at += outline.length / 2;
  }
  return { points, regions: nest(points, loops).regions };
}

/** What of some outlines lies on the kept side of all lines. */
export function clipped(outlines: readonly Outline[], lines: readonly Line[]): Outline[] {
  return lines.reduce<Outline[]>((kept, line) => clipOne(kept, line), [...outlines]);
}

interface Crossing {
  readonly along: number;
  readonly x: number;
  readonly y: number;
  /** Piece that ends here, going out, or that begins here, coming in. */
  readonly leaves: Piece | null;
  readonly enters: Piece | null;
}

/** A run of kept points, from where it comes in to where it goes out. */
interface Piece {
  readonly points: number[];
  next: Piece | null;
  used: boolean;
}

/** A point in the line counts as kept, so that each loop crosses an even number of times. */
function clipOne(outlines: readonly Outline[], { a, b, c }: Line): Outline[] {
  const kept: Outline[] = [];
  const crossings: Crossing[] = [];
  const pieces: Piece[] = [];
  for (const outline of outlines) {
    const count = outline.length / 2;
    const height = (i: number): number =>
      a * (outline[i * 2] ?? 0) + b * (outline[i * 2 + 1] ?? 0) - c;
    const inside = Array.from({ length: count }, (_, i) => height(i) >= 0);
    if (inside.every(Boolean)) {
      kept.push(outline);
      continue;
    }
    const start = inside.findIndex((here, i) => here && inside[(i + count - 1) % count] !== true);
    if (start < 0) continue;
    let piece: Piece | null = null;
    // Begins where a run comes in, so it ends outside, with every run gone out.
    for (let step = 0; step < count; step += 1) {
      const i = (start + step) % count;
      const before = (i + count - 1) % count;
      const here = inside[i] === true;
      if (here !== (inside[before] === true)) {
        const t = height(before) / (height(before) - height(i));
        const x = (outline[before * 2] ?? 0) * (1 - t) + (outline[i * 2] ?? 0) * t;
        const y = (outline[before * 2 + 1] ?? 0) * (1 - t) + (outline[i * 2 + 1] ?? 0) * t;
        const along = a * y - b * x;
        if (here) {
          piece = { points: [x, y], next: null, used: false };
          pieces.push(piece);
          crossings.push({ along, x, y, leaves: null, enters: piece });
        } else if (piece) {
          piece.points.push(x, y);
          crossings.push({ along, x, y, leaves: piece, enters: null });
        }
      }
      if (here) piece?.points.push(outline[i * 2] ?? 0, outline[i * 2 + 1] ?? 0);
      else piece = null;
    }
  }
  join(crossings);
  for (const first of pieces) {
    if (first.used) continue;
    const points: number[] = [];
    for (let at: Piece | null = first; at && !at.used; at = at.next) {
      at.used = true;
      for (const value of at.points) points.push(value);
    }
    const outline = withoutRepeats(points);
    if (outline.length >= 6) kept.push(outline);
  }
  return kept;
}

/** Along the line crossings alternate: where one run goes out, the next to the left of it comes in. */
function join(crossings: Crossing[]): void {
  crossings.sort(
    (p, q) => p.along - q.along || Number(p.enters !== null) - Number(q.enters !== null),
  );
  const open: Crossing[] = [];
  for (const crossing of crossings) {
    const other = open.at(-1);
    if (other && (other.leaves === null) !== (crossing.leaves === null)) {
      open.pop();
      const out = crossing.leaves ?? other.leaves;
      const into = crossing.enters ?? other.enters;
      if (out) out.next = into;
    } else open.push(crossing);
  }
}

function withoutRepeats(points: readonly number[]): Outline {
  const out: number[] = [];
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i] ?? 0, points[i + 1] ?? 0];
    if (out.length >= 2 && out.at(-2) === x && out.at(-1) === y) continue;
    out.push(x, y);
  }
  if (out.length >= 4 && out[0] === out.at(-2) && out[1] === out.at(-1)) out.length -= 2;
  return Float64Array.from(out);
}
