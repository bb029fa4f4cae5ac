/**
 * How large things on a board appear (UX.md §4.11). Boards are laid out in units: what one degree covers at the middle
 * of the board, seen from where it was put. Toward its edges a unit covers less, so letters and targets are made a
 * little larger than the least that is asked for.
 */

/** Degrees of the eye. */
export const LEAST = { text: 0.5, body: 0.75, target: 1.5, gap: 0.5 } as const;
/** Metres: nothing is put nearer to the eyes, and a target that a finger presses is at least so large. */
export const NEAREST_M = 0.4;
export const POKE_M = 0.032;
/** Pixels of a board's canvas for each unit: above the 20 a degree that are asked for. */
export const PX_PER_UNIT = 28;

/** Units. A corner of the main panel (16° aside, 11° down) shows 0.91 of what its middle shows. */
export const TEXT = { small: 0.6, body: 0.84, number: 1, title: 1.22 } as const;
export const TARGET = 1.68;
export const GAP = 0.56;
export type TextStyle = keyof typeof TEXT;

/** What the person may choose of it. */
export const TEXT_SCALE = { least: 0.8, most: 1.6 } as const;

/** Units that an angle at the middle of a board takes; degrees. */
export function unitsOf(degrees: number): number {
  return (2 * Math.tan((degrees * Math.PI) / 360)) / UNIT;
}

/** Metres of one unit on a board at a distance of so many metres. */
export function metresPerUnit(distance: number): number {
  return distance * UNIT;
}

const UNIT = Math.tan(Math.PI / 180);

type Point = readonly [number, number, number];

/** The angle between two points as an eye sees them, degrees. */
export function angleBetween(eye: Point, a: Point, b: Point): number {
  const p = [a[0] - eye[0], a[1] - eye[1], a[2] - eye[2]] as const;
  const q = [b[0] - eye[0], b[1] - eye[1], b[2] - eye[2]] as const;
  const across = Math.hypot(
    p[1] * q[2] - p[2] * q[1],
    p[2] * q[0] - p[0] * q[2],
    p[0] * q[1] - p[1] * q[0],
  );
  return (Math.atan2(across, p[0] * q[0] + p[1] * q[1] + p[2] * q[2]) * 180) / Math.PI;
}
