/** What readings are taken from, and how their points are marked. */

import type { Mark, MeasurePoint } from "../state/areas/measuring";
import { type Owner, entityOf, ownedBy, ownerOf } from "../state/measure_owner";
import type { Vec3 } from "../state/model";
import type { Axis, Measured, Placed, Properties, Thickness } from "../scene/kernel/types";
import { along, dot, subtract } from "../scene/vector";

/** What readings are taken from; absolute metres, y up, unexploded. */
export interface Shapes {
  /** The thing that was clicked: the entity, or the point alone. */
  placed(anchor: MeasurePoint): Placed | null;
  /** The part or body that was clicked. */
  placedPart(anchor: MeasurePoint): Placed | null;
  /** A point in the frame of a part. */
  toLocal(owner: Owner, position: Vec3): Vec3 | null;
  /** In the file's own axes. */
  toFile(vector: Vec3): Vec3;
  measure(a: Placed, b: Placed): Measured | null;
  properties(of: Placed): Properties | null;
  /** Behind the point clicked. */
  thickness(anchor: MeasurePoint): Thickness | null;
}

/** A click that means the very point, not what it lies on; an edge of a mesh is an edge all the same. */
export function meansPoint(anchor: MeasurePoint): boolean {
  const { snap } = anchor;
  if (snap === "edge") return false;
  return entityOf(anchor) === null || snap === "vertex" || snap === "middle" || snap === "none";
}

/** A clicked point as one to draw. */
export function bare(anchor: MeasurePoint): Mark {
  const { position, local } = anchor;
  return { position, local, ...ownedBy(ownerOf(anchor)) };
}

/** A point that goes with a part, if with any. */
export function markAt(position: Vec3, owner: Owner | null, shapes: Pick<Shapes, "toLocal">): Mark {
  const local = owner && shapes.toLocal(owner, position);
  return { position, local, ...ownedBy(local ? owner : null) };
}

/** Points that go with what was clicked. */
export function marks(anchor: MeasurePoint, positions: readonly Vec3[], shapes: Shapes): Mark[] {
  return positions.map((position) => markAt(position, ownerOf(anchor), shapes));
}

/** The point of an axis nearest to another. */
export function footOnAxis({ point, direction }: Axis, from: Vec3): Vec3 {
  return along(point, direction, dot(subtract(from, point), direction));
}
