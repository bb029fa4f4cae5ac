/** What is selected: parts, exact entities of them, at which level a click selects, and the sets people keep. */

import { type EntityRef, isEntityRef } from "../entities";
import { RangeSet, type Range } from "../ranges";
import { Store } from "../store";

/** What a click in the picture selects (UX.md §2.5). */
export const SELECTION_LEVELS = ["assembly", "subassembly", "part", "body", "face"] as const;
export type SelectionLevel = (typeof SELECTION_LEVELS)[number];

/** Parts under a name, to come back to. */
export interface PartSet {
  readonly id: string;
  readonly name: string;
  readonly ranges: RangeSet;
}

/** A menu that the picture asks for: everything under the cursor, or the verbs for some parts. */
export interface PartMenuRequest {
  readonly kind: "pick" | "verbs";
  /** CSS pixels in the page. */
  readonly x: number;
  readonly y: number;
  /** pick: nearest first; verbs: what they are for. */
  readonly occurrences: readonly number[];
  readonly ranges: RangeSet;
}

export interface Selecting {
  readonly selection: Store<RangeSet>;
  /** Faces, edges and bodies; `selection` holds their parts, so that every verb works on them. */
  readonly selectedEntities: Store<readonly EntityRef[]>;
  readonly selectionLevel: Store<SelectionLevel>;
  readonly sets: Store<readonly PartSet[]>;
  readonly partMenu: Store<PartMenuRequest | null>;
}

export function createSelecting(): Selecting {
  return {
    selection: new Store(RangeSet.empty),
    selectedEntities: new Store<readonly EntityRef[]>([]),
    selectionLevel: new Store<SelectionLevel>("part"),
    sets: new Store<readonly PartSet[]>([]),
    partMenu: new Store<PartMenuRequest | null>(null),
  };
}

/** As when a model is put on the table; its sets are brought by whoever keeps them. */
export function resetSelecting(state: Selecting): void {
  state.selection.set(RangeSet.empty);
  state.selectedEntities.set([]);
  state.partMenu.set(null);
}

/** Selection and sets as plain data: `{selection, entities, sets}`, ranges as [[first, last], …]. */
export interface CapturedSelection {
  readonly selection: readonly Range[];
  readonly entities: readonly EntityRef[];
  readonly sets: readonly {
    readonly id: string;
    readonly name: string;
    readonly ranges: readonly Range[];
  }[];
}

export function captureSelecting(state: Selecting): CapturedSelection {
  return {
    selection: state.selection.get().toJSON(),
    entities: state.selectedEntities.get(),
    sets: state.sets.get().map(({ id, name, ranges }) => ({ id, name, ranges: ranges.toJSON() })),
  };
}

/** Takes over what `captureSelecting` gave; whatever does not fit is left out. */
export function restoreSelecting(state: Selecting, value: unknown): void {
  const said = fieldsOf(value);
  state.selection.set(RangeSet.parse(said["selection"]));
  state.selectedEntities.set(listOf(said["entities"]).filter(isEntityRef));
  state.sets.set(readSets(said["sets"]));
}

/** Sets as they are kept: [{id, name, ranges}]. */
export function readSets(value: unknown): PartSet[] {
  return listOf(value).flatMap((each) => {
    const { id, name, ranges } = fieldsOf(each);
    if (typeof id !== "string" || typeof name !== "string") return [];
    return [{ id, name, ranges: RangeSet.parse(ranges) }];
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}
