/** Things that a hand can take: the nearest one that a closing hand reaches follows it until it opens. */

import type { Quaternion } from "three";
import type { Vec3 } from "../state/model";
import type { Side } from "./controls";

/** What of a hand a held thing follows. User space, metres. */
export interface Grip {
  readonly side: Side;
  /** Where a controller or the fist is. */
  readonly position: Vec3;
  readonly quaternion: Quaternion;
  /** Where the ray begins, and where it points (unit). */
  readonly tip: Vec3;
  readonly forward: Vec3;
}

/** Something that can be held. One thing may be held by both hands: `side` tells them apart. */
export interface Grabbable {
  /** Metres from the hand to it, near or along its ray; null: this hand cannot have it now. */
  reach(grip: Grip): number | null;
  grab(grip: Grip): void;
  /** Each frame while it is held. */
  move(grip: Grip): void;
  /** The hand opened or went away. */
  let(grip: Grip): void;
}

/** Who holds what. */
export class Grabbing<Hand> {
  private readonly held = new Map<Hand, { readonly thing: Grabbable; grip: Grip }>();
  private readonly things: () => readonly Grabbable[];

  /** things: in the order in which they are asked when they are equally near. */
  constructor(things: () => readonly Grabbable[]) {
    this.things = things;
  }

  /** A hand closes; false: nothing was within its reach. */
  take(hand: Hand, grip: Grip): boolean {
    this.drop(hand);
    let nearest: { thing: Grabbable; distance: number } | null = null;
    for (const thing of this.things()) {
      const distance = thing.reach(grip);
      if (distance === null || (nearest && distance >= nearest.distance)) continue;
      nearest = { thing, distance };
    }
    if (!nearest) return false;
    this.held.set(hand, { thing: nearest.thing, grip });
    nearest.thing.grab(grip);
    return true;
  }

  /** A hand moved. */
  follow(hand: Hand, grip: Grip): void {
    const held = this.held.get(hand);
    if (!held) return;
    held.grip = grip;
    held.thing.move(grip);
  }

  /** A hand opened. */
  drop(hand: Hand): void {
    const held = this.held.get(hand);
    if (!held) return;
    this.held.delete(hand);
    held.thing.let(held.grip);
  }

  holds(hand: Hand): boolean {
    return this.held.has(hand);
  }

  dropAll(): void {
    for (const hand of [...this.held.keys()]) this.drop(hand);
  }
}
