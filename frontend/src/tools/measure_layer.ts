/**
 * Finished measurements over the picture, as vectors: lines, labels with a chip for other readings, handles at the
 * ends of the chosen one. Elements live as long as their measurement, so that a drag survives the pictures it causes.
 */

import type { Mark, Measurement } from "../state/areas/measuring";
import type { Holder } from "../state/holding";
import { choiceName, valueText } from "../state/measure_text";
import { t } from "../state/messages";
import type { Vec3 } from "../state/model";
import type { NumberStyle } from "../state/units";
import type { Viewer } from "../scene/viewer";
import { placeLabels } from "./label_places";
import { type MeasureDrawing, type Pixel, drawingOf, staircase } from "./measure_lines";
import { screenPath } from "./snap_glyphs";

const SVG = "http://www.w3.org/2000/svg";
const FONT = '600 13px "Inter Variable", system-ui, sans-serif';
const CHIP_FONT = '500 11px "Inter Variable", system-ui, sans-serif';
const LABEL_HEIGHT = 24;
const PADDING = 8;
/** A label this far from its place has a line to it. */
const LEADER_FROM_PX = 18;
/** A press that moves less is a click (UX.md §2.4). */
const CLICK_PX = 4;
/** UX.md §5.5: nothing that is grabbed is smaller than 24 px. */
const HANDLE_RADIUS = 12;

/** What people do with a measurement in the picture. */
export interface MeasureHands {
  activate(id: string): void;
  /** Switches to the next reading. */
  switchReading(measure: Measurement): void;
  /** Who else moves it right now; null: it may be taken in hand. */
  holder(measure: Measurement): Holder | null;
  /** A label is dragged to so many pixels from its place. */
  dragLabel(measure: Measurement, offset: readonly [number, number], done: boolean): void;
  /** An end is dragged; `event` is over the canvas's area. */
  dragEnd(measure: Measurement, anchor: number, event: PointerEvent, done: boolean): void;
  /** A handle was clicked, not dragged: it is the point behind it that was meant. */
  clickEnd(event: PointerEvent): void;
  hoverEnd(event: PointerEvent): void;
}

/** Where and how measurements are drawn. */
export interface MeasurePlaces {
  /** Where a mark stands now, exploded or not, model frame. */
  place(mark: Mark): Vec3;
  /** Where it stood when it was taken. */
  placeThen(mark: Mark): Vec3;
  /** Why a measurement does not hold any more: said on its label, and it stays where it was taken. null: it holds. */
  outdated(measure: Measurement): string | null;
}

interface Drawn {
  readonly group: SVGGElement;
  readonly halo: SVGPathElement;
  readonly ink: SVGPathElement;
  readonly dashed: SVGPathElement;
  readonly leader: SVGPathElement;
  readonly label: SVGGElement;
  readonly box: SVGRectElement;
  readonly text: SVGTextElement;
  readonly chip: SVGGElement;
  readonly chipBox: SVGRectElement;
  readonly chipText: SVGTextElement;
  readonly handles: SVGCircleElement[];
  width: number;
  measure: Measurement;
}

/** See the head of the file. */
export class MeasureLayer {
  private readonly viewer: Viewer;
  private readonly hands: MeasureHands;
  private readonly group = document.createElementNS(SVG, "g");
  /** Above all lines, whoever they belong to. */
  private readonly labels = document.createElementNS(SVG, "g");
  private readonly drawn = new Map<string, Drawn>();
  /** Where labels belong, by id. */
  private readonly homes = new Map<string, Pixel>();
  private readonly widths = new Map<string, number>();
  private readonly pen = document.createElement("canvas").getContext("2d");

  constructor(viewer: Viewer, hands: MeasureHands) {
    this.viewer = viewer;
    this.hands = hands;
    this.group.setAttribute("class", "scene-layer-measures");
    this.labels.setAttribute("class", "scene-layer-measure-labels");
    viewer.overlay.svg.append(this.group, this.labels);
  }

  draw(
    measures: readonly Measurement[],
    active: string | null,
    style: NumberStyle,
    places: MeasurePlaces,
  ): void {
    const shown = measures.filter((measure) => measure.shown);
    this.drop(new Set(shown.map(({ id }) => id)));
    // Asking for the canvas's size lays the whole page out anew, 3 ms of every picture.
    if (shown.length === 0) return;
    const at = (point: Vec3): Pixel | null => this.viewer.projectToScreen(point);
    const rows = shown.map((measure) => {
      const drawn = this.drawnOf(measure);
      const why = places.outdated(measure);
      this.fill(drawn, measure, style, { active: measure.id === active, why });
      const place = (mark: Mark): Vec3 =>
        why === null ? places.place(mark) : places.placeThen(mark);
      return { measure, drawn, place, drawing: drawingOf(measure, measure.points.map(place), at) };
    });
    const { clientWidth, clientHeight } = this.viewer.canvas;
    const wishes = rows.map(({ measure, drawn, drawing }) => {
      const [dx, dy] = measure.label_offset ?? [0, 0];
      const home = drawing.label ?? OFF_SCREEN;
      return {
        x: home.x + dx,
        y: home.y + dy,
        width: drawn.width,
        height: LABEL_HEIGHT,
        fixed: measure.label_offset !== null,
      };
    });
    const homes = placeLabels(wishes, clientWidth, clientHeight);
    rows.forEach(({ measure, drawn, drawing, place }, i) => {
      this.put(drawn, drawing, homes[i] ?? OFF_SCREEN);
      const chosen = measure.id === active;
      this.putHandles(drawn, chosen && !measure.locked ? measure : null, place);
      const [from, to] = measure.points;
      const steps =
        chosen && measure.kind === "distance" && from && to
          ? screenPath(this.viewer, staircase(place(from), place(to)))
          : "";
      drawn.dashed.setAttribute("d", steps);
    });
  }

  clear(): void {
    this.drop(new Set());
  }

  dispose(): void {
    this.group.remove();
    this.labels.remove();
  }

  private drop(kept: ReadonlySet<string>): void {
    for (const [id, { group, label }] of this.drawn)
      if (!kept.has(id)) {
        group.remove();
        label.remove();
        this.drawn.delete(id);
        this.homes.delete(id);
      }
  }

  private drawnOf(measure: Measurement): Drawn {
    const known = this.drawn.get(measure.id);
    if (known) {
      known.measure = measure;
      return known;
    }
    const group = child(this.group, "g", "measure");
    group.dataset["measure"] = measure.id;
    const halo = child(group, "path", "scene-measure scene-halo");
    const ink = child(group, "path", "scene-measure scene-ink");
    const dashed = child(group, "path", "scene-measure scene-steps");
    const leader = child(group, "path", "scene-measure scene-leader");
    const label = child(this.labels, "g", "measure-label");
    label.dataset["testid"] = "measure-label";
    label.dataset["measure"] = measure.id;
    const box = child(label, "rect", "measure-box");
    const text = child(label, "text", "measure-text");
    const chip = child(label, "g", "measure-chip");
    chip.dataset["testid"] = "measure-chip";
    chip.dataset["picture"] = "no";
    const chipBox = child(chip, "rect", "measure-chip-box");
    const chipText = child(chip, "text", "measure-chip-text");
    box.setAttribute("height", String(LABEL_HEIGHT));
    box.setAttribute("rx", "4");
    chipBox.setAttribute("height", String(LABEL_HEIGHT - 6));
    chipBox.setAttribute("rx", "9");
    const drawn: Drawn = {
      group,
      halo,
      ink,
      dashed,
      leader,
      label,
      box,
      text,
      chip,
      chipBox,
      chipText,
      handles: [],
      width: 0,
      measure,
    };
    this.drawn.set(measure.id, drawn);
    this.listen(drawn);
    return drawn;
  }

  /** Texts and their widths. */
  private fill(
    drawn: Drawn,
    measure: Measurement,
    style: NumberStyle,
    { active, why }: { readonly active: boolean; readonly why: string | null },
  ): void {
    const holder = this.hands.holder(measure);
    const told = [why, holder && t("live.holding", { name: holder.name })].filter(Boolean);
    const value = [valueText(measure, style), ...told].join(" · ");
    drawn.label.classList.toggle("measure-held", holder !== null);
    drawn.label.setAttribute("aria-disabled", String(holder !== null));
    drawn.group.classList.toggle("measure-outdated", why !== null);
    drawn.label.classList.toggle("measure-outdated", why !== null);
    // What moves or counts over the picture would be read out with every frame: the panel is what is read.
    setText(drawn.text, value);
    drawn.group.classList.toggle("measure-active", active);
    drawn.label.classList.toggle("measure-active", active);
    const inside = this.widthOf(value, FONT);
    const choices = measure.choices.length > 1 && !measure.locked && why === null;
    const name = choices ? `${choiceName(measure)} ▾` : "";
    setText(drawn.chipText, name);
    drawn.chip.toggleAttribute("hidden", !choices);
    const chipWidth = choices ? this.widthOf(name, CHIP_FONT) + 14 : 0;
    drawn.width = Math.round(inside + 2 * PADDING + (choices ? chipWidth + 4 : 0));
    drawn.box.setAttribute("width", String(drawn.width));
    drawn.text.setAttribute("x", String(PADDING));
    drawn.text.setAttribute("y", "16.5");
    const left = inside + 2 * PADDING;
    drawn.chipBox.setAttribute("x", String(left - 1));
    drawn.chipBox.setAttribute("y", "3");
    drawn.chipBox.setAttribute("width", String(Math.max(0, chipWidth)));
    drawn.chipText.setAttribute("x", String(left + 6));
    drawn.chipText.setAttribute("y", "16");
  }

  private put(drawn: Drawn, drawing: MeasureDrawing, place: Pixel): void {
    drawn.halo.setAttribute("d", drawing.lines);
    drawn.ink.setAttribute("d", drawing.lines);
    const home = drawing.label;
    drawn.label.toggleAttribute("hidden", home === null);
    if (home) this.homes.set(drawn.measure.id, home);
    if (!home) {
      drawn.leader.setAttribute("d", "");
      return;
    }
    const far = Math.hypot(place.x - home.x, place.y - home.y) > LEADER_FROM_PX;
    const leader = far
      ? `M${home.x.toFixed(1)} ${home.y.toFixed(1)}L${place.x.toFixed(1)} ${place.y.toFixed(1)}`
      : "";
    drawn.leader.setAttribute("d", leader);
    const x = Math.round(place.x - drawn.width / 2);
    const y = Math.round(place.y - LABEL_HEIGHT / 2);
    drawn.label.setAttribute("transform", `translate(${x} ${y})`);
  }

  /** measure: whose anchors have handles; null: none. */
  private putHandles(drawn: Drawn, measure: Measurement | null, place: (mark: Mark) => Vec3): void {
    const anchors = measure?.anchors ?? [];
    while (drawn.handles.length > anchors.length) drawn.handles.pop()?.remove();
    anchors.forEach((anchor, index) => {
      const handle = drawn.handles[index] ?? this.makeHandle(drawn, index);
      const at = this.viewer.projectToScreen(place(anchor));
      handle.toggleAttribute("hidden", at === null);
      handle.setAttribute("cx", (at?.x ?? 0).toFixed(1));
      handle.setAttribute("cy", (at?.y ?? 0).toFixed(1));
    });
  }

  private makeHandle(drawn: Drawn, index: number): SVGCircleElement {
    const handle = child(drawn.group, "circle", "measure-handle");
    handle.setAttribute("r", String(HANDLE_RADIUS));
    handle.dataset["testid"] = "measure-handle";
    handle.dataset["picture"] = "no";
    child(handle, "title", "").textContent = t("measure.drag");
    drawn.handles[index] = handle;
    let start: Pixel | null = null;
    let dragging = false;
    handle.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || this.hands.holder(drawn.measure)) return;
      handle.setPointerCapture(event.pointerId);
      start = { x: event.clientX, y: event.clientY };
      dragging = false;
      event.preventDefault();
    });
    handle.addEventListener("pointermove", (event) => {
      if (!start) {
        this.hands.hoverEnd(event);
        return;
      }
      dragging ||= Math.hypot(event.clientX - start.x, event.clientY - start.y) >= CLICK_PX;
      if (dragging) this.hands.dragEnd(drawn.measure, index, event, false);
    });
    handle.addEventListener("pointerup", (event) => {
      if (!start) return;
      start = null;
      if (dragging) this.hands.dragEnd(drawn.measure, index, event, true);
      else this.hands.clickEnd(event);
    });
    handle.addEventListener("pointercancel", () => (start = null));
    this.passWheel(handle);
    return handle;
  }

  /** The label: a click chooses it, the chip switches the reading, a drag moves it. */
  private listen(drawn: Drawn): void {
    const { label, chip } = drawn;
    let start: (Pixel & { readonly offset: readonly [number, number] }) | null = null;
    let dragging = false;
    const moved = (event: PointerEvent): readonly [number, number] => {
      const { offset, x, y } = start ?? { offset: [0, 0] as const, x: 0, y: 0 };
      return [offset[0] + event.clientX - x, offset[1] + event.clientY - y];
    };
    label.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      label.setPointerCapture(event.pointerId);
      const offset = drawn.measure.label_offset ?? this.offsetNow(drawn);
      start = { x: event.clientX, y: event.clientY, offset };
      dragging = false;
      event.preventDefault();
    });
    label.addEventListener("pointermove", (event) => {
      if (!start) return;
      dragging ||= Math.hypot(event.clientX - start.x, event.clientY - start.y) >= CLICK_PX;
      if (dragging && !this.hands.holder(drawn.measure))
        this.hands.dragLabel(drawn.measure, moved(event), false);
    });
    label.addEventListener("pointerup", (event) => {
      if (!start) return;
      const offset = moved(event);
      start = null;
      if (this.hands.holder(drawn.measure)) return;
      if (dragging) this.hands.dragLabel(drawn.measure, offset, true);
      // The capture makes the label the target of everything: where the pointer is tells what was meant.
      else if (isOver(chip, event)) this.hands.switchReading(drawn.measure);
      else this.hands.activate(drawn.measure.id);
    });
    label.addEventListener("pointercancel", () => (start = null));
    this.passWheel(label);
  }

  /** From where a label belongs to where it was pushed by others. */
  private offsetNow({ label, measure, width }: Drawn): readonly [number, number] {
    const at = /translate\(([-\d.]+) ([-\d.]+)\)/.exec(label.getAttribute("transform") ?? "");
    const home = this.homes.get(measure.id);
    if (!at || !home) return [0, 0];
    return [Number(at[1]) + width / 2 - home.x, Number(at[2]) + LABEL_HEIGHT / 2 - home.y];
  }

  /** Turning the wheel over a label zooms as beside it. */
  private passWheel(element: SVGElement): void {
    element.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        this.viewer.canvas.dispatchEvent(new WheelEvent("wheel", event));
      },
      { passive: false },
    );
  }

  private widthOf(text: string, font: string): number {
    const key = `${font} ${text}`;
    let width = this.widths.get(key);
    if (width === undefined) {
      if (this.widths.size > 500) this.widths.clear();
      if (this.pen) this.pen.font = font;
      width = this.pen?.measureText(text).width ?? text.length * 8;
      this.widths.set(key, width);
    }
    return width;
  }
}

const OFF_SCREEN: Pixel = { x: -10_000, y: -10_000 };

function isOver(element: SVGElement, event: PointerEvent): boolean {
  if (element.hasAttribute("hidden")) return false;
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const { clientX: x, clientY: y } = event;
  return x >= left && x <= right && y >= top && y <= bottom;
}

function setText(element: SVGTextElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function child<Tag extends keyof SVGElementTagNameMap>(
  parent: SVGElement,
  tag: Tag,
  className: string,
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS(SVG, tag);
  if (className !== "") element.setAttribute("class", className);
  parent.append(element);
  return element;
}
