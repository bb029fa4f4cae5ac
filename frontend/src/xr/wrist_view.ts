/** The wrist's panel and the red tag before the eyes as drawn, and as a ray presses them. User space, metres. */

import { Group, Matrix4, Quaternion, Vector3 } from "three";
import type { Viewer } from "../scene/viewer";
import type { Vec3 } from "../state/model";
import { Board } from "./board";
import { BodyLock } from "./body_lock";
import { CANVAS_FONT } from "./canvas_font";
import type { RayTarget } from "./ray_target";
import type { Seat, SeatPart, Tick } from "./seat";
import {
  PANEL,
  type PanelButton,
  type PanelContent,
  panelButtonAt,
  panelContent,
  pressPanel,
  recTag,
} from "./wrist_panel";

const WIDTH = 512;
const HEIGHT = Math.round((WIDTH * PANEL.height) / PANEL.width);
const TAG = { width: 0.14, height: 0.035, px: 256 } as const;
const FONT = CANVAS_FONT;
const RED = "#e5484d";
/** Above the hand that does not point, leaning to the eyes. */
const ABOVE_HAND_M = 0.1;
/** Under it while the menu's column stands there. */
const BELOW_COLUMN_M = -0.12;
/** Where it floats while that hand is not seen, and where the tag stands, from the eyes. */
const BEFORE_EYES: Vec3 = [-0.12, -0.3, -0.6];
const TAG_PLACE: Vec3 = [0.16, 0.16, -0.8];
/** Words change with the seconds. */
const REDRAW_MS = 500;

/** Numbers for tests; user space. */
export interface WristDebug {
  readonly tag: string | null;
  readonly title: string | null;
  readonly line: string;
  readonly buttons: Readonly<Record<string, Vec3>>;
}

export class Wrist implements RayTarget, SeatPart {
  readonly group = new Group();
  readonly target = this;
  private readonly seat: Seat;
  private readonly viewer: Viewer;
  private readonly panel = new Board(PANEL.width, PANEL.height, WIDTH, HEIGHT);
  private readonly tag = new Board(TAG.width, TAG.height, TAG.px, TAG.px / 4);
  private readonly stops: (() => void)[] = [];
  private content: PanelContent | null = null;
  private tagText: string | null = null;
  private hovered: PanelButton | null = null;
  private hoveredX = 0;
  private drawnMs = -Infinity;
  private readonly body = new BodyLock();

  constructor(seat: Seat) {
    this.seat = seat;
    this.viewer = seat.viewer;
    this.group.add(this.panel.mesh, this.tag.mesh);
    const { recording, replay, people, theme } = seat.viewer.workspace;
    const outdate = (): void => {
      this.drawnMs = -Infinity;
    };
    for (const store of [recording, replay, people, theme])
      this.stops.push(store.subscribe(outdate));
  }

  update({ nowMs }: Tick): void {
    const { position: head, quaternion: turned } = this.seat.head;
    const hand = this.seat.resting?.position;
    if (nowMs - this.drawnMs >= REDRAW_MS) {
      this.drawnMs = nowMs;
      this.content = panelContent(this.viewer.workspace, Date.now());
      this.tagText = recTag(this.viewer.workspace, Date.now());
      this.draw();
    }
    _eyes.set(...head);
    // With the body, not with the head: they follow once one has turned away from them.
    _gaze.set(0, 0, -1).applyQuaternion(turned);
    _body.setFromAxisAngle(_up, this.body.follow(Math.atan2(-_gaze.x, -_gaze.z)));
    this.tag.mesh.position
      .set(...TAG_PLACE)
      .applyQuaternion(_body)
      .add(_eyes);
    this.tag.mesh.quaternion.copy(_body);
    const { mesh } = this.panel;
    const above = this.seat.column === this.seat.resting?.side ? BELOW_COLUMN_M : ABOVE_HAND_M;
    if (hand) mesh.position.set(hand[0], hand[1] + above, hand[2]);
    else
      mesh.position
        .set(...BEFORE_EYES)
        .applyQuaternion(_body)
        .add(_eyes);
    mesh.quaternion.setFromRotationMatrix(_look.lookAt(_eyes, mesh.position, _up));
  }

  aim(origin: Vec3, direction: Vec3): number | null {
    const hit = this.content && this.panel.meet(origin, direction);
    const over = hit && this.content ? panelButtonAt(this.content, hit.x, hit.y) : null;
    if (over !== this.hovered) this.drawnMs = -Infinity;
    this.hovered = over;
    this.hoveredX = hit?.x ?? 0;
    return hit?.distance ?? null;
  }

  press(): void {
    const { workspace, commands } = this.viewer;
    if (this.hovered) pressPanel(this.hovered, this.hoveredX, workspace, commands);
  }

  release(): void {
    // Presses act at once: nothing is held.
  }

  debug(): WristDebug {
    const buttons = (this.content?.buttons ?? []).map(
      ({ id, x, y, width, height }) =>
        [id, this.panel.point(x + width / 2, y + height / 2)] as const,
    );
    const { content } = this;
    return {
      tag: this.tag.mesh.visible ? this.tagText : null,
      title: content?.title ?? null,
      line: content?.line ?? "",
      buttons: Object.fromEntries(buttons),
    };
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.panel.dispose();
    this.tag.dispose();
    this.group.removeFromParent();
  }

  private draw(): void {
    const dark = this.viewer.workspace.theme.get() === "dark";
    const [board, ink, button] = dark
      ? ["#1b2129", "#eef1f4", "#2d3641"]
      : ["#ffffff", "#1b2430", "#e6eaee"];
    const { content, tagText } = this;
    this.tag.draw(tagText !== null, (pen, width, height) => {
      pen.fillStyle = RED;
      pen.beginPath();
      pen.roundRect(0, 0, width, height, height / 2);
      pen.fill();
      pen.fillStyle = "#ffffff";
      pen.beginPath();
      pen.arc(height / 2, height / 2, height / 5, 0, 2 * Math.PI);
      pen.fill();
      pen.font = `650 ${height * 0.55}px ${FONT}`;
      pen.textBaseline = "middle";
      pen.fillText(tagText ?? "", height * 0.95, height / 2, width - height * 1.2);
    });
    this.panel.draw(content !== null, (pen, width, height) => {
      if (!content) return;
      pen.fillStyle = board;
      pen.fillRect(0, 0, width, height);
      const indent = content.rec ? 48 : 18;
      if (content.rec) {
        pen.fillStyle = RED;
        pen.beginPath();
        pen.arc(28, 36, 11, 0, 2 * Math.PI);
        pen.fill();
      }
      pen.fillStyle = ink;
      pen.textBaseline = "middle";
      pen.font = `650 30px ${FONT}`;
      pen.fillText(content.title, indent, 36, width - indent - 14);
      pen.font = `400 24px ${FONT}`;
      pen.fillText(content.line, 18, 82, width - 32);
      for (const one of content.buttons) {
        const lit = this.hovered === one.id;
        const [x, y] = [one.x * width, one.y * height];
        const [w, h] = [one.width * width, one.height * height];
        pen.fillStyle = lit ? "#0f6fc6" : button;
        pen.beginPath();
        pen.roundRect(x, y, w, h, 8);
        pen.fill();
        if (one.id === "bar") {
          pen.fillStyle = "#0f6fc6";
          pen.fillRect(x, y, w * (content.fraction ?? 0), h);
          continue;
        }
        pen.fillStyle = lit ? "#ffffff" : ink;
        pen.font = `600 26px ${FONT}`;
        pen.textAlign = "center";
        const short = one.id === "back" ? "−10" : one.id === "on" ? "+10" : one.label;
        pen.fillText(short, x + w / 2, y + h / 2, w - 12);
        pen.textAlign = "left";
      }
    });
  }
}

const _up = new Vector3(0, 1, 0);
const _eyes = new Vector3();
const _gaze = new Vector3();
const _body = new Quaternion();
const _look = new Matrix4();
