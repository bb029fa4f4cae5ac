/** What readings are taken from, and how their points are marked. */

import type { Mark, MeasurePoint } from "../state/areas/measuring";
import type { Vec3 } from "../state/model";
import type { Axis, Measured, Placed, Properties, Thickness } from "../scene/kernel/types";
import { along, dot, subtract } from "../scene/vector";

/** What readings are taken from; absolute metres, y up, unexploded. */
export interface Shapes {
  /** The thing that was clicked: the entity, or the point alone. */
  placed(anchor: MeasurePoint): Placed | null;
  /** The part or body that was clicked. */
  placedPart(anchor: MeasurePoint): Placed | null;
  /** A point of an occurrence in the frame of its part. */
  toLocal(occurrence: number, position: Vec3): Vec3 | null;
  /** In the file's own axes. */
  toFile(vector: Vec3): Vec3;
  measure(a: Placed, b: Placed): Measured | null;
  properties(of: Placed): Properties | null;
  /** Behind the point clicked. */
  thickness(anchor: MeasurePoint): Thickness | null;
}

/** A click that means the very point, not what it lies on; an edge of a mesh is an edge all the same. */
export function meansPoint({ snap, entity }: MeasurePoint): boolean {
  if (snap === "edge") return false;
  return entity === null || snap === "vertex" || snap === "middle" || snap === "none";
}

/** A clicked point as one to draw. */
export function bare({ position, occurrence, local }: MeasurePoint): Mark {
  return { position, occurrence, local };
}

/** A point that goes with an occurrence, if with any. */
export function markAt(
  position: Vec3,
  occurrence: number | null,
  shapes: Pick<Shapes, "toLocal">,
): Mark {
  const local = occurrence === null ? null : shapes.toLocal(occurrence, position);
  return { position, occurrence: local ? occurrence : null, local };
}

/** Points that go with what was clicked. */
export function marks(anchor: MeasurePoint, positions: readonly Vec3[], shapes: Shapes): Mark[] {
  return positions.map((position) => markAt(position, anchor.occurrence, shapes));
}

/** The point of an axis nearest to another. */
export function footOnAxis({ point, direction }: Axis, from: Vec3): Vec3 {
  return along(point, direction, dot(subtract(from, point), direction));
}
