/**
 * Selecting and pointing: hover after 60 ms; a click selects at the chosen level, Ctrl toggles, Shift adds, Alt
 * lists everything under the cursor; Shift and a drag over nothing draws a rectangle.
 */

import type { SelectionMode } from "../state/commands/selection";
import { t } from "../state/messages";
import { RangeSet } from "../state/ranges";
import { setAtLevel } from "../state/selection_levels";
import type { Hit } from "../scene/picking";
import type { Pointer, PointerHandler } from "../scene/pointer";
import type { Viewer } from "../scene/viewer";
import { Marquee } from "./marquee";

/** UX.md §2.5. */
const HOVER_AFTER_MS = 60;

/** Tells the stores what is under a pointer; every tool does this. */
export class Hover {
  private readonly viewer: Viewer;
  private timer = 0;
  private pending: number | null = null;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
  }

  /** highlight: whether to outline the part; the position is told in any case. */
  show(hit: Hit | null, highlight = true): void {
    const { hover, pointerPosition } = this.viewer.workspace;
    pointerPosition.set(hit ? this.viewer.toAbsolute(hit.point) : null);
    const over = highlight ? (hit?.occurrence ?? null) : null;
    if (over === this.pending) return;
    this.pending = over;
    clearTimeout(this.timer);
    if (over === null) hover.set(null);
    else this.timer = window.setTimeout(() => hover.set(over), HOVER_AFTER_MS);
  }

  clear(): void {
    this.show(null);
  }
}

/** Things under the cursor that the list shows; behind them nobody looks. */
const MOST_UNDER = 24;

/** The tool that is on when no other is. */
export function selectTool(viewer: Viewer, hover: Hover): PointerHandler {
  const { commands, workspace } = viewer;
  const marquee = new Marquee(viewer);
  /** Counts up with each click: a shape that arrives late selects nothing any more. */
  let clicks = 0;

  const modeOf = ({ ctrl, shift }: Pointer): SelectionMode =>
    ctrl ? "toggle" : shift ? "add" : "replace";

  /** What a click there selects, by the level chosen. */
  const setUnder = (hit: Hit): RangeSet => {
    const structure = workspace.structure.get();
    const level = workspace.selectionLevel.get();
    return structure ? setAtLevel(structure, hit.occurrence, level) : RangeSet.of(hit.occurrence);
  };

  /** The list of all that is under the cursor, where there is more than one thing. */
  const listUnder = (pointer: Pointer): boolean => {
    const { screen } = pointer;
    if (!screen) return false;
    const hits = viewer.model?.pickAll(pointer.origin, pointer.direction, MOST_UNDER) ?? [];
    if (hits.length < 2) return false;
    const box = viewer.canvas.getBoundingClientRect();
    workspace.partMenu.set({
      kind: "pick",
      x: box.left + screen.x,
      y: box.top + screen.y,
      occurrences: hits.map(({ occurrence }) => occurrence),
      ranges: RangeSet.empty,
    });
    return true;
  };

  /** Selects the exact face that was hit, or its body; says so when there is none. */
  const selectEntity = async (
    hit: Hit,
    level: "face" | "body",
    mode: SelectionMode,
  ): Promise<void> => {
    clicks += 1;
    const click = clicks;
    await viewer.exact.load(hit.occurrence);
    if (click !== clicks) return;
    const face = viewer.exact.faceOf(hit);
    if (face) {
      const entity = level === "face" ? face : viewer.exact.bodyOf(face);
      commands.run("selection.entities", { entities: [entity], mode });
      return;
    }
    commands.run("selection.set", { ranges: RangeSet.of(hit.occurrence), mode });
    const structure = workspace.structure.get();
    const row = structure?.rowOfOccurrence(hit.occurrence) ?? -1;
    if (structure && row >= 0)
      workspace.announce(t("level.noExact", { name: structure.name(row) }));
  };

  return {
    hover: (pointer) => hover.show(viewer.pickPointer(pointer)),
    leave: () => {
      hover.clear();
      marquee.end();
    },
    press: (pointer) =>
      pointer.shift && pointer.kind !== "touch" && !viewer.pickPointer(pointer)
        ? marquee.press(pointer)
        : false,
    drag: (pointer) => marquee.drag(pointer),
    release: (pointer) => marquee.release(pointer),
    cancel: () => marquee.end(),
    click: (pointer) => {
      clicks += 1;
      if (pointer.alt && listUnder(pointer)) return;
      const hit = viewer.pickPointer(pointer);
      const mode = modeOf(pointer);
      const level = workspace.selectionLevel.get();
      if (!hit) {
        if (mode === "replace") commands.run("selection.clear");
        const other = viewer.layers.under(pointer.origin, pointer.direction);
        if (other !== null) workspace.announce(t("table.other", { name: other }));
      } else if (level === "face" || level === "body") void selectEntity(hit, level, mode);
      else commands.run("selection.set", { ranges: setUnder(hit), mode });
    },
    doubleClick: (pointer) => {
      const hit = viewer.pickPointer(pointer);
      if (hit) commands.run("camera.fit", { ranges: setUnder(hit) });
      else commands.run("camera.fitAll");
    },
  };
}
