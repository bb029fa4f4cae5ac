/** Measurements and the one in progress. */

import type { Vec3 } from "../model";
import { Store } from "../store";

/** What a measure snapped to. */
export type SnapKind = "vertex" | "middle" | "centre" | "edge" | "face" | "none";

/** One end of a measurement. */
export interface MeasurePoint {
  /** Absolute metres, y up, as the model stands unexploded. */
  readonly position: Vec3;
  readonly occurrence: number | null;
  /** Metres, part frame; null without an occurrence. */
  readonly local: Vec3 | null;
  readonly snap: SnapKind;
}

/** A point-to-point measurement. */
export interface Measurement {
  readonly id: string;
  readonly from: MeasurePoint;
  readonly to: MeasurePoint;
  /** Both ends lie on exact geometry; otherwise the value is shown with ≈. */
  readonly exact: boolean;
}

export interface Measuring {
  readonly measures: Store<readonly Measurement[]>;
  /** First point of the measurement in progress. */
  readonly pendingMeasure: Store<MeasurePoint | null>;
}

export function createMeasuring(): Measuring {
  return {
    measures: new Store<readonly Measurement[]>([]),
    pendingMeasure: new Store<MeasurePoint | null>(null),
  };
}

/** As when a model is put on the table. */
export function resetMeasuring(state: Measuring): void {
  state.measures.set([]);
  state.pendingMeasure.set(null);
}
