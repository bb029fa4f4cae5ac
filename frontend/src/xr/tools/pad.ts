/** A board with words and buttons that stands in the room and takes a ray's presses. User space. */

import { Matrix4, Vector3 } from "three";
import type { Theme } from "../../state/workspace";
import type { Vec3 } from "../../state/model";
import { Board } from "../board";
import type { RayTarget } from "../ray_target";
import { type PadButton, type PadContent, buttonAt } from "./pad_content";

const FONT = "system-ui, sans-serif";
const COLOURS = {
  light: { paper: "#ffffff", ink: "#1b2430", faint: "#4a5665", button: "#e6eaee", lit: "#0f6fc6" },
  dark: { paper: "#1b2129", ink: "#eef1f4", faint: "#b6bec8", button: "#2d3641", lit: "#2f7fd0" },
} as const;

export interface PadSize {
  /** Metres. */
  readonly width: number;
  readonly height: number;
  /** Of the canvas; a pixel is as long either way. */
  readonly widthPx: number;
  /** Of its text. */
  readonly textPx: number;
}

/** Numbers for tests. */
export interface PadDebug {
  readonly title: string;
  readonly lines: readonly string[];
  readonly buttons: Readonly<Record<string, Vec3>>;
}

export class Pad implements RayTarget {
  readonly board: Board;
  private readonly size: PadSize;
  private readonly press_: (button: PadButton, along: number) => void;
  private content: PadContent | null = null;
  private picture: CanvasImageSource | null = null;
  private hovered: PadButton | null = null;
  private hoveredX = 0;
  private drawn = "";
  private theme: Theme = "light";

  /** press: a button was pressed, at a fraction of its width. */
  constructor(size: PadSize, press: (button: PadButton, along: number) => void) {
    this.size = size;
    this.press_ = press;
    const heightPx = Math.round((size.widthPx * size.height) / size.width);
    this.board = new Board(size.width, size.height, size.widthPx, heightPx);
  }

  /** Stands it somewhere, facing the user. */
  place(at: Vec3, head: Vec3): void {
    const { mesh } = this.board;
    mesh.position.set(...at);
    mesh.quaternion.setFromRotationMatrix(_look.lookAt(_eye.set(...head), mesh.position, _up));
  }

  /** null: it is not there. picture: above its buttons. */
  show(content: PadContent | null, theme: Theme, picture: CanvasImageSource | null = null): void {
    this.content = content;
    this.theme = theme;
    const fresh = picture !== this.picture;
    this.picture = picture;
    if (fresh) this.drawn = "";
    this.redraw();
  }

  aim(origin: Vec3, direction: Vec3): number | null {
    const hit = this.content && this.board.meet(origin, direction);
    const over = hit && this.content ? buttonAt(this.content, hit.x, hit.y) : null;
    this.hovered = over;
    this.hoveredX = over && hit ? (hit.x - over.x) / over.width : 0;
    this.redraw();
    return hit?.distance ?? null;
  }

  press(): void {
    if (this.hovered) this.press_(this.hovered, this.hoveredX);
  }

  release(): void {
    // Presses act at once: nothing is held.
  }

  get debug(): PadDebug | null {
    const { content } = this;
    if (!content) return null;
    const buttons = content.buttons.map(
      ({ id, x, y, width, height }) =>
        [id, this.board.point(x + width / 2, y + height / 2)] as const,
    );
    return { title: content.title, lines: content.lines, buttons: Object.fromEntries(buttons) };
  }

  dispose(): void {
    this.board.dispose();
    this.board.mesh.removeFromParent();
  }

  private redraw(): void {
    const key = `${JSON.stringify(this.content)} ${this.hovered?.id ?? ""} ${this.theme}`;
    if (key === this.drawn) return;
    this.drawn = key;
    const { content, hovered, picture } = this;
    const { paper, ink, faint, button, lit } = COLOURS[this.theme];
    const text = this.size.textPx;
    this.board.draw(content !== null, (pen, width, height) => {
      if (!content) return;
      pen.fillStyle = paper;
      pen.beginPath();
      pen.roundRect(0, 0, width, height, 18);
      pen.fill();
      pen.fillStyle = ink;
      pen.textBaseline = "middle";
      pen.font = `650 ${text * 1.2}px ${FONT}`;
      pen.fillText(content.title, text, text * 1.3, width - 2 * text);
      pen.font = `400 ${text}px ${FONT}`;
      pen.fillStyle = faint;
      content.lines.forEach((line, i) =>
        pen.fillText(line, text, text * (2.9 + 1.4 * i), width - 2 * text),
      );
      const { pictureBox } = content;
      if (picture && pictureBox) {
        const { x, y, width: w, height: h } = pictureBox;
        pen.drawImage(picture, x * width, y * height, w * width, h * height);
      }
      for (const one of content.buttons) {
        const over = hovered?.id === one.id;
        const [x, y, w, h] = [
          one.x * width,
          one.y * height,
          one.width * width,
          one.height * height,
        ];
        pen.fillStyle = one.on ? lit : button;
        pen.beginPath();
        pen.roundRect(x, y, w, h, 10);
        pen.fill();
        if (one.fraction !== undefined) {
          pen.fillStyle = lit;
          pen.beginPath();
          pen.roundRect(x, y, Math.max(12, w * one.fraction), h, 10);
          pen.fill();
        }
        if (over) {
          pen.strokeStyle = lit;
          pen.lineWidth = 5;
          pen.beginPath();
          pen.roundRect(x + 2, y + 2, w - 4, h - 4, 9);
          pen.stroke();
        }
        const half = one.fraction !== undefined && one.fraction > 0.5;
        pen.fillStyle = one.on || half ? "#ffffff" : ink;
        pen.font = `600 ${text}px ${FONT}`;
        pen.textAlign = "center";
        pen.fillText(one.label, x + w / 2, y + h / 2, w - 12);
        pen.textAlign = "left";
      }
    });
  }
}

const _up = new Vector3(0, 1, 0);
const _eye = new Vector3();
const _look = new Matrix4();
