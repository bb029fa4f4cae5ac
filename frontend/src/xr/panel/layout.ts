/** Finds the place of everything on a board. Pure; units of `sizes.ts`, from the board's upper left corner. */

import type { BoxNode, Leaf, ListNode, PanelNode, RingNode, TextNode } from "./nodes";
import { GAP, TARGET, TEXT, type TextStyle } from "./sizes";

/** Width of a text, units. em: its size, units. */
export type Measure = (text: string, em: number, style: TextStyle) => number;

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One thing to draw. */
export interface Placed extends Place {
  readonly node: Leaf;
  /** What is written, cut where it does not fit, broken into lines; empty: nothing. */
  readonly lines: readonly string[];
  /** Size of the letters, units. */
  readonly em: number;
}

/** What layout depends on besides the nodes. */
export interface Typesetting {
  readonly measure: Measure;
  /** Of the person, 0.8 to 1.6. */
  readonly textScale: number;
}

export const LINE = 1.25;
/** Left and right within a button. */
export const INSET = 0.45;
export const ICON = 1.1;
const ELLIPSIS = "…";
/** A board gives a button exactly what its words need; sums of lengths are not exact. */
const ROUNDING = 1e-6;

/** Everything on a board of this size. */
export function layOut(node: PanelNode, place: Place, set: Typesetting): readonly Placed[] {
  const out: Placed[] = [];
  put(node, place, set, out);
  return out;
}

/** A text, or its beginning with an ellipsis, that is at most so wide. */
export function fitted(
  text: string,
  most: number,
  em: number,
  style: TextStyle,
  measure: Measure,
): string {
  if (measure(text, em, style) <= most + ROUNDING) return text;
  const letters = [...text];
  let [least, last] = [0, letters.length];
  while (least < last) {
    const middle = Math.ceil((least + last) / 2);
    const cut = letters.slice(0, middle).join("").trimEnd() + ELLIPSIS;
    if (measure(cut, em, style) <= most) least = middle;
    else last = middle - 1;
  }
  return letters.slice(0, least).join("").trimEnd() + ELLIPSIS;
}

/** A text broken into at most so many lines; what is left over is cut. */
export function broken(
  text: string,
  most: number,
  rows: number,
  em: number,
  style: TextStyle,
  measure: Measure,
): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line ? `${line} ${word}` : word;
    if (!line || measure(longer, em, style) <= most + ROUNDING) {
      line = longer;
      continue;
    }
    if (lines.length === rows - 1) {
      line = longer; // cut below
      continue;
    }
    lines.push(line);
    line = word;
  }
  if (line) lines.push(line);
  return lines.map((each) => fitted(each, most, em, style, measure));
}

/** Size of letters. */
export function emOf(style: TextStyle, { textScale }: Typesetting): number {
  return TEXT[style] * textScale;
}

function put(node: PanelNode, place: Place, set: Typesetting, out: Placed[]): void {
  switch (node.kind) {
    case "row":
    case "column":
      putBox(node, place, set, out);
      return;
    case "ring":
      putRing(node, place, set, out);
      return;
    case "list":
      putList(node, place, set, out);
      return;
    case "text": {
      const em = emOf(node.style, set);
      const rows = Math.max(1, Math.floor(place.height / (em * LINE) + 0.01));
      const lines = broken(node.text, place.width, rows, em, node.style, set.measure);
      out.push({ ...place, node, em, lines });
      return;
    }
    case "button": {
      const em = emOf("body", set);
      const { label, icon, picture } = node;
      if (label === null) {
        out.push({ ...place, node, em, lines: [] });
        return;
      }
      const beside = icon !== null && picture === null && !isTall(place) ? ICON + INSET / 2 : 0;
      const most = place.width - 2 * INSET - beside - (node.swatch ? INSET : 0);
      const room = picture !== null ? em * LINE : place.height - (isTall(place) && icon ? 2 : 0);
      const rows = Math.max(1, Math.min(3, Math.floor(room / (em * LINE))));
      out.push({ ...place, node, em, lines: broken(label, most, rows, em, "body", set.measure) });
      return;
    }
    case "icon":
    case "slider":
    case "rule":
      out.push({ ...place, node, em: 0, lines: [] });
  }
}

/** A button that has its icon above its words. */
export function isTall({ height }: Place): boolean {
  return height >= 2.6;
}

function putBox(node: BoxNode, place: Place, set: Typesetting, out: Placed[]): void {
  const across = node.kind === "row";
  const room = across ? place.width : place.height;
  const sizes = node.children.map((child) => along(child, across, place, set));
  const spent = sizes.reduce((sum, size) => sum + size, 0) + node.gap * (sizes.length - 1);
  const shares = node.children.reduce((sum, { grow = 0 }) => sum + grow, 0);
  const left = room - spent;
  let at = across ? place.x : place.y;
  node.children.forEach((child, index) => {
    const more = left > 0 && shares > 0 ? (left * (child.grow ?? 0)) / shares : 0;
    const size = Math.max(0, (sizes[index] ?? 0) + more);
    if (across) {
      const height = child.height ?? place.height;
      const y = place.y + (place.height - height) / 2;
      put(child, { x: at, y, width: size, height }, set, out);
    } else {
      const width = child.width ?? place.width;
      put(child, { x: place.x, y: at, width, height: size }, set, out);
    }
    at += size + node.gap;
  });
}

function putRing(node: RingNode, place: Place, set: Typesetting, out: Placed[]): void {
  const middle = { x: place.x + place.width / 2, y: place.y + place.height / 2 };
  node.children.forEach((child, index) => {
    const width = child.width ?? along(child, true, place, set);
    const height = child.height ?? along(child, false, place, set);
    const turn = (index / node.children.length) * 2 * Math.PI;
    const x = middle.x + Math.sin(turn) * ((place.width - width) / 2) - width / 2;
    const y = middle.y - Math.cos(turn) * ((place.height - height) / 2) - height / 2;
    put(child, { x, y, width, height }, set, out);
  });
}

function putList(node: ListNode, place: Place, set: Typesetting, out: Placed[]): void {
  out.push({ ...place, node, em: 0, lines: [] });
  const height = (place.height + GAP) / Math.max(1, node.shown) - GAP;
  const width = place.width - (node.count > node.shown ? GAP + 0.3 : 0);
  for (let at = 0; at < Math.min(node.shown, node.count - node.first); at += 1) {
    const y = place.y + at * (height + GAP);
    put(node.line(node.first + at), { x: place.x, y, width, height }, set, out);
  }
}

/** What a node asks for along a row (across) or a column. */
function along(node: PanelNode, across: boolean, place: Place, set: Typesetting): number {
  const asked = across ? node.width : node.height;
  if (asked !== undefined) return asked;
  if (across && node.grow) return 0;
  switch (node.kind) {
    case "text":
      return across
        ? set.measure(node.text, emOf(node.style, set), node.style)
        : textHeight(node, set);
    case "button": {
      if (!across) return TARGET;
      if (node.label === null) return TARGET;
      const icon = node.icon === null ? 0 : ICON + INSET / 2;
      return Math.max(
        TARGET,
        set.measure(node.label, emOf("body", set), "body") + 2 * INSET + icon,
      );
    }
    case "icon":
      return ICON;
    case "slider":
      return across ? place.width : TARGET;
    case "list":
      return across ? place.width : node.shown * (TARGET + GAP) - GAP;
    case "rule":
      return across ? 0.05 : 0.05;
    case "ring":
      return across ? place.width : place.height;
    case "row":
    case "column": {
      const parts = node.children.map((child) => along(child, across, place, set));
      const sums = (node.kind === "row") === across;
      if (!sums) return Math.max(0, ...parts);
      return parts.reduce((sum, part) => sum + part, 0) + node.gap * (parts.length - 1);
    }
  }
}

function textHeight({ style }: TextNode, set: Typesetting): number {
  return emOf(style, set) * LINE;
}

/** What lies at a place: the last button or slider there; null: none. */
export function targetAt(placed: readonly Placed[], x: number, y: number): Placed | null {
  const met = placed.filter((each) => isTarget(each.node) && within(each, x, y));
  return met[met.length - 1] ?? null;
}

/** The list at a place; null: none. */
export function listAt(placed: readonly Placed[], x: number, y: number): Placed | null {
  return placed.find((each) => each.node.kind === "list" && within(each, x, y)) ?? null;
}

export function isTarget({ kind }: Leaf): boolean {
  return kind === "button" || kind === "slider";
}

function within(place: Place, x: number, y: number): boolean {
  return x >= place.x && x <= place.x + place.width && y >= place.y && y <= place.y + place.height;
}
