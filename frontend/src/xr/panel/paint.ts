/** Draws what a board holds on its canvas, in the colours of the theme and the page's own letters. */

import type { Theme } from "../../state/workspace";
import { iconPath, type IconName } from "./icons";
import { ICON, INSET, LINE, type Measure, type Placed, isTall } from "./layout";
import type { ButtonNode, Tone } from "./nodes";
import { PX_PER_UNIT, type TextStyle } from "./sizes";

/** sRGB; contrasts of letters are 4.5 and more on what lies under them, as the page's (ui/tokens.css). */
export const COLOURS = {
  light: {
    board: "#ffffff",
    edge: "#98a2ae",
    button: "#e3e8ed",
    hover: "#c3dbf5",
    pressed: "#9cc4ee",
    selected: "#0b62c4",
    onSelected: "#ffffff",
    text: "#14181d",
    faint: "#4a535e",
    accent: "#0b62c4",
    danger: "#b42318",
    off: "#7b8591",
  },
  dark: {
    board: "#171b21",
    edge: "#5f6975",
    button: "#2a323c",
    hover: "#24466b",
    pressed: "#2f5f93",
    selected: "#6cb2ff",
    onSelected: "#06182b",
    text: "#f2f4f7",
    faint: "#b6bec8",
    accent: "#6cb2ff",
    danger: "#ff8a80",
    off: "#77828f",
  },
} as const;
type Colours = (typeof COLOURS)[Theme];

/** How a thing is touched right now. */
export type Touch = "none" | "hover" | "pressed";

const WEIGHT: Readonly<Record<TextStyle, number>> = {
  small: 500,
  body: 500,
  number: 600,
  title: 650,
};

let family = "";

/** The page's own letters; where there is no page, the system's. */
function fontFamily(): string {
  if (!family)
    family = getComputedStyle(document.documentElement).getPropertyValue("--font") || "sans-serif";
  return family;
}

function font(em: number, style: TextStyle): string {
  return `${WEIGHT[style]} ${(em * PX_PER_UNIT).toFixed(1)}px ${fontFamily()}`;
}

/** Measures with the letters that are drawn. */
export function measureWith(pen: CanvasRenderingContext2D): Measure {
  return (text, em, style) => {
    pen.font = font(em, style);
    return pen.measureText(text).width / PX_PER_UNIT;
  };
}

/** Draws one thing; what was there before is gone. */
export function paint(
  pen: CanvasRenderingContext2D,
  placed: Placed,
  theme: Theme,
  touch: Touch,
  pictureOf: (address: string) => CanvasImageSource | null,
): void {
  const colours = COLOURS[theme];
  pen.save();
  pen.scale(PX_PER_UNIT, PX_PER_UNIT);
  const { node, x, y, width, height } = placed;
  switch (node.kind) {
    case "text":
      words(pen, placed, node.style, node.align, colours[node.tone]);
      break;
    case "icon":
      icon(pen, node.icon, x + width / 2, y + height / 2, ICON, colours[node.tone]);
      break;
    case "button":
      paintButton(pen, placed, node, colours, touch, pictureOf);
      break;
    case "slider": {
      const middle = y + height / 2;
      const [left, right] = [x + 0.6, x + width - 0.6];
      const at = left + (right - left) * node.value;
      bar(pen, x, middle - 0.2, width, 0.4, colours.button);
      bar(pen, x, middle - 0.2, at - x, 0.4, colours.accent);
      pen.fillStyle = touch === "none" ? colours.text : colours.accent;
      pen.beginPath();
      pen.arc(at, middle, touch === "pressed" ? 0.7 : 0.58, 0, 2 * Math.PI);
      pen.fill();
      break;
    }
    case "rule":
      if (node.colour !== null) {
        pen.fillStyle = node.colour === "edge" ? colours.edge : node.colour;
        pen.fillRect(x, y, width, height);
      }
      break;
    case "list": {
      if (node.count <= node.shown) break;
      const [track, part] = [height, Math.max(1, (height * node.shown) / node.count)];
      const from = ((track - part) * node.first) / Math.max(1, node.count - node.shown);
      bar(pen, x + width - 0.3, y, 0.3, track, colours.button);
      bar(pen, x + width - 0.3, y + from, 0.3, part, colours.off);
    }
  }
  pen.restore();
}

function paintButton(
  pen: CanvasRenderingContext2D,
  placed: Placed,
  node: ButtonNode,
  colours: Colours,
  touch: Touch,
  pictureOf: (address: string) => CanvasImageSource | null,
): void {
  const { x, y, width, height } = placed;
  const lit = node.disabled ? "none" : touch;
  const ground =
    lit === "pressed"
      ? colours.pressed
      : lit === "hover"
        ? colours.hover
        : node.selected
          ? colours.selected
          : node.quiet
            ? null
            : colours.button;
  if (ground !== null) {
    pen.fillStyle = ground;
    pen.beginPath();
    pen.roundRect(x, y, width, height, 0.3);
    pen.fill();
  }
  if (node.selected && lit !== "none") {
    pen.strokeStyle = colours.selected;
    pen.lineWidth = 0.1;
    pen.beginPath();
    pen.roundRect(x + 0.05, y + 0.05, width - 0.1, height - 0.1, 0.28);
    pen.stroke();
  }
  const ink = node.disabled
    ? colours.off
    : node.selected && lit === "none"
      ? colours.onSelected
      : colours[node.tone];
  let inset = INSET;
  if (node.swatch !== null) {
    bar(pen, x + 0.2, y + 0.25, 0.3, height - 0.5, node.swatch);
    inset += INSET;
  }
  if (node.picture !== null) {
    const picture = pictureOf(node.picture);
    const below = placed.em * LINE + 0.3;
    if (picture) pen.drawImage(picture, x + 0.2, y + 0.2, width - 0.4, height - below - 0.2);
    else {
      pen.fillStyle = colours.edge;
      pen.fillRect(x + 0.2, y + 0.2, width - 0.4, height - below - 0.2);
    }
    const words_ = { ...placed, y: y + height - below, height: below - 0.1 };
    words(pen, { ...words_, x: x + INSET, width: width - 2 * INSET }, "body", "center", ink);
    return;
  }
  if (node.label === null) {
    if (node.icon) icon(pen, node.icon, x + width / 2, y + height / 2, ICON, ink);
    return;
  }
  if (node.icon && isTall(placed)) {
    const tall = placed.lines.length * placed.em * LINE;
    const top = y + (height - tall - ICON - 0.5) / 2;
    icon(pen, node.icon, x + width / 2, top + ICON / 2 + 0.1, ICON * 1.2, ink);
    const below = { ...placed, x: x + INSET, width: width - 2 * INSET, y: top + ICON + 0.5 };
    words(pen, { ...below, height: tall }, "body", "center", ink);
    return;
  }
  const beside = node.icon ? ICON + INSET / 2 : 0;
  let from = x + inset;
  if (node.align === "center") {
    const widest = Math.max(...placed.lines.map((line) => widthOf(pen, line, placed.em)));
    from = Math.max(from, x + (width - beside - widest) / 2);
  }
  if (node.icon) icon(pen, node.icon, from + ICON / 2, y + height / 2, ICON, ink);
  words(
    pen,
    { ...placed, x: from + beside, width: x + width - from - beside },
    "body",
    "left",
    ink,
  );
}

function widthOf(pen: CanvasRenderingContext2D, text: string, em: number): number {
  pen.font = font(em, "body");
  return pen.measureText(text).width / PX_PER_UNIT;
}

function words(
  pen: CanvasRenderingContext2D,
  { lines, em, x, y, width, height }: Omit<Placed, "node">,
  style: TextStyle,
  align: "left" | "center" | "right",
  colour: string,
): void {
  pen.save();
  pen.scale(1 / PX_PER_UNIT, 1 / PX_PER_UNIT); // letters of less than a pixel would be hinted away
  pen.fillStyle = colour;
  pen.font = font(em, style);
  pen.textBaseline = "middle";
  pen.textAlign = align;
  const at = align === "left" ? x : align === "right" ? x + width : x + width / 2;
  const top = y + height / 2 - ((lines.length - 1) / 2) * em * LINE;
  lines.forEach((line, index) =>
    pen.fillText(line, at * PX_PER_UNIT, (top + index * em * LINE + em * 0.04) * PX_PER_UNIT),
  );
  pen.restore();
}

/** x, y: its middle; size: of its field. */
function icon(
  pen: CanvasRenderingContext2D,
  name: IconName,
  x: number,
  y: number,
  size: number,
  colour: string,
): void {
  pen.save();
  pen.translate(x - size / 2, y - size / 2);
  pen.scale(size / 24, size / 24);
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  pen.stroke(iconPath(name));
  pen.restore();
}

function bar(
  pen: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: string,
): void {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.roundRect(x, y, Math.max(0, width), height, Math.min(width, height) / 2);
  pen.fill();
}
