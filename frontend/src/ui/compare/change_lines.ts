/** The lines of the changes panel: a head for each state, below it the stops of the tour that stand out. */

import { type Comparison, unchangedCount } from "../../state/areas/comparing";
import {
  CHANGE_STATES,
  type ChangeState,
  type ChangeStop,
  REAL_CHANGES,
  type RealChange,
  stateOf,
} from "../../state/changes";

export type ChangeLine =
  | {
      readonly kind: "group";
      readonly state: ChangeState;
      /** Occurrences, a pair once. */
      readonly count: number;
    }
  | { readonly kind: "stop"; readonly stop: ChangeStop };

type Ready = Extract<Comparison, { readonly state: "ready" }>;

/** The kinds that a state sums up. */
export function kindsOf(state: ChangeState): readonly RealChange[] {
  return REAL_CHANGES.filter((kind) => stateOf(kind) === state);
}

/** Every state has its head, also one without changes. */
export function changeLines(result: Ready, kinds: readonly RealChange[]): readonly ChangeLine[] {
  const stops = new Map<ChangeState, ChangeLine[]>(CHANGE_STATES.map((state) => [state, []]));
  for (const stop of result.stops)
    if (kinds.includes(stop.kind)) stops.get(stateOf(stop.kind))?.push({ kind: "stop", stop });
  return CHANGE_STATES.flatMap((state): ChangeLine[] => [
    { kind: "group", state, count: countOf(result, state) },
    ...(stops.get(state) ?? []),
  ]);
}

function countOf(result: Ready, state: ChangeState): number {
  if (state === "unchanged") return unchangedCount(result.columns);
  return kindsOf(state).reduce((sum, kind) => sum + (result.counts[kind] ?? 0), 0);
}
