/** Moving about by stick: snap turns and the teleport arc, and the button of undo. Nothing glides. */

import type { Vec3 } from "../state/model";
import { throwArc, type Arc, type ArcHit } from "./arc";
import { ArcView } from "./arc_view";
import type { RayHand } from "./ray_hand";
import { SNAP_TURN } from "./rig";
import type { Seat, SeatPart } from "./seat";

/** A stick counts from here on, and is at rest below the other. */
export const STICK_ON = 0.7;
export const STICK_OFF = 0.35;

export class Locomotion implements SeatPart {
  private readonly seat: Seat;
  private readonly view = new ArcView();
  private arc: Arc | null = null;
  private turned = false;

  constructor(seat: Seat) {
    this.seat = seat;
  }

  get group(): ArcView["group"] {
    return this.view.group;
  }

  /** Where the arc lands now, user space; null: nothing is aimed at. */
  get landing(): Vec3 | null {
    return this.arc?.landing ?? null;
  }

  update(): void {
    const { controls, movingSide, rig, viewer } = this.seat;
    if (controls.sides.includes(movingSide)) {
      const { x, y } = controls.stick(movingSide);
      this.turnBy(x);
      const hand = [...this.seat.hands.values()].find(({ side }) => side === movingSide);
      if (hand) this.aim(hand, y);
    }
    for (const side of controls.sides) {
      if (controls.pushed(side, "b")) viewer.commands.undo();
    }
  }

  left(): void {
    this.arc = null;
    this.view.hide();
  }

  dispose(): void {
    this.view.dispose();
  }

  /** One push of the stick is one turn, at once: no motion in between that could make anybody sick. */
  private turnBy(x: number): void {
    if (Math.abs(x) < STICK_OFF) this.turned = false;
    if (this.turned || this.arc || Math.abs(x) < STICK_ON) return;
    this.turned = true;
    this.seat.rig.turn(this.seat.head.position, x > 0 ? -SNAP_TURN : SNAP_TURN);
  }

  /** Forward shows the arc; letting go lands there. */
  private aim(hand: RayHand, y: number): void {
    const { rig, head } = this.seat;
    if (y < -STICK_ON || (this.arc && y < -STICK_OFF)) {
      this.arc = throwArc(hand.position, hand.forward, (from, to) => this.surface(from, to));
      this.view.show(this.arc);
    } else if (this.arc) {
      const { landing } = this.arc;
      this.left();
      if (landing) rig.teleport(head.position, rig.toModel(landing));
    }
  }

  /** The first surface of the model between two points; user space. */
  private surface(from: Vec3, to: Vec3): ArcHit | null {
    const { rig, viewer } = this.seat;
    if (rig.mode === "table") return null; // the model is small: one walks around it
    const start = rig.toModel(from);
    const along = rig.toModel(to).map((value, axis) => value - (start[axis] ?? 0));
    const reach = Math.hypot(...along);
    if (reach < 1e-9) return null;
    const [x = 0, y = 0, z = 0] = along.map((value) => value / reach);
    const hit = viewer.pickRay(start, [x, y, z]);
    if (!hit || hit.distance > reach) return null;
    const normal = rig.toUser([
      rig.position[0] + hit.normal[0] * rig.scale,
      rig.position[1] + hit.normal[1] * rig.scale,
      rig.position[2] + hit.normal[2] * rig.scale,
    ]);
    return { point: rig.toUser(hit.point), normal };
  }
}
