/** How one of two compared revisions is drawn: by its codes, and on which side of the slider. */

import type { Comparing, Comparison, PartHeat } from "../state/areas/comparing";
import {
  CHANGE_COLOURS,
  CHANGE_INK,
  CHANGE_KINDS,
  type ChangeState,
  type RealChange,
  shownCodes,
} from "../state/changes";
import { HEAT_RAMP, heatReach } from "../state/heat_ramp";
import { RangeSet } from "../state/ranges";
import type { Theme, Workspace } from "../state/workspace";

/** UX.md §2.11: in *only changes* the rest is ghosted to 15 %. */
const UNCHANGED_ALPHA = 0.15;
/** UX.md §2.11. */
const REMOVED_ALPHA = 0.35;
/** Beyond the right edge of every picture. */
const NOWHERE = 2;

/** See the head of the file. */
export interface ComparedLook {
  /** (occurrences) what each shows, docs/formats/compare.md. */
  readonly codes: Uint8Array;
  /** sRGB `#rrggbb`. */
  readonly colours: Readonly<Record<ChangeState, string>>;
  readonly ink: string;
  readonly unchangedAlpha: number;
  /** What was removed, where it lies over the new revision; alone it is there. */
  readonly removedAlpha: number;
  /** How much of all of it is seen, 0 to 1. */
  readonly wholeAlpha: number;
  readonly patternsOnly: boolean;
  /** −1 to 1 over the picture. */
  readonly clipAt: number;
  /** 1: drawn right of it, −1: left of it, 0: everywhere. */
  readonly clipSide: -1 | 0 | 1;
}

/** What is known when a picture of a comparison is made. */
export interface ComparisonNow {
  readonly comparing: Comparing | null;
  readonly comparison: Comparison | null;
  readonly blinking: boolean;
  /** See `HandTooling.crossFade`. */
  readonly crossFade?: { readonly old: number; readonly new: number } | null;
  readonly theme: Theme;
}

export function comparisonNow(workspace: Workspace): ComparisonNow {
  return {
    comparing: workspace.comparing.get(),
    comparison: workspace.comparison.get(),
    blinking: workspace.blinking.get(),
    crossFade: workspace.crossFade.get(),
    theme: workspace.theme.get(),
  };
}

/** Displacements as they are shown. */
export interface HeatLook {
  readonly parts: readonly PartHeat[];
  readonly colours: readonly string[];
  /** Metres at both ends of the ramp. */
  readonly reach_m: number;
  readonly tolerance_m: number;
}

/** How far the new revision's changed parts were displaced; null while that is not shown. */
export function heatLook(workspace: Workspace): HeatLook | null {
  const heats = workspace.heats.get();
  const comparing = workspace.comparing.get();
  if (!comparing?.heat || !heats || heats.state === "loading" || heats.parts.length === 0)
    return null;
  return {
    parts: heats.parts,
    colours: HEAT_RAMP[workspace.theme.get()],
    reach_m: heatReach(heats.least, heats.greatest),
    tolerance_m: comparing.tolerance_m,
  };
}

/** The new revision, which is on the table; null while nothing is compared. */
export function lookOfNew(now: ComparisonNow): ComparedLook | null {
  const look = lookOf(now, "to");
  if (!look) return null;
  // Held back whole, not hidden: what is visible stays the person's own choice.
  // Side by side it gives way in its own half (ComparePanes).
  if (now.blinking && now.comparing?.mode !== "side_by_side")
    return { ...look, clipAt: NOWHERE, clipSide: 1 };
  return now.comparing?.mode === "slider" ? { ...look, clipSide: 1 } : look;
}

/** The old revision, which is laid into it. */
export function lookOfOld(now: ComparisonNow): ComparedLook | null {
  const look = lookOf(now, "from");
  if (!look || now.blinking) return look;
  return now.comparing?.mode === "slider" ? { ...look, clipSide: -1 } : look;
}

/** What the old revision does not show, besides what its file hides: beside the new one it shows what was removed. */
export function hiddenOfOld(now: ComparisonNow, look: ComparedLook): RangeSet {
  if (now.blinking || isApart(now)) return RangeSet.empty;
  return withoutCode(look.codes, CHANGE_KINDS.indexOf("removed"));
}

/** Whether both revisions are whole pictures, each in its own place. */
function isApart({ comparing }: ComparisonNow): boolean {
  return comparing?.mode === "slider" || comparing?.mode === "side_by_side";
}

function lookOf(now: ComparisonNow, side: "from" | "to"): ComparedLook | null {
  const { comparing, comparison, theme, blinking, crossFade = null } = now;
  if (!comparing || comparison?.state !== "ready") return null;
  return {
    codes: codesOf(comparison.columns[side], comparing.kinds),
    colours: CHANGE_COLOURS[theme],
    ink: CHANGE_INK[theme],
    unchangedAlpha: comparing.mode === "only_changes" ? UNCHANGED_ALPHA : 1,
    removedAlpha: blinking || isApart(now) ? 1 : REMOVED_ALPHA,
    wholeAlpha: crossFade?.[side === "to" ? "new" : "old"] ?? 1,
    patternsOnly: comparing.palette === "patterns",
    clipAt: comparing.slider * 2 - 1,
    clipSide: 0,
  };
}

const made = new WeakMap<
  Uint8Array,
  { readonly kinds: readonly RealChange[]; readonly codes: Uint8Array }
>();

/** The same array for the same question: a slider that is dragged asks with every move. */
function codesOf(column: Uint8Array, kinds: readonly RealChange[]): Uint8Array {
  const before = made.get(column);
  if (before?.kinds === kinds) return before.codes;
  const codes = shownCodes(column, kinds);
  made.set(column, { kinds, codes });
  return codes;
}

/** All numbers whose code is another one. */
function withoutCode(codes: Uint8Array, wanted: number): RangeSet {
  const runs: [number, number][] = [];
  let first = -1;
  for (let at = 0; at <= codes.length; at += 1) {
    const out = at < codes.length && codes[at] !== wanted;
    if (out && first < 0) first = at;
    if (!out && first >= 0) {
      runs.push([first, at - 1]);
      first = -1;
    }
  }
  return RangeSet.fromRanges(runs);
}

/** The numbers that changed, as ranges. */
export function changedOf({ codes }: ComparedLook): RangeSet {
  return withoutCode(codes, CHANGE_KINDS.indexOf("unchanged"));
}
