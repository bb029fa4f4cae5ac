/** Selecting by a rectangle: Shift and a drag that begins over nothing; rightwards encloses, leftwards touches. */

import { Matrix4 } from "three";
import type { OpenedModel } from "../scene/opened_model";
import type { Pointer } from "../scene/pointer";
import type { Viewer } from "../scene/viewer";
import { t } from "../state/messages";
import { type Rectangle, type Shown, marqueeSet } from "./marquee_set";
import "./marquee.css";

/** UX.md §2.4: nearer than this is a click. */
const CLICK_PX = 4;

interface Place {
  readonly x: number;
  readonly y: number;
}

/** One rectangle at a time. */
export class Marquee {
  private readonly viewer: Viewer;
  private from: Place | null = null;
  private to: Place = { x: 0, y: 0 };
  private element: HTMLDivElement | null = null;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
  }

  /** Begins where a pointer was pressed. */
  press({ screen }: Pointer): boolean {
    if (!screen) return false;
    this.from = screen;
    this.to = screen;
    return true;
  }

  drag({ screen }: Pointer): void {
    if (!this.from || !screen) return;
    this.to = screen;
    this.draw();
  }

  /** Selects what the rectangle holds. ctrl: besides what is selected already. */
  release({ screen, ctrl }: Pointer): void {
    const { from, viewer } = this;
    if (screen) this.to = screen;
    const { to } = this;
    this.end();
    const { model } = viewer;
    if (!from || !model || Math.hypot(to.x - from.x, to.y - from.y) < CLICK_PX) return;
    const mode = to.x >= from.x ? "enclosed" : "touched";
    const ranges = marqueeSet(shownOf(viewer, model), rectangleOf(from, to), mode);
    viewer.commands.run("selection.set", { ranges, mode: ctrl ? "add" : "replace" });
  }

  end(): void {
    this.from = null;
    this.element?.remove();
    this.element = null;
  }

  private draw(): void {
    const { from, to } = this;
    if (!from) return;
    if (!this.element) {
      this.element = document.createElement("div");
      this.element.className = "marquee";
      this.element.dataset["testid"] = "marquee";
      this.viewer.overlay.element.append(this.element);
    }
    const { left, top, right, bottom } = rectangleOf(from, to);
    const touches = to.x < from.x;
    this.element.dataset["mode"] = touches ? "touched" : "enclosed";
    this.element.dataset["hint"] = t(touches ? "marquee.touched" : "marquee.enclosed");
    Object.assign(this.element.style, {
      left: `${left}px`,
      top: `${top}px`,
      width: `${right - left}px`,
      height: `${bottom - top}px`,
    });
  }
}

function rectangleOf(a: Place, b: Place): Rectangle {
  return {
    left: Math.min(a.x, b.x),
    top: Math.min(a.y, b.y),
    right: Math.max(a.x, b.x),
    bottom: Math.max(a.y, b.y),
  };
}

function shownOf(viewer: Viewer, model: OpenedModel): Shown {
  const { camera, canvas } = viewer;
  const { occurrences, batch } = model;
  camera.updateMatrixWorld();
  _toClip.multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse);
  const uncut = viewer.workspace.uncut.get();
  const ghosted = viewer.workspace.ghosted.get();
  return {
    visible: batch.visible,
    isGhost: ghosted.isEmpty ? () => false : (occurrence) => ghosted.has(occurrence),
    boxInto: (occurrence, out) => occurrences.boxInto(occurrence, out),
    planes: model.planes,
    isUncut: (occurrence) => uncut.has(occurrence),
    toClip: _toClip.elements,
    width: canvas.clientWidth || 1,
    height: canvas.clientHeight || 1,
    trianglesOf: (occurrence) => trianglesOf(model, occurrence),
  };
}

/** Corners of an occurrence's triangles in the model frame, as fine as they have arrived. */
function trianglesOf({ occurrences, batch }: OpenedModel, occurrence: number): Float64Array | null {
  const geometry = occurrences.geometry[occurrence] ?? -1;
  // Of a mesh in pieces only the coarsest level stands under its own number: that is the whole of it.
  const found = batch.store.ranges.trianglesOf(geometry);
  if (!found || found.indices.length === 0) return null;
  const { vertices, indices } = found;
  const corners = new Float64Array(indices.length * 3);
  indices.forEach((index, at) => {
    const point = occurrences.fromSteps(
      occurrence,
      vertices[index * 4] ?? 0,
      vertices[index * 4 + 1] ?? 0,
      vertices[index * 4 + 2] ?? 0,
    );
    corners.set(point, at * 3);
  });
  return corners;
}

const _toClip = new Matrix4();
