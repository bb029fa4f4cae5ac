/** Who else has something in hand right now, as pictures and panels show it (UX.md §3.4). */

import type { Person } from "./workspace";

export interface Holder {
  readonly name: string;
  readonly colour: number;
}

/** Somebody else who drags what `key` names; null: it is free, or mine. */
export function holderOf(
  key: string,
  holds: ReadonlyMap<string, number>,
  people: readonly Person[],
): Holder | null {
  const slot = holds.get(key);
  if (slot === undefined) return null;
  const person = people.find((each) => each.slot === slot);
  if (person?.mine) return null;
  return { name: person?.name ?? "", colour: person?.colour ?? 0 };
}
