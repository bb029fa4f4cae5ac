/** Point to point: two snapped clicks, a live read-out before the second one, labels that stay with their parts. */

import type { Vec3 } from "../state/model";
import type { MeasurePoint, Measurement } from "../state/workspace";
import { formatLength } from "../state/units";
import type { Pointer, PointerHandler } from "../scene/pointer";
import { distance, mix } from "../scene/vector";
import type { Viewer } from "../scene/viewer";
import { LineLayer, SNAP_WORDS } from "./lines";
import type { Hover } from "./select";
import { Snapper, type Snap } from "./snapping";

/** Files whose vertices are exact points of a B-rep; others are triangles, whose corners are only near. */
const EXACT_KINDS: readonly string[] = ["step", "iges", "brep"];

/** Draws all measurements and takes new ones while it is the tool. */
export class MeasureTool implements PointerHandler {
  private readonly viewer: Viewer;
  private readonly pointing: Hover;
  private readonly layer: LineLayer;
  private readonly stops: (() => void)[];
  private snapper: { readonly of: object; readonly snapper: Snapper } | null = null;
  private aim: Snap | null = null;

  constructor(viewer: Viewer, pointing: Hover) {
    this.viewer = viewer;
    this.pointing = pointing;
    this.layer = new LineLayer(viewer, "measure");
    const { workspace } = viewer;
    const again = (): void => viewer.invalidate();
    this.stops = [
      viewer.onFrame(() => this.draw()),
      workspace.measures.subscribe(again),
      workspace.pendingMeasure.subscribe(again),
      workspace.unit.subscribe(again),
      workspace.tool.subscribe((tool) => {
        if (tool !== "measure") this.aim = null;
        again();
      }),
    ];
  }

  hover(pointer: Pointer): void {
    const hit = this.viewer.pickPointer(pointer);
    this.pointing.show(hit, false);
    this.aim = this.snapping()?.aim(pointer) ?? null;
    this.viewer.invalidate();
  }

  leave(): void {
    this.aim = null;
    this.pointing.clear();
    this.viewer.invalidate();
  }

  click(pointer: Pointer): void {
    this.hover(pointer);
    if (!this.aim) return;
    const { workspace, commands } = this.viewer;
    const point = this.pointOf(this.aim);
    const pending = workspace.pendingMeasure.get();
    if (!pending) {
      workspace.pendingMeasure.set(point);
      return;
    }
    const exact = this.isExact(pending) && this.isExact(point);
    commands.run("measure.add", { from: pending, to: point, exact });
  }

  /** Two quick clicks are two points, not a fit. */
  doubleClick(pointer: Pointer): void {
    this.click(pointer);
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.layer.dispose();
  }

  private snapping(): Snapper | null {
    const { model } = this.viewer;
    if (!model) return null;
    if (this.snapper?.of !== model) this.snapper = { of: model, snapper: new Snapper(model) };
    return this.snapper.snapper;
  }

  private pointOf({ point, occurrence, local, kind }: Snap): MeasurePoint {
    const { model } = this.viewer;
    const still = model ? model.occurrences.unexploded(occurrence, point) : point;
    return { position: this.viewer.toAbsolute(still), occurrence, local, snap: kind };
  }

  private isExact({ snap }: MeasurePoint): boolean {
    const kind = this.viewer.workspace.manifest.get()?.source.kind ?? "";
    return (snap === "vertex" || snap === "middle") && EXACT_KINDS.includes(kind);
  }

  /** Where an end stands now: with its part, exploded or not. */
  private shownAt({ position, occurrence, local }: MeasurePoint): Vec3 {
    const onPart = occurrence !== null && local ? this.viewer.partPoint(occurrence, local) : null;
    return onPart ?? this.viewer.toModel(position);
  }

  private draw(): void {
    const { workspace } = this.viewer;
    const measuring = workspace.tool.get() === "measure";
    this.layer.clear();
    if (this.viewer.presenting) return;
    for (const measure of workspace.measures.get()) this.drawMeasure(measure);
    if (!measuring) return;
    const { aim } = this;
    const pending = workspace.pendingMeasure.get();
    if (pending) this.layer.glyph(this.shownAt(pending), pending.snap);
    if (!aim) return;
    for (const [a, b] of aim.edge) this.layer.line(a, b, "scene-snapped");
    this.layer.glyph(aim.point, aim.kind);
    if (!pending) {
      this.layer.label(aim.point, SNAP_WORDS[aim.kind], {
        className: "scene-hint",
        offset: [0, -22],
      });
      return;
    }
    const here = this.pointOf(aim);
    this.layer.line(this.shownAt(pending), aim.point, "scene-measure scene-live");
    const text = this.text(pending, here, this.isExact(pending) && this.isExact(here));
    this.layer.label(aim.point, text, { testId: "measure-live", offset: [0, -26] });
  }

  private drawMeasure({ id, from, to, exact }: Measurement): void {
    const [a, b] = [this.shownAt(from), this.shownAt(to)];
    this.layer.line(a, b, "scene-measure");
    this.layer.glyph(a, from.snap);
    this.layer.glyph(b, to.snap);
    const label = this.layer.label(mix(a, b, 0.5), this.text(from, to, exact), {
      testId: "measure-label",
    });
    if (label) label.dataset["measure"] = id;
  }

  private text(from: MeasurePoint, to: MeasurePoint, exact: boolean): string {
    return formatLength(distance(from.position, to.position), this.viewer.workspace.unit.get(), {
      exact,
    });
  }
}
