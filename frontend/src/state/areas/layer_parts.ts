/**
 * Parts of the other revisions on the table: which are selected, pointed at, hidden or ghosted. Each revision numbers
 * its own parts, so that ranges here always go with a revision; `selection` and `hidden` are those of the active one.
 */

import { type Manifest, type Structure, structureHash } from "../model";
import { RangeSet } from "../ranges";
import { Store } from "../store";

/** Parts of one revision. */
export interface LayerRanges {
  readonly revisionId: string;
  readonly ranges: RangeSet;
}

/** What of one revision is not shown as its file says. */
export interface ShownParts {
  readonly hidden: RangeSet;
  /** `hidden` is the rest of an isolation. */
  readonly isolated: boolean;
  readonly ghosted: RangeSet;
  /** sha256 of the structure whose numbers these are; null: not known. */
  readonly structure: string | null;
}

/** What is read of a revision beside the active one, once it is here. */
export interface LayerModel {
  readonly manifest: Manifest;
  readonly structure: Structure;
}

export interface LayerParting {
  /** What is selected when nothing of the active revision is: parts of one other revision, never of two. */
  readonly layerSelection: Store<LayerRanges | null>;
  readonly layerHover: Store<{ readonly revisionId: string; readonly occurrence: number } | null>;
  /** By revision; none: as the file says. Kept of one that is taken away, so that bringing it back brings this back. */
  readonly layerParts: Store<ReadonlyMap<string, ShownParts>>;
  readonly layerModels: Store<ReadonlyMap<string, LayerModel>>;
}

export function createLayerParting(): LayerParting {
  return {
    layerSelection: new Store<LayerRanges | null>(null),
    layerHover: new Store<{ revisionId: string; occurrence: number } | null>(null),
    layerParts: new Store<ReadonlyMap<string, ShownParts>>(new Map()),
    layerModels: new Store<ReadonlyMap<string, LayerModel>>(new Map()),
  };
}

/** As when a model is put on the table. */
export function resetLayerParting(state: LayerParting): void {
  state.layerSelection.set(null);
  state.layerHover.set(null);
  state.layerParts.set(new Map());
}

/** What of a revision is not shown; as its file says where nobody said otherwise. */
export function shownPartsOf(state: LayerParting, revisionId: string): ShownParts {
  const said = state.layerParts.get().get(revisionId);
  if (said) return said;
  const model = state.layerModels.get().get(revisionId);
  return {
    hidden: model?.structure.hiddenByFile ?? RangeSet.empty,
    isolated: false,
    ghosted: RangeSet.empty,
    structure: model ? structureHash(model.manifest) : null,
  };
}

/** Says what is not shown of a revision; null: as its file says. */
export function putShownParts(
  state: LayerParting,
  revisionId: string,
  parts: ShownParts | null,
): void {
  const now = state.layerParts.get();
  if (JSON.stringify(now.get(revisionId) ?? null) === JSON.stringify(parts)) return;
  const next = new Map(now);
  if (parts) next.set(revisionId, parts);
  else next.delete(revisionId);
  state.layerParts.set(next);
}
