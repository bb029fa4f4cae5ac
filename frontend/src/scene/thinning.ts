/**
 * Who stays of a crowd of equal parts. A hundred thousand parts of one size do not vanish in one picture: each counts as
 * half to twice its size, the same in every picture, so that a rack seen from afar gets thinner and not empty.
 * After R. Cook et al., "Stochastic Simplification of Aggregate Detail" (SIGGRAPH 2007).
 */

/** As what share of its size a part counts, at least and at most. */
const LEAST = 0.5;
const MOST = 2;
/** Turns of the golden angle: any stretch of a list is spread evenly. */
const GOLDEN = 0.6180339887;

/** The share of its size that the draw or geometry of this number counts with: 0.5 to 2. */
export function countedShare(index: number): number {
  return LEAST + (MOST - LEAST) * ((index * GOLDEN) % 1);
}
