/** Things that stand before the model and take a ray's presses. */

import type { Vec3 } from "../state/model";

/** origin, direction: user space. */
export interface RayTarget {
  /** Metres to where the ray meets it; null: it misses. */
  aim(origin: Vec3, direction: Vec3): number | null;
  press(): void;
  release(): void;
}

/** Several things before the model as one: the nearest that a ray meets takes it. */
export function firstOf(...targets: readonly RayTarget[]): RayTarget {
  let met: RayTarget | null = null;
  return {
    aim: (origin, direction) => {
      met = null;
      let nearest: number | null = null;
      for (const target of targets) {
        const distance = target.aim(origin, direction);
        if (distance === null || (nearest !== null && distance >= nearest)) continue;
        nearest = distance;
        met = target;
      }
      return nearest;
    },
    press: () => met?.press(),
    release: () => {
      for (const target of targets) target.release();
    },
  };
}
