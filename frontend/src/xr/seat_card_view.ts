/** The seat's card as drawn: 1.2 m away, to the right of where one looked when it came, and there it stays. */

import { Matrix4, Vector3 } from "three";
import type { Vec3 } from "../state/model";
import { Board } from "./board";
import { yawOf } from "./gaze_yaw";
import type { RayTarget } from "./ray_target";
import type { Seat, SeatPart } from "./seat";
import { type SeatCardContent, seatCard } from "./seat_card";

const AWAY_M = 1.2;
const WIDTH_M = 0.62;
const HEIGHT_M = 0.4;
/** To the right of the gaze, radians: the table stays free. */
const ASIDE = -0.5;
/** The upper edge is below the eyes by this angle, radians (UX.md §4.11: 5°). */
const BELOW = 0.087;
const PX = 1024;
const FONT = "system-ui, sans-serif";
/** 0.6 mm are one pixel: 28 are 0.8° at 1.2 m. */
const TEXT_PX = 28;
const TITLE_PX = 40;
const TOP = 0.36;

/** Numbers for tests; user space. */
export interface SeatCardDebug {
  readonly id: string;
  readonly title: string;
  readonly line: string;
  readonly buttons: Readonly<Record<string, Vec3>>;
}

export class SeatCard implements RayTarget, SeatPart {
  readonly target = this;
  private readonly seat: Seat;
  private readonly board = new Board(WIDTH_M, HEIGHT_M, PX, Math.round((PX * HEIGHT_M) / WIDTH_M));
  private readonly stops: (() => void)[] = [];
  private content: SeatCardContent | null = null;
  private hovered: string | null = null;
  private stale = true;

  constructor(seat: Seat) {
    this.seat = seat;
    const { workspace } = seat.viewer;
    const outdate = (): void => {
      this.stale = true;
    };
    this.stops.push(workspace.seat.subscribe(outdate), workspace.theme.subscribe(outdate));
  }

  get group(): Board["mesh"] {
    return this.board.mesh;
  }

  update(): void {
    if (!this.stale) return;
    this.stale = false;
    const before = this.content?.id;
    this.content = seatCard(this.seat.viewer.workspace);
    if (this.content && this.content.id !== before) this.place();
    this.draw();
  }

  aim(origin: Vec3, direction: Vec3): number | null {
    const hit = this.content && this.board.meet(origin, direction);
    const over = hit ? this.at(hit.x, hit.y) : null;
    if (over !== this.hovered) this.stale = true;
    this.hovered = over;
    return hit?.distance ?? null;
  }

  press(): void {
    this.content?.buttons.find(({ id }) => id === this.hovered)?.run(this.seat.viewer.commands);
  }

  release(): void {
    // Presses act at once.
  }

  left(): void {
    this.content = null;
    this.hovered = null;
    this.stale = true;
    this.board.draw(false, () => undefined);
  }

  debug(): SeatCardDebug | null {
    if (!this.content) return null;
    const { id, title, line, buttons } = this.content;
    const places = buttons.map((each, index) => {
      const { x, y, width, height } = this.place4(index);
      return [each.id, this.board.point(x + width / 2, y + height / 2)] as const;
    });
    return { id, title, line, buttons: Object.fromEntries(places) };
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.board.dispose();
    this.board.mesh.removeFromParent();
  }

  private place(): void {
    const { position, quaternion } = this.seat.head;
    const yaw = yawOf(quaternion) + ASIDE;
    const { mesh } = this.board;
    mesh.position.set(
      position[0] - Math.sin(yaw) * AWAY_M,
      position[1] - Math.tan(BELOW) * AWAY_M - HEIGHT_M / 2,
      position[2] - Math.cos(yaw) * AWAY_M,
    );
    mesh.quaternion.setFromRotationMatrix(_look.lookAt(_eyes.set(...position), mesh.position, _up));
  }

  /** A button's rectangle, as fractions of the board. */
  private place4(index: number): { x: number; y: number; width: number; height: number } {
    const count = this.content?.buttons.length ?? 1;
    const height = Math.min(0.26, (1 - TOP - 0.04) / count - 0.03);
    return { x: 0.04, y: TOP + index * (height + 0.03), width: 0.92, height };
  }

  private at(x: number, y: number): string | null {
    const found = this.content?.buttons.find((_button, index) => {
      const place = this.place4(index);
      const [u, v] = [x - place.x, y - place.y];
      return u >= 0 && u <= place.width && v >= 0 && v <= place.height;
    });
    return found?.id ?? null;
  }

  private draw(): void {
    const dark = this.seat.viewer.workspace.theme.get() === "dark";
    const [board, ink, faint, rest] = dark
      ? ["#1b2129", "#eef1f4", "#b6bec8", "#2d3641"]
      : ["#ffffff", "#1b2430", "#4a5665", "#e6eaee"];
    const { content } = this;
    this.board.draw(content !== null, (pen, width, height) => {
      if (!content) return;
      pen.fillStyle = board;
      pen.beginPath();
      pen.roundRect(0, 0, width, height, 24);
      pen.fill();
      pen.textBaseline = "middle";
      pen.fillStyle = ink;
      pen.font = `650 ${TITLE_PX}px ${FONT}`;
      pen.fillText(content.title, 0.04 * width, 0.12 * height, 0.92 * width);
      pen.font = `400 ${TEXT_PX}px ${FONT}`;
      pen.fillStyle = faint;
      pen.fillText(content.line, 0.04 * width, 0.26 * height, 0.92 * width);
      content.buttons.forEach((button, index) => {
        const place = this.place4(index);
        const [x, y] = [place.x * width, place.y * height];
        const [w, h] = [place.width * width, place.height * height];
        const lit = this.hovered === button.id;
        pen.fillStyle = lit ? "#0f6fc6" : rest;
        pen.beginPath();
        pen.roundRect(x, y, w, h, 14);
        pen.fill();
        pen.fillStyle = lit ? "#ffffff" : ink;
        pen.font = `600 ${TEXT_PX + 4}px ${FONT}`;
        pen.fillText(button.label, x + 24, y + (button.detail ? h * 0.32 : h / 2), w - 48);
        if (!button.detail) return;
        pen.fillStyle = lit ? "#ffffff" : faint;
        pen.font = `400 ${TEXT_PX - 2}px ${FONT}`;
        pen.fillText(button.detail, x + 24, y + h * 0.72, w - 48);
      });
    });
  }
}

const _up = new Vector3(0, 1, 0);
const _eyes = new Vector3();
const _look = new Matrix4();
