/** One line for what is not as wished, below the gaze: it goes with the body, never with the head. */

import { Matrix4, Vector3 } from "three";
import { t } from "../state/messages";
import { Board } from "./board";
import { BodyLock } from "./body_lock";
import { yawOf } from "./gaze_yaw";
import type { Seat, SeatPart } from "./seat";

const CHIP = { width: 0.72, height: 0.07, px: 1024 } as const;
const AWAY_M = 1.25;
/** Below the eyes, metres: 20°. */
const BELOW_M = 0.45;
const TEXT_PX = 32; // 22 mm of the board at 1.3 m: 1°

export class Notices implements SeatPart {
  /** null: nothing is to be said. */
  text: string | null = null;
  private readonly seat: Seat;
  private readonly board = new Board(
    CHIP.width,
    CHIP.height,
    CHIP.px,
    Math.round((CHIP.px * CHIP.height) / CHIP.width),
  );
  private readonly lock = new BodyLock();

  constructor(seat: Seat) {
    this.seat = seat;
  }

  get group(): Board["mesh"] {
    return this.board.mesh;
  }

  update(): void {
    const trouble = this.seat.state?.troubles[0];
    const text = trouble ? t(`seat.trouble.${trouble}`) : null;
    if (text !== this.text) {
      this.text = text;
      this.draw();
    }
    if (text === null) {
      this.lock.reset();
      return;
    }
    const { position, quaternion } = this.seat.head;
    const yaw = this.lock.follow(yawOf(quaternion));
    const { mesh } = this.board;
    mesh.position.set(
      position[0] - Math.sin(yaw) * AWAY_M,
      position[1] - BELOW_M,
      position[2] - Math.cos(yaw) * AWAY_M,
    );
    mesh.quaternion.setFromRotationMatrix(_look.lookAt(_eyes.set(...position), mesh.position, _up));
  }

  left(): void {
    this.text = null;
    this.draw();
    this.lock.reset();
  }

  dispose(): void {
    this.board.dispose();
    this.board.mesh.removeFromParent();
  }

  private draw(): void {
    const { text } = this;
    this.board.draw(text !== null, (pen, width, height) => {
      pen.fillStyle = "#7a4b00";
      pen.beginPath();
      pen.roundRect(0, 0, width, height, height / 2);
      pen.fill();
      pen.fillStyle = "#ffffff";
      pen.font = `600 ${TEXT_PX}px system-ui, sans-serif`;
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.fillText(text ?? "", width / 2, height / 2, width - height);
    });
  }
}

const _up = new Vector3(0, 1, 0);
const _eyes = new Vector3();
const _look = new Matrix4();
