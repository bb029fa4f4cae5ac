/** Two hands pulling: how far parts explode, and how much of which revision is seen. Metres of the user. */

import type { Vec3 } from "../../state/model";

/** Hands this much farther apart than when they took hold pull parts apart all the way. */
const FULL_PULL_M = 0.6;
/** Revisions nearer than this lie in one another, and their distance fades from one into the other. */
export const TOGETHER_M = 0.1;
/** At this distance the new one is alone. */
const MET_M = 0.02;

export function apart(a: Vec3, b: Vec3): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** 0 to 1. before: what it was when the hands took hold, `from` metres apart. */
export function pulledAmount(before: number, from: number, now: number): number {
  return Math.min(1, Math.max(0, before + (now - from) / FULL_PULL_M));
}

/** How two revisions that are held are drawn. */
export interface CrossFade {
  /** Each stands where its hand holds it; else they lie in one another. */
  readonly aside: boolean;
  /** How much of each is seen, 0 to 1. */
  readonly old: number;
  readonly new: number;
}

/** distance: from the new one to where the old one is held. */
export function crossFade(distance: number): CrossFade {
  if (distance > TOGETHER_M) return { aside: true, old: 1, new: 1 };
  const old = Math.min(1, Math.max(0, (distance - MET_M) / (TOGETHER_M - MET_M)));
  return { aside: false, old, new: 1 - old };
}
