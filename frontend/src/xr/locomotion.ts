/**
 * Moving about: turns, the teleport arc with facing, steps up and down, and gliding for who asked for it. Starts and
 * stops at once; nothing moves that no hand moves.
 */

import type { Side } from "./controls";
import type { Vec3 } from "../state/model";
import { throwArc, type Arc, type ArcHit } from "./arc";
import { ArcView } from "./arc_view";
import { yawOf } from "./gaze_yaw";
import type { RayHand } from "./ray_hand";
import type { Seat, SeatPart, Tick } from "./seat";
import { Push, STICK_OFF, STICK_ON, facingOf, glideOf, turnOf } from "./sticks";

/** A frame that took longer counts as this long, seconds: a hiccup is no leap. */
const LONGEST_S = 0.05;

export class Locomotion implements SeatPart {
  /** The picture moves under who wears it: the view is narrowed. */
  gliding = false;
  private readonly seat: Seat;
  private readonly view = new ArcView();
  private arc: Arc | null = null;
  /** Radians that the landing turns the gaze by, positive to the left. */
  private facing = 0;
  private readonly turning = new Push();
  private readonly rising = new Map<Side, Push>();
  private beforeMs: number | null = null;
  /** A bare hand that throws the arc: its palm was up when it pinched. */
  private palm: RayHand | null = null;

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

  update({ nowMs }: Tick): void {
    const seconds = Math.min(LONGEST_S, Math.max(0, nowMs - (this.beforeMs ?? nowMs)) / 1000);
    this.beforeMs = nowMs;
    this.gliding = false;
    const { controls, movingSide, viewer } = this.seat;
    if (this.palm) this.throwFrom(this.palm, 0);
    for (const side of controls.sides) {
      const lifting = this.stepUpDown(side);
      if (lifting) {
        if (side === movingSide) this.turning.skip();
        continue;
      }
      if (side === movingSide) this.turnAndGo(side, seconds);
      else this.glide(side, seconds);
      if (controls.pushed(side, "b")) viewer.commands.undo();
    }
    if (this.arc && !this.palm && !controls.sides.includes(movingSide)) this.forget();
  }

  /** A bare hand whose palm is up pinches: the arc; it opens: one lands. */
  palmUp(hand: RayHand, down: boolean): void {
    if (down) this.palm = hand;
    else if (this.palm === hand) {
      this.palm = null;
      this.land();
    }
  }

  /** One turn of the chosen angle; 1 to the right. */
  turn(by: 1 | -1): void {
    const { turn } = this.seat.comfort;
    this.seat.rig.turn(this.seat.head.position, turnOf(turn === "smooth" ? 30 : turn, by, by, 0));
  }

  /** One step up or down. */
  step(up: 1 | -1): void {
    this.seat.rig.shift([0, up * this.seat.comfort.step_m, 0]);
  }

  left(): void {
    this.forget();
    this.beforeMs = null;
    this.gliding = false;
  }

  dispose(): void {
    this.view.dispose();
  }

  /** The stick pressed and pushed; whether it is pressed. */
  private stepUpDown(side: Side): boolean {
    const { controls } = this.seat;
    const push = this.rising.get(side) ?? new Push();
    this.rising.set(side, push);
    if (!controls.held(side, "stick")) {
      push.skip(); // a stick that is out when it is pressed was pushed for something else
      return false;
    }
    const up = push.read(-controls.stick(side).y);
    if (up !== 0) this.step(up);
    return true;
  }

  /** One push of the stick is one turn, at once; forward is the arc. */
  private turnAndGo(side: Side, seconds: number): void {
    const { controls, rig, head, comfort } = this.seat;
    const stick = controls.stick(side);
    const push = this.turning.read(stick.x);
    if (!this.arc) {
      const angle = turnOf(comfort.turn, push, stick.x, seconds);
      if (angle !== 0 && Math.abs(stick.x) > Math.abs(stick.y)) {
        rig.turn(head.position, angle);
        this.gliding = comfort.turn === "smooth";
      }
    }
    const hand = [...this.seat.hands.values()].find((each) => each.side === side);
    if (!hand) return;
    const out = Math.hypot(stick.x, stick.y);
    if (stick.y < -STICK_ON || (this.arc && out > STICK_OFF)) this.throwFrom(hand, facingOf(stick));
    else if (this.arc && !this.palm) this.land();
  }

  private throwFrom(hand: RayHand, facing: number): void {
    this.facing = facing;
    this.arc = throwArc(hand.position, hand.throwing, (from, to) => this.surface(from, to));
    this.view.show(this.arc, facing === 0 ? null : this.gaze() + facing);
  }

  private gaze(): number {
    return yawOf(this.seat.head.quaternion);
  }

  private land(): void {
    const { rig, head } = this.seat;
    const { arc, facing } = this;
    this.forget();
    if (!arc?.landing) return;
    const target = rig.toModel(arc.landing);
    this.seat.hop(() => {
      if (facing !== 0) rig.turn(head.position, facing);
      rig.teleport(head.position, target);
    });
  }

  private forget(): void {
    this.arc = null;
    this.palm = null;
    this.view.hide();
  }

  /** The stick of the other hand, for who asked for it. */
  private glide(side: Side, seconds: number): void {
    const { comfort, controls, rig, head } = this.seat;
    const way = comfort.smoothMove
      ? glideOf(controls.stick(side), comfort.speed_mps, seconds)
      : null;
    if (!way) return;
    this.gliding = true;
    const yaw = yawOf(head.quaternion);
    const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
    rig.shift([c * way.right - s * way.ahead, 0, -s * way.right - c * way.ahead]);
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
