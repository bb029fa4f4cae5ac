/** The model on the palm of the resting hand: it goes with that hand, and a press on it is where one wants to stand. */

import type { Vec3 } from "../state/model";
import type { RayTarget } from "./ray_target";
import type { Seat, SeatPart } from "./seat";

/** Above the hand, metres; and before the eyes while no other hand is seen. */
const ABOVE_M = 0.08;
const BEFORE: Vec3 = [0, -0.35, -0.5];

export class Miniature implements RayTarget, SeatPart {
  readonly target = this;
  private readonly seat: Seat;
  /** Where the ray meets the model; model frame. */
  private met: Vec3 | null = null;

  constructor(seat: Seat) {
    this.seat = seat;
  }

  private get on(): boolean {
    return this.seat.rig.mode === "miniature";
  }

  update(): void {
    if (this.on) this.hold();
  }

  /** Puts the model onto the palm. */
  hold(): void {
    this.seat.rig.shrink(this.seat.bounds, this.palm());
  }

  aim(origin: Vec3, direction: Vec3): number | null {
    this.met = null;
    if (!this.on) return null;
    const { rig, viewer } = this.seat;
    const hit = viewer.pickRay(rig.toModel(origin), rig.direction(direction));
    this.met = hit?.point ?? null;
    return hit ? hit.distance / rig.scale : null;
  }

  press(): void {
    const { rig, head, viewer } = this.seat;
    const point = this.met;
    if (!point) return;
    this.seat.hop(() => {
      rig.scale = 1;
      rig.mode = "one_to_one";
      rig.teleport(head.position, point);
      this.seat.tell({ mode: rig.mode, scale: 1 });
      viewer.invalidate();
    });
  }

  release(): void {
    // The press did it.
  }

  dispose(): void {
    this.met = null;
  }

  private palm(): Vec3 {
    const hand = this.seat.resting;
    if (hand) {
      const [x, y, z] = hand.asGrip().position;
      return [x, y + ABOVE_M, z];
    }
    const [x, y, z] = this.seat.head.position;
    return [x + BEFORE[0], y + BEFORE[1], z + BEFORE[2]];
  }
}
