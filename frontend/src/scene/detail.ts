/** How much is drawn while the camera moves, so that it goes on moving: measured, lowered, and refined at rest. */

/** Shares of the triangle budget and of the pixels along each side, and what is drawn outside of the picture. */
export interface Share {
  readonly triangles: number;
  readonly pixels: number;
  /** See `LevelView.beyond`. */
  readonly beyond: number;
}

const FULL: Share = { triangles: 1, pixels: 1, beyond: Infinity };
/** Share of the distance: 19 degrees are turned before what comes into the picture is missing for a moment. */
const NEARBY = 0.35;
/** Triangles first, nobody sees them on a moving picture; then pixels, and what nobody looks at (UX.md §4.12). */
const STEPS: readonly Share[] = [
  FULL,
  { ...FULL, triangles: 0.5 },
  // Not less: of a rack of 9,000 parts too few would be left to be recognised.
  { triangles: 0.35, pixels: 0.75, beyond: NEARBY },
  { triangles: 0.25, pixels: 0.5, beyond: NEARBY },
];
/** Slower than this a drag feels like pulling; faster than that there is room for more. */
const SLOW_MS = 45;
const FAST_MS = 20;
/** Pictures in a row that must say the same. */
const SLOW_PICTURES = 3;
const FAST_PICTURES = 30;
/** A pause, not a slow picture: the tab was in the background. */
const PAUSE_MS = 10_000;
/** The camera has come to rest when it has not moved for so long. */
export const REST_MS = 180;

/** The share to draw with, from the time between pictures. */
export class MovingDetail {
  private step = 0;
  private moving = false;
  private lastMs = -Infinity;
  private slow = 0;
  private fast = 0;

  /** What to draw with now. */
  get share(): Share {
    return STEPS[this.moving ? this.step : 0] ?? FULL;
  }

  get isMoving(): boolean {
    return this.moving;
  }

  /** The camera moved. True when the share is another one from now on. */
  move(): boolean {
    if (this.moving) return false;
    this.moving = true;
    this.lastMs = -Infinity;
    this.slow = 0;
    this.fast = 0;
    return this.step > 0;
  }

  /** The camera is at rest. True when the share is another one from now on. */
  rest(): boolean {
    const reduced = this.moving && this.step > 0;
    this.moving = false;
    return reduced;
  }

  /** A picture of a moving camera is drawn. True when the share is another one from now on. */
  picture(nowMs: number): boolean {
    const elapsed = nowMs - this.lastMs;
    this.lastMs = nowMs;
    if (!this.moving || elapsed > PAUSE_MS) return false;
    this.slow = elapsed > SLOW_MS ? this.slow + 1 : 0;
    this.fast = elapsed < FAST_MS ? this.fast + 1 : 0;
    if (this.slow >= SLOW_PICTURES) return this.go(Math.min(this.step + 1, STEPS.length - 1));
    if (this.fast >= FAST_PICTURES) return this.go(Math.max(this.step - 1, 0));
    return false;
  }

  private go(step: number): boolean {
    const changed = step !== this.step;
    this.step = step;
    this.slow = 0;
    this.fast = 0;
    return changed;
  }
}
