/** Where boards stand in the room (UX.md §4.4, §4.11). User space, metres, y up; nothing here is tied to the head. */

import type { Vec3 } from "../../state/model";
import { NEAREST_M, unitsOf } from "../panel/sizes";

/** UX.md §4.4: 32° by 22°, 1.2 m away; its top is 5° below the eyes. */
export const MAIN = {
  width: unitsOf(32),
  height: unitsOf(22),
  distance: 1.2,
  below: ((5 + 11) * Math.PI) / 180,
} as const;
/** A hand menu stands so far above the hand, and beside the palm where that is bare. */
const ABOVE = 0.13;
const BESIDE = 0.1;
/** A hand at arm's length; further away letters grow, so that they appear as large. */
const HAND_REACH = { least: 0.45, most: 0.9 } as const;

/** Somewhere before the eyes: `position` and the distance that its letters are made for. */
export interface Standing {
  readonly position: Vec3;
  readonly distance: number;
}

/** Before who looks along a direction of the floor. forward: of the head, any length. */
export function mainPlace(eye: Vec3, forward: Vec3): Standing {
  const across = Math.hypot(forward[0], forward[2]);
  const [x, z] = across < 1e-6 ? [0, -1] : [forward[0] / across, forward[2] / across];
  const { distance, below } = MAIN;
  const away = distance * Math.cos(below);
  return {
    position: [eye[0] + x * away, eye[1] - distance * Math.sin(below), eye[2] + z * away],
    distance,
  };
}

/** Above a hand; beside a bare palm on the side of the little finger. right: the eyes' right, unit. */
export function handPlace(
  hand: Vec3,
  side: "left" | "right",
  bare: boolean,
  eye: Vec3,
  right: Vec3,
): Standing {
  const aside = bare ? (side === "left" ? BESIDE : -BESIDE) : 0;
  return noNearer(
    [hand[0] + right[0] * aside, hand[1] + (bare ? 0.05 : ABOVE), hand[2] + right[2] * aside],
    eye,
  );
}

/** Pushed away from the eyes where it is too near. */
export function noNearer(place: Vec3, eye: Vec3, least: number = HAND_REACH.least): Standing {
  const apart: Vec3 = [place[0] - eye[0], place[1] - eye[1], place[2] - eye[2]];
  const distance = Math.hypot(...apart);
  const wanted = Math.max(distance, Math.max(least, NEAREST_M));
  const factor = distance < 1e-6 ? 0 : wanted / distance;
  const position: Vec3 =
    factor === 0
      ? [eye[0], eye[1], eye[2] - wanted]
      : [eye[0] + apart[0] * factor, eye[1] + apart[1] * factor, eye[2] + apart[2] * factor];
  return { position, distance: Math.min(HAND_REACH.most, wanted) };
}
