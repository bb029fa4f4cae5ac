/** Two fingers: their middle pans, their distance zooms toward it, and in free orbit their turn rolls. */

import type { Vec3 } from "../state/model";
import type { CameraHand } from "./camera_hand";

interface Finger {
  readonly x: number;
  readonly y: number;
}

/** Fingers turn a little when they pinch: below this, radians, nothing rolls. */
const TWIST_SLACK = 0.12;

interface Span {
  readonly x: number;
  readonly y: number;
  readonly apart: number;
  readonly angle: number;
}

/** One gesture at a time: `begin`, some `move`s, `end`. */
export class TwoFingers {
  private readonly hand: CameraHand;
  private readonly mayRoll: () => boolean;
  private before: Span | null = null;
  /** What lies between the fingers stays between them. */
  private grip: Vec3 = [0, 0, 0];
  private twist = 0;

  constructor(hand: CameraHand, mayRoll: () => boolean) {
    this.hand = hand;
    this.mayRoll = mayRoll;
  }

  /** CSS pixels in the canvas. */
  begin(a: Finger, b: Finger): void {
    this.before = spanOf(a, b);
    this.grip = this.hand.gripAt(this.before.x, this.before.y);
    this.twist = 0;
  }

  move(a: Finger, b: Finger): void {
    const { before } = this;
    if (!before) return;
    const now = spanOf(a, b);
    this.before = now;
    this.hand.panBy(this.grip, now.x - before.x, now.y - before.y);
    if (now.apart > 1 && before.apart > 1) this.hand.zoomAbout(this.grip, before.apart / now.apart);
    const turned = wrapped(now.angle - before.angle);
    const was = this.twist;
    this.twist += turned;
    if (this.mayRoll() && Math.abs(this.twist) > TWIST_SLACK)
      this.hand.rollBy(this.grip, Math.abs(was) > TWIST_SLACK ? turned : this.twist);
  }

  end(): void {
    this.before = null;
  }
}

/** Angle: radians, clockwise on the screen, the same whichever finger comes first up to half a turn. */
function spanOf(a: Finger, b: Finger): Span {
  return {
    x: (a.x + b.x) / 2,
    y: (a.y + b.y) / 2,
    apart: Math.hypot(a.x - b.x, a.y - b.y),
    angle: Math.atan2(b.y - a.y, b.x - a.x),
  };
}

/** To within a quarter turn either way: fingers may swap places, and no finger jumps farther. */
function wrapped(angle: number): number {
  return angle - Math.PI * Math.round(angle / Math.PI);
}
