/** How somebody else is drawn for who wears a headset (UX.md §4.7, §4.9). User space, metres; scales: model metres each. */

import type { Vec3 } from "../../state/model";

/**
 * full: head and hands; head: nothing else; pin: a name; periscope: a head on a pole, of somebody who is much larger;
 * figurine: somebody much smaller; monitor: a desk's screen.
 */
export type Look = "full" | "head" | "pin" | "periscope" | "figurine" | "monitor";

/** Of them and of where I am. */
export interface Seen {
  readonly inXr: boolean;
  readonly theirScale: number;
  readonly myScale: number;
  /** How many others there are. */
  readonly others: number;
  readonly speaking: boolean;
  /** To their head, metres of mine. */
  readonly distance: number;
}

/** Others above which hands are left out, and bodies of who does not speak. */
const HEADS_ABOVE = 12;
const PINS_ABOVE = 24;
/** Above this share of my scale somebody towers, below its inverse they are small. */
const OTHER_SCALE = 2;
const STANDING_M = 1.7;
/** Degrees; a figurine that appears smaller is a pin. */
const LEAST_FIGURE = 1.5;
/** A periscope's eyes are at most so high; and it stands this far away at most. */
const PERISCOPE = { height: 1.85, reach: 4 } as const;
/** Nearer than this somebody is their outline, metres. */
export const PERSONAL_SPACE = 0.5;
const GONE_AT = 0.35;

export function lookOf(seen: Seen): Look {
  if (seen.others > PINS_ABOVE && !seen.speaking) return "pin";
  if (!seen.inXr) return "monitor";
  const ratio = seen.theirScale / seen.myScale;
  if (ratio > OTHER_SCALE) return "periscope";
  if (ratio < 1 / OTHER_SCALE) {
    const degrees =
      (2 * Math.atan((STANDING_M * ratio) / (2 * Math.max(seen.distance, 1e-6))) * 180) / Math.PI;
    return degrees < LEAST_FIGURE ? "pin" : "figurine";
  }
  return seen.others > HEADS_ABOVE ? "head" : "full";
}

/** Where a towering person's periscope looks from: on their bearing, no higher than a person. head: theirs. */
export function periscopePlace(head: Vec3, eye: Vec3): Vec3 {
  const [x, z] = [head[0] - eye[0], head[2] - eye[2]];
  const away = Math.hypot(x, z);
  const factor = away < 1e-6 ? 0 : Math.min(1, PERISCOPE.reach / away);
  const height = Math.min(Math.max(head[1], 0.4), PERISCOPE.height);
  return [eye[0] + x * factor, height, eye[2] + z * factor];
}

/** How solid somebody is, 0 to 1: nearer than the personal space they fade to their outline. */
export function solidity(distance: number, personalSpace: boolean): number {
  if (!personalSpace || distance >= PERSONAL_SPACE) return 1;
  return Math.max(0, (distance - GONE_AT) / (PERSONAL_SPACE - GONE_AT)) * 0.85;
}
