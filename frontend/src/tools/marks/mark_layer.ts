/** Marks over the picture: those of the open sheet, those on the model, and the one being drawn. */

import type { ModelMark, Sheet, SheetMark, SheetPoint } from "../../state/areas/marking";
import { markupKey } from "../../state/areas/owning";
import { samePose } from "../../state/pose_history";
import type { Vec3 } from "../../state/model";
import type { Viewer } from "../../scene/viewer";
import { distance } from "../../scene/vector";
import { arrowPath, outlineOf, penPath, type Point } from "./outline";
import "./marks.css";

/** Marks lie on the picture that they were drawn on, to the pixel. */
const SAME_PICTURE = 1e-5;
/** A sheet of somebody whom I follow is seen while I stand where they stand; poses are sent in single precision. */
const SEEN_WITHIN = 2e-3;
const SVG = "http://www.w3.org/2000/svg";
/** A mark whose place lies this much farther than the surface in front of it is behind it; of its distance. */
const BEHIND = 0.004;
/** Beyond this many marks nobody asks which are covered. */
const MOST_COVERED = 200;

/** A stroke under way. */
export type Stroke =
  | { readonly on: "sheet"; readonly mark: Omit<SheetMark, "id"> }
  | { readonly on: "model"; readonly mark: Omit<ModelMark, "id"> };

/** From the middle of the view in heights of it → CSS pixels. */
export function toPixels(canvas: HTMLCanvasElement, [x, y]: SheetPoint): Point {
  const { clientWidth, clientHeight } = canvas;
  return [clientWidth / 2 + x * clientHeight, clientHeight / 2 + y * clientHeight];
}

export function toSheet(canvas: HTMLCanvasElement, x: number, y: number): SheetPoint {
  const height = canvas.clientHeight || 1;
  return [(x - canvas.clientWidth / 2) / height, (y - height / 2) / height];
}

export class MarkLayer {
  stroke: Stroke | null = null;
  private readonly viewer: Viewer;
  private readonly group = document.createElementNS(SVG, "g");
  private readonly labels = document.createElement("div");
  private readonly stops: (() => void)[];
  private covered = new Set<string>();
  private drawnFor = "";

  constructor(viewer: Viewer) {
    this.viewer = viewer;
    this.group.setAttribute("class", "scene-layer-marks");
    this.labels.className = "scene-labels";
    viewer.overlay.svg.append(this.group);
    viewer.overlay.element.append(this.labels);
    const again = (): void => viewer.invalidate();
    const { sheets, openSheet, modelMarks } = viewer.workspace;
    this.stops = [
      viewer.onFrame(() => this.draw()),
      sheets.subscribe(again),
      openSheet.subscribe(again),
      modelMarks.subscribe(again),
    ];
  }

  /** The sheet on the view right now. */
  sheet(): Sheet | null {
    const { sheets, openSheet } = this.viewer.workspace;
    return sheets.get().find(({ id }) => id === openSheet.get()) ?? null;
  }

  /** A place on the model as it stands now. */
  shownAt({ position, occurrence, local }: ModelMark["points"][number]): Vec3 {
    const onPart = occurrence !== null && local ? this.viewer.partPoint(occurrence, local) : null;
    return onPart ?? this.viewer.toModel(position);
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.group.remove();
    this.labels.remove();
  }

  private draw(): void {
    const { viewer, stroke } = this;
    const { modelMarks, openSheet, hidden } = viewer.workspace;
    let sheet = this.sheet();
    // Somebody else moved the camera: following, a saved view. The sheet is kept, and put away.
    if (sheet && !samePose(sheet.camera, viewer.cameraPose(), SAME_PICTURE)) {
      openSheet.set(null);
      sheet = null;
    }
    this.group.replaceChildren();
    this.labels.replaceChildren();
    if (viewer.presenting) return;
    const marks = modelMarks.get().filter(({ points: [at] }) => {
      const occurrence = at?.occurrence ?? null;
      return occurrence === null || !hidden.get().has(occurrence);
    });
    this.findCovered(marks);
    for (const mark of marks) this.drawOnModel(mark, mark.id);
    for (const seen of this.seenSheets(sheet))
      for (const mark of seen.marks) this.drawOnSheet(mark, mark.id);
    if (stroke?.on === "sheet") this.drawOnSheet(stroke.mark, null);
    if (stroke?.on === "model") this.drawOnModel(stroke.mark, null);
  }

  /** The open sheet, and those of others that were drawn over the view I have, which stays free. */
  private seenSheets(open: Sheet | null): readonly Sheet[] {
    const { workspace } = this.viewer;
    const owners = workspace.owners.get();
    const others = workspace.sheets.get().filter((sheet) => {
      const owner = owners.get(markupKey(sheet.id));
      if (sheet === open || !owner || owner.mine) return false;
      return samePose(sheet.camera, this.viewer.cameraPose(), SEEN_WITHIN);
    });
    return open ? [open, ...others] : others;
  }

  private drawOnSheet(mark: Omit<SheetMark, "id">, id: string | null): void {
    const points = mark.points.map((point) => toPixels(this.viewer.canvas, point));
    this.path(outlineOf(mark.kind, points, mark.width), mark.colour, mark.width, id, 1);
    const [first] = points;
    const last = points.at(-1);
    if (mark.text === "" || !first || !last) return;
    const between: Point = [(first[0] + last[0]) / 2, (first[1] + last[1]) / 2];
    this.label(mark.kind === "dimension" ? between : first, mark.text, mark, id, 1);
  }

  private drawOnModel(mark: Omit<ModelMark, "id">, id: string | null): void {
    const points: Point[] = [];
    for (const place of mark.points) {
      const screen = this.viewer.projectToScreen(this.shownAt(place));
      if (screen) points.push([screen.x, screen.y]);
    }
    const [first] = points;
    const last = points.at(-1);
    if (!first || !last) return;
    const opacity = id !== null && this.covered.has(id) ? 0.4 : 1;
    if (mark.kind === "surface") this.path(penPath(points), mark.colour, 3, id, opacity);
    if (mark.kind === "arrow3d" && points.length > 1)
      this.path(arrowPath(last, first, 3), mark.colour, 3, id, opacity);
    if (mark.kind === "pin") {
      const [x, y] = first;
      const drop = `M${x} ${y}C${x - 9} ${y - 10} ${x - 8} ${y - 24} ${x} ${y - 24}C${x + 8} ${y - 24} ${x + 9} ${y - 10} ${x} ${y}Z`;
      this.path(drop, mark.colour, 2, id, opacity, true);
    }
    if (mark.text !== "") {
      const above: Point =
        mark.kind === "pin" ? [first[0], first[1] - 38] : [last[0], last[1] - 14];
      this.label(above, mark.text, mark, id, opacity);
    }
  }

  private path(
    d: string,
    colour: string,
    width: number,
    id: string | null,
    opacity: number,
    filled = false,
  ): void {
    if (d === "") return;
    for (const part of ["halo", "ink"] as const) {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("d", d);
      path.setAttribute("class", `scene-mark scene-mark-${part}`);
      path.style.strokeWidth = String(part === "halo" ? width + 2.5 : width);
      path.style.opacity = String(opacity);
      if (part === "ink") path.style.stroke = colour;
      if (filled && part === "ink") path.style.fill = colour;
      if (id !== null) path.dataset["mark"] = id;
      this.group.append(path);
    }
  }

  private label(
    [x, y]: Point,
    text: string,
    mark: { readonly colour: string; readonly kind: string },
    id: string | null,
    opacity: number,
  ): void {
    const label = document.createElement("div");
    label.className = `scene-label scene-mark-label scene-mark-${mark.kind}`;
    label.textContent = text;
    label.dir = "auto";
    label.style.borderColor = mark.colour;
    if (mark.kind === "stamp") label.style.color = mark.colour;
    label.style.opacity = String(opacity);
    label.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) translate(-50%, -50%)`;
    if (id !== null) {
      label.dataset["mark"] = id;
      label.dataset["testid"] = "mark-label";
    }
    this.labels.append(label);
  }

  /** Which marks lie behind something: asked only when the view or the marks have changed. */
  private findCovered(marks: readonly ModelMark[]): void {
    const { viewer } = this;
    if (marks.length === 0) {
      this.covered.clear();
      this.drawnFor = "";
      return;
    }
    const pose = viewer.cameraPose();
    const { explode, hidden } = viewer.workspace;
    const now = JSON.stringify([
      pose,
      explode.get(),
      hidden.get().size,
      marks.map(({ id }) => id),
      viewer.canvas.clientWidth,
    ]);
    if (now === this.drawnFor) return;
    this.drawnFor = now;
    this.covered = new Set();
    if (marks.length > MOST_COVERED) return;
    for (const mark of marks) {
      const [place] = mark.points;
      if (!place) continue;
      const point = this.shownAt(place);
      const screen = viewer.projectToScreen(point);
      const hit = screen ? viewer.pick(screen.x, screen.y) : null;
      if (!hit) continue;
      const away = distance(pose.position, point);
      if (distance(pose.position, hit.point) < away * (1 - BEHIND)) this.covered.add(mark.id);
    }
  }
}
