/**
 * A board of buttons, lists and words in the room: keeps what it shows, draws only what became different, takes a ray's
 * presses. User space, metres; places on it are units of `sizes.ts` from its upper left corner.
 */

import {
  AlwaysDepth,
  CanvasTexture,
  LinearMipmapLinearFilter,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  Quaternion,
  SRGBColorSpace,
  Vector3,
} from "three";
import type { Vec3 } from "../../state/model";
import type { Theme } from "../../state/workspace";
import type { RayTarget } from "../ray_target";
import { type Placed, isTarget, layOut, listAt, targetAt } from "./layout";
import type { ListNode, PanelNode } from "./nodes";
import { COLOURS, type Touch, measureWith, paint } from "./paint";
import { pictureAt } from "./pictures";
import { GAP, PX_PER_UNIT, TARGET, angleBetween, metresPerUnit } from "./sizes";

/** Boards are drawn over the model and before the hands. */
export const PANEL_ORDER = 10;
/** Units that a press may wander before it drags. */
const DRAG = 0.9;
/** Around everything. */
export const MARGIN = 0.7;

/** One text or target as an eye sees it: degrees; `at`: its middle, user space. */
export interface Seen {
  readonly kind: "text" | "target";
  readonly name: string;
  readonly style: string;
  /** The smaller angle of a target, the height of a text's letters. */
  readonly angle: number;
  readonly metres: number;
  readonly at: Vec3;
  /** Units on the board. */
  readonly box: readonly [number, number, number, number];
}

export interface PanelDebug {
  readonly position: Vec3;
  readonly quaternion: readonly [number, number, number, number];
  readonly distance: number;
  /** Units. */
  readonly size: readonly [number, number];
  /** Pixels for each degree at its middle, as the eye sees it. */
  readonly pxPerDegree: number;
  readonly textScale: number;
  /** What the ray is on. */
  readonly hovered: string | null;
  readonly items: readonly Seen[];
  /** Times that its picture was sent to the graphics card. */
  readonly uploads: number;
}

export class Panel implements RayTarget {
  readonly mesh: Mesh<PlaneGeometry, MeshBasicMaterial>;
  readonly width: number;
  readonly height: number;
  private readonly canvas = document.createElement("canvas");
  private readonly texture = new CanvasTexture(this.canvas);
  private readonly pen: CanvasRenderingContext2D | null;
  private placed: readonly Placed[] = [];
  private drawn = new Map<string, string>();
  private theme: Theme = "light";
  private textScale = 1;
  private unit = 1;
  private hovered: string | null = null;
  private pressed: Placed | null = null;
  private at: { x: number; y: number } = { x: 0, y: 0 };
  private from: { x: number; y: number; first: number } | null = null;
  private dragging = false;
  private uploads = 0;

  /** width, height: units. */
  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.canvas.width = Math.round(width * PX_PER_UNIT);
    this.canvas.height = Math.round(height * PX_PER_UNIT);
    this.pen = this.canvas.getContext("2d");
    this.texture.colorSpace = SRGBColorSpace;
    this.texture.minFilter = LinearMipmapLinearFilter;
    this.texture.anisotropy = 4;
    // It overwrites the model's depth with its own: hands before it are seen, the model is not seen through it.
    const material = new MeshBasicMaterial({
      map: this.texture,
      toneMapped: false,
      depthFunc: AlwaysDepth,
      alphaTest: 0.5,
    });
    this.mesh = new Mesh(new PlaneGeometry(1, 1), material);
    this.mesh.renderOrder = PANEL_ORDER;
    this.mesh.visible = false;
  }

  /** A ray met it when it was last asked. */
  pointedAt = false;

  get visible(): boolean {
    return this.mesh.visible;
  }

  /** Stands it in the room so that a unit is a degree at this distance, metres. */
  place(position: Vec3, quaternion: Quaternion, distance: number): void {
    this.unit = metresPerUnit(distance);
    this.mesh.position.set(...position);
    this.mesh.quaternion.copy(quaternion);
    this.mesh.scale.set(this.width * this.unit, this.height * this.unit, 1);
  }

  /** Shows this; null: it is not there. */
  show(node: PanelNode | null, theme: Theme, textScale: number): void {
    const { pen } = this;
    this.mesh.visible = node !== null;
    if (!node || !pen) {
      this.placed = [];
      this.hovered = null;
      this.pressed = null;
      return;
    }
    if (theme !== this.theme) this.drawn.clear();
    this.theme = theme;
    this.textScale = textScale;
    const [width, height] = [this.width - 2 * MARGIN, this.height - 2 * MARGIN];
    const place = { x: MARGIN, y: MARGIN, width, height };
    this.placed = layOut(node, place, { measure: measureWith(pen), textScale });
    this.redraw();
  }

  aim(origin: Vec3, direction: Vec3): number | null {
    const hit = this.meet(origin, direction, this.pressed !== null);
    this.pointedAt = hit !== null;
    if (hit) this.at = { x: hit.x, y: hit.y };
    const over = hit && this.overAt(hit);
    const before = this.hovered;
    this.hovered = over ? idOf(over) : null;
    if (this.pressed && hit) this.drag();
    if (this.hovered !== before) this.redraw();
    return hit?.distance ?? null;
  }

  press(): void {
    const target = targetAt(this.placed, this.at.x, this.at.y);
    const list = this.listHere();
    this.pressed = target ?? list?.placed ?? null;
    this.from = { ...this.at, first: list?.node.first ?? 0 };
    this.dragging = false;
    const node = target?.node;
    if (node?.kind === "slider") this.slide(false);
    // What acts as long as it is held begins at once; the rest is done when the trigger comes up on it.
    if (node?.kind === "button" && node.release && !node.disabled) node.press();
    this.redraw();
  }

  release(): void {
    const { pressed } = this;
    if (!pressed) return;
    const node = pressed.node;
    if (node.kind === "slider") this.slide(true);
    this.pressed = null;
    const same = this.hovered !== null && this.hovered === idOf(pressed);
    if (node.kind === "button" && !node.disabled) {
      if (node.release) node.release();
      else if (same && !this.dragging) node.press();
    }
    this.from = null;
    this.redraw();
  }

  /** Whether the ray is on a list that has more than it shows. */
  get overList(): boolean {
    return this.visible && this.listHere() !== null;
  }

  /** Moves the list under the ray by so many lines. */
  scroll(lines: number): void {
    const list = this.listHere()?.node;
    if (list) scrollTo(list, list.first + lines);
  }

  /** Everything on it as an eye sees it. */
  debug(eye: Vec3): PanelDebug {
    const { position, quaternion: q } = this.mesh;
    const middle: Vec3 = [position.x, position.y, position.z];
    const distance = Math.hypot(...middle.map((value, axis) => value - (eye[axis] ?? 0)));
    const degree = angleBetween(
      eye,
      this.point(this.width / 2 - 0.5, this.height / 2),
      this.point(this.width / 2 + 0.5, this.height / 2),
    );
    return {
      position: middle,
      quaternion: [q.x, q.y, q.z, q.w],
      distance,
      size: [this.width, this.height],
      pxPerDegree: PX_PER_UNIT / degree,
      textScale: this.textScale,
      hovered: this.hovered,
      items: this.placed.flatMap((each) => this.seen(each, eye)),
      uploads: this.uploads,
    };
  }

  /** A place of it in user space. */
  point(x: number, y: number): Vec3 {
    _place.set((x - this.width / 2) * this.unit, (this.height / 2 - y) * this.unit, 0);
    _place.applyQuaternion(this.mesh.quaternion).add(this.mesh.position);
    return [_place.x, _place.y, _place.z];
  }

  /** Where a ray meets its front, units; boundless: beside it, too. */
  meet(
    origin: Vec3,
    direction: Vec3,
    boundless = false,
  ): { x: number; y: number; distance: number } | null {
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
    const x = (_from.x + _along.x * distance) / this.unit + this.width / 2;
    const y = this.height / 2 - (_from.y + _along.y * distance) / this.unit;
    const inside = x >= 0 && x <= this.width && y >= 0 && y <= this.height;
    return inside || boundless ? { x, y, distance } : null;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    this.texture.dispose();
    this.mesh.removeFromParent();
  }

  private overAt({ x, y }: { x: number; y: number }): Placed | null {
    return targetAt(this.placed, x, y);
  }

  private listHere(): { placed: Placed; node: ListNode } | null {
    const placed = listAt(this.placed, this.at.x, this.at.y);
    return placed?.node.kind === "list" && placed.node.count > placed.node.shown
      ? { placed, node: placed.node }
      : null;
  }

  /** The hand moves while it presses. */
  private drag(): void {
    if (this.pressed?.node.kind === "slider") {
      this.slide(false);
      return;
    }
    const { from } = this;
    if (!from) return;
    const moved = this.at.y - from.y;
    if (Math.abs(moved) > DRAG) this.dragging = true;
    const placed = listAt(this.placed, from.x, from.y);
    if (this.dragging && placed?.node.kind === "list")
      scrollTo(placed.node, from.first - Math.round(moved / (TARGET + GAP)));
  }

  private slide(done: boolean): void {
    const { pressed } = this;
    if (pressed?.node.kind !== "slider") return;
    const share = (this.at.x - pressed.x - 0.6) / Math.max(0.1, pressed.width - 1.2);
    pressed.node.change(Math.min(1, Math.max(0, share)), done);
  }

  private redraw(): void {
    const { pen, theme } = this;
    if (!pen) return;
    const now = new Map<string, string>();
    const due: Placed[] = [];
    const colours = COLOURS[theme];
    const fresh = this.drawn.size === 0;
    if (fresh) {
      pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
      pen.fillStyle = colours.board;
      pen.strokeStyle = colours.edge;
      pen.lineWidth = 3;
      pen.beginPath();
      pen.roundRect(2, 2, this.canvas.width - 4, this.canvas.height - 4, PX_PER_UNIT * 0.7);
      pen.fill();
      pen.stroke();
    }
    for (const each of this.placed) {
      const key = keyOf(each);
      const state = `${this.touchOf(each)}|${each.lines.join("\n")}|${lookOf(each)}`;
      now.set(key, state);
      if (this.drawn.get(key) !== state) due.push(each);
    }
    const gone = [...this.drawn.keys()].filter((key) => !now.has(key));
    if (due.length === 0 && gone.length === 0) return;
    pen.fillStyle = colours.board;
    for (const key of gone) this.clear(key);
    for (const each of due) this.clear(keyOf(each));
    // What stands where something went away is drawn again as well.
    const cleared = [...gone, ...due.map(keyOf)].map(boxOfKey);
    for (const each of this.placed) {
      const touched = due.includes(each) || cleared.some((box) => meets(box, each));
      if (touched) paint(pen, each, theme, this.touchOf(each), (address) => this.picture(address));
    }
    this.drawn = now;
    this.texture.needsUpdate = true;
    this.uploads += 1;
  }

  private picture(address: string): CanvasImageSource | null {
    return pictureAt(address, () => {
      this.drawn.clear();
      this.redraw();
    });
  }

  private clear(key: string): void {
    const [x = 0, y = 0, width = 0, height = 0] = boxOfKey(key);
    const p = PX_PER_UNIT;
    this.pen?.fillRect((x - 0.12) * p, (y - 0.12) * p, (width + 0.24) * p, (height + 0.24) * p);
  }

  private touchOf(placed: Placed): Touch {
    if (!isTarget(placed.node)) return "none";
    const id = idOf(placed);
    if (this.pressed && idOf(this.pressed) === id && !this.dragging) return "pressed";
    return this.hovered === id ? "hover" : "none";
  }

  private seen(placed: Placed, eye: Vec3): Seen[] {
    const { node, x, y, width, height, em, lines } = placed;
    const centre: Vec3 = this.point(x + width / 2, y + height / 2);
    const angle = (w: number, h: number): number => {
      const [cx, cy] = [x + width / 2, y + height / 2];
      const wide = angleBetween(eye, this.point(cx - w / 2, cy), this.point(cx + w / 2, cy));
      const tall = angleBetween(eye, this.point(cx, cy - h / 2), this.point(cx, cy + h / 2));
      return Math.min(wide, tall);
    };
    const box = [x, y, width, height] as const;
    const seen: Seen[] = [];
    if (lines.length > 0 && em > 0)
      seen.push({
        ...{
          kind: "text",
          name: lines.join(" "),
          style: node.kind === "text" ? node.style : "body",
        },
        ...{ angle: angle(1e3, em), metres: em * this.unit, at: centre, box },
      });
    if (node.kind === "button" || node.kind === "slider")
      seen.push({
        ...{ kind: "target", name: node.name, style: node.id, angle: angle(width, height) },
        ...{ metres: Math.min(width, height) * this.unit, at: centre, box },
      });
    return seen;
  }
}

function scrollTo(list: ListNode, first: number): void {
  const last = Math.max(0, list.count - list.shown);
  const to = Math.min(last, Math.max(0, first));
  if (to !== list.first) list.scroll(to);
}

function idOf({ node }: Placed): string {
  return node.kind === "button" || node.kind === "slider" || node.kind === "list" ? node.id : "";
}

function keyOf({ node, x, y, width, height }: Placed): string {
  return [x, y, width, height].map((value) => value.toFixed(2)).join(" ") + ` ${node.kind}`;
}

function boxOfKey(key: string): number[] {
  return key.split(" ").slice(0, 4).map(Number);
}

function meets([x = 0, y = 0, width = 0, height = 0]: number[], other: Placed): boolean {
  return (
    x - 0.12 < other.x + other.width &&
    other.x < x + width + 0.12 &&
    y - 0.12 < other.y + other.height &&
    other.y < y + height + 0.12
  );
}

/** All of a node that its looks depend on besides its words. */
function lookOf({ node, em }: Placed): string {
  switch (node.kind) {
    case "text":
      return `${node.style}${node.tone}${em}`;
    case "icon":
      return `${node.icon}${node.tone}`;
    case "button":
      return [
        node.id,
        node.icon,
        node.selected,
        node.disabled,
        node.tone,
        node.swatch,
        node.picture,
        em,
      ].join();
    case "slider":
      return node.value.toFixed(3);
    case "rule":
      return node.colour ?? "";
    case "list":
      return `${node.first} ${node.count} ${node.shown}`;
  }
}

const _place = new Vector3();
const _from = new Vector3();
const _along = new Vector3();
const _back = new Quaternion();
