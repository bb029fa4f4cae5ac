/** What of the model is shown: hidden, isolated, ghosted. Scene state: mine, or the room's in a session. */

import type { Structure } from "../model";
import { RangeSet, type Range } from "../ranges";
import { Store } from "../store";

export interface Showing {
  readonly hidden: Store<RangeSet>;
  /** `hidden` is the rest of an isolation. */
  readonly isolated: Store<boolean>;
  readonly ghosted: Store<RangeSet>;
}

export function createShowing(): Showing {
  return {
    hidden: new Store(RangeSet.empty),
    isolated: new Store(false),
    ghosted: new Store(RangeSet.empty),
  };
}

/** As when a model is put on the table: what the file hides is hidden. */
export function resetShowing(state: Showing, structure: Structure): void {
  state.hidden.set(structure.hiddenByFile);
  state.isolated.set(false);
  state.ghosted.set(RangeSet.empty);
}

export interface CapturedShowing {
  readonly hidden: readonly Range[];
  readonly isolated: boolean;
  readonly ghosted: readonly Range[];
}

export function captureShowing(state: Showing): CapturedShowing {
  return {
    hidden: state.hidden.get().toJSON(),
    isolated: state.isolated.get(),
    ghosted: state.ghosted.get().toJSON(),
  };
}

/** Takes over what `captureShowing` gave; whatever does not fit counts as nothing hidden. */
export function restoreShowing(state: Showing, value: unknown): void {
  const said: Readonly<Record<string, unknown>> =
    typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
  // isolated first: whoever watches `hidden` then reads the pair as it belongs together.
  state.isolated.set(said["isolated"] === true);
  state.hidden.set(RangeSet.parse(said["hidden"]));
  state.ghosted.set(RangeSet.parse(said["ghosted"]));
}
