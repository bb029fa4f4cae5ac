/** Measurements for tests. */

import type { Mark, MeasurePoint, Measurement } from "./areas/measuring";
import type { Vec3 } from "./model";

export function mark(position: Vec3, occurrence: number | null = null): Mark {
  return { position, occurrence, local: occurrence === null ? null : position };
}

export function anchor(position: Vec3, changes: Partial<MeasurePoint> = {}): MeasurePoint {
  return { ...mark(position), snap: "vertex", entity: null, tolerance_m: 0, ...changes };
}

/** An exact distance of 25.4 mm along x, unless told otherwise. */
export function measurement(changes: Partial<Measurement> = {}): Measurement {
  return {
    id: "m1",
    name: "Distance 1",
    kind: "distance",
    mode: "points",
    value: 0.0254,
    components: [0.0254, 0, 0],
    anchors: [anchor([0, 0, 0]), anchor([0.0254, 0, 0])],
    points: [mark([0, 0, 0]), mark([0.0254, 0, 0])],
    exact: true,
    tolerance: 0,
    mesh: false,
    choices: [{ kind: "distance", mode: "points" }],
    locked: false,
    shown: true,
    label_offset: null,
    ...changes,
  };
}
