/** Snapping to the outline of a cut: the cap under the pointer says which part and plane, the outline the point. */

import type { Vec3 } from "../state/model";
import type { OpenedModel } from "../scene/opened_model";
import type { Hit } from "../scene/picking";
import { distance } from "../scene/vector";

/** A corner or side of a cut's outline; model frame. */
export interface CapPoint {
  readonly kind: "vertex" | "edge";
  readonly point: Vec3;
  /** The side it is on. */
  readonly edge: readonly [Vec3, Vec3];
  /** Metres from what was hit. */
  readonly aside: number;
}

/** What of the outline is within `reach` metres of a hit on a cap; corners win by `bias` metres. */
export function capPoint(
  model: OpenedModel,
  hit: Hit,
  reach: number,
  bias: number,
): CapPoint | null {
  const id = hit.cap === null ? undefined : model.planes[hit.cap]?.id;
  if (id === undefined) return null;
  const found = model.caps?.near(id, hit.occurrence, hit.point, reach, bias) ?? null;
  if (!found) return null;
  const { kind, point, side } = found;
  return { kind, point, edge: side, aside: distance(point, hit.point) };
}
