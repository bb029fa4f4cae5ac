/** Marks on a sheet: made by a hand, undone and redone, drawn as SVG. Places are fractions of the sheet. */

import type { SheetMark } from "../../api/drawings";
import type { SheetBox, SheetPoint, Size } from "./sheet_view";

export const MARK_TOOLS = ["pen", "rectangle", "ellipse", "arrow", "cloud", "text"] as const;
export type MarkTool = (typeof MARK_TOOLS)[number];
/** The people colours, as the marks on the model have them. */
export const MARK_COLOURS = ["#d55e00", "#0072b2", "#009e73", "#cc79a7", "#14181d"] as const;

export const MOST_MARKS = 50;
const MOST_PEN_POINTS = 1_000;
const MOST_POINTS = 4_000; // of all pen lines, as the server takes them
/** Pixels of the sheet at its present scale below which a line has moved too little to be kept. */
export const PEN_STEP = 2;
const CLOUD_ARC = 14; // CSS pixels of one bulge

export class MarkList {
  private done: readonly SheetMark[] = [];
  private undone: readonly SheetMark[] = [];

  get marks(): readonly SheetMark[] {
    return this.done;
  }

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  /** False when the place has as many marks, or as long lines, as it may have. */
  add(mark: SheetMark): boolean {
    if (this.done.length >= MOST_MARKS) return false;
    if (penPoints([...this.done, mark]) > MOST_POINTS) return false;
    this.done = [...this.done, mark];
    this.undone = [];
    return true;
  }

  undo(): void {
    const last = this.done.at(-1);
    if (!last) return;
    this.done = this.done.slice(0, -1);
    this.undone = [...this.undone, last];
  }

  redo(): void {
    const next = this.undone.at(-1);
    if (!next) return;
    this.undone = this.undone.slice(0, -1);
    this.done = [...this.done, next];
  }

  clear(): void {
    this.done = [];
    this.undone = [];
  }
}

function penPoints(marks: readonly SheetMark[]): number {
  return marks.reduce((sum, mark) => sum + (mark.kind === "pen" ? mark.points.length : 0), 0);
}

type Pair = [number, number];
const pair = ({ x, y }: SheetPoint): Pair => [rounded(x), rounded(y)];

/** A hundred thousandth of a sheet is 0.01 mm on A0. */
function rounded(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}

/** What a hand drew from its first point to its last; null: nothing, it was a press. least: a fraction of the sheet. */
export function markOf(
  tool: Exclude<MarkTool, "text">,
  points: readonly SheetPoint[],
  colour: string,
  least = 0.002,
): SheetMark | null {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2) return null;
  const box = boxOfPoints(points);
  if (box.right - box.left < least && box.bottom - box.top < least) return null;
  if (tool === "pen") {
    const every = Math.ceil(points.length / (MOST_PEN_POINTS - 1));
    const line = points.filter((_point, i) => i % every === 0);
    if (line.at(-1) !== last) line.push(last);
    return { kind: "pen", colour, points: line.map(pair) };
  }
  return { kind: tool, colour, start: pair(first), end: pair(last) };
}

export function textMark(at: SheetPoint, text: string, colour: string): SheetMark | null {
  const words = text.trim().slice(0, 200);
  return words === "" ? null : { kind: "text", colour, at: pair(at), text: words };
}

function boxOfPoints(points: readonly SheetPoint[]): SheetBox {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return {
    left: Math.min(...xs),
    top: Math.min(...ys),
    right: Math.max(...xs),
    bottom: Math.max(...ys),
  };
}

function pointsOf(mark: SheetMark): readonly SheetPoint[] {
  const pairs: readonly (readonly number[])[] =
    mark.kind === "pen" ? mark.points : mark.kind === "text" ? [mark.at] : [mark.start, mark.end];
  return pairs.map(([x = 0, y = 0]) => ({ x, y }));
}

/** Around a place and everything that is drawn there. */
export function boxOf(place: SheetPoint, marks: readonly SheetMark[]): SheetBox {
  return boxOfPoints([place, ...marks.flatMap(pointsOf)]);
}

/** Where the pin of what is drawn stands: at its upper right corner. */
export function pinOf(marks: readonly SheetMark[]): SheetPoint | null {
  const points = marks.flatMap(pointsOf);
  if (points.length === 0) return null;
  const box = boxOfPoints(points);
  return { x: rounded(box.right), y: rounded(box.top) };
}

/** The path of a mark as SVG. size: of the sheet at its present scale, CSS pixels. */
export function pathOf(
  mark: Exclude<SheetMark, { kind: "text" }>,
  { width, height }: Size,
): string {
  const at = ([x = 0, y = 0]: readonly number[]): Pair => [x * width, y * height];
  const to = ([x, y]: Pair): string => `${x.toFixed(1)} ${y.toFixed(1)}`;
  if (mark.kind === "pen") return `M${mark.points.map((point) => to(at(point))).join("L")}`;
  const [a, b] = [at(mark.start), at(mark.end)];
  const [left, right] = [Math.min(a[0], b[0]), Math.max(a[0], b[0])];
  const [top, bottom] = [Math.min(a[1], b[1]), Math.max(a[1], b[1])];
  switch (mark.kind) {
    case "arrow":
      return `M${to(a)}L${to(b)}${arrowHead(a, b)
        .map((side) => `M${to(side)}L${to(b)}`)
        .join("")}`;
    case "rectangle":
      return `M${to([left, top])}H${right.toFixed(1)}V${bottom.toFixed(1)}H${left.toFixed(1)}Z`;
    case "ellipse": {
      const [rx, ry] = [(right - left) / 2, (bottom - top) / 2];
      const arc = `A${rx.toFixed(1)} ${ry.toFixed(1)} 0 1 1 `;
      const middle = (top + bottom) / 2;
      return `M${to([left, middle])}${arc}${to([right, middle])}${arc}${to([left, middle])}`;
    }
    case "cloud":
      return cloudPath(left, top, right, bottom, to);
  }
}

function arrowHead([ax, ay]: Pair, [bx, by]: Pair): readonly Pair[] {
  const length = Math.min(18, Math.hypot(bx - ax, by - ay) / 2);
  const angle = Math.atan2(by - ay, bx - ax);
  return [-0.45, 0.45].map((turn): Pair => [
    bx - length * Math.cos(angle + turn),
    by - length * Math.sin(angle + turn),
  ]);
}

/** Bulges outward, clockwise from the upper left corner. */
function cloudPath(
  left: number,
  top: number,
  right: number,
  bottom: number,
  to: (point: Pair) => string,
): string {
  const corners: readonly Pair[] = [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
    [left, top],
  ];
  let path = `M${to([left, top])}`;
  corners.slice(1).forEach((end, i) => {
    const start = corners[i] ?? end;
    const length = Math.hypot(end[0] - start[0], end[1] - start[1]);
    const count = Math.max(1, Math.round(length / CLOUD_ARC));
    const radius = (length / count / 2) * 1.15;
    for (let n = 1; n <= count; n += 1) {
      const share = n / count;
      const point: Pair = [
        start[0] + (end[0] - start[0]) * share,
        start[1] + (end[1] - start[1]) * share,
      ];
      path += `A${radius.toFixed(1)} ${radius.toFixed(1)} 0 0 1 ${to(point)}`;
    }
  });
  return path;
}
