/** The verbs for what is selected, whichever revision on the table it belongs to: for keys, menus and the bar. */

import { type LayerModel, type LayerRanges, shownPartsOf } from "./areas/layer_parts";
import type { Commands } from "./commands";
import { RangeSet } from "./ranges";
import type { Workspace } from "./workspace";

/** Hides what is selected. */
export function hideSelected(commands: Commands, workspace: Workspace): void {
  const { revision, ranges } = selectedIn(workspace);
  if (ranges.isEmpty) return;
  if (revision === null) commands.run("visibility.hide", { ranges });
  else commands.run("layer.hideParts", { revision, ranges });
}

/** Hides the rest of the revision that the selection belongs to. */
export function isolateSelected(commands: Commands, workspace: Workspace): void {
  const { revision, ranges } = selectedIn(workspace);
  if (ranges.isEmpty) return;
  if (revision === null) commands.run("visibility.isolate", { ranges });
  else commands.run("layer.isolateParts", { revision, ranges });
}

/** Frames what is selected, or everything. */
export function fitSelected(commands: Commands, workspace: Workspace): void {
  const { revision, ranges } = selectedIn(workspace);
  if (ranges.isEmpty) commands.run("camera.fitAll");
  else if (revision === null) commands.run("camera.fit", { ranges });
  else commands.run("layer.fit", { revision, ranges });
}

/** Ghosts the rest of the revision that the selection belongs to; again, or with nothing selected: ends ghosting. */
export function ghostOthers(commands: Commands, workspace: Workspace): void {
  const { revision, ranges } = selectedIn(workspace);
  const structure = structureOf(workspace, revision);
  if (!structure) return;
  const others = ranges.invert(structure.occurrenceCount);
  const now = revision === null ? workspace.ghosted.get() : ghostsOf(workspace, revision);
  const wanted = ranges.isEmpty || now.equals(others) ? RangeSet.empty : others;
  if (revision === null) commands.run("visibility.ghost", { ranges: wanted });
  else commands.run("layer.ghostParts", { revision, ranges: wanted });
}

/** Ghosts some parts of a layer beside those that are ghosts; when all of them are, makes them solid again. */
export function toggleLayerGhost(
  commands: Commands,
  workspace: Workspace,
  { revisionId: revision, ranges }: LayerRanges,
): void {
  const now = ghostsOf(workspace, revision);
  const next = now.contains(ranges) ? now.minus(ranges) : now.union(ranges);
  commands.run("layer.ghostParts", { revision, ranges: next });
}

/** Rows from the root to the one that a selection is, by name; empty when it is not one row. */
export function pathOf({ structure }: LayerModel, ranges: RangeSet): readonly number[] {
  const row = structure.rowOfSet(ranges);
  return row < 0 ? [] : structure.path(row);
}

/** What is selected; revision null: of the active one. */
function selectedIn(workspace: Workspace): { revision: string | null; ranges: RangeSet } {
  const other = workspace.layerSelection.get();
  if (other) return { revision: other.revisionId, ranges: other.ranges };
  return { revision: null, ranges: workspace.selection.get() };
}

function structureOf(workspace: Workspace, revision: string | null) {
  if (revision === null) return workspace.structure.get();
  return workspace.layerModels.get().get(revision)?.structure ?? null;
}

function ghostsOf(workspace: Workspace, revision: string): RangeSet {
  return shownPartsOf(workspace, revision).ghosted;
}
