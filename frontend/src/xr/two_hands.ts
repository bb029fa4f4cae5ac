/** Both hands closed on the model: it moves, turns and scales between them, and its scale is read above them. */

import { Group, Matrix4, Vector3 } from "three";
import type { Vec3 } from "../state/model";
import { Board } from "./board";
import type { RayHand } from "./ray_hand";
import { ratioText } from "./ratio";
import type { RigPose } from "./rig";
import type { Seat, SeatPart } from "./seat";
import { type Pair, gripped } from "./two_grips";

/** The read-out: 2.4° high at arm's length. */
const PLATE = { width: 0.12, height: 0.05, px: 384 } as const;
const ABOVE_M = 0.08;
const MOVES_M = 0.01;

export class TwoHands implements SeatPart {
  readonly group = new Group();
  /** "1:20" while it is scaled; null: it is not. */
  readout: string | null = null;
  private readonly seat: Seat;
  private readonly plate = new Board(PLATE.width, PLATE.height, PLATE.px, 160);
  private start: { readonly hands: readonly RayHand[]; from: Pair; rig: RigPose } | null = null;
  private moved = false;

  constructor(seat: Seat) {
    this.seat = seat;
    this.group.add(this.plate.mesh);
  }

  /** Before each picture; what is held is moved by the hands alone. */
  update(): void {
    const [first, second, third] = this.seat.closed;
    const locked = this.seat.state?.room?.locked === true || this.seat.state?.safe === true;
    if (!first || !second || third || locked) return this.end();
    const now: Pair = [first.asGrip().position, second.asGrip().position];
    const { rig } = this.seat;
    if (!this.start || this.start.hands[0] !== first || this.start.hands[1] !== second) {
      this.start = { hands: [first, second], from: now, rig: rig.pose };
      this.moved = false;
      return;
    }
    const { from } = this.start;
    this.moved ||= from.some((hand, index) => apart(hand, now[index] ?? hand) > MOVES_M);
    if (!this.moved) return; // hands that close are no hands that pull
    rig.set(gripped(this.start.rig, from, now));
    rig.mode = "free";
    this.show(now);
    this.seat.tell({ mode: "free", scale: rig.scale });
  }

  left(): void {
    this.end();
  }

  dispose(): void {
    this.plate.dispose();
    this.group.removeFromParent();
  }

  private end(): void {
    this.start = null;
    if (this.readout === null) return;
    this.readout = null;
    this.plate.draw(false, () => undefined);
  }

  private show([a, b]: Pair): void {
    const text = ratioText(this.seat.rig.scale);
    const { mesh } = this.plate;
    mesh.position.set((a[0] + b[0]) / 2, (a[1] + b[1]) / 2 + ABOVE_M, (a[2] + b[2]) / 2);
    mesh.quaternion.setFromRotationMatrix(
      _look.lookAt(_eyes.set(...this.seat.head.position), mesh.position, _up),
    );
    if (text === this.readout) return;
    this.readout = text;
    const dark = this.seat.viewer.workspace.theme.get() === "dark";
    this.plate.draw(true, (pen, width, height) => {
      pen.fillStyle = dark ? "#1b2129" : "#ffffff";
      pen.beginPath();
      pen.roundRect(0, 0, width, height, height / 3);
      pen.fill();
      pen.fillStyle = dark ? "#eef1f4" : "#1b2430";
      pen.font = `650 ${height * 0.6}px system-ui, sans-serif`;
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.fillText(text, width / 2, height / 2, width - 24);
    });
  }
}

function apart(a: Vec3, b: Vec3): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

const _up = new Vector3(0, 1, 0);
const _eyes = new Vector3();
const _look = new Matrix4();
