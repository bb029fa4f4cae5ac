/** Where occurrences go when a model is pulled apart. */

import type { Vec3 } from "../state/model";
import type { Occurrences } from "./occurrences";

/** How far parts fly at explode 1: their distance from the middle, times this, is added. */
const REACH = 1.2;

export interface ExplosionPlan {
  /** (occurrences) what moves as one; null: every occurrence for itself. */
  readonly group: Int32Array | null;
  /** Unit vector to move along, model frame; null: from the middle outwards. */
  readonly axis: Vec3 | null;
  /** (occurrences) 1: moves; null: all. */
  readonly moves: Uint8Array | null;
}

export const EVERY_PART: ExplosionPlan = { group: null, axis: null, moves: null };

/**
 * (3 × occurrences) metres that each moves at explode 1: what moves as one goes away from the middle of all that
 * moves, by its own middle's distance.
 */
export function explodeDirections(occurrences: Occurrences, plan: ExplosionPlan): Float32Array {
  const { count, boxes } = occurrences;
  const { group, axis, moves } = plan;
  const out = new Float32Array(count * 3);
  const all = new Boxes(1);
  const groups = new Boxes(group ? group.reduce((most, g) => Math.max(most, g), 0) + 1 : count);
  for (let o = 0; o < count; o += 1) {
    if ((moves && moves[o] !== 1) || !occurrences.has(o)) continue;
    all.add(0, boxes, o);
    groups.add(group ? (group[o] ?? 0) : o, boxes, o);
  }
  const middle = all.middle(0);
  for (let o = 0; o < count; o += 1) {
    if ((moves && moves[o] !== 1) || !occurrences.has(o)) continue;
    const own = groups.middle(group ? (group[o] ?? 0) : o);
    const away: Vec3 = [own[0] - middle[0], own[1] - middle[1], own[2] - middle[2]];
    const along = axis ? away[0] * axis[0] + away[1] * axis[1] + away[2] * axis[2] : 0;
    for (const a of [0, 1, 2] as const) out[o * 3 + a] = (axis ? axis[a] * along : away[a]) * REACH;
  }
  return out;
}

/** Boxes under construction, six numbers each. */
class Boxes {
  private readonly values: Float64Array;

  constructor(count: number) {
    this.values = new Float64Array(count * 6);
    for (let i = 0; i < count; i += 1) {
      this.values.fill(Infinity, i * 6, i * 6 + 3);
      this.values.fill(-Infinity, i * 6 + 3, i * 6 + 6);
    }
  }

  add(at: number, boxes: Float32Array, other: number): void {
    const { values } = this;
    for (let a = 0; a < 3; a += 1) {
      values[at * 6 + a] = Math.min(values[at * 6 + a] ?? 0, boxes[other * 6 + a] ?? 0);
      values[at * 6 + 3 + a] = Math.max(values[at * 6 + 3 + a] ?? 0, boxes[other * 6 + 3 + a] ?? 0);
    }
  }

  middle(at: number): Vec3 {
    const half = (a: number): number =>
      ((this.values[at * 6 + a] ?? 0) + (this.values[at * 6 + 3 + a] ?? 0)) / 2;
    return [half(0), half(1), half(2)];
  }
}
