/** The saved view that is on the screen, where it leads back to, and what of a view is restored. */

import type { Viewpoint } from "../../protocol/viewpoint";
import type { RangeSet } from "../ranges";
import { Store } from "../store";

/** What restoring a view touches; the rest is always restored. Remembered. */
export interface ViewChoice {
  readonly camera: boolean;
  readonly sections: boolean;
  readonly visibility: boolean;
}

/** A view that was restored. */
export interface ActiveView {
  /** null: it came with a link and was not saved. */
  readonly id: string | null;
  readonly name: string;
  /** What was on the screen before. */
  readonly before: Viewpoint;
  /** Occurrences that did not exist when the view was made. */
  readonly newer: RangeSet;
}

/** A saved view as lists show it. */
export interface SavedView {
  readonly id: string;
  readonly name: string;
  readonly folder: string;
  /** Address of its picture; left out: it has none. */
  readonly thumbnail?: string;
}

export interface Viewing {
  readonly activeView: Store<ActiveView | null>;
  readonly viewChoice: Store<ViewChoice>;
  /** The asset's views in the order of the agenda; null: not fetched yet. */
  readonly savedViews: Store<readonly SavedView[] | null>;
}

export const WHOLE_VIEW: ViewChoice = { camera: true, sections: true, visibility: true };

export function createViewing(): Viewing {
  return {
    activeView: new Store<ActiveView | null>(null),
    viewChoice: new Store(WHOLE_VIEW),
    savedViews: new Store<readonly SavedView[] | null>(null),
  };
}

/** As when a model is put on the table. */
export function resetViewing(state: Viewing): void {
  state.activeView.set(null);
}

/** A choice as it was kept; what is missing is restored. */
export function readViewChoice(kept: unknown): ViewChoice {
  const raw: Readonly<Record<string, unknown>> =
    typeof kept === "object" && kept !== null ? Object.fromEntries(Object.entries(kept)) : {};
  return {
    camera: raw["camera"] !== false,
    sections: raw["sections"] !== false,
    visibility: raw["visibility"] !== false,
  };
}
