/** The wrist's panel and the red tag before the eyes as drawn, and as a ray presses them. User space, metres. */

import {
  CanvasTexture,
  Group,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  Quaternion,
  SRGBColorSpace,
  Vector3,
} from "three";
import { CANVAS_FONT } from "./canvas_font";
import type { Viewer } from "../scene/viewer";
import type { Vec3 } from "../state/model";
import type { RayTarget } from "./ray_hand";
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

export class Wrist implements RayTarget {
  readonly group = new Group();
  private readonly viewer: Viewer;
  private readonly panel = new Board(PANEL.width, PANEL.height, WIDTH, HEIGHT);
  private readonly tag = new Board(TAG.width, TAG.height, TAG.px, TAG.px / 4);
  private readonly stops: (() => void)[] = [];
  private content: PanelContent | null = null;
  private tagText: string | null = null;
  private hovered: PanelButton | null = null;
  private hoveredX = 0;
  private drawnMs = -Infinity;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
    this.group.add(this.panel.mesh, this.tag.mesh);
    const { recording, replay, people, theme } = viewer.workspace;
    const outdate = (): void => {
      this.drawnMs = -Infinity;
    };
    for (const store of [recording, replay, people, theme])
      this.stops.push(store.subscribe(outdate));
  }

  /** Before each picture. hand: of the side that does not point; null: it is not seen. */
  update(nowMs: number, head: Vec3, turned: Quaternion, hand: Vec3 | null): void {
    if (nowMs - this.drawnMs >= REDRAW_MS) {
      this.drawnMs = nowMs;
      this.content = panelContent(this.viewer.workspace, Date.now());
      this.tagText = recTag(this.viewer.workspace, Date.now());
      this.draw();
    }
    _eyes.set(...head);
    this.tag.mesh.position
      .set(...TAG_PLACE)
      .applyQuaternion(turned)
      .add(_eyes);
    this.tag.mesh.quaternion.copy(turned);
    const { mesh } = this.panel;
    if (hand) mesh.position.set(hand[0], hand[1] + ABOVE_HAND_M, hand[2]);
    else
      mesh.position
        .set(...BEFORE_EYES)
        .applyQuaternion(turned)
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

/** A rectangle with a picture that is drawn on a canvas. */
class Board {
  readonly mesh: Mesh<PlaneGeometry, MeshBasicMaterial>;
  private readonly canvas = document.createElement("canvas");
  private readonly texture = new CanvasTexture(this.canvas);
  private readonly width: number;
  private readonly height: number;

  constructor(width: number, height: number, widthPx: number, heightPx: number) {
    this.width = width;
    this.height = height;
    this.canvas.width = widthPx;
    this.canvas.height = heightPx;
    this.texture.colorSpace = SRGBColorSpace;
    const material = new MeshBasicMaterial({
      map: this.texture,
      toneMapped: false,
      transparent: true,
      depthTest: false, // nobody is recorded behind a part
    });
    this.mesh = new Mesh(new PlaneGeometry(width, height), material);
    this.mesh.renderOrder = 10;
    this.mesh.visible = false;
  }

  draw(
    visible: boolean,
    paint: (pen: CanvasRenderingContext2D, width: number, height: number) => void,
  ): void {
    this.mesh.visible = visible;
    const pen = visible ? this.canvas.getContext("2d") : null;
    if (!pen) return;
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    paint(pen, this.canvas.width, this.canvas.height);
    this.texture.needsUpdate = true;
  }

  /** A place of it in user space; fractions from the upper left corner. */
  point(x: number, y: number): Vec3 {
    _place.set((x - 0.5) * this.width, (0.5 - y) * this.height, 0);
    _place.applyQuaternion(this.mesh.quaternion).add(this.mesh.position);
    return [_place.x, _place.y, _place.z];
  }

  /** Where a ray meets its front; null: it misses. */
  meet(origin: Vec3, direction: Vec3): { x: number; y: number; distance: number } | null {
    if (!this.mesh.visible) return null;
    _back.copy(this.mesh.quaternion).invert();
    _from
      .set(...origin)
      .sub(this.mesh.position)
      .applyQuaternion(_back);
    _along.set(...direction).applyQuaternion(_back);
    if (_along.z > -1e-6) return null;
    const distance = -_from.z / _along.z;
    if (distance <= 0) return null;
    const x = 0.5 + (_from.x + _along.x * distance) / this.width;
    const y = 0.5 - (_from.y + _along.y * distance) / this.height;
    return x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y, distance } : null;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    this.texture.dispose();
  }
}

/** Several things before the model as one: the nearest that a ray meets takes it. */
export function firstOf(...targets: readonly RayTarget[]): RayTarget {
  let met: RayTarget | null = null;
  return {
    aim: (origin, direction) => {
      met = null;
      let nearest: number | null = null;
      for (const target of targets) {
        const distance = target.aim(origin, direction);
        if (distance === null || (nearest !== null && distance >= nearest)) continue;
        nearest = distance;
        met = target;
      }
      return nearest;
    },
    press: () => met?.press(),
    release: () => {
      for (const target of targets) target.release();
    },
  };
}

const _up = new Vector3(0, 1, 0);
const _eyes = new Vector3();
const _look = new Matrix4();
const _place = new Vector3();
const _from = new Vector3();
const _along = new Vector3();
const _back = new Quaternion();
