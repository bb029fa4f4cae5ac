/** Which parts can be seen right now, and where: by looking through a grid of the picture, nearest first. */

import type { Hit } from "./picking";

/** A part that can be seen, and a point of the canvas that is on it. CSS pixels, metres from the eye. */
export interface SeenPart {
  readonly occurrence: number;
  readonly x: number;
  readonly y: number;
  readonly distance: number;
}

/** A point of the canvas where something small may be, CSS pixels. */
export interface SmallPart {
  readonly occurrence: number;
  readonly x: number;
  readonly y: number;
}

/** CSS pixels between two looks: first coarse, then between. */
const CELL = 24;
/** Looking ends here and says what it has seen; of large pictures of large models the smallest parts miss out. */
const BUDGET_MS = 120;
/** Offsets of the four passes, in cells: together a grid of half the spacing. */
const PASSES: readonly (readonly [x: number, y: number])[] = [
  [0.5, 0.5],
  [0, 0],
  [0.5, 0],
  [0, 0.5],
];

interface Sight {
  readonly occurrence: number;
  distance: number;
  readonly xs: number[];
  readonly ys: number[];
}

/**
 * Nearest first. small: centres of parts that a grid may miss, nearest first; each is looked at once.
 *
 * pick: what is under a point of the canvas. now: milliseconds.
 */
export function seenParts(
  pick: (x: number, y: number) => Pick<Hit, "occurrence" | "distance"> | null,
  size: { readonly width: number; readonly height: number },
  small: readonly SmallPart[],
  now: () => number,
): readonly SeenPart[] {
  const seen = new Map<number, Sight>();
  const until = now() + BUDGET_MS;
  const look = (x: number, y: number): void => {
    const hit = pick(x, y);
    if (!hit) return;
    const known = seen.get(hit.occurrence);
    if (known) {
      known.distance = Math.min(known.distance, hit.distance);
      known.xs.push(x);
      known.ys.push(y);
    } else
      seen.set(hit.occurrence, {
        occurrence: hit.occurrence,
        distance: hit.distance,
        xs: [x],
        ys: [y],
      });
  };
  for (const [right, down] of PASSES)
    for (let y = down * CELL; y < size.height && now() < until; y += CELL)
      for (let x = right * CELL; x < size.width; x += CELL) look(Math.round(x), Math.round(y));
  for (const { occurrence, x, y } of small) {
    if (now() > until) break;
    if (!seen.has(occurrence)) look(x, y);
  }
  return [...seen.values()]
    .map(placeOf)
    .sort((a, b) => a.distance - b.distance || a.occurrence - b.occurrence);
}

/** The look that is nearest to the middle of all looks at a part: well inside of it. */
function placeOf({ occurrence, distance, xs, ys }: Sight): SeenPart {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [middleX, middleY] = [mean(xs), mean(ys)];
  let best = { x: xs[0] ?? 0, y: ys[0] ?? 0, off: Infinity };
  xs.forEach((x, index) => {
    const y = ys[index] ?? 0;
    const off = Math.hypot(x - middleX, y - middleY);
    if (off < best.off) best = { x, y, off };
  });
  return { occurrence, x: best.x, y: best.y, distance };
}
