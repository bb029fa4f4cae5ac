/** Drawing with mouse, finger, pen or ray: strokes on the frozen view, marks on the model, and the eraser. */

import {
  MODEL_MARKS,
  type MarkPoint,
  type ModelMarkKind,
  SHEET_MARKS,
  type SheetMarkKind,
  type SheetPoint,
} from "../../state/areas/marking";
import { changeRefusal, isSharing, markupKey } from "../../state/areas/owning";
import { mayShareScene } from "../../state/commands/define";
import type { Hit } from "../../scene/picking";
import type { Pointer, PointerHandler } from "../../scene/pointer";
import { personColour } from "../../scene/theme";
import { along, dot, normalize, subtract } from "../../scene/vector";
import type { Viewer } from "../../scene/viewer";
import type { Hover } from "../select";
import { MarkLayer, toPixels, toSheet } from "./mark_layer";
import { distanceTo, handle } from "./outline";

/** Nearer points of a stroke add nothing. */
const STEP_PX = 2;
/** How near the eraser must come. */
const ERASE_PX = 10;
const WIDTH = 3;
/** A shorter drag is a click: it draws nothing. */
const SHORTEST_PX = 4;
/** Shown until words are there. */
const NEEDS_WORDS: readonly string[] = ["text", "stamp", "dimension", "pin"];

let strokes = 0;

export class MarkTool implements PointerHandler {
  private readonly viewer: Viewer;
  private readonly pointing: Hover;
  readonly layer: MarkLayer;
  /** Of the stroke under way, as the others know it. */
  private strokeId = "";
  private from: { readonly x: number; readonly y: number } | null = null;

  constructor(viewer: Viewer, pointing: Hover) {
    this.viewer = viewer;
    this.pointing = pointing;
    this.layer = new MarkLayer(viewer);
  }

  hover(pointer: Pointer): void {
    this.pointing.show(this.viewer.pickPointer(pointer), false);
  }

  leave(): void {
    this.pointing.clear();
  }

  press(pointer: Pointer): boolean {
    const { workspace } = this.viewer;
    const tool = workspace.markTool.get();
    this.from = pointer.screen;
    if (tool === "eraser") {
      this.erase(pointer);
      return true;
    }
    const kind = SHEET_MARKS.find((candidate) => candidate === tool);
    if (kind) {
      const point = this.sheetPoint(pointer);
      if (!point) return false;
      workspace.pendingText.set(null);
      this.layer.stroke = {
        on: "sheet",
        mark: { kind, points: [point], text: "", colour: this.colour(), width: WIDTH },
      };
      this.begin();
      return true;
    }
    const onModel = MODEL_MARKS.find((candidate) => candidate === tool);
    const hit = this.viewer.pickPointer(pointer);
    if (!onModel || !hit) return false;
    workspace.pendingText.set(null);
    this.layer.stroke = {
      on: "model",
      mark: { kind: onModel, points: [this.place(hit)], text: "", colour: this.colour() },
    };
    this.begin();
    this.viewer.invalidate();
    return true;
  }

  drag(pointer: Pointer): void {
    const { stroke } = this.layer;
    if (this.viewer.workspace.markTool.get() === "eraser") this.erase(pointer);
    if (stroke?.on === "sheet") {
      const point = this.sheetPoint(pointer);
      const last = stroke.mark.points.at(-1);
      if (!point || !last) return;
      const { canvas } = this.viewer;
      if (distanceTo([toPixels(canvas, last)], toPixels(canvas, point)) < STEP_PX) return;
      const points =
        stroke.mark.kind === "pen"
          ? [...stroke.mark.points, point]
          : [...stroke.mark.points.slice(0, 1), point];
      this.layer.stroke = { on: "sheet", mark: { ...stroke.mark, points } };
    } else if (stroke?.on === "model" && stroke.mark.kind !== "pin") {
      const next = this.nextPlace(pointer, stroke.mark.kind, stroke.mark.points);
      if (!next) return;
      const points =
        stroke.mark.kind === "surface"
          ? [...stroke.mark.points, next]
          : [...stroke.mark.points.slice(0, 1), next];
      this.layer.stroke = { on: "model", mark: { ...stroke.mark, points } };
    }
    this.tell();
    this.viewer.invalidate();
  }

  release(pointer: Pointer): void {
    const { stroke } = this.layer;
    this.end();
    if (!stroke) return;
    const { commands } = this.viewer;
    const moved =
      this.from === null || pointer.screen === null
        ? SHORTEST_PX
        : Math.hypot(pointer.screen.x - this.from.x, pointer.screen.y - this.from.y);
    const { kind, points, colour } = stroke.mark;
    const isPlace = kind === "text" || kind === "stamp" || kind === "pin";
    if (!isPlace && (moved < SHORTEST_PX || points.length < 2)) return;
    if (NEEDS_WORDS.includes(kind)) this.askForWords(stroke, pointer);
    else if (stroke.on === "sheet")
      commands.run("mark.draw", { kind: stroke.mark.kind, points: stroke.mark.points, colour });
    else commands.run("mark.place", { kind: stroke.mark.kind, points: stroke.mark.points, colour });
  }

  cancel(): void {
    this.end();
  }

  /** While drawing, two quick dots are two dots. */
  doubleClick(): void {
    return;
  }

  dispose(): void {
    this.layer.dispose();
  }

  private begin(): void {
    strokes += 1;
    this.strokeId = `stroke-${Date.now().toString(36)}-${strokes}`;
  }

  /** In a session the others see the stroke grow. */
  private tell(): void {
    const { workspace } = this.viewer;
    const { stroke } = this.layer;
    if (!stroke || !isSharing(workspace) || mayShareScene(workspace) !== true) return;
    if (stroke.on === "model") {
      workspace.dragging.set(markupKey(this.strokeId));
      workspace.drawing.set({ ...stroke, key: this.strokeId });
      return;
    }
    const open = workspace.openSheet.get();
    const mine = open !== null && changeRefusal(workspace, markupKey(open)) === null;
    const key = mine ? open : this.strokeId;
    workspace.dragging.set(markupKey(key));
    workspace.drawing.set({ ...stroke, key, name: "", camera: this.viewer.cameraPose() });
  }

  private end(): void {
    const { workspace } = this.viewer;
    this.layer.stroke = null;
    if (workspace.drawing.get()) {
      workspace.dragging.set(null);
      workspace.drawing.set(null);
    }
    this.viewer.invalidate();
  }

  private askForWords(stroke: NonNullable<MarkLayer["stroke"]>, pointer: Pointer): void {
    const { workspace, canvas } = this.viewer;
    const at = pointer.screen ?? { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 };
    workspace.pendingText.set({
      ...at,
      mark:
        stroke.on === "sheet"
          ? { on: "sheet", kind: stroke.mark.kind, points: stroke.mark.points }
          : { on: "model", kind: stroke.mark.kind, points: stroke.mark.points },
    });
  }

  private colour(): string {
    const { workspace } = this.viewer;
    const mine = workspace.people.get().find((person) => person.mine);
    return workspace.markColour.get() ?? personColour(mine?.colour ?? 1);
  }

  private sheetPoint(pointer: Pointer): SheetPoint | null {
    return pointer.screen ? toSheet(this.viewer.canvas, pointer.screen.x, pointer.screen.y) : null;
  }

  private place({ point, occurrence, local }: Hit): MarkPoint {
    const { model } = this.viewer;
    const still = model ? model.occurrences.unexploded(occurrence, point) : point;
    return { position: this.viewer.toAbsolute(still), occurrence, local };
  }

  /** A stroke goes on over the surface; the tail of an arrow floats before the model at its tip's depth. */
  private nextPlace(
    pointer: Pointer,
    kind: ModelMarkKind,
    points: readonly MarkPoint[],
  ): MarkPoint | null {
    if (kind === "surface") {
      const hit = this.viewer.pickPointer(pointer);
      return hit ? this.place(hit) : null;
    }
    const [tip] = points;
    if (!tip) return null;
    const anchor = this.layer.shownAt(tip);
    const { position, target } = this.viewer.cameraPose();
    const facing = normalize(subtract(position, target));
    const towards = dot(pointer.direction, facing);
    if (Math.abs(towards) < 1e-6) return null;
    const t = dot(subtract(anchor, pointer.origin), facing) / towards;
    const point = along(pointer.origin, pointer.direction, t);
    const { model } = this.viewer;
    const still =
      model && tip.occurrence !== null
        ? model.occurrences.unexploded(tip.occurrence, point)
        : point;
    return {
      position: this.viewer.toAbsolute(still),
      occurrence: tip.occurrence,
      local: tip.occurrence === null ? null : this.viewer.toPart(tip.occurrence, point),
    };
  }

  private erase(pointer: Pointer): void {
    const { screen } = pointer;
    if (!screen) return;
    const { canvas, workspace, commands } = this.viewer;
    const here = [screen.x, screen.y] as const;
    const near = (kind: SheetMarkKind, points: readonly SheetPoint[]): boolean =>
      distanceTo(
        handle(
          kind,
          points.map((point) => toPixels(canvas, point)),
        ),
        here,
      ) < ERASE_PX;
    const onSheet = this.layer.sheet()?.marks.find(({ kind, points }) => near(kind, points));
    if (onSheet) {
      commands.run("mark.remove", { id: onSheet.id });
      return;
    }
    const onModel = workspace.modelMarks.get().find(({ points }) => {
      const places = points.flatMap((place) => {
        const seen = this.viewer.projectToScreen(this.layer.shownAt(place));
        return seen ? [[seen.x, seen.y] as const] : [];
      });
      return places.length > 0 && distanceTo(places, here) < ERASE_PX * 1.5;
    });
    if (onModel) commands.run("mark.remove", { id: onModel.id });
  }
}
