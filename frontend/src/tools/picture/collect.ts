/** Reads what the page shows over the picture: the vector layers and the labels, as they look right now. */

import type { Matrix, Shape } from "./shapes";

/** Elements of this attribute stay out of pictures: pointers, hints, controls. */
const LEFT_OUT = "[data-picture='no'], .scene-hint, .scene-pivot, [hidden]";

/** The shapes over a viewport; CSS pixels from its upper left corner. */
export function collect(overlay: HTMLElement): Shape[] {
  const frame = overlay.getBoundingClientRect();
  const shapes: Shape[] = [];
  for (const svg of overlay.querySelectorAll<SVGSVGElement>("svg.scene-lines"))
    for (const drawn of svg.querySelectorAll<SVGGraphicsElement>(
      "line, path, rect, circle, ellipse, polyline, polygon, text",
    )) {
      if (drawn.closest(LEFT_OUT) || drawn.closest("defs")) continue;
      shapes.push(...shapesOf(drawn, frame));
    }
  for (const label of overlay.querySelectorAll<HTMLElement>(".scene-label")) {
    if (label.closest(LEFT_OUT)) continue;
    shapes.push(...labelShapes(label, frame));
  }
  return shapes;
}

function shapesOf(drawn: SVGGraphicsElement, frame: DOMRect): Shape[] {
  const style = getComputedStyle(drawn);
  if (style.display === "none" || style.visibility === "hidden") return [];
  const screen = drawn.getScreenCTM();
  if (!screen) return [];
  const matrix: Matrix = [
    screen.a,
    screen.b,
    screen.c,
    screen.d,
    screen.e - frame.left,
    screen.f - frame.top,
  ];
  const opacity = opacityOf(drawn);
  if (drawn instanceof SVGTextElement) return textShapes(drawn, style, matrix, opacity);
  const d = pathOf(drawn);
  if (!d) return [];
  return [
    {
      kind: "path",
      d,
      matrix,
      fill: withOpacity(style.fill, style.fillOpacity),
      stroke: withOpacity(style.stroke, style.strokeOpacity),
      width: number(style.strokeWidth),
      dash:
        style.strokeDasharray === "none" ? [] : style.strokeDasharray.split(/[ ,]+/).map(number),
      opacity,
    },
  ];
}

function textShapes(
  drawn: SVGTextElement,
  style: CSSStyleDeclaration,
  matrix: Matrix,
  opacity: number,
): Shape[] {
  const text = drawn.textContent ?? "";
  if (text.trim() === "" || drawn.getNumberOfChars() === 0) return [];
  const { x, y } = drawn.getStartPositionOfChar(0);
  const [a, b, c, d, e, f] = matrix;
  return [
    {
      kind: "text",
      text,
      x: a * x + c * y + e,
      y: b * x + d * y + f,
      angle: Math.atan2(b, a),
      size: number(style.fontSize) * Math.hypot(a, b),
      weight: style.fontWeight,
      family: style.fontFamily,
      fill: style.fill,
      opacity,
    },
  ];
}

/** An HTML label: its box, then each line of its text where the browser put it. */
function labelShapes(label: HTMLElement, frame: DOMRect): Shape[] {
  const style = getComputedStyle(label);
  const box = label.getBoundingClientRect();
  if (style.display === "none" || style.visibility === "hidden" || box.width === 0) return [];
  const opacity = opacityOf(label);
  const shapes: Shape[] = [
    {
      kind: "box",
      x: box.left - frame.left,
      y: box.top - frame.top,
      width: box.width,
      height: box.height,
      radius: number(style.borderTopLeftRadius),
      fill: style.backgroundColor,
      stroke: number(style.borderTopWidth) > 0 ? style.borderTopColor : "none",
      strokeWidth: number(style.borderTopWidth),
      opacity,
    },
  ];
  const walker = document.createTreeWalker(label, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent ?? "";
    const parent = node.parentElement;
    if (text.trim() === "" || !parent || parent.closest(LEFT_OUT)) continue;
    range.selectNodeContents(node);
    const line = range.getBoundingClientRect();
    if (line.width === 0) continue;
    const own = getComputedStyle(parent);
    const size = number(own.fontSize);
    shapes.push({
      kind: "text",
      text: text.trim(),
      x: line.left - frame.left,
      // Of a line box, letters of this font stand on 0.36 em below its middle.
      y: line.top - frame.top + line.height / 2 + size * 0.36,
      angle: 0,
      size,
      weight: own.fontWeight,
      family: own.fontFamily,
      fill: own.color,
      opacity,
    });
  }
  return shapes;
}

/** Path data of the basic shapes (SVG 2 §10); null for what draws nothing. */
export function pathOf(drawn: SVGElement): string | null {
  const at = (name: string): number => number(drawn.getAttribute(name) ?? "0");
  switch (drawn.tagName.toLowerCase()) {
    case "path":
      return drawn.getAttribute("d");
    case "line":
      return `M${at("x1")} ${at("y1")}L${at("x2")} ${at("y2")}`;
    case "rect":
      return `M${at("x")} ${at("y")}h${at("width")}v${at("height")}h${-at("width")}Z`;
    case "circle":
      return ellipse(at("cx"), at("cy"), at("r"), at("r"));
    case "ellipse":
      return ellipse(at("cx"), at("cy"), at("rx"), at("ry"));
    case "polyline":
    case "polygon": {
      const points = (drawn.getAttribute("points") ?? "").trim();
      if (points === "") return null;
      return `M${points}${drawn.tagName.toLowerCase() === "polygon" ? "Z" : ""}`;
    }
    default:
      return null;
  }
}

function ellipse(cx: number, cy: number, rx: number, ry: number): string | null {
  if (rx <= 0 || ry <= 0) return null;
  const half = (sign: 1 | -1): string => `a${rx} ${ry} 0 1 0 ${sign * 2 * rx} 0`;
  return `M${cx - rx} ${cy}${half(1)}${half(-1)}Z`;
}

/** Of an element and everything around it up to the overlay. */
function opacityOf(drawn: Element): number {
  let opacity = 1;
  for (let at: Element | null = drawn; at; at = at.parentElement) {
    if (at.classList.contains("scene-overlay")) break;
    opacity *= number(getComputedStyle(at).opacity, 1);
  }
  return opacity;
}

function withOpacity(colour: string, opacity: string): string {
  const share = number(opacity, 1);
  const rgb = /^rgb\(([^)]+)\)$/.exec(colour)?.[1];
  return share < 1 && rgb ? `rgba(${rgb}, ${share})` : colour;
}

function number(text: string, otherwise = 0): number {
  const value = Number.parseFloat(text);
  return Number.isFinite(value) ? value : otherwise;
}
