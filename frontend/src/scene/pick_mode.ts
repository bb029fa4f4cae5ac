/**
 * Pointing without a mouse (UX.md §5.6): a reticle that steps from part to part and from snap point to snap point,
 * and hovers and clicks as a mouse does there, so that every tool can be used by keys alone.
 */

import type { PickMode } from "../state/areas/navigating";
import { t } from "../state/messages";
import type { OpenedModel } from "./opened_model";
import type { Pointer } from "./pointer";
import { type SeenPart, type SmallPart, seenParts } from "./seen_parts";
import type { Viewer } from "./viewer";

/** Of parts that a grid may miss, the nearest this many are looked for one by one. */
const MOST_SMALL = 400;
/** Tab reaches this many times as far as the mouse: it is there to come to points that are not aimed at. */
const FARTHER = 30;
/** CSS pixels; the reticle stays in the picture. */
const MARGIN = 1;

/** Performs pick mode for a viewer. Returns the way to stop. */
export function createPickMode(viewer: Viewer): () => void {
  const mode = new PickModeHands(viewer);
  const { commands } = viewer;
  const stops = [
    commands.register("pick.start", () => mode.start()),
    commands.register("pick.stop", () => mode.stop()),
    commands.register("pick.part", ({ step }) => mode.stepPart(step < 0 ? -1 : 1)),
    commands.register("pick.snap", ({ step }) => mode.stepSnap(step < 0 ? -1 : 1)),
    commands.register("pick.move", ({ x, y }) => mode.moveBy(x, y)),
    commands.register("pick.press", ({ toggle, at }) => mode.press(toggle ?? false, at)),
    () => mode.dispose(),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** The same aim, with a wider reach for what it can snap to; what lies in front of what stays as it is. */
function farther(pointer: Pointer, radius: number): Pointer {
  return {
    ...pointer,
    reach: (point, pixels) => pointer.reach(point, pixels >= radius ? pixels * FARTHER : pixels),
    beside: (right, down) => pointer.beside(right * FARTHER, down * FARTHER),
  };
}

class PickModeHands {
  private readonly viewer: Viewer;
  private readonly mark: HTMLDivElement;
  private readonly stops: (() => void)[];
  /** What can be seen, until the picture changes. */
  private seen: readonly SeenPart[] | null = null;
  /** Where Tab began: it steps through the points around there, although the reticle goes with it. */
  private tabbing: Pointer | null = null;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
    const { workspace } = viewer;
    this.mark = document.createElement("div");
    this.mark.className = "scene-reticle";
    this.mark.dataset["testid"] = "reticle";
    this.mark.hidden = true;
    this.mark.setAttribute("aria-hidden", "true");
    viewer.overlay.element.append(this.mark);
    const forget = (): void => {
      this.seen = null;
      this.tabbing = null;
    };
    this.stops = [
      workspace.pickMode.subscribe((mode) => this.show(mode)),
      workspace.camera.subscribe(forget),
      workspace.hidden.subscribe(forget),
      workspace.ghosted.subscribe(forget),
      workspace.sections.subscribe(forget),
      workspace.explode.subscribe(forget),
    ];
  }

  start(): void {
    const { workspace, canvas } = this.viewer;
    if (workspace.pickMode.get() !== null) return;
    const reticle = { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 };
    workspace.pickMode.set({ reticle, occurrence: null, place: null });
    canvas.focus({ preventScroll: true });
    workspace.announce(t("pick.started"));
    this.hover();
  }

  stop(): void {
    this.viewer.workspace.pickMode.set(null);
    this.viewer.pointerHandler?.leave?.();
  }

  /** The next or previous visible part, nearest first; from the one stepped to, else from the nearest. */
  stepPart(step: 1 | -1): void {
    const { workspace } = this.viewer;
    const mode = workspace.pickMode.get();
    if (!mode) return;
    this.tabbing = null;
    const seen = this.seenNow();
    if (seen.length === 0) {
      workspace.announce(t("pick.nothing"));
      return;
    }
    const now = seen.findIndex(({ occurrence }) => occurrence === mode.occurrence);
    const first = step > 0 ? 0 : seen.length - 1;
    const index = now < 0 ? first : (now + step + seen.length) % seen.length;
    const part = seen[index];
    if (!part) return;
    workspace.pickMode.set({
      reticle: { x: part.x, y: part.y },
      occurrence: part.occurrence,
      place: { at: index + 1, count: seen.length },
    });
    this.hover();
    workspace.announce(this.wordsOf(part.occurrence, index + 1, seen.length));
  }

  /** The next point that the tool in hand can snap to near the reticle. */
  stepSnap(step: 1 | -1): void {
    const { workspace, pointerHandler } = this.viewer;
    const pointer = this.pointer();
    if (!pointer) return;
    this.tabbing ??= farther(pointer, workspace.snapRadius.get());
    const found = pointerHandler?.cycle?.(this.tabbing, step) ?? null;
    const at = found && this.viewer.projectToScreen(found.point);
    if (!found || !at) {
      workspace.announce(t("pick.noSnap"));
      return;
    }
    this.put(at.x, at.y);
    workspace.announce(t("pick.snap", { name: found.name, at: found.at, count: found.count }));
  }

  moveBy(x: number, y: number): void {
    const mode = this.viewer.workspace.pickMode.get();
    this.tabbing = null;
    if (mode) this.put(mode.reticle.x + x, mode.reticle.y + y);
  }

  /** Presses and lets go as a mouse would, with Ctrl where asked for. */
  press(toggle: boolean, at?: { readonly x: number; readonly y: number }): void {
    const { input } = this.viewer;
    const pointer = at ? input.pointerAt(at.x, at.y, { ctrlKey: toggle }) : this.pointer(toggle);
    const handler = this.viewer.pointerHandler;
    this.tabbing = null;
    if (!pointer || !handler) return;
    handler.hover?.(pointer);
    if (handler.press?.(pointer)) handler.release?.(pointer);
    else handler.click?.(pointer);
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.mark.remove();
  }

  private put(x: number, y: number): void {
    const { workspace, canvas } = this.viewer;
    const mode = workspace.pickMode.get();
    if (!mode) return;
    const within = (value: number, size: number): number =>
      Math.min(size - MARGIN, Math.max(MARGIN, value));
    const reticle = { x: within(x, canvas.clientWidth), y: within(y, canvas.clientHeight) };
    workspace.pickMode.set({ ...mode, reticle });
    this.hover();
  }

  private pointer(ctrl = false): Pointer | null {
    const mode = this.viewer.workspace.pickMode.get();
    if (!mode) return null;
    const { x, y } = mode.reticle;
    return this.viewer.input.pointerAt(x, y, { ctrlKey: ctrl });
  }

  private hover(): void {
    const pointer = this.pointer();
    if (pointer) this.viewer.pointerHandler?.hover?.(pointer);
    this.viewer.invalidate();
  }

  private seenNow(): readonly SeenPart[] {
    const { viewer } = this;
    const { clientWidth: width, clientHeight: height } = viewer.canvas;
    const small = viewer.model ? this.smallParts(viewer.model) : [];
    this.seen ??= seenParts(
      (x, y) => viewer.pick(x, y),
      { width, height },
      small,
      () => performance.now(),
    );
    return this.seen;
  }

  /** Centres in the picture of what is shown, the nearest; CSS pixels. */
  private smallParts(model: OpenedModel): readonly SmallPart[] {
    if (this.seen) return [];
    const { viewer } = this;
    const { occurrences } = model;
    const { visible } = model.batch;
    const { position } = viewer.cameraPose();
    const { clientWidth: width, clientHeight: height } = viewer.canvas;
    const box = [0, 0, 0, 0, 0, 0];
    const found: { occurrence: number; x: number; y: number; away: number }[] = [];
    for (let o = 0; o < occurrences.count; o += 1) {
      if (visible[o] !== 1 || !occurrences.has(o)) continue;
      occurrences.boxInto(o, box);
      const middle = [0, 1, 2].map((axis) => ((box[axis] ?? 0) + (box[axis + 3] ?? 0)) / 2);
      const [x, y, z] = [middle[0] ?? 0, middle[1] ?? 0, middle[2] ?? 0];
      const at = viewer.projectToScreen([x, y, z]);
      if (!at || at.x < 0 || at.y < 0 || at.x >= width || at.y >= height) continue;
      const away = Math.hypot(x - position[0], y - position[1], z - position[2]);
      found.push({ occurrence: o, x: at.x, y: at.y, away });
    }
    if (found.length > MOST_SMALL) {
      const distances = Float64Array.from(found, ({ away }) => away).sort();
      const limit = distances[MOST_SMALL] ?? Infinity;
      return found.filter(({ away }) => away < limit).sort((a, b) => a.away - b.away);
    }
    return found.sort((a, b) => a.away - b.away);
  }

  private wordsOf(occurrence: number, at: number, count: number): string {
    const structure = this.viewer.workspace.structure.get();
    const row = structure?.rowOfOccurrence(occurrence) ?? -1;
    const name = structure && row >= 0 ? structure.name(row) : `#${occurrence + 1}`;
    const above = structure && row >= 0 ? structure.parent(row) : -1;
    if (!structure || above < 0) return t("pick.partAlone", { name, at, count });
    return t("pick.part", { name, parent: structure.name(above), at, count });
  }

  private show(mode: PickMode | null): void {
    this.mark.hidden = mode === null;
    if (!mode) return;
    const { x, y } = mode.reticle;
    this.mark.style.transform = `translate(${x}px, ${y}px)`;
  }
}
