/** What a pointer snapped to, over the picture: a glyph of its own shape for each kind, the edge, and a word. */

import type { SnapKind } from "../state/areas/measuring";
import { t } from "../state/messages";
import type { Vec3 } from "../state/model";
import type { Viewer } from "../scene/viewer";

const SVG = "http://www.w3.org/2000/svg";

/**
 * UX.md §2.9: snaps differ by shape: square, triangle, circle, bar, rhombus, crossed circle. Centred on 0, 0. Never
 * by colour alone: a test compares them in grey.
 */
export const GLYPHS: Readonly<Record<Exclude<SnapKind, "none">, string>> = {
  vertex: "M-6-6H6V6H-6Z",
  middle: "M0-7.5 7.5 6H-7.5Z",
  centre: "M-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0Z",
  edge: "M-9-2.5H9V2.5H-9Z",
  face: "M-4-5.5H9L4 5.5H-9Z",
  axis: "M-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0ZM-11 0H11M0-11V11",
};

export function snapWord(kind: SnapKind): string {
  return t(`snap.${kind}`);
}

/** A layer that is drawn anew with every picture that needs it: it holds one pointer's worth. */
export class SnapLayer {
  private readonly viewer: Viewer;
  private readonly group = document.createElementNS(SVG, "g");
  private readonly labels = document.createElement("div");

  constructor(viewer: Viewer) {
    this.viewer = viewer;
    this.group.setAttribute("class", "scene-layer-snap");
    this.group.setAttribute("data-picture", "no");
    this.labels.className = "scene-labels";
    viewer.overlay.svg.append(this.group);
    viewer.overlay.element.append(this.labels);
  }

  clear(): void {
    this.group.replaceChildren();
    this.labels.replaceChildren();
  }

  /** A line through points of the model frame; left out where one is behind the eye. */
  line(points: readonly Vec3[], className: string): void {
    const d = screenPath(this.viewer, points);
    if (d === "") return;
    for (const part of ["halo", "ink"]) this.path(d, `${className} scene-${part}`);
  }

  glyph(at: Vec3, kind: SnapKind): void {
    const screen = this.viewer.projectToScreen(at);
    if (!screen || kind === "none") return;
    for (const part of ["halo", "ink"]) {
      const path = this.path(GLYPHS[kind], `scene-glyph scene-${part}`);
      path.setAttribute("data-snap", kind);
      path.setAttribute("transform", `translate(${screen.x.toFixed(1)} ${screen.y.toFixed(1)})`);
    }
  }

  /** A word or a number beside a point. */
  label(at: Vec3, text: string, options: { testId?: string; className?: string } = {}): void {
    const screen = this.viewer.projectToScreen(at);
    if (!screen || text === "") return;
    const label = document.createElement("div");
    label.className = `scene-label ${options.className ?? ""}`;
    label.dataset["picture"] = "no";
    if (options.testId) label.dataset["testid"] = options.testId;
    label.textContent = text;
    this.labels.append(label);
    // Above the pointer; below it where the picture ends.
    const { clientWidth } = this.viewer.canvas;
    const half = label.offsetWidth / 2;
    const x = Math.max(half + 4, Math.min(clientWidth - half - 4, screen.x));
    const y = screen.y < 40 ? screen.y + 30 : screen.y - 28;
    label.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) translate(-50%, -50%)`;
  }

  dispose(): void {
    this.group.remove();
    this.labels.remove();
  }

  private path(d: string, className: string): SVGPathElement {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", className);
    path.setAttribute("d", d);
    this.group.append(path);
    return path;
  }
}

/** SVG path data through points of the model frame; stretches with an end behind the eye are left out. */
export function screenPath(viewer: Viewer, points: readonly Vec3[]): string {
  let d = "";
  let before = false;
  for (const point of points) {
    const at = viewer.projectToScreen(point);
    if (at) d += `${before ? "L" : "M"}${at.x.toFixed(1)} ${at.y.toFixed(1)}`;
    before = at !== null;
  }
  return d;
}
