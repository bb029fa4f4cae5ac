/** Selecting, and keeping sets of parts. */

import { type ShownParts, shownPartsOf } from "../areas/layer_parts";
import type { PartSet } from "../areas/selecting";
import type { Commands, Inverse } from "../commands";
import type { SelectionMode } from "../commands/selection";
import { type EntityRef, sameEntity } from "../entities";
import type { Structure } from "../model";
import { alikeSet, parentSet } from "../selection_levels";
import { RangeSet } from "../ranges";
import type { Workspace } from "../workspace";

/** `newId` makes ids that nobody else makes. */
export function performSelection(
  workspace: Workspace,
  commands: Commands,
  newId: () => string,
): void {
  const { selection, selectedEntities, selectionLevel, structure, hidden, sets } = workspace;
  const { layerModels, layerSelection } = workspace;

  /** Parts are selected: no face or body is, any more. */
  const select = (ranges: RangeSet): void => {
    if (selectedEntities.get().length > 0) selectedEntities.set([]);
    if (!ranges.equals(selection.get())) selection.set(ranges);
  };

  commands.register("selection.set", ({ ranges, mode }) =>
    select(combined(selection.get(), ranges, mode)),
  );
  /** The same within another revision, when its parts are selected; false when none are. */
  const inLayer = (find: (model: Structure, ranges: RangeSet, shown: ShownParts) => RangeSet) => {
    const now = layerSelection.get();
    const model = now && layerModels.get().get(now.revisionId)?.structure;
    if (!now || !model) return false;
    const ranges = find(model, now.ranges, shownPartsOf(workspace, now.revisionId));
    layerSelection.set(ranges.isEmpty ? null : { ...now, ranges });
    return true;
  };

  commands.register("selection.clear", () => {
    select(RangeSet.empty);
    layerSelection.set(null);
  });
  commands.register("selection.parent", () => {
    if (inLayer(parentSet)) return;
    const model = structure.get();
    if (!model || selection.get().isEmpty) return;
    // From a face or body the next larger thing is its part.
    if (selectedEntities.get().length > 0) selectedEntities.set([]);
    else select(parentSet(model, selection.get()));
  });
  commands.register("selection.identical", () => {
    if (inLayer((model, ranges) => alikeSet(model, ranges, "part"))) return;
    const model = structure.get();
    if (model && !selection.get().isEmpty) select(alikeSet(model, selection.get(), "part"));
  });
  commands.register("selection.alike", ({ by }) => {
    if (inLayer((model, ranges) => alikeSet(model, ranges, by))) return;
    const model = structure.get();
    if (model && !selection.get().isEmpty) select(alikeSet(model, selection.get(), by));
  });
  commands.register("selection.invert", () => {
    if (inLayer((model, ranges, { hidden: off }) => model.all().minus(off).minus(ranges))) return;
    const model = structure.get();
    // What is hidden cannot be seen, so it is not what somebody wants instead.
    if (model) select(model.all().minus(hidden.get()).minus(selection.get()));
  });
  commands.register("selection.visible", () => {
    if (inLayer((model, _ranges, { hidden: off }) => model.all().minus(off))) return;
    const model = structure.get();
    if (model) select(model.all().minus(hidden.get()));
  });
  commands.register("selection.level", ({ level }) => selectionLevel.set(level));
  commands.register("selection.entities", ({ entities, mode }) => {
    const next = combinedEntities(selectedEntities.get(), entities, mode);
    selection.set(RangeSet.from(next.map(({ occurrence }) => occurrence)));
    selectedEntities.set(next);
  });

  const keep = (next: readonly PartSet[]): Inverse => {
    const before = sets.get();
    sets.set(next);
    return { undo: () => sets.set(before), redo: () => sets.set(next) };
  };
  commands.register("sets.save", ({ name, ranges }) => {
    if (ranges.isEmpty) return undefined;
    return keep([...sets.get(), { id: newId(), name, ranges }]);
  });
  commands.register("sets.rename", ({ id, name }) =>
    keep(sets.get().map((set) => (set.id === id ? { ...set, name } : set))),
  );
  commands.register("sets.remove", ({ id }) => keep(sets.get().filter((set) => set.id !== id)));
  // Brought back when a model is opened: nothing that somebody did, so nothing to undo.
  commands.register("sets.load", ({ sets: loaded }) => sets.set(loaded));
}

/** A selection after a click or drag in one of the modes. */
export function combined(now: RangeSet, ranges: RangeSet, mode: SelectionMode): RangeSet {
  switch (mode) {
    case "replace":
      return ranges;
    case "add":
      return now.union(ranges);
    case "remove":
      return now.minus(ranges);
    case "toggle":
      return now.contains(ranges) ? now.minus(ranges) : now.union(ranges);
  }
}

function combinedEntities(
  now: readonly EntityRef[],
  entities: readonly EntityRef[],
  mode: SelectionMode,
): readonly EntityRef[] {
  const isIn = (list: readonly EntityRef[], one: EntityRef): boolean =>
    list.some((other) => sameEntity(one, other));
  const rest = now.filter((one) => !isIn(entities, one));
  const all = entities.every((one) => isIn(now, one));
  if (mode === "replace") return entities;
  if (mode === "remove" || (mode === "toggle" && all)) return rest;
  return [...rest, ...entities];
}
