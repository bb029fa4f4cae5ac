/** The hints of `ButtonGuide` as drawn: a small list above each controller. */

import { Group, Matrix4, Vector3 } from "three";
import { t } from "../state/messages";
import { Board } from "./board";
import { ButtonGuide, type Hint, hintsOf } from "./button_guide";
import type { Side } from "./controls";
import type { Seat, SeatPart, Tick } from "./seat";

const LIST = { width: 0.2, height: 0.15, px: 640 } as const;
const ABOVE_M = 0.13;
/** 0.31 mm are one pixel: 26 are 8 mm, 1° at arm's length. */
const TEXT_PX = 26;
const LINE_PX = 60;
const MOST = 7;

export class ButtonLabels implements SeatPart {
  readonly group = new Group();
  private readonly seat: Seat;
  private readonly guide = new ButtonGuide();
  private readonly lists: Readonly<Record<Side, Board>>;
  private readonly written = new Map<Side, string>();

  constructor(seat: Seat) {
    this.seat = seat;
    const list = (): Board =>
      new Board(LIST.width, LIST.height, LIST.px, Math.round((LIST.px * LIST.height) / LIST.width));
    this.lists = { left: list(), right: list() };
    this.group.add(this.lists.left.mesh, this.lists.right.mesh);
  }

  entered(): void {
    this.show(true);
  }

  show(on: boolean): void {
    this.guide.show(on);
    this.seat.tell({ buttons: on });
  }

  /** What is still written beside a side's controller. */
  shownOn(side: Side): readonly Hint[] {
    const free = !this.waits && this.seat.column !== side;
    return this.guide.shown && free && this.seat.controls.sides.includes(side)
      ? this.guide.left(side, this.hints(side))
      : [];
  }

  update({ nowMs }: Tick): void {
    const shown = this.guide.shown;
    if (!this.waits) this.guide.update(nowMs, this.seat.controls, (side) => this.hints(side));
    if (shown && !this.guide.shown) this.seat.tell({ buttons: false });
    for (const side of ["left", "right"] as const) this.place(side);
  }

  left(): void {
    this.guide.show(false);
    this.written.clear();
    for (const side of ["left", "right"] as const) this.lists[side].draw(false, () => undefined);
  }

  dispose(): void {
    this.lists.left.dispose();
    this.lists.right.dispose();
    this.group.removeFromParent();
  }

  /** One thing at a time: the question first. */
  private get waits(): boolean {
    return this.seat.state?.asking === true || this.seat.state?.safe === true;
  }

  private hints(side: Side): readonly Hint[] {
    return hintsOf(side === this.seat.movingSide, this.seat.comfort.smoothMove);
  }

  private place(side: Side): void {
    const hints = this.shownOn(side);
    const board = this.lists[side];
    const hand = [...this.seat.hands.values()].find(
      (each) => each.side === side && each.tracked && !each.bare,
    );
    const words = hand ? hints.map((hint) => t(`seat.hint.${hint}`)) : [];
    const text = words.join("\n");
    if (text !== (this.written.get(side) ?? "")) {
      this.written.set(side, text);
      this.draw(board, words);
    }
    if (!hand || words.length === 0) return;
    const [x, y, z] = hand.asGrip().position;
    board.mesh.position.set(x, y + ABOVE_M, z);
    board.mesh.quaternion.setFromRotationMatrix(
      _look.lookAt(_eyes.set(...this.seat.head.position), board.mesh.position, _up),
    );
  }

  private draw(board: Board, words: readonly string[]): void {
    const dark = this.seat.viewer.workspace.theme.get() === "dark";
    board.draw(words.length > 0, (pen, width, height) => {
      const tall = words.length * LINE_PX + 24;
      const top = height - Math.min(height, tall);
      pen.fillStyle = dark ? "rgba(27,33,41,0.92)" : "rgba(255,255,255,0.92)";
      pen.beginPath();
      pen.roundRect(0, top, width, height - top, 20);
      pen.fill();
      pen.fillStyle = dark ? "#eef1f4" : "#1b2430";
      pen.font = `500 ${TEXT_PX + 10}px system-ui, sans-serif`;
      pen.textBaseline = "middle";
      const line = (height - top - 24) / Math.min(MOST, words.length);
      words.forEach((word, index) =>
        pen.fillText(word, 24, top + 12 + line * (index + 0.5), width - 48),
      );
    });
  }
}

const _up = new Vector3(0, 1, 0);
const _eyes = new Vector3();
const _look = new Matrix4();
