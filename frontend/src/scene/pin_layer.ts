/**
 * Pins of issues and comments over the picture: a drop with its number and the shape of its status, one mark with a
 * count where they would cover one another. They go with their parts, exploded or hidden; behind other parts they
 * fade and keep their place. Per picture a pin costs a few multiplications; only marks that are seen are elements.
 */

import { Matrix4, Vector2 } from "three";
import { type Pin, drawnPins } from "../state/areas/issues";
import { t } from "../state/messages";
import type { Vec3 } from "../state/model";
import { PinGrid, type PinMarks } from "./pin_grid";
import { distance } from "./vector";
import type { Viewer } from "./viewer";
import "./pins.css";

/** A pin whose place lies this much farther than the surface in front of it is behind it; of its distance. */
const BEHIND = 0.004;
/** What is covered is asked when the picture has stood still for so long, and for so long at a time. */
const REST_MS = 120;
const SLICE_MS = 6;
/** ○ ◔ ✓ and closed: the shape tells the status without its colour. */
const SHAPES = { open: "○", in_progress: "◔", resolved: "✓", closed: "✕" } as const;
const PERSON_COLOURS = 8;

/** A mark that is an element. */
interface Mark {
  readonly element: HTMLButtonElement;
  readonly number: HTMLSpanElement;
  readonly shape: HTMLSpanElement;
  /** What it was filled with. */
  key: string;
  /** The picture it was last part of. */
  seen: number;
  mark: number;
  x: number;
  y: number;
}

/** Draws pins until the returned function is called. */
export function drawPins(viewer: Viewer): () => void {
  const layer = new PinLayer(viewer);
  return () => layer.dispose();
}

class PinLayer {
  private readonly viewer: Viewer;
  private readonly root = document.createElement("div");
  private readonly draft = document.createElement("div");
  private readonly grid = new PinGrid();
  private readonly marks = new Map<string, Mark>();
  private readonly stops: (() => void)[];
  private pins: readonly Pin[] = [];
  /** (3 × pins) model frame, unexploded. */
  private places = new Float64Array(0);
  /** (2 × pins) CSS pixels; NaN: not in the picture. */
  private screen = new Float32Array(0);
  private readonly covered = new Map<string, boolean>();
  private coveredFor = "";
  private restTimer = 0;
  private frame = 0;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
    const { workspace, overlay } = viewer;
    this.root.className = "scene-pins";
    this.root.dataset["picture"] = "no";
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", t("issue.pins"));
    this.draft.className = "scene-pin scene-pin-draft";
    this.draft.setAttribute("aria-hidden", "true");
    this.draft.hidden = true;
    this.draft.append(part("drop"), part("number", "+"));
    this.root.append(this.draft);
    overlay.element.append(this.root);
    // Turning the wheel over a pin zooms as beside it.
    this.root.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        viewer.canvas.dispatchEvent(new WheelEvent("wheel", event));
      },
      { passive: false },
    );
    const again = (): void => this.refill();
    const { pins, pinsShown, pinFilter, pinMe, chosenPin, pinPlace, tool, structure } = workspace;
    this.stops = [
      viewer.onFrame(() => this.draw()),
      ...[pins, pinsShown, pinFilter, pinMe, structure].map((store) => store.subscribe(again)),
      ...[chosenPin, pinPlace].map((store) => store.subscribe(() => viewer.invalidate())),
      // Another tool's clicks are meant for the model.
      tool.subscribe((name) => this.root.classList.toggle("quiet", name !== "select")),
    ];
  }

  dispose(): void {
    clearTimeout(this.restTimer);
    for (const stop of this.stops) stop();
    this.root.remove();
  }

  /** Other pins than before. */
  private refill(): void {
    this.pins = drawnPins(this.viewer.workspace);
    this.places = new Float64Array(0);
    this.screen = new Float32Array(this.pins.length * 2);
    this.coveredFor = "";
    this.viewer.invalidate();
  }

  private draw(): void {
    const { viewer } = this;
    this.frame += 1;
    this.root.hidden = viewer.presenting;
    if (viewer.presenting) return;
    const { x: width, y: height } = viewer.renderer.getSize(_size);
    this.drawDraft();
    if (this.pins.length > 0 && viewer.model) {
      this.project(width, height);
      const marks = this.grid.group(this.screen, width, height);
      for (let mark = 0; mark < marks.count; mark += 1) this.put(marks, mark);
      this.watchCovered(width);
    }
    for (const [id, { element, seen }] of this.marks)
      if (seen !== this.frame) {
        element.remove();
        this.marks.delete(id);
      }
  }

  /** Where each pin is in the picture right now. */
  private project(width: number, height: number): void {
    const { viewer, pins, screen } = this;
    const model = viewer.model;
    if (!model) return;
    if (this.places.length === 0) {
      this.places = new Float64Array(pins.length * 3);
      pins.forEach(({ place }, i) => this.places.set(viewer.toModel(place), i * 3));
    }
    const { places } = this;
    const { camera } = viewer;
    const e = _seen.multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse).elements;
    const { visible } = model.batch;
    const { explode, explodeDirections } = model.occurrences;
    pins.forEach(({ occurrence }, i) => {
      screen[i * 2] = NaN;
      if (occurrence >= 0 && visible[occurrence] !== 1) return;
      const away = occurrence >= 0 ? explode : 0;
      const x = (places[i * 3] ?? 0) + away * (explodeDirections[occurrence * 3] ?? 0);
      const y = (places[i * 3 + 1] ?? 0) + away * (explodeDirections[occurrence * 3 + 1] ?? 0);
      const z = (places[i * 3 + 2] ?? 0) + away * (explodeDirections[occurrence * 3 + 2] ?? 0);
      const w = e[3] * x + e[7] * y + e[11] * z + e[15];
      if (w <= 1e-9) return;
      screen[i * 2] = (((e[0] * x + e[4] * y + e[8] * z + e[12]) / w + 1) / 2) * width;
      screen[i * 2 + 1] = ((1 - (e[1] * x + e[5] * y + e[9] * z + e[13]) / w) / 2) * height;
    });
  }

  private put({ first, size, x, y }: PinMarks, mark: number): void {
    const pin = this.pins[first[mark] ?? -1];
    if (!pin) return;
    const count = size[mark] ?? 1;
    const drawn = this.marks.get(pin.id) ?? this.make(pin.id);
    drawn.seen = this.frame;
    drawn.mark = mark;
    drawn.x = x[mark] ?? 0;
    drawn.y = y[mark] ?? 0;
    const chosen = pin.id === this.viewer.workspace.chosenPin.get();
    const key = `${count} ${pin.number} ${pin.category} ${pin.assigneeId} ${pin.state} ${chosen} ${pin.blocking} ${pin.title}`;
    if (key !== drawn.key) {
      drawn.key = key;
      fill(drawn, pin, count, chosen);
    }
    drawn.element.style.transform = `translate(${drawn.x.toFixed(1)}px, ${drawn.y.toFixed(1)}px)`;
  }

  private make(id: string): Mark {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "scene-pin";
    // The panel lists the same in an order that Tab makes sense in.
    element.tabIndex = -1;
    element.dataset["testid"] = "pin";
    const number = part("number");
    const shape = part("shape");
    element.append(part("drop"), number, shape);
    const drawn: Mark = { element, number, shape, key: "", seen: 0, mark: 0, x: 0, y: 0 };
    element.classList.toggle("covered", this.covered.get(id) === true);
    element.addEventListener("click", () => this.press(id));
    this.root.append(element);
    this.marks.set(id, drawn);
    return drawn;
  }

  /** One pin opens what it stands for; several open as a list, so that each can be reached. */
  private press(id: string): void {
    const { workspace, commands } = this.viewer;
    const drawn = this.marks.get(id);
    if (!drawn) return;
    const ids = this.grid.pinsOf(drawn.mark).flatMap((pin) => this.pins[pin]?.id ?? []);
    if (ids.length > 1) workspace.pinStack.set({ x: drawn.x, y: drawn.y, ids });
    else commands.run("issue.open", { id });
  }

  private drawDraft(): void {
    const { viewer, draft } = this;
    const place = viewer.workspace.pinPlace.get();
    const at = place && viewer.projectToScreen(this.standing(place.occurrence, place.position));
    draft.hidden = !at;
    if (at) draft.style.transform = `translate(${at.x.toFixed(1)}px, ${at.y.toFixed(1)}px)`;
  }

  /** An absolute place as it stands now, exploded or not; model frame. */
  private standing(occurrence: number, place: Vec3): Vec3 {
    return standingPlace(this.viewer, occurrence, place);
  }

  /** Asks again what is covered once the view has come to rest. */
  private watchCovered(width: number): void {
    const { workspace, model } = this.viewer;
    const now = JSON.stringify([
      this.viewer.cameraPose(),
      model?.occurrences.standing,
      workspace.hidden.get().size,
      workspace.ghosted.get().size,
      workspace.sections.get(),
      width,
    ]);
    if (now === this.coveredFor) return;
    this.coveredFor = now;
    clearTimeout(this.restTimer);
    this.restTimer = window.setTimeout(() => this.findCovered([...this.marks.keys()]), REST_MS);
  }

  /** Which marks lie behind something: a few at a time, so that no picture waits for it. */
  private findCovered(ids: readonly string[]): void {
    const { viewer } = this;
    const eye = viewer.cameraPose().position;
    const until = performance.now() + SLICE_MS;
    const byId = new Map(this.pins.map((pin) => [pin.id, pin]));
    for (const [done, id] of ids.entries()) {
      if (performance.now() > until) {
        this.restTimer = window.setTimeout(() => this.findCovered(ids.slice(done)), 0);
        return;
      }
      const drawn = this.marks.get(id);
      const pin = byId.get(id);
      if (!drawn || !pin) continue;
      const point = this.standing(pin.occurrence, pin.place);
      const at = viewer.projectToScreen(point);
      const hit = at && viewer.pick(at.x, at.y);
      const away = distance(eye, point);
      const covered = !!hit && distance(eye, hit.point) < away * (1 - BEHIND);
      this.covered.set(id, covered);
      drawn.element.classList.toggle("covered", covered);
    }
  }
}

function fill({ element, number, shape }: Mark, pin: Pin, count: number, chosen: boolean): void {
  const group = count > 1;
  number.textContent = group ? String(count) : pin.kind === "issue" ? String(pin.number) : "…";
  shape.textContent = group ? "" : SHAPES[pin.category];
  element.classList.toggle("group", group);
  element.classList.toggle("chosen", chosen);
  element.dataset["count"] = String(count);
  element.dataset["kind"] = group ? "group" : pin.kind;
  element.dataset["number"] = String(pin.number);
  element.dataset["category"] = group ? "" : pin.category;
  element.dataset["state"] = group ? "" : pin.state;
  element.style.setProperty("--ring", group ? "transparent" : colourOf(pin.assigneeId));
  const label = group
    ? t("issue.moreInStack", { count })
    : pin.kind === "issue"
      ? t("issue.label.issue", { number: pin.number, title: pin.title, status: pin.status })
      : t("issue.label.comment", { title: pin.title });
  element.setAttribute("aria-label", label);
  element.title = label;
}

/** Somebody's colour wherever pins are shown; nobody's is none. */
function colourOf(principalId: string | null): string {
  if (principalId === null) return "transparent";
  let sum = 0;
  for (const letter of principalId) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return `var(--person-${sum % PERSON_COLOURS})`;
}

function part(name: string, text = ""): HTMLSpanElement {
  const span = document.createElement("span");
  span.className = `scene-pin-${name}`;
  span.textContent = text;
  return span;
}

const NOTHING_EXPLODED = { explode: 0, explodeDirections: new Float32Array(0) };
const _size = new Vector2();
const _seen = new Matrix4();

/** An absolute place of a part (-1: of none) as it stands now, exploded or not; model frame. */
export function standingPlace(viewer: Viewer, occurrence: number, place: Vec3): Vec3 {
  const [x, y, z] = viewer.toModel(place);
  const { explode, explodeDirections } = viewer.model?.occurrences ?? NOTHING_EXPLODED;
  const by = (axis: number): number =>
    occurrence < 0 ? 0 : explode * (explodeDirections[occurrence * 3 + axis] ?? 0);
  return [x + by(0), y + by(1), z + by(2)];
}
