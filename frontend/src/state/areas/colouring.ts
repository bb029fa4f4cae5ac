/** Colours by a property, over the colours of the design; `PartBatch` applies them. */

import { RangeSet, type Range } from "../ranges";
import { Store } from "../store";

/** Parts that show one colour. */
export interface ColourGroup {
  readonly label: string;
  /** sRGB `#rrggbb`. */
  readonly colour: string;
  readonly ranges: RangeSet;
}

/** Groups do not overlap; parts in none of them keep their own colour. */
export interface Colouring {
  readonly title: string;
  /** What `colour.by` was asked for; null when the groups were given one by one. */
  readonly property: string | null;
  readonly groups: readonly ColourGroup[];
}

export interface ColouringState {
  readonly colouring: Store<Colouring | null>;
  /** Whether the legend stands in the picture. */
  readonly legendShown: Store<boolean>;
}

export function createColouring(): ColouringState {
  return { colouring: new Store<Colouring | null>(null), legendShown: new Store(true) };
}

/** As when a model is put on the table. */
export function resetColouring(state: ColouringState): void {
  state.colouring.set(null);
}

export interface CapturedColouring {
  readonly title: string;
  readonly property: string | null;
  readonly groups: readonly {
    readonly label: string;
    readonly colour: string;
    readonly ranges: readonly Range[];
  }[];
}

export function captureColouring(state: ColouringState): CapturedColouring | null {
  const now = state.colouring.get();
  if (!now) return null;
  return {
    ...now,
    groups: now.groups.map((group) => ({ ...group, ranges: group.ranges.toJSON() })),
  };
}

/** Takes over what `captureColouring` gave; anything else ends colouring. */
export function restoreColouring(state: ColouringState, value: unknown): void {
  state.colouring.set(readColouring(value));
}

/** A colouring from plain data, or null when it is none. */
export function readColouring(value: unknown): Colouring | null {
  if (typeof value !== "object" || value === null) return null;
  const said: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(value));
  const { title, property, groups } = said;
  if (typeof title !== "string" || !Array.isArray(groups)) return null;
  return {
    title,
    property: typeof property === "string" ? property : null,
    groups: groups.flatMap((group: unknown) => {
      if (typeof group !== "object" || group === null) return [];
      const fields: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(group));
      const { label, colour } = fields;
      if (typeof label !== "string" || typeof colour !== "string") return [];
      if (!/^#[0-9a-f]{6}$/i.test(colour)) return [];
      const ranges =
        fields["ranges"] instanceof RangeSet ? fields["ranges"] : RangeSet.parse(fields["ranges"]);
      return ranges.isEmpty ? [] : [{ label, colour: colour.toLowerCase(), ranges }];
    }),
  };
}
