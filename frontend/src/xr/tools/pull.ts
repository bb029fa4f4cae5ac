/** Two hands pulling: how far parts explode, and how much of which revision is seen. Metres of the user. */

import type { Vec3 } from "../../state/model";

/** Hands this much farther apart than when they took hold pull parts apart all the way. */
const FULL_PULL_M = 0.6;
/** Revisions this far apart are two; where they meet they are one picture. */
export const APART_M = 0.3;
/** Within this they lie in one another. */
const TOGETHER_M = 0.02;

export function apart(a: Vec3, b: Vec3): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** 0 to 1. before: what it was when the hands took hold, `from` metres apart. */
export function pulledAmount(before: number, from: number, now: number): number {
  return Math.min(1, Math.max(0, before + (now - from) / FULL_PULL_M));
}

/** How two revisions held apart are drawn. */
export interface CrossFade {
  /** 1: side by side as two; 0: in one another. */
  readonly apart: number;
  /** How much of the old one is seen, 0 to 1; the new one has the rest while they meet. */
  readonly old: number;
}

/**
 * distance: of the hands that hold them, beyond how far apart they took hold of one place. Coming nearer fades the old
 * one into the new one: half of each at half of the way, the new one alone in the end.
 */
export function crossFade(distance: number): CrossFade {
  const share = Math.min(1, Math.max(0, (distance - TOGETHER_M) / (APART_M - TOGETHER_M)));
  return { apart: share, old: share };
}
