/** Selecting, hiding and ghosting parts of the other revisions on the table. */

import { type ShownParts, putShownParts, shownPartsOf } from "../areas/layer_parts";
import type { Commands, Inverse } from "../commands";
import { RangeSet } from "../ranges";
import type { Workspace } from "../workspace";
import { combined } from "./selection";

export function performLayerParts(workspace: Workspace, commands: Commands): void {
  const { layers, layerHover, layerModels, layerSelection, selection } = workspace;

  // One revision at a time: each verb then knows whose numbers it is given.
  selection.subscribe((now) => {
    if (!now.isEmpty) layerSelection.set(null);
  });
  layerSelection.subscribe((now) => {
    if (!now) return;
    workspace.selectedEntities.set([]);
    selection.set(RangeSet.empty);
  });
  // What is taken away is neither selected nor pointed at.
  layers.subscribe((now) => {
    const gone = (revision: string | undefined): boolean =>
      revision !== undefined && !now.some(({ revisionId }) => revisionId === revision);
    if (gone(layerSelection.get()?.revisionId)) layerSelection.set(null);
    if (gone(layerHover.get()?.revisionId)) layerHover.set(null);
  });

  const change = (revision: string, next: ShownParts): Inverse | undefined => {
    const before = workspace.layerParts.get().get(revision) ?? null;
    if (JSON.stringify(shownPartsOf(workspace, revision)) === JSON.stringify(next))
      return undefined;
    const put = (parts: ShownParts | null) => () => putShownParts(workspace, revision, parts);
    put(next)();
    return { undo: put(before), redo: put(next) };
  };
  const select = (revisionId: string, ranges: RangeSet): void =>
    layerSelection.set(ranges.isEmpty ? null : { revisionId, ranges });

  commands.register("layer.select", ({ revision, ranges, mode }) => {
    const now = layerSelection.get();
    const own = now?.revisionId === revision ? now.ranges : RangeSet.empty;
    select(revision, combined(own, ranges, mode));
  });
  commands.register("layer.hideParts", ({ revision, ranges }) => {
    const now = shownPartsOf(workspace, revision);
    const chosen = layerSelection.get();
    if (chosen?.revisionId === revision) select(revision, chosen.ranges.minus(ranges));
    return change(revision, { ...now, hidden: now.hidden.union(ranges) });
  });
  commands.register("layer.showParts", ({ revision, ranges }) => {
    const now = shownPartsOf(workspace, revision);
    const hidden = now.hidden.minus(ranges);
    return change(revision, { ...now, hidden, isolated: now.isolated && !hidden.isEmpty });
  });
  commands.register("layer.isolateParts", ({ revision, ranges }) => {
    const structure = layerModels.get().get(revision)?.structure;
    if (!structure || ranges.isEmpty) return undefined;
    const hidden = ranges.invert(structure.occurrenceCount);
    return change(revision, { ...shownPartsOf(workspace, revision), hidden, isolated: true });
  });
  commands.register("layer.ghostParts", ({ revision, ranges }) =>
    change(revision, { ...shownPartsOf(workspace, revision), ghosted: ranges }),
  );
  commands.register("layer.showAllParts", ({ revision }) =>
    change(revision, {
      ...shownPartsOf(workspace, revision),
      hidden: RangeSet.empty,
      isolated: false,
    }),
  );
}
