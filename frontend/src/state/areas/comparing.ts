/** Comparing the revision on the table, the new one, with an older one: what is asked for, and what came of it. */

import {
  CHANGE_KINDS,
  REAL_CHANGES,
  type ChangeColumns,
  type ChangeStop,
  type RealChange,
} from "../changes";
import { Store } from "../store";

export const COMPARE_MODES = ["overlay", "slider", "only_changes"] as const;
export type CompareMode = (typeof COMPARE_MODES)[number];
/** patterns: all that changed in one colour, told apart by patterns and badges alone. */
export const COMPARE_PALETTES = ["usual", "patterns"] as const;
export type ComparePalette = (typeof COMPARE_PALETTES)[number];

/** What is compared, and how it is shown. */
export interface Comparing {
  /** The old revision. */
  readonly revisionId: string;
  readonly label: string;
  readonly mode: CompareMode;
  /** 0 to 1: how much of the picture's width shows the old revision, from the left. */
  readonly slider: number;
  /** Which changes stand out. */
  readonly kinds: readonly RealChange[];
  readonly palette: ComparePalette;
  /** Stop of the tour that is looked at. */
  readonly stop: number | null;
}

/** What came of it. */
export type Comparison =
  | { readonly state: "computing"; readonly sinceMs: number }
  | {
      readonly state: "failed";
      /** The server's code, for words of our own. */
      readonly code: string;
      readonly detail: string;
      readonly remedy: string | null;
    }
  | {
      readonly state: "ready";
      /** Occurrences of each kind; a pair once. */
      readonly counts: Readonly<Record<string, number>>;
      /** Changes found by name or shape only, or seen through triangles. */
      readonly approximate: number;
      readonly unchecked: number;
      readonly stops: readonly ChangeStop[];
      readonly columns: ChangeColumns;
    };

export interface ComparingState {
  readonly comparing: Store<Comparing | null>;
  readonly comparison: Store<Comparison | null>;
  /** The old revision alone, for as long as a key is held. */
  readonly blinking: Store<boolean>;
  /** Stops that were looked at, by number; mine, and only here. */
  readonly viewedStops: Store<ReadonlySet<number>>;
}

export function createComparing(): ComparingState {
  return {
    comparing: new Store<Comparing | null>(null),
    comparison: new Store<Comparison | null>(null),
    blinking: new Store(false),
    viewedStops: new Store<ReadonlySet<number>>(new Set()),
  };
}

/** As a comparison begins. */
export function plainComparing(revisionId: string, label: string): Comparing {
  return {
    revisionId,
    label,
    mode: "overlay",
    slider: 0.5,
    kinds: REAL_CHANGES,
    palette: "usual",
    stop: null,
  };
}

/** How many occurrences did not change at all: of the new revision, as its column says. */
export function unchangedCount({ to }: ChangeColumns): number {
  const unchanged = CHANGE_KINDS.indexOf("unchanged");
  let count = 0;
  for (const code of to) if (code === unchanged) count += 1;
  return count;
}

/** The stops whose kind stands out, in the order of the tour. */
export function shownStops(comparing: Comparing, comparison: Comparison): readonly ChangeStop[] {
  if (comparison.state !== "ready") return [];
  return comparison.stops.filter(({ kind }) => comparing.kinds.includes(kind));
}
