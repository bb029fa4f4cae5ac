/** Painting visibility down the eyes: one press, any number of rows, one step to undo. */

import type { Commands } from "../../../state/commands";
import { RangeSet } from "../../../state/ranges";

/** One drag over the eyes. */
export class EyePaint {
  private readonly commands: Commands;
  private readonly hide: boolean;
  private painted = RangeSet.empty;
  private applied = false;

  /** hide: what the first eye did, and all others do, too. */
  constructor(commands: Commands, hide: boolean) {
    this.commands = commands;
    this.hide = hide;
  }

  /** Takes more rows over; what was done so far and this become one step. */
  add(ranges: RangeSet): void {
    const next = this.painted.union(ranges);
    if (next.equals(this.painted)) return;
    if (this.applied) this.commands.undo();
    const before = this.commands.history.get().length;
    this.commands.run(this.hide ? "visibility.hide" : "visibility.show", { ranges: next });
    // Nothing to do for these rows makes no step; then there is nothing to take back either.
    this.applied = this.commands.history.get().length !== before;
    this.painted = next;
  }
}
