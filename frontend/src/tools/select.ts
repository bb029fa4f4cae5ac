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
import type { TableHit } from "../scene/viewer_sight";
import { Marquee } from "./marquee";

/** UX.md §2.5. */
const HOVER_AFTER_MS = 60;

/** Tells the stores what is under a pointer; every tool does this. */
export class Hover {
  private readonly viewer: Viewer;
  private timer = 0;
  private pending: string | null = null;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
  }

  /** highlight: whether to outline the part; the position is told in any case. */
  show(hit: Hit | null, highlight = true, revision: string | null = null): void {
    const { hover, layerHover, pointerPosition } = this.viewer.workspace;
    pointerPosition.set(hit ? this.viewer.toAbsolute(hit.point) : null);
    const occurrence = highlight ? (hit?.occurrence ?? null) : null;
    const over = occurrence === null ? null : `${revision ?? ""} ${occurrence}`;
    if (over === this.pending) return;
    this.pending = over;
    clearTimeout(this.timer);
    const outline = (): void => {
      hover.set(revision === null ? occurrence : null);
      layerHover.set(
        revision === null || occurrence === null ? null : { revisionId: revision, occurrence },
      );
    };
    if (over === null) outline();
    else this.timer = window.setTimeout(outline, HOVER_AFTER_MS);
  }

  /** What is hit of any model on the table. */
  showAny(met: TableHit | null, highlight = true): void {
    this.show(met?.hit ?? null, highlight, met?.revision ?? null);
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
  const setUnder = (hit: Hit, structure = workspace.structure.get()): RangeSet => {
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

  /** The same of another revision, whose faces and bodies are not selected. */
  const layerUnder = ({ hit, revision }: TableHit): RangeSet =>
    setUnder(hit, workspace.layerModels.get().get(revision ?? "")?.structure ?? null);

  return {
    hover: (pointer) => hover.showAny(viewer.pickTable(pointer)),
    leave: () => {
      hover.clear();
      marquee.end();
    },
    press: (pointer) =>
      pointer.shift && pointer.kind !== "touch" && !viewer.pickTable(pointer)
        ? marquee.press(pointer)
        : false,
    drag: (pointer) => marquee.drag(pointer),
    release: (pointer) => marquee.release(pointer),
    cancel: () => marquee.end(),
    click: (pointer) => {
      clicks += 1;
      if (pointer.alt && listUnder(pointer)) return;
      const met = viewer.pickTable(pointer);
      const hit = met?.hit;
      const mode = modeOf(pointer);
      const level = workspace.selectionLevel.get();
      if (met && met.revision !== null) {
        commands.run("layer.select", { revision: met.revision, ranges: layerUnder(met), mode });
        if (level === "face" || level === "body") workspace.announce(t("table.partsOnly"));
      } else if (!hit) {
        if (mode === "replace") commands.run("selection.clear");
        const other = viewer.layers.under(pointer.origin, pointer.direction);
        if (other !== null) workspace.announce(t("table.other", { name: other }));
      } else if (level === "face" || level === "body") void selectEntity(hit, level, mode);
      else commands.run("selection.set", { ranges: setUnder(hit), mode });
    },
    doubleClick: (pointer) => {
      const met = viewer.pickTable(pointer);
      if (met && met.revision !== null)
        commands.run("layer.fit", { revision: met.revision, ranges: layerUnder(met) });
      else if (met) commands.run("camera.fit", { ranges: setUnder(met.hit) });
      else commands.run("camera.fitAll");
    },
  };
}
