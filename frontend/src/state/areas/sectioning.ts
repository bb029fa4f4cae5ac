/** What is cut: planes and which of them has the gizmo. */

import type { Vec3 } from "../model";
import { Store } from "../store";

/** A cutting plane. Kept side: dot(normal, p) >= offset_m; p absolute, metres, y up. */
export interface Section {
  readonly id: string;
  readonly name: string;
  /** Unit vector. */
  readonly normal: Vec3;
  readonly offset_m: number;
  readonly enabled: boolean;
  /** Fill the cut. */
  readonly cap: boolean;
}

export interface Sectioning {
  readonly sections: Store<readonly Section[]>;
  readonly activeSection: Store<string | null>;
}

export function createSectioning(): Sectioning {
  return {
    sections: new Store<readonly Section[]>([]),
    activeSection: new Store<string | null>(null),
  };
}

/** As when a model is put on the table. */
export function resetSectioning(state: Sectioning): void {
  state.sections.set([]);
}
