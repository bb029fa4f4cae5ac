/**
 * The measuring tool (UX.md §2.9): snapped clicks become measurements, a live read-out stands beside the pointer,
 * finished ones stay with their parts and can be dragged at their ends and labels.
 */

import type {
  Mark,
  MeasurePoint,
  MeasureTask,
  Measurement,
  Reading,
  ReadingChoice,
} from "../state/areas/measuring";
import { sameEntity } from "../state/entities";
import { holderOf } from "../state/holding";
import { entityOf, outdatedBy } from "../state/measure_owner";
import { choiceName, outdatedText, valueText } from "../state/measure_text";
import { t } from "../state/messages";
import type { Vec3 } from "../state/model";
import type { Pointer, PointerHandler, SnapStop } from "../scene/pointer";
import { distance } from "../scene/vector";
import type { Viewer } from "../scene/viewer";
import { MeasureLayer } from "./measure_layer";
import { boxOfSelection, sumOfSelection } from "./measure_selection";
import type { Shapes } from "./reading_shapes";
import { clicksOf, readingsOf } from "./readings";
import type { Hover } from "./select";
import { SnapLayer, snapWord } from "./snap_glyphs";
import { Snapping, type Aim } from "./measure_snapping";

/** A pointer this near to where Tab chose something, or to that, still means it; CSS pixels. */
const KEEP_PX = 3;
/** A pointer that rests so long is asked what else it could mean. */
const REST_MS = 150;
/** A ray let go nearer to where it was pressed has not pulled: 1.5°. */
const PULLED_PX = 30;

/** Draws all measurements and takes new ones while it is the tool. */
export class MeasureTool implements PointerHandler {
  private readonly viewer: Viewer;
  private readonly pointing: Hover;
  private readonly snapLayer: SnapLayer;
  private readonly layer: MeasureLayer;
  private readonly snapping: Snapping;
  private readonly shapes: Shapes;
  private readonly stops: (() => void)[];
  private aim: Aim | null = null;
  /** The pointer that `aim` belongs to. */
  private pointer: Pointer | null = null;
  /** Chosen with Tab instead of the best one, and where the pointer was. */
  private chosen: {
    readonly aim: Aim;
    readonly from: Pointer;
    /** The exact shape was still on its way: what was chosen is one of the triangles. */
    readonly early: boolean;
  } | null = null;
  private restTimer = 0;
  /** Clicks that wait for an exact shape, in their order. */
  private clicks: Promise<void> = Promise.resolve();
  private waiting = 0;
  /** A ray that was pressed at A and is pulled to B: whose, and from where. Model frame. */
  private pulled: { readonly id: number; readonly from: Vec3 | null } | null = null;

  constructor(viewer: Viewer, pointing: Hover) {
    this.viewer = viewer;
    this.pointing = pointing;
    this.snapping = new Snapping(viewer);
    this.shapes = this.snapping.shapes;
    this.layer = new MeasureLayer(viewer, {
      activate: (id) => {
        const { commands, workspace } = viewer;
        const again = workspace.activeMeasure.get() === id;
        commands.run("measure.activate", { id: again ? null : id });
      },
      holder: ({ id }) => {
        const { holds, people } = viewer.workspace;
        return holderOf(`measurement/${id}`, holds.get(), people.get());
      },
      switchReading: (measure) => this.switchReading(measure),
      dragLabel: (measure, offset, done) => {
        const change = { label_offset: offset };
        viewer.commands.run("measure.update", { id: measure.id, change, preview: !done });
      },
      dragEnd: (measure, anchor, event, done) => this.dragEnd(measure, anchor, event, done),
      clickEnd: (event) => this.whileMeasuring(event, (pointer) => this.click(pointer)),
      hoverEnd: (event) => this.whileMeasuring(event, (pointer) => this.hover(pointer)),
    });
    this.snapLayer = new SnapLayer(viewer);
    const { workspace, commands } = viewer;
    const again = (): void => viewer.invalidate();
    this.stops = [
      viewer.onFrame(() => this.draw()),
      workspace.measures.subscribe(again),
      workspace.pendingMeasure.subscribe(again),
      workspace.activeMeasure.subscribe(again),
      workspace.style.subscribe(again),
      workspace.holds.subscribe(again),
      workspace.tool.subscribe((tool) => {
        if (tool !== "measure") this.forget();
        again();
      }),
      commands.register("measure.read", ({ id, kind, mode }) => this.read(id, { kind, mode })),
      commands.register("measure.again", ({ id }) => this.again(id)),
      commands.register("measure.finish", () => this.finish()),
      commands.register("measure.cycle", ({ step }) => void this.cycleHere(step < 0 ? -1 : 1)),
      commands.register("measure.selection", ({ kind }) => this.ofSelection(kind)),
    ];
  }

  hover(pointer: Pointer): void {
    this.pointing.showAny(this.viewer.pickTable(pointer), false);
    this.pointer = pointer;
    const { chosen } = this;
    if (chosen && (!this.isMeant(chosen, pointer) || this.isOutdated(chosen))) this.chosen = null;
    this.aim = this.chosen?.aim ?? this.snapping.aim(pointer);
    this.countChoices(pointer);
    this.viewer.invalidate();
  }

  /** Now the exact shape says better where it is. */
  private isOutdated({ aim, early }: { readonly aim: Aim; readonly early: boolean }): boolean {
    return early && !this.snapping.isPending(aim.owner);
  }

  /** How many things Tab would go through: asked when the pointer rests, since it looks at all of them. */
  private countChoices(pointer: Pointer): void {
    const { snapChoices } = this.viewer.workspace;
    clearTimeout(this.restTimer);
    snapChoices.set(0);
    if (!this.aim) return;
    this.restTimer = window.setTimeout(() => {
      if (this.pointer === pointer) snapChoices.set(this.snapping.candidates(pointer).length);
    }, REST_MS);
  }

  leave(): void {
    this.forget();
    this.pointing.clear();
    this.viewer.invalidate();
  }

  click(pointer: Pointer): void {
    this.hover(pointer);
    const { owner } = this.aim ?? {};
    if (!owner) return;
    if (this.waiting === 0 && !this.snapping.isPending(owner)) {
      this.clickNow(pointer);
      return;
    }
    // A click means what the exact shape has there; later clicks wait for their turn.
    this.waiting += 1;
    this.clicks = this.clicks
      .then(() => this.snapping.load(owner))
      .then(() => {
        this.waiting -= 1;
        if (this.viewer.workspace.tool.get() === "measure") this.clickNow(pointer);
      });
  }

  /** A headset's hand takes A by pressing and B by letting go elsewhere; a mouse clicks twice. */
  press(pointer: Pointer): boolean {
    if (pointer.kind !== "ray" && pointer.kind !== "hand") return false;
    if (this.pulled) return true; // the other hand: the tape's
    this.click(pointer);
    this.pulled = { id: pointer.id, from: this.aim?.point ?? null };
    return true;
  }

  drag(pointer: Pointer): void {
    if (pointer.id === this.pulled?.id) this.hover(pointer);
  }

  release(pointer: Pointer): void {
    const { pulled } = this;
    if (pointer.id !== pulled?.id) return;
    this.pulled = null;
    this.hover(pointer);
    const to = this.aim?.point;
    const apart = pulled.from && to ? distance(pulled.from, to) : 0;
    if (to && apart > pointer.reach(to, PULLED_PX)) this.click(pointer);
  }

  cancel(): void {
    this.pulled = null;
    this.viewer.workspace.pendingMeasure.set(null);
  }

  /** What a headset's hand would take, for whoever draws it there. */
  get aimed(): Aim | null {
    return this.aim;
  }

  private clickNow(pointer: Pointer): void {
    this.hover(pointer);
    const { aim } = this;
    if (!aim) return;
    const { workspace, commands } = this.viewer;
    const anchor = this.snapping.anchorOf(aim);
    const task = workspace.measureTask.get();
    const before = workspace.pendingMeasure.get() ?? [];
    const clicks = clicksOf(task);
    if (before.length === 0) {
      commands.run("measure.activate", { id: null });
      if (clicks !== 1) {
        workspace.pendingMeasure.set([anchor]);
        return;
      }
    }
    const anchors = [...before, anchor];
    const last = before.at(-1);
    if (last && sameThing(task, last, anchor)) {
      // The same thing again: what it offers alone, or the end of a path.
      if (task === "path") this.finish();
      else if (task === "smart") this.take(task, [last]);
      return;
    }
    if (clicks === "many") {
      workspace.pendingMeasure.set(anchors);
      return;
    }
    this.take(task, anchors);
  }

  /** Two quick clicks are two points, not a fit; the second ends a path. */
  doubleClick(pointer: Pointer): void {
    const path = this.viewer.workspace.measureTask.get() === "path";
    if (path) this.finish();
    else this.click(pointer);
  }

  cycle(pointer: Pointer, step: 1 | -1): SnapStop | null {
    const candidates = this.snapping.candidates(pointer);
    if (candidates.length === 0) return null;
    const now = candidates.findIndex((each) => this.aim && sameAim(each, this.aim));
    const index = (now + step + candidates.length) % candidates.length;
    const found = candidates[now < 0 ? 0 : index];
    if (!found) return null;
    const early = this.snapping.isPending(found.owner);
    this.chosen = { aim: found, from: pointer, early };
    this.aim = found;
    this.viewer.invalidate();
    return {
      point: found.point,
      name: snapWord(found.kind),
      at: candidates.indexOf(found) + 1,
      count: candidates.length,
    };
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.snapLayer.dispose();
    this.layer.dispose();
    this.snapping.dispose();
  }

  // ---------------------------------------------------------------- taking

  /** Makes a measurement of what was clicked, once the exact shapes are here. */
  private take(task: MeasureTask, anchors: readonly MeasurePoint[]): void {
    const { workspace, commands } = this.viewer;
    workspace.pendingMeasure.set(null);
    this.snapping.whenHere(anchors, () => {
      const readings = readingsOf(task, anchors, this.shapes);
      const [best] = readings;
      if (!best) {
        workspace.announce(t("measure.notHere", { name: t(`measure.task.${task}`) }));
        return;
      }
      commands.run("measure.add", { measure: { ...best, anchors, choices: choicesOf(readings) } });
      const added = workspace.measures.get().at(-1);
      if (!added) return;
      commands.run("measure.activate", { id: added.id });
      // Who sees the picture has the label; who points by keys is told.
      if (workspace.pickMode.get() === null) return;
      const value = valueText(added, workspace.style.get());
      workspace.announce(t("measure.found", { name: added.name, value }));
    });
  }

  /** Ends what several clicks make: a path, or one thing that is kept as it is. */
  private finish(): void {
    const { workspace } = this.viewer;
    const anchors = workspace.pendingMeasure.get() ?? [];
    const task = workspace.measureTask.get();
    if (anchors.length === 0) return;
    if (task === "path" ? anchors.length < 2 : task !== "smart") workspace.pendingMeasure.set(null);
    else this.take(task, anchors);
  }

  private cycleHere(step: 1 | -1): void {
    if (this.pointer) this.cycle(this.pointer, step);
  }

  private ofSelection(kind: "box" | "volume" | "area"): void {
    const { workspace, commands } = this.viewer;
    const found =
      kind === "box"
        ? boxOfSelection(this.viewer, this.shapes)
        : sumOfSelection(this.viewer, kind, this.shapes);
    if (typeof found === "string") {
      workspace.announce(found);
      return;
    }
    const measure = { ...found, anchors: [], choices: [] };
    commands.run("measure.add", { measure });
    commands.run("measure.activate", { id: workspace.measures.get().at(-1)?.id ?? null });
  }

  // ---------------------------------------------------------------- changing

  /** The reading of some points that is of this kind and mode. */
  private readingOf({ anchors }: Measurement, choice: ReadingChoice): Reading | null {
    const tasks: readonly MeasureTask[] = ["smart", choice.kind];
    for (const task of tasks)
      for (const reading of readingsOf(task, anchors, this.shapes))
        if (reading.kind === choice.kind && reading.mode === choice.mode) return reading;
    return null;
  }

  private read(id: string, choice: ReadingChoice): void {
    const { workspace } = this.viewer;
    const measure = workspace.measures.get().find((each) => each.id === id);
    if (!measure) return;
    const outdated = outdatedBy(measure, workspace.layers.get());
    if (outdated) {
      // Another reading would mix where things stood with where they stand.
      workspace.announce(outdatedText(outdated, workspace.layerInfo.get()) ?? "");
      return;
    }
    this.snapping.whenHere(measure.anchors, () => {
      const reading = this.readingOf(measure, choice);
      if (reading) this.viewer.commands.run("measure.update", { id, change: { reading } });
    });
  }

  /** The same points where they stand now; revisions that are gone leave theirs where they stood. */
  private again(id: string): void {
    const measure = this.viewer.workspace.measures.get().find((each) => each.id === id);
    if (!measure) return;
    this.snapping.whenHere(measure.anchors, () => {
      const anchors = measure.anchors.map((anchor) => this.snapping.again(anchor));
      const readings = this.alike(measure, anchors);
      const reading =
        readings.find(({ kind, mode }) => kind === measure.kind && mode === measure.mode) ??
        readings[0];
      if (!reading) return;
      const change = { anchors, reading, choices: choicesOf(readings) };
      this.viewer.commands.run("measure.update", { id, change });
    });
  }

  private switchReading(measure: Measurement): void {
    const { choices } = measure;
    const now = choices.findIndex(
      ({ kind, mode }) => kind === measure.kind && mode === measure.mode,
    );
    const next = choices[(now + 1) % choices.length];
    if (next) this.viewer.commands.run("measure.read", { id: measure.id, ...next });
  }

  private dragEnd(measure: Measurement, index: number, event: PointerEvent, done: boolean): void {
    const pointer = this.pointerOf(event);
    this.aim = this.snapping.aim(pointer);
    const { commands } = this.viewer;
    // An end that is laid elsewhere takes the others along to where they stand.
    const before = measure.anchors.map((anchor) => this.snapping.again(anchor));
    if (!this.aim) {
      // Let go over nothing: what was shown last stays.
      if (done) commands.run("measure.update", { id: measure.id, change: {} });
      this.viewer.invalidate();
      return;
    }
    const moved = this.snapping.anchorOf(this.aim);
    const anchors = before.map((anchor, i) => (i === index ? moved : anchor));
    const apply = (preview: boolean): void => {
      const readings = this.alike(measure, anchors);
      const reading =
        readings.find(({ kind, mode }) => kind === measure.kind && mode === measure.mode) ??
        readings[0];
      if (!reading) return;
      const change = { anchors, reading, choices: choicesOf(readings) };
      commands.run("measure.update", { id: measure.id, change, preview });
    };
    if (done) this.snapping.whenHere(anchors, () => apply(false));
    else apply(true);
    if (done && this.viewer.workspace.tool.get() !== "measure") this.aim = null;
  }

  /** Readings of new points for a measurement; those of its kind when there are any. */
  private alike(measure: Measurement, anchors: readonly MeasurePoint[]): Reading[] {
    if (measure.kind === "path") return readingsOf("path", anchors, this.shapes);
    const single = anchors.length === 1 ? readingsOf(measure.kind, anchors, this.shapes) : [];
    return single.length > 0 ? single : readingsOf("smart", anchors, this.shapes);
  }

  // ---------------------------------------------------------------- drawing

  private draw(): void {
    const { workspace, presenting } = this.viewer;
    this.snapLayer.clear();
    if (presenting) {
      this.layer.clear();
      return;
    }
    const layers = workspace.layers.get();
    const outdated = (measure: Measurement): string | null =>
      outdatedText(outdatedBy(measure, layers), workspace.layerInfo.get());
    const style = workspace.style.get();
    const place = (mark: Mark): Vec3 => this.snapping.shownAt(mark);
    this.layer.draw(workspace.measures.get(), workspace.activeMeasure.get(), style, {
      place,
      outdated,
      // Where it was measured: what it says is of then.
      placeThen: ({ position }) => this.viewer.toModel(position),
    });
    this.drawAim();
  }

  private drawAim(): void {
    const late = this.snapping.hasArrived();
    if (late && this.pointer && this.viewer.workspace.tool.get() === "measure")
      this.hover(this.pointer);
    const { aim, snapLayer: layer } = this;
    const { workspace } = this.viewer;
    const pending = workspace.pendingMeasure.get() ?? [];
    const measuring = workspace.tool.get() === "measure";
    const active = workspace.activeMeasure.get();
    const chosen = workspace.measures.get().find(({ id, shown }) => shown && id === active);
    const begun = measuring && pending.length > 0;
    this.snapping.highlight(measuring ? aim : null, begun ? pending : (chosen?.anchors ?? []));
    if (measuring && pending.length > 0) {
      for (const anchor of pending) layer.glyph(this.snapping.shownAt(anchor), anchor.snap);
      layer.line(
        pending.map((anchor) => this.snapping.shownAt(anchor)),
        "scene-measure",
      );
    }
    if (!aim) return;
    for (const edge of aim.edges) layer.line(edge, "scene-snapped");
    if (aim.axis) layer.line(aim.axis, "scene-axis");
    layer.glyph(aim.point, aim.kind);
    if (!measuring) return;
    const last = pending.at(-1);
    const task = workspace.measureTask.get();
    if (last && !sameThing(task, last, this.snapping.anchorOf(aim)))
      layer.line([this.snapping.shownAt(last), aim.point], "scene-measure scene-live");
    const word = snapWord(aim.kind);
    const value = this.liveText(aim, pending);
    layer.label(aim.point, value ?? word, {
      testId: value === null ? "snap-word" : "measure-live",
      ...(value === null ? { className: "scene-hint" } : {}),
    });
  }

  /** What the next click would measure; null while nothing is begun and one thing alone means nothing. */
  private liveText(aim: Aim, pending: readonly MeasurePoint[]): string | null {
    const { workspace } = this.viewer;
    const task = workspace.measureTask.get();
    const last = pending.at(-1);
    if (!last && clicksOf(task) !== 1) return null;
    const anchor = this.snapping.anchorOf(aim);
    const same = last !== undefined && sameThing(task, last, anchor);
    const anchors = same ? pending : [...pending, anchor];
    const [best] = readingsOf(task, anchors, this.shapes);
    if (!best) return null;
    const text = valueText(best, workspace.style.get());
    return task === "smart" && best.mode !== "points" ? `${choiceName(best)} ${text}` : text;
  }

  // ---------------------------------------------------------------- pointers

  private whileMeasuring(event: PointerEvent, act: (pointer: Pointer) => void): void {
    if (this.viewer.workspace.tool.get() === "measure") act(this.pointerOf(event));
  }

  private pointerOf(event: PointerEvent): Pointer {
    const { left, top } = this.viewer.canvas.getBoundingClientRect();
    return this.viewer.input.pointerAt(event.clientX - left, event.clientY - top, event);
  }

  private isMeant({ aim, from }: { aim: Aim; from: Pointer }, { alt, screen }: Pointer): boolean {
    if (alt || !screen) return false;
    const near = (at: { x: number; y: number } | null): boolean =>
      at !== null && Math.hypot(at.x - screen.x, at.y - screen.y) < KEEP_PX;
    return near(from.screen) || near(this.viewer.projectToScreen(aim.point));
  }

  private forget(): void {
    this.aim = null;
    this.chosen = null;
    this.pointer = null;
    clearTimeout(this.restTimer);
    this.viewer.workspace.snapChoices.set(0);
  }
}

/** Whether two clicks mean one and the same thing; where points are measured, only the same point does. */
function sameThing(task: MeasureTask, a: MeasurePoint, b: MeasurePoint): boolean {
  const [first, second] = [entityOf(a), entityOf(b)];
  if (task !== "distance" && task !== "path" && first && second)
    return (
      a.other?.revision_id === b.other?.revision_id &&
      sameEntity(first, second) &&
      (a.snap === b.snap || a.snap === "face")
    );
  const [p, q] = [a.position, b.position];
  return p[0] === q[0] && p[1] === q[1] && p[2] === q[2];
}

function sameAim(a: Aim, b: Aim): boolean {
  return (
    a.kind === b.kind &&
    Math.hypot(a.point[0] - b.point[0], a.point[1] - b.point[1], a.point[2] - b.point[2]) < 1e-12
  );
}

/** The different readings, as choices. */
function choicesOf(readings: readonly Reading[]): ReadingChoice[] {
  const seen = new Set<string>();
  return readings.flatMap(({ kind, mode }) => {
    const key = `${kind} ${mode}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ kind, mode }];
  });
}
