/** Places one of the other revisions on the table by hand: by handles, by dragging it, or by three points. */

import { byThreePoints, compose, IDENTITY, rotation, translation } from "../../state/rigid";
import { t } from "../../state/messages";
import { type Matrix4, type Vec3, fileAxis } from "../../state/model";
import type { OpenedModel } from "../../scene/opened_model";
import type { Pointer, PointerHandler } from "../../scene/pointer";
import { mix, scale, subtract } from "../../scene/vector";
import type { Viewer } from "../../scene/viewer";
import {
  alongAxis,
  handlesAt,
  handleUnder,
  onPlane,
  type Handle,
  type HandleName,
  type Screen,
} from "./handles";
import "./place.css";

const SVG = "http://www.w3.org/2000/svg";
const UP: Vec3 = [0, 1, 0];
/** Turns snap to 15° unless Alt is held. */
const SNAP_RAD = (15 * Math.PI) / 180;

interface Drag {
  readonly handle: HandleName | "body";
  readonly start: Matrix4;
  /** Middle of the layer when the drag began, model frame. */
  readonly middle: Vec3;
  readonly from: Vec3;
  last: Matrix4;
}

export class PlaceTool implements PointerHandler {
  private readonly viewer: Viewer;
  private readonly group = document.createElementNS(SVG, "g");
  private readonly stops: (() => void)[];
  private handles: readonly Handle[] = [];
  private over: HandleName | null = null;
  private dragged: Drag | null = null;
  /** Clicked so far, absolute metres of the active revision: three on the layer, then where they belong. */
  private points: Vec3[] = [];

  constructor(viewer: Viewer) {
    this.viewer = viewer;
    this.group.setAttribute("class", "scene-layer-place");
    this.group.dataset["picture"] = "no";
    viewer.overlay.svg.append(this.group);
    const { placing, layers } = viewer.workspace;
    const again = (): void => viewer.invalidate();
    this.stops = [
      viewer.onFrame(() => this.draw()),
      layers.subscribe(again),
      placing.subscribe(() => {
        this.points = [];
        this.dragged = null;
        again();
      }),
    ];
  }

  hover(pointer: Pointer): void {
    const over = pointer.screen ? handleUnder(this.handles, at(pointer.screen)) : null;
    if (over === this.over) return;
    this.over = over;
    this.viewer.canvas.style.cursor = over ? "grab" : "";
    this.viewer.invalidate();
  }

  leave(): void {
    this.over = null;
  }

  press(pointer: Pointer): boolean {
    const placing = this.viewer.workspace.placing.get();
    const model = this.layer();
    if (placing?.by !== "drag" || !model || this.viewer.workspace.holds.get().has("layers"))
      return false;
    const handle = pointer.screen ? handleUnder(this.handles, at(pointer.screen)) : null;
    const hit = handle ? null : model.pick(pointer.origin, pointer.direction);
    if (!handle && !hit) return false;
    const middle = middleOf(model);
    const from = handle ? this.grip(handle, pointer, middle) : (hit?.point ?? null);
    if (!from) return false;
    const start = this.place();
    this.dragged = { handle: handle ?? "body", start, middle, from, last: start };
    return true;
  }

  drag(pointer: Pointer): void {
    const { dragged } = this;
    if (!dragged) return;
    const motion = this.motion(dragged, pointer);
    if (!motion) return;
    dragged.last = compose(dragged.start, motion);
    this.update(dragged.last, true);
  }

  release(): void {
    const { dragged } = this;
    this.dragged = null;
    if (dragged) this.update(dragged.last, false);
  }

  cancel(): void {
    const { dragged } = this;
    this.dragged = null;
    if (dragged) this.update(dragged.start, false);
  }

  click(pointer: Pointer): void {
    const { workspace } = this.viewer;
    const placing = workspace.placing.get();
    const model = this.layer();
    if (placing?.by !== "points" || !model) return;
    const target = this.points.length < 3 ? model : this.viewer.model;
    const hit = target?.pick(pointer.origin, pointer.direction);
    if (!hit) return;
    this.points.push(this.viewer.toAbsolute(hit.point));
    workspace.placingPoints.set(this.points.length);
    if (this.points.length === 6) this.alignPoints();
    this.viewer.invalidate();
  }

  /** Two quick clicks are two points. */
  doubleClick(pointer: Pointer): void {
    this.click(pointer);
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.group.remove();
  }

  private layer(): OpenedModel | null {
    const { placing, tool } = this.viewer.workspace;
    const wanted = placing.get();
    return wanted && tool.get() === "place" ? this.viewer.layers.find(wanted.revisionId) : null;
  }

  private place(): Matrix4 {
    const { placing, layers } = this.viewer.workspace;
    const wanted = placing.get()?.revisionId;
    return layers.get().find(({ revisionId }) => revisionId === wanted)?.transform ?? IDENTITY;
  }

  private update(transform: Matrix4, preview: boolean): void {
    const { workspace, commands } = this.viewer;
    const revision = workspace.placing.get()?.revisionId;
    if (revision === undefined) return;
    const change = { transform };
    commands.run("layer.update", preview ? { revision, change, preview } : { revision, change });
  }

  private axes(): Readonly<Record<"x" | "y" | "z", Vec3>> {
    const source = this.viewer.workspace.manifest.get()?.source ?? null;
    return { x: fileAxis("x", source), y: fileAxis("y", source), z: fileAxis("z", source) };
  }

  private grip(handle: HandleName, pointer: Pointer, middle: Vec3): Vec3 | null {
    if (handle === "ring") return onPlane(pointer, middle, UP);
    const axis = this.axes()[handle];
    const along = alongAxis(pointer, middle, axis);
    return along === null ? null : scale(axis, along);
  }

  /** What a drag does so far, in the active revision's absolute frame. */
  private motion({ handle, middle, from }: Drag, pointer: Pointer): Matrix4 | null {
    if (handle === "ring") {
      const now = onPlane(pointer, middle, UP);
      if (!now) return null;
      const angleOf = (point: Vec3): number =>
        Math.atan2(-(point[2] - middle[2]), point[0] - middle[0]);
      const angle = angleOf(now) - angleOf(from);
      const snapped = pointer.alt ? angle : Math.round(angle / SNAP_RAD) * SNAP_RAD;
      return rotation(UP, snapped, this.viewer.toAbsolute(middle));
    }
    if (handle === "body") {
      // Over the ground; seen from the side over the plane of the picture.
      const { position, target } = this.viewer.cameraPose();
      const view = subtract(target, position);
      const flat = Math.abs(view[1]) < 0.25 * Math.hypot(view[0], view[1], view[2]);
      const normal: Vec3 = flat ? [view[0], 0, view[2]] : UP;
      const now = onPlane(pointer, from, unit(normal));
      return now ? translation(subtract(now, from)) : null;
    }
    const axis = this.axes()[handle];
    const along = alongAxis(pointer, middle, axis);
    if (along === null) return null;
    return translation(subtract(scale(axis, along), from));
  }

  private alignPoints(): void {
    const { workspace } = this.viewer;
    const [a, b, c, d, e, f] = this.points;
    this.points = [];
    workspace.placingPoints.set(0);
    if (!a || !b || !c || !d || !e || !f) return;
    const motion = byThreePoints([a, b, c], [d, e, f]);
    if (motion) {
      this.update(compose(this.place(), motion), false);
      this.viewer.commands.run("layer.place", { revision: null });
    } else workspace.announce(t("table.straight"));
  }

  private draw(): void {
    this.group.replaceChildren();
    this.handles = [];
    const { workspace } = this.viewer;
    const placing = workspace.placing.get();
    const model = this.layer();
    if (!placing || !model || this.viewer.presenting) return;
    const project = (point: Vec3): Screen | null => {
      const seen = this.viewer.projectToScreen(point);
      return seen ? [seen.x, seen.y] : null;
    };
    if (placing.by === "points") {
      const shown = this.points.map((point) => this.viewer.toModel(point));
      shown.forEach((point, i) => {
        const seen = project(point);
        if (seen) this.dot(seen, String((i % 3) + 1), i < 3);
      });
      return;
    }
    const middle = middleOf(model);
    this.handles = handlesAt(middle, this.viewer.reach(middle, 1), this.axes(), project);
    for (const { name, line } of this.handles) {
      const held = this.dragged?.handle === name || (!this.dragged && this.over === name);
      for (const part of ["halo", "ink"] as const) {
        const path = document.createElementNS(SVG, "path");
        path.setAttribute(
          "d",
          `M${line.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`,
        );
        path.setAttribute("class", `scene-place scene-place-${part} scene-place-${name}`);
        if (held) path.classList.add("scene-place-held");
        path.dataset["handle"] = name;
        this.group.append(path);
      }
    }
  }

  private dot([x, y]: Screen, text: string, source: boolean): void {
    const circle = document.createElementNS(SVG, "circle");
    circle.setAttribute("cx", x.toFixed(1));
    circle.setAttribute("cy", y.toFixed(1));
    circle.setAttribute("r", "9");
    circle.setAttribute("class", `scene-place-dot${source ? " scene-place-source" : ""}`);
    const label = document.createElementNS(SVG, "text");
    label.setAttribute("x", x.toFixed(1));
    label.setAttribute("y", (y + 4).toFixed(1));
    label.setAttribute("text-anchor", "middle");
    label.setAttribute("class", "scene-place-number");
    label.textContent = text;
    this.group.append(circle, label);
  }
}

function at({ x, y }: { readonly x: number; readonly y: number }): Screen {
  return [x, y];
}

function middleOf(model: OpenedModel): Vec3 {
  const { min, max } = model.occurrences.bounds;
  return mix(min, max, 0.5);
}

function unit(v: Vec3): Vec3 {
  const size = Math.hypot(v[0], v[1], v[2]) || 1;
  return [v[0] / size, v[1] / size, v[2] / size];
}
