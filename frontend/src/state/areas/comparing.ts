/** Comparing the revision on the table, the new one, with an older one: what is asked for, and what came of it. */

import {
  CHANGE_KINDS,
  REAL_CHANGES,
  type ChangeColumns,
  type ChangeStop,
  type RealChange,
} from "../changes";
import { Store } from "../store";
import type { CameraPose } from "../workspace";

export const COMPARE_MODES = ["overlay", "slider", "side_by_side", "only_changes"] as const;
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
  /** Changed shapes in the colours of how far they were displaced. */
  readonly heat: boolean;
  /** Metres of displacement that count as none. */
  readonly tolerance_m: number;
  /** Where the old revision is looked at from, side by side; null: from where the new one is. */
  readonly oldCamera: CameraPose | null;
  /** Stop of the tour that is looked at. */
  readonly stop: number | null;
}

/** 0.01 mm: what numbers show at first. */
export const USUAL_TOLERANCE_M = 1e-5;
export const MOST_TOLERANCE_M = 1;

/** With this unit and axis, which its file does not say, one revision would be as large as the other. */
export interface UnitHint {
  readonly side: "from" | "to";
  readonly unit: string | null;
  readonly up_axis: "y" | "z" | null;
}

/** What came of it. */
export type Comparison =
  | {
      readonly state: "computing";
      readonly sinceMs: number;
      /** 0 to 1, roughly; null: not known. */
      readonly progress: number | null;
    }
  | {
      readonly state: "failed";
      /** The server's code, for words of our own. */
      readonly code: string;
      readonly detail: string;
      readonly remedy: string | null;
      /** How the conversion of a revision without a scene stands; null when that is not what failed. */
      readonly conversion: string | null;
    }
  | {
      readonly state: "ready";
      /** Occurrences of each kind; a pair once. */
      readonly counts: Readonly<Record<string, number>>;
      /** Changes found by name or shape only, or seen through triangles. */
      readonly approximate: number;
      readonly unchecked: number;
      readonly hint?: UnitHint;
      readonly stops: readonly ChangeStop[];
      /** Stops there are: more than are here while they are on their way, or when there are too many. */
      readonly stopCount: number;
      readonly columns: ChangeColumns;
    };

/** How far the surface of a changed part was displaced. */
export interface PartHeat {
  /** Number of the part in the new revision. */
  readonly part: number;
  /** (4 × n) points in the part's frame, metres, and how far each lies from the old surface, outwards positive. */
  readonly points: Float32Array;
}

/** What is there to be shown of displacements. */
export interface Heats {
  readonly state: "loading" | "ready" | "failed";
  readonly parts: readonly PartHeat[];
  /** Metres, of all of them. */
  readonly least: number;
  readonly greatest: number;
  /** Changed parts without one: no triangles, too large, or beyond the first ones. */
  readonly without: number;
}

export interface ComparingState {
  readonly comparing: Store<Comparing | null>;
  readonly comparison: Store<Comparison | null>;
  /** The old revision alone, for as long as a key is held. */
  readonly blinking: Store<boolean>;
  readonly heats: Store<Heats | null>;
  /** Side by side: the part of the old revision under the pointer. */
  readonly hoverOld: Store<number | null>;
  /** What the revision on the table can be compared with, to name it. */
  readonly comparable: Store<readonly { readonly id: string; readonly label: string }[]>;
  /** Stops that were looked at, by number; mine, and only here. */
  readonly viewedStops: Store<ReadonlySet<number>>;
}

export function createComparing(): ComparingState {
  return {
    comparing: new Store<Comparing | null>(null),
    comparison: new Store<Comparison | null>(null),
    blinking: new Store(false),
    heats: new Store<Heats | null>(null),
    hoverOld: new Store<number | null>(null),
    comparable: new Store<readonly { readonly id: string; readonly label: string }[]>([]),
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
    heat: false,
    tolerance_m: USUAL_TOLERANCE_M,
    oldCamera: null,
    stop: null,
  };
}

/** What a viewpoint keeps. */
export type ComparingView = Omit<Comparing, "label">;

export function captureComparing({ comparing }: ComparingState): ComparingView | null {
  const now = comparing.get();
  if (!now) return null;
  const { label: _label, ...view } = now;
  return view;
}

/** Shows what was kept; null: nothing is compared. What is shown already stays the same object. */
export function restoreComparing(state: ComparingState, view: ComparingView | null): void {
  const now = state.comparing.get();
  if (!view) return state.comparing.set(null);
  const { kinds, slider, tolerance_m } = view;
  const next: Comparing = {
    ...view,
    label: state.comparable.get().find(({ id }) => id === view.revisionId)?.label ?? "…",
    kinds: REAL_CHANGES.filter((kind) => kinds.includes(kind)),
    slider: Math.min(1, Math.max(0, slider)),
    tolerance_m: Math.min(MOST_TOLERANCE_M, Math.max(0, tolerance_m)),
  };
  if (JSON.stringify(now) !== JSON.stringify(next)) state.comparing.set(next);
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
