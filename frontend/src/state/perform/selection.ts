/** Selecting. */

import type { Commands } from "../commands";
import { RangeSet } from "../ranges";
import type { Workspace } from "../workspace";

export function performSelection(workspace: Workspace, commands: Commands): void {
  const { selection } = workspace;
  commands.register("selection.set", ({ ranges, mode }) => {
    const current = selection.get();
    const next = {
      replace: (): RangeSet => ranges,
      add: (): RangeSet => current.union(ranges),
      remove: (): RangeSet => current.minus(ranges),
      toggle: (): RangeSet =>
        current.contains(ranges) ? current.minus(ranges) : current.union(ranges),
    }[mode]();
    if (!next.equals(current)) selection.set(next);
  });
  commands.register("selection.clear", () => selection.set(RangeSet.empty));
  commands.register("selection.parent", () => {
    const structure = workspace.structure.get();
    const first = selection.get().first;
    if (!structure || first === null) return;
    // The nearest ancestor that holds more than what is selected already.
    let row = structure.rowOfOccurrence(first);
    while (row >= 0) {
      const under = structure.occurrencesUnder(row);
      if (under.size > selection.get().size && under.contains(selection.get())) {
        selection.set(under);
        return;
      }
      row = structure.parent(row);
    }
  });
  commands.register("selection.identical", () => {
    const structure = workspace.structure.get();
    const first = selection.get().first;
    if (structure && first !== null) selection.set(structure.identical(first));
  });
}
