/** Issues and comments on the model: their pins, which of them are shown, and what is about to be pinned. */

import type { Vec3 } from "../model";
import { Store } from "../store";

export const CATEGORIES = ["open", "in_progress", "resolved", "closed"] as const;
export type Category = (typeof CATEGORIES)[number];
/** What became of a place on this revision; pending: nobody looked yet. */
export type PinState = "placed" | "moved" | "geometry_changed" | "detached" | "pending" | "failed";

/** Something that has a place on the revision on the table. */
export interface Pin {
  /** Of the issue or the comment. */
  readonly id: string;
  readonly kind: "issue" | "comment";
  /** Of an issue; 0 of a comment. */
  readonly number: number;
  readonly title: string;
  readonly status: string;
  /** Of a comment: open. */
  readonly category: Category;
  readonly blocking: boolean;
  readonly assigneeId: string | null;
  /** Stable id of the part. */
  readonly part: string;
  /** The part, or -1 when it is not on the table. */
  readonly occurrence: number;
  /** Absolute metres, y up, unexploded; where it stood last when it is detached. */
  readonly place: Vec3;
  readonly state: PinState;
  /** How far it moved with its part. */
  readonly distance_m: number;
}

/** Which pins are drawn and which issues are listed. */
export interface PinFilter {
  /** Only these; empty: every one that is not closed. */
  readonly categories: readonly Category[];
  /** Only those assigned to me. */
  readonly mine: boolean;
  /** Only places of which this became. */
  readonly state: PinState | null;
}

/** What the next press on a part is for. */
export type PinTask =
  | { readonly kind: "issue" | "comment" }
  /** Another place for an issue that lost its own. */
  | { readonly kind: "move"; readonly issueId: string; readonly number: number };

/** A place on the model that was pressed. */
export interface PinPlace {
  readonly part: string;
  readonly occurrence: number;
  /** Absolute metres, y up, unexploded. */
  readonly position: Vec3;
  /** Unit, out of the material. */
  readonly normal: Vec3;
  /** CSS pixels in the canvas, when it was pressed. */
  readonly screen: { readonly x: number; readonly y: number };
}

/** Pins that stand on one another, as a list at a place of the canvas; CSS pixels. */
export interface PinStack {
  readonly x: number;
  readonly y: number;
  readonly ids: readonly string[];
}

export interface Issuing {
  readonly pins: Store<readonly Pin[]>;
  /** Off: the picture shows none of them, and a chip says so. */
  readonly pinsShown: Store<boolean>;
  readonly pinFilter: Store<PinFilter>;
  /** Whoever looks, for "mine". */
  readonly pinMe: Store<string | null>;
  /** The issue or comment that is looked at. */
  readonly chosenPin: Store<string | null>;
  readonly pinTask: Store<PinTask | null>;
  /** Where the task was pressed last; what is written is about this. */
  readonly pinPlace: Store<PinPlace | null>;
  readonly pinStack: Store<PinStack | null>;
  /** Issues and comments that were written here and did not arrive yet. */
  readonly issuesWaiting: Store<number>;
}

export const EVERY_PIN: PinFilter = { categories: [], mine: false, state: null };

export function createIssuing(): Issuing {
  return {
    pins: new Store<readonly Pin[]>([]),
    pinsShown: new Store(true),
    pinFilter: new Store<PinFilter>(EVERY_PIN),
    pinMe: new Store<string | null>(null),
    chosenPin: new Store<string | null>(null),
    pinTask: new Store<PinTask | null>(null),
    pinPlace: new Store<PinPlace | null>(null),
    pinStack: new Store<PinStack | null>(null),
    issuesWaiting: new Store(0),
  };
}

/** What filters look at. */
export interface Filtered {
  readonly category: Category;
  readonly assigneeId: string | null;
  readonly state: PinState | null;
}

/** Whether a filter lets something through. me: whoever looks. */
export function fitsFilter(
  { category, assigneeId, state }: Filtered,
  { categories, mine, state: wanted }: PinFilter,
  me: string | null,
): boolean {
  if (categories.length === 0 ? category === "closed" : !categories.includes(category))
    return false;
  if (mine && (me === null || assigneeId !== me)) return false;
  return wanted === null || state === wanted;
}

/** The pins to draw: a place that is lost has none on this revision. */
export function drawnPins(state: Issuing): readonly Pin[] {
  if (!state.pinsShown.get()) return [];
  const filter = state.pinFilter.get();
  const me = state.pinMe.get();
  return state.pins.get().filter((pin) => pin.state !== "detached" && fitsFilter(pin, filter, me));
}

/** As when a model is put on the table. */
export function resetIssuing(state: Issuing): void {
  state.pinTask.set(null);
  state.pinPlace.set(null);
  state.pinStack.set(null);
}
