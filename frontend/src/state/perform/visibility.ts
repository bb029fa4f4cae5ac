/** Hiding, isolating and ghosting, with ways back that leave the changes of others alone. */

import type { Commands, Inverse } from "../commands";
import { RangeSet } from "../ranges";
import type { Store } from "../store";
import type { Workspace } from "../workspace";

/** A way back that restores only what this step changed, so that another person's later change stays. */
function change(
  store: Store<RangeSet>,
  added: RangeSet,
  removed: RangeSet,
): { undo(): void; redo(): void } {
  return {
    undo: () => store.update((now) => now.minus(added).union(removed)),
    redo: () => store.update((now) => now.union(added).minus(removed)),
  };
}

export function performVisibility(workspace: Workspace, commands: Commands): void {
  const { hidden, isolated, ghosted, selection } = workspace;

  const setHidden = (next: RangeSet, isolation: boolean): Inverse | undefined => {
    const before = hidden.get();
    const wasIsolated = isolated.get();
    if (next.equals(before) && isolation === wasIsolated) return undefined;
    const way = change(hidden, next.minus(before), before.minus(next));
    // isolated first: whoever watches `hidden` then reads the pair as it belongs together.
    isolated.set(isolation);
    hidden.set(next);
    return {
      undo: () => {
        isolated.set(wasIsolated);
        way.undo();
      },
      redo: () => {
        isolated.set(isolation);
        way.redo();
      },
    };
  };

  commands.register("visibility.hide", ({ ranges }) => {
    if (selection.get().meets(ranges)) selection.set(selection.get().minus(ranges));
    return setHidden(hidden.get().union(ranges), isolated.get());
  });
  commands.register("visibility.show", ({ ranges }) => {
    const next = hidden.get().minus(ranges);
    return setHidden(next, isolated.get() && !next.isEmpty);
  });
  commands.register("visibility.isolate", ({ ranges }) => {
    const structure = workspace.structure.get();
    if (!structure || ranges.isEmpty) return undefined;
    return setHidden(ranges.invert(structure.occurrenceCount), true);
  });
  commands.register("visibility.showAll", () => setHidden(RangeSet.empty, false));
  commands.register("visibility.ghost", ({ ranges }) => {
    const before = ghosted.get();
    if (ranges.equals(before)) return undefined;
    ghosted.set(ranges);
    return change(ghosted, ranges.minus(before), before.minus(ranges));
  });
}
