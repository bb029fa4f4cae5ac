/** How far parts are pulled apart, and how: part by part or assembly by assembly, from the middle or along an axis. */

import { RangeSet, type Range } from "../ranges";
import { Store } from "../store";

/** How parts move when they are pulled apart. */
export interface Explosion {
  /** What moves as one: every part for itself, or each top assembly as a whole. */
  readonly by: "parts" | "assemblies";
  /** From the middle outwards, or only along an axis of the file. */
  readonly along: "radial" | "x" | "y" | "z";
  /** Only these move, from their own middle; null: everything. */
  readonly only: RangeSet | null;
}

export interface Exploding {
  /** 0 to 1. */
  readonly explode: Store<number>;
  readonly explosion: Store<Explosion>;
}

export const PLAIN_EXPLOSION: Explosion = { by: "parts", along: "radial", only: null };

export function createExploding(): Exploding {
  return { explode: new Store(0), explosion: new Store<Explosion>(PLAIN_EXPLOSION) };
}

/** As when a model is put on the table. */
export function resetExploding(state: Exploding): void {
  state.explode.set(0);
  state.explosion.set(PLAIN_EXPLOSION);
}

/** What a viewpoint keeps. */
export interface ExplodingView {
  readonly amount: number;
  readonly by: Explosion["by"];
  readonly along: Explosion["along"];
  readonly only: readonly Range[] | null;
}

export function captureExploding({ explode, explosion }: Exploding): ExplodingView {
  const { by, along, only } = explosion.get();
  return { amount: explode.get(), by, along, only: only ? only.toJSON() : null };
}

/** Shows what was kept; values out of range are brought into it. */
export function restoreExploding(state: Exploding, view: ExplodingView): void {
  const { amount, by, along, only } = view;
  state.explosion.set({ by, along, only: only ? RangeSet.fromRanges(only) : null });
  state.explode.set(Math.min(1, Math.max(0, Number.isFinite(amount) ? amount : 0)));
}
