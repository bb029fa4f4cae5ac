/** Whose view is drawn as a pyramid: of few people everybody's, of many whom one looks for (UX.md §3.3). */

/** Above this many nobody's is drawn unasked: UX.md §3.2 has them off above six people. */
export const MOST_FRUSTA = 6;
/** Faint among others; strong where it says what I miss. */
export type FrustumLook = "none" | "faint" | "strong";

export interface Watching {
  /** Whom I follow; paused: I look around on my own meanwhile. */
  readonly following: { readonly slot: number; readonly paused: boolean } | null;
  /** Slot of who presents; null: nobody, or I. */
  readonly presenter: number | null;
}

/**
 * drawn: how many pyramids stand in this picture already. Whom I follow is never drawn, because I see through their
 * eyes; while I pause, or who presents while I look elsewhere, is always drawn, however many people are here.
 */
export function frustumLook(
  slot: number,
  { following, presenter }: Watching,
  drawn: number,
): FrustumLook {
  if (following?.slot === slot) return following.paused ? "strong" : "none";
  if (presenter === slot) return following !== null && !following.paused ? "none" : "strong";
  return drawn < MOST_FRUSTA ? "faint" : "none";
}
