/** The teleport arc: a thrown ball that lands on the floor or on what carries a foot. */

import type { Vec3 } from "../state/model";

const SPEED = 5.5; // m/s of the throw: about 4 m far from hip height at 45°
const GRAVITY = 9.81;
const STEP_S = 1 / 30;
const STEPS = 60;
/** A surface steeper than 45° carries nobody. */
const LEAST_UP = Math.SQRT1_2;

/** Where a stretch of the arc meets something; user space. */
export interface ArcHit {
  readonly point: Vec3;
  /** Unit, user space. */
  readonly normal: Vec3;
}

/** An arc as thrown. */
export interface Arc {
  /** User space, metres; the last one is where it ends. */
  readonly points: readonly Vec3[];
  /** Where one would stand; null: nowhere. */
  readonly landing: Vec3 | null;
}

/**
 * Throws the arc.
 *
 * from, direction: user space, direction unit. hit: the first surface between two points, or null.
 */
export function throwArc(
  from: Vec3,
  direction: Vec3,
  hit: (from: Vec3, to: Vec3) => ArcHit | null,
): Arc {
  const points: Vec3[] = [from];
  let at = from;
  let velocity: Vec3 = [direction[0] * SPEED, direction[1] * SPEED, direction[2] * SPEED];
  for (let step = 0; step < STEPS; step += 1) {
    velocity = [velocity[0], velocity[1] - GRAVITY * STEP_S, velocity[2]];
    const to: Vec3 = [
      at[0] + velocity[0] * STEP_S,
      at[1] + velocity[1] * STEP_S,
      at[2] + velocity[2] * STEP_S,
    ];
    const met = hit(at, to);
    if (met) {
      points.push(met.point);
      return { points, landing: met.normal[1] >= LEAST_UP ? met.point : null };
    }
    if (to[1] <= 0 && velocity[1] < 0) {
      const share = at[1] / Math.max(1e-9, at[1] - to[1]);
      const floor: Vec3 = [at[0] + (to[0] - at[0]) * share, 0, at[2] + (to[2] - at[2]) * share];
      points.push(floor);
      return { points, landing: floor };
    }
    points.push(to);
    at = to;
  }
  return { points, landing: null };
}
