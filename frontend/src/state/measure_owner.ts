/** Whose the points of measurements are: parts of the active revision, or of another one on the table. */

import type { Mark, MeasurePoint, Measurement, Stood } from "./areas/measuring";
import type { TableLayer } from "./areas/table";
import type { EntityRef } from "./entities";
import { IDENTITY } from "./rigid";

/** The part of a point; revision null: of the active one. */
export interface Owner {
  readonly revision: string | null;
  readonly occurrence: number;
}

/** The part that a point goes with; null in the air. */
export function ownerOf({ occurrence, other }: Mark): Owner | null {
  if (other) return { revision: other.revision_id, occurrence: other.number };
  return occurrence === null ? null : { revision: null, occurrence };
}

/** What says on a point whose it is. */
export function ownedBy(owner: Owner | null): Pick<Mark, "occurrence" | "other"> {
  if (!owner) return { occurrence: null };
  const { revision, occurrence } = owner;
  if (revision === null) return { occurrence };
  return { occurrence: null, other: { revision_id: revision, number: occurrence } };
}

/** The entity that was clicked, in the numbers of its own revision. */
export function entityOf({ entity, other, feature }: MeasurePoint): EntityRef | null {
  return other && feature ? { occurrence: other.number, ...feature } : entity;
}

/** Where the other revisions stand that some points belong to. */
export function stoodNow(marks: readonly Mark[], layers: readonly TableLayer[]): readonly Stood[] {
  const ids = new Set(marks.flatMap(({ other }) => (other ? [other.revision_id] : [])));
  return [...ids].map((id) => ({
    revision_id: id,
    transform: layers.find(({ revisionId }) => revisionId === id)?.transform ?? null,
  }));
}

/** Why a measurement between revisions does not hold any more. */
export interface Outdated {
  readonly revisionId: string;
  /** moved: it was laid elsewhere since; gone: it is not on the table. */
  readonly why: "moved" | "gone";
}

/** What has happened to the revisions that a measurement is about; null: it is as true as when it was taken. */
export function outdatedBy(
  { stood = [] }: Pick<Measurement, "stood">,
  layers: readonly TableLayer[],
): Outdated | null {
  for (const { revision_id: revisionId, transform } of stood) {
    const layer = layers.find((each) => each.revisionId === revisionId);
    if (!layer) return { revisionId, why: "gone" };
    const [then, now] = [transform ?? IDENTITY, layer.transform ?? IDENTITY];
    if (then.some((value, index) => value !== now[index])) return { revisionId, why: "moved" };
  }
  return null;
}
