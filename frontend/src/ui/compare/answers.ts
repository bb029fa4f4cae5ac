/** The server's answers about a comparison in the words of the workspace. */

import type { Change, ComparisonAnswer, TourStop } from "../../api/compare";
import type { ChangeDetail, ChangeState, ChangeStop } from "../../state/changes";
import type { Vec3 } from "../../state/model";

/** How many parts are in each state; unchanged ones are counted elsewhere. */
export function statesOf({
  counts,
}: Pick<ComparisonAnswer, "counts">): Readonly<Record<Exclude<ChangeState, "unchanged">, number>> {
  const {
    added = 0,
    removed = 0,
    moved = 0,
    shape = 0,
    appearance = 0,
    properties = 0,
  } = counts ?? {};
  return { added, removed, modified: shape + appearance + properties, moved };
}

/** detail: of its first change, as far as that is here. */
export function stopOf(stop: TourStop, detail: ChangeDetail | null): ChangeStop {
  const { stop: number, kind, name, count, remarks, from, to, approximate } = stop;
  return {
    ...{ stop: number, kind, name, count, remarks, from, to, approximate, detail },
    part: stop.part ?? null,
    group: stop.group ?? null,
    move: stop.move ?? null,
    bounds: { min: corner(stop.bounds["min"]), max: corner(stop.bounds["max"]) },
  };
}

/** The details of the first change of each stop. */
export function detailsOf(changes: readonly Change[]): ReadonlyMap<number, ChangeDetail> {
  const details = new Map<number, ChangeDetail>();
  for (const change of changes)
    if (!details.has(change.stop)) details.set(change.stop, detailOf(change));
  return details;
}

export function detailOf({ reasons, properties, colours }: Change): ChangeDetail {
  return { reasons, properties, colours: colours ?? null };
}

function corner(numbers: readonly number[] | undefined): Vec3 {
  const [x = 0, y = 0, z = 0] = numbers ?? [];
  return [x, y, z];
}
