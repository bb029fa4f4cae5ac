/** Lines, glyphs and labels over the picture: SVG and HTML, so that they stay sharp, readable and in screenshots. */

import type { Vec3 } from "../state/model";
import type { SnapKind } from "../state/workspace";
import type { Viewer } from "../scene/viewer";

const SVG = "http://www.w3.org/2000/svg";

/** UX.md §2.9: snaps differ by shape: square, triangle, circle, bar, rhombus. Centred on 0, 0. */
const GLYPHS: Readonly<Record<Exclude<SnapKind, "none">, string>> = {
  vertex: "M-6-6H6V6H-6Z",
  middle: "M0-7 7 6H-7Z",
  centre: "M-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0Z",
  edge: "M-8-2.5H8V2.5H-8Z",
  face: "M-4-5H8L4 5H-8Z",
};

/** Words of the snaps, for the label beside the glyph. */
export const SNAP_WORDS: Readonly<Record<SnapKind, string>> = {
  vertex: "Vertex",
  middle: "Middle",
  centre: "Centre",
  edge: "Edge",
  face: "Face",
  none: "",
};

/** One layer of drawings that is made anew for every picture that needs it. */
export class LineLayer {
  private readonly viewer: Viewer;
  private readonly group = document.createElementNS(SVG, "g");
  private readonly labels = document.createElement("div");

  constructor(viewer: Viewer, name: string) {
    this.viewer = viewer;
    this.group.setAttribute("class", `scene-layer-${name}`);
    this.labels.className = "scene-labels";
    viewer.overlay.svg.append(this.group);
    viewer.overlay.element.append(this.labels);
  }

  clear(): void {
    this.group.replaceChildren();
    this.labels.replaceChildren();
  }

  /** A line between two points of the model frame; nothing when an end is behind the eye. */
  line(a: Vec3, b: Vec3, className: string): void {
    const from = this.viewer.projectToScreen(a);
    const to = this.viewer.projectToScreen(b);
    if (!from || !to) return;
    for (const part of ["halo", "ink"]) {
      const line = document.createElementNS(SVG, "line");
      line.setAttribute("class", `${className} scene-${part}`);
      line.setAttribute("x1", from.x.toFixed(1));
      line.setAttribute("y1", from.y.toFixed(1));
      line.setAttribute("x2", to.x.toFixed(1));
      line.setAttribute("y2", to.y.toFixed(1));
      this.group.append(line);
    }
  }

  glyph(at: Vec3, kind: SnapKind): void {
    const screen = this.viewer.projectToScreen(at);
    if (!screen || kind === "none") return;
    for (const part of ["halo", "ink"]) {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("class", `scene-glyph scene-${part}`);
      path.setAttribute("data-snap", kind);
      path.setAttribute("d", GLYPHS[kind]);
      path.setAttribute("transform", `translate(${screen.x.toFixed(1)} ${screen.y.toFixed(1)})`);
      this.group.append(path);
    }
  }

  /** A label whose middle is at a point of the model frame; `offset` in CSS pixels. */
  label(
    at: Vec3,
    text: string,
    options: { testId?: string; className?: string; offset?: [number, number] } = {},
  ): HTMLElement | null {
    const screen = this.viewer.projectToScreen(at);
    if (!screen) return null;
    const label = document.createElement("div");
    label.className = `scene-label ${options.className ?? ""}`;
    if (options.testId) label.dataset["testid"] = options.testId;
    label.textContent = text;
    const [dx, dy] = options.offset ?? [0, 0];
    label.style.transform = `translate(${(screen.x + dx).toFixed(1)}px, ${(screen.y + dy).toFixed(1)}px) translate(-50%, -50%)`;
    this.labels.append(label);
    return label;
  }

  dispose(): void {
    this.group.remove();
    this.labels.remove();
  }
}
