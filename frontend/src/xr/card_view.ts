/** The change tour's card as drawn: a board with words and buttons, and a line from it to the change. User space. */

import {
  BufferAttribute,
  BufferGeometry,
  CanvasTexture,
  Group,
  Line,
  LineBasicMaterial,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  SRGBColorSpace,
  Vector3,
} from "three";
import { CANVAS_FONT } from "./canvas_font";
import type { Vec3 } from "../state/model";
import type { Theme } from "../state/workspace";
import {
  BUTTONS,
  CARD,
  CARD_PLACE,
  type CardButton,
  type CardContent,
  type ButtonPlace,
  wrapped,
} from "./tour_card";

/** Pixels of the card's width: 0.66 mm each. */
const WIDTH = 1024;
const HEIGHT = Math.round((WIDTH * CARD.height) / CARD.width);
const MARGIN = 0.03 * WIDTH;
const FONT = CANVAS_FONT;
/** 26 pixels are 0.75° at 1.3 m. */
const TEXT_PX = 28;
const TITLE_PX = 38;
const LINE_PX = 37;
const COLOURS = {
  light: {
    board: "#ffffff",
    text: "#1b2430",
    faint: "#4a5665",
    button: "#e6eaee",
    hover: "#0f6fc6",
    onHover: "#ffffff",
    off: "#6b7683",
    line: "#0f6fc6",
  },
  dark: {
    board: "#1b2129",
    text: "#eef1f4",
    faint: "#b6bec8",
    button: "#2d3641",
    hover: "#6cb2ff",
    onHover: "#10151b",
    off: "#8f9aa6",
    line: "#6cb2ff",
  },
} as const;

/** Where a ray meets the card: fractions from its upper left corner, metres from the ray's start. */
export interface CardHit {
  readonly x: number;
  readonly y: number;
  readonly distance: number;
}

/** A place of the card in user space. x, y: fractions from its upper left corner. */
export function cardPoint(x: number, y: number): Vec3 {
  const [u, v] = [(x - 0.5) * CARD.width, (0.5 - y) * CARD.height];
  const { position, yaw_rad } = CARD_PLACE;
  return [
    position[0] + u * Math.cos(yaw_rad),
    position[1] + v,
    position[2] - u * Math.sin(yaw_rad),
  ];
}

/** Where a ray meets the card's front; null: it misses. origin, direction (unit): user space. */
export function meetCard(origin: Vec3, direction: Vec3): CardHit | null {
  const { position, yaw_rad } = CARD_PLACE;
  const [s, c] = [Math.sin(yaw_rad), Math.cos(yaw_rad)];
  const along = direction[0] * s + direction[2] * c;
  if (along > -1e-6) return null;
  const distance = ((position[0] - origin[0]) * s + (position[2] - origin[2]) * c) / along;
  if (distance <= 0) return null;
  const [px, py, pz] = origin.map(
    (value, axis) => value + (direction[axis] ?? 0) * distance - (position[axis] ?? 0),
  ) as [number, number, number]; // `as`: three in, three out
  const x = 0.5 + (px * c - pz * s) / CARD.width;
  const y = 0.5 - py / CARD.height;
  return x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y, distance } : null;
}

/** The board and the line. */
export class CardView {
  readonly group = new Group();
  private readonly canvas = document.createElement("canvas");
  private readonly texture = new CanvasTexture(this.canvas);
  private readonly material = new MeshBasicMaterial({ map: this.texture, toneMapped: false });
  private readonly board = new Mesh(new PlaneGeometry(CARD.width, CARD.height), this.material);
  private readonly ends = new BufferAttribute(new Float32Array(6), 3);
  private readonly lineMaterial = new LineBasicMaterial({ depthTest: false, transparent: true });
  private readonly line = new Line(new BufferGeometry(), this.lineMaterial);

  constructor() {
    this.canvas.width = WIDTH;
    this.canvas.height = HEIGHT;
    this.texture.colorSpace = SRGBColorSpace;
    this.texture.anisotropy = 4;
    this.board.position.set(...CARD_PLACE.position);
    this.board.rotation.y = CARD_PLACE.yaw_rad;
    this.line.geometry.setAttribute("position", this.ends);
    this.line.frustumCulled = false;
    this.group.add(this.board, this.line);
    this.group.visible = false;
  }

  /** Draws what it says; null: nothing to say, nothing to see. */
  show(
    content: CardContent | null,
    theme: Theme,
    hovered: CardButton | null,
    off: ReadonlySet<CardButton>,
  ): void {
    this.group.visible = content !== null;
    if (!content) return;
    const pen = this.canvas.getContext("2d");
    if (!pen) return;
    const colours = COLOURS[theme];
    pen.fillStyle = colours.board;
    pen.fillRect(0, 0, WIDTH, HEIGHT);
    if (content.colour !== null) {
      pen.fillStyle = content.colour;
      pen.fillRect(0, 0, MARGIN / 2, HEIGHT);
    }
    this.words(pen, content, colours);
    for (const button of BUTTONS) {
      const inert = off.has(button.id);
      const lit = hovered === button.id && !inert;
      pen.fillStyle = lit ? colours.hover : colours.button;
      const box = boxOf(button);
      pen.beginPath();
      pen.roundRect(box.x, box.y, box.width, box.height, 12);
      pen.fill();
      pen.fillStyle = lit ? colours.onHover : inert ? colours.off : colours.text;
      const arrow = button.id === "previous" || button.id === "next";
      pen.font = `600 ${arrow ? 64 : TEXT_PX}px ${FONT}`;
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const lines = wrapped(content.labels[button.id], box.width - 16, widthIn(pen)).slice(0, 2);
      lines.forEach((line, at) =>
        pen.fillText(line, x, y + (at - (lines.length - 1) / 2) * LINE_PX),
      );
    }
    this.lineMaterial.color.set(colours.line);
    this.texture.needsUpdate = true;
  }

  /** Draws the line to a place, user space; null: to nowhere. */
  pointTo(place: Vec3 | null): void {
    this.line.visible = place !== null;
    if (!place) return;
    const [x, y, z] = cardPoint(1, 0.5);
    this.ends.setXYZ(0, x, y, z);
    this.ends.setXYZ(1, ...place);
    this.ends.needsUpdate = true;
  }

  dispose(): void {
    this.board.geometry.dispose();
    this.line.geometry.dispose();
    this.material.dispose();
    this.lineMaterial.dispose();
    this.texture.dispose();
    this.group.removeFromParent();
  }

  private words(
    pen: CanvasRenderingContext2D,
    { head, title, lines }: CardContent,
    colours: (typeof COLOURS)[Theme],
  ): void {
    const most = WIDTH - 2.5 * MARGIN;
    const last = (BUTTONS[0]?.y ?? 1) * HEIGHT - LINE_PX / 2;
    let y = MARGIN + TEXT_PX;
    const write = (
      text: string,
      px: number,
      weight: number,
      colour: string,
      rows: number,
    ): void => {
      pen.font = `${weight} ${px}px ${FONT}`;
      pen.fillStyle = colour;
      pen.textAlign = "left";
      pen.textBaseline = "alphabetic";
      const broken = wrapped(text, most, widthIn(pen));
      broken.slice(0, rows).forEach((row, at) => {
        if (y > last) return;
        const cut = at === rows - 1 && broken.length > rows;
        pen.fillText(cut ? `${row.slice(0, -1)}…` : row, 1.25 * MARGIN, y);
        y += px * 1.3;
      });
    };
    write(head, TEXT_PX, 500, colours.faint, 1);
    y += TITLE_PX - TEXT_PX;
    write(title, TITLE_PX, 650, colours.text, 2);
    for (const line of lines) write(line, TEXT_PX, 400, colours.text, 3);
  }
}

function boxOf({ x, y, width, height }: ButtonPlace): {
  x: number;
  y: number;
  width: number;
  height: number;
} {
  return { x: x * WIDTH, y: y * HEIGHT, width: width * WIDTH, height: height * HEIGHT };
}

const widthIn =
  (pen: CanvasRenderingContext2D) =>
  (text: string): number =>
    pen.measureText(text).width;
