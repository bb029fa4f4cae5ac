/** What pushes of a stick mean, without what they do. */

import type { Turn } from "../state/areas/seating";

/** A stick counts from here on, and is at rest below the other. */
export const STICK_ON = 0.7;
export const STICK_OFF = 0.35;
/** Below this a stick is not meant to glide. */
const GLIDE_FROM = 0.2;
/** A stick this near to straight ahead turns nobody at the landing, radians. */
const STRAIGHT = (25 * Math.PI) / 180;
/** Radians per second of a smooth turn. */
const SMOOTH_RAD_S = Math.PI / 3;

export interface Stick {
  readonly x: number;
  readonly y: number;
}

/** One push is one thing done: 1 or -1 in the frame in which an axis goes out, else 0. */
export class Push {
  private out = false;

  read(value: number): 1 | -1 | 0 {
    if (Math.abs(value) < STICK_OFF) this.out = false;
    if (this.out || Math.abs(value) < STICK_ON) return 0;
    this.out = true;
    return value > 0 ? 1 : -1;
  }

  /** What is held now does not count. */
  skip(): void {
    this.out = true;
  }
}

/** Radians to turn in this frame, positive to the left. push: of the stick's x; seconds: since the frame before. */
export function turnOf(turn: Turn, push: 1 | -1 | 0, x: number, seconds: number): number {
  if (turn !== "smooth") return push === 0 ? 0 : (-push * turn * Math.PI) / 180;
  return Math.abs(x) < STICK_OFF ? 0 : -Math.sign(x) * SMOOTH_RAD_S * seconds;
}

/** How far one glides in this frame: metres to the right and ahead. It starts and stops at once. */
export function glideOf(
  { x, y }: Stick,
  speed: number,
  seconds: number,
): { readonly right: number; readonly ahead: number } | null {
  const push = Math.hypot(x, y);
  if (push < GLIDE_FROM) return null;
  const share = (Math.min(1, push) * speed * seconds) / push;
  return { right: x * share, ahead: -y * share };
}

/** Radians by which one turns at the landing, positive to the left: where the stick points, straight ahead: none. */
export function facingOf({ x, y }: Stick): number {
  const angle = Math.atan2(-x, -y);
  return Math.abs(angle) < STRAIGHT ? 0 : angle;
}
