/** What the two halves of a viewer page know of each other: the scene starts while the session connects. */

import type { Viewer } from "../scene/viewer";
import type { Workspace } from "../state/workspace";
import { Store } from "../state/store";
import type { Headset } from "../xr/headset";

/** One workspace's running scene. */
export interface Seat {
  /** null: not started yet, or gone. */
  readonly viewer: Store<Viewer | null>;
  readonly headset: Store<Headset | null>;
}

const seats = new WeakMap<Workspace, Seat>();

/** The seat of a workspace; the same one for both halves. */
export function seatOf(workspace: Workspace): Seat {
  let seat = seats.get(workspace);
  if (!seat) {
    seat = { viewer: new Store<Viewer | null>(null), headset: new Store<Headset | null>(null) };
    seats.set(workspace, seat);
  }
  return seat;
}
