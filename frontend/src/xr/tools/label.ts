/** Words in the room that face the user and keep their size before the eye (UX.md §4.11). */

import { Matrix4, Vector3 } from "three";
import type { Theme } from "../../state/workspace";
import type { Vec3 } from "../../state/model";
import { Board } from "../board";

/** Body text, radians: 0.75°. */
export const TEXT_RAD = (0.75 * Math.PI) / 180;
const HEIGHT_PX = 64;
const FONT = `600 ${HEIGHT_PX * 0.56}px system-ui, sans-serif`;
/** The board is this much higher than its text. */
const BOARD_OVER_TEXT = 1 / 0.56;
const WIDTH_PX = 512;
/** Where a board is 1 m wide; scaled by distance. */
const UNIT_M = 1;

/** Metres that the text is high at a distance. */
export function textHeight(distance: number): number {
  return 2 * distance * Math.tan(TEXT_RAD / 2);
}

export class Label {
  readonly board = new Board(UNIT_M, (UNIT_M * HEIGHT_PX) / WIDTH_PX, WIDTH_PX, HEIGHT_PX);
  /** What it says now; null: nothing. */
  text: string | null = null;
  private drawn = "";

  constructor() {
    this.board.mesh.renderOrder = 12;
  }

  /** at, head: user space. up: metres above it, in heights of the board. */
  show(text: string | null, at: Vec3, head: Vec3, theme: Theme, up = 0): void {
    const { mesh } = this.board;
    this.text = text;
    const key = `${text ?? ""} ${theme}`;
    if (key !== this.drawn) {
      this.drawn = key;
      this.draw(text, theme);
    }
    mesh.visible = text !== null;
    if (text === null) return;
    const far = Math.max(0.2, Math.hypot(at[0] - head[0], at[1] - head[1], at[2] - head[2]));
    const high = textHeight(far) * BOARD_OVER_TEXT;
    mesh.scale.setScalar((high * WIDTH_PX) / HEIGHT_PX / UNIT_M);
    mesh.position.set(at[0], at[1] + up * high, at[2]);
    mesh.quaternion.setFromRotationMatrix(_look.lookAt(_eye.set(...head), mesh.position, _up));
  }

  /** Height of its text, metres, as it is drawn now. */
  get textHeight_m(): number {
    return ((this.board.mesh.scale.x * HEIGHT_PX) / WIDTH_PX) * UNIT_M * 0.56;
  }

  dispose(): void {
    this.board.dispose();
    this.board.mesh.removeFromParent();
  }

  private draw(text: string | null, theme: Theme): void {
    const [paper, ink, rim] =
      theme === "dark" ? ["#1b2129", "#eef1f4", "#6cb2ff"] : ["#ffffff", "#1b2430", "#0f6fc6"];
    this.board.draw(text !== null, (pen, width, height) => {
      pen.font = FONT;
      const wide = Math.min(width - 4, pen.measureText(text ?? "").width + 40);
      pen.fillStyle = paper;
      pen.strokeStyle = rim;
      pen.lineWidth = 3;
      pen.beginPath();
      pen.roundRect((width - wide) / 2, 2, wide, height - 4, 12);
      pen.fill();
      pen.stroke();
      pen.fillStyle = ink;
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.fillText(text ?? "", width / 2, height / 2 + 2, wide - 24);
    });
  }
}

const _up = new Vector3(0, 1, 0);
const _eye = new Vector3();
const _look = new Matrix4();
