/** A conversion in words and one number that never goes back (UX.md §1.4). */

import type { Revision, RevisionState } from "../../api/types";
import { isMessageKey, t } from "../../state/messages";

/** The phases that a converting revision passes, in order. */
export const PHASES = ["reading", "tessellating", "optimising", "publishing"] as const;
export type Phase = (typeof PHASES)[number];

/** Share of the whole that each phase takes, as measured on assemblies of STEP; sums to 1. */
const WEIGHT: Readonly<Record<Phase, number>> = {
  reading: 0.3,
  tessellating: 0.4,
  optimising: 0.25,
  publishing: 0.05,
};

/** How the rows of uploads are told apart. */
export type RowState = "uploading" | "queued" | "converting" | "ready" | "failed" | "cancelled";

export function rowState(state: RevisionState): RowState {
  return isPhase(state) ? "converting" : state;
}

function isPhase(state: string): state is Phase {
  return PHASES.some((phase) => phase === state);
}

/** Whether it still changes by itself. */
export function isUnderWay(state: RevisionState): boolean {
  return state === "queued" || isPhase(state);
}

/** 0 to 1 over all phases. */
export function conversionFraction(revision: Pick<Revision, "state" | "progress">): number {
  if (revision.state === "ready") return 1;
  if (!isPhase(revision.state)) return 0;
  let before = 0;
  for (const phase of PHASES) {
    if (phase === revision.state)
      return before + WEIGHT[phase] * Math.min(1, Math.max(0, revision.progress.fraction));
    before += WEIGHT[phase];
  }
  return before;
}

/** Each phase with its own share done. */
export function phases(
  revision: Pick<Revision, "state" | "progress">,
): { phase: Phase; fraction: number; current: boolean }[] {
  const current = PHASES.findIndex((phase) => phase === revision.state);
  return PHASES.map((phase, index) => ({
    phase,
    current: index === current,
    fraction: index < current ? 1 : index === current ? revision.progress.fraction : 0,
  }));
}

/** A state or phase in the user's words. */
export function stageName(state: string): string {
  const key = `stage.${state}`;
  return isMessageKey(key) ? t(key) : state;
}

/**
 * Keeps what is shown of a revision from going back: news may arrive out of order, by event and by
 * an answer that was already on its way.
 */
export function newer(shown: Revision | undefined, news: Revision): Revision {
  if (!shown) return news;
  // A retry starts over, on purpose.
  if (!isUnderWay(shown.state) || !isUnderWay(news.state)) return news;
  if (shown.state !== "queued" && news.state === "queued") return news;
  return conversionFraction(news) >= conversionFraction(shown) ? news : shown;
}
