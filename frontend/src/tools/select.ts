/** Selecting and pointing: hover after 60 ms, click, Ctrl toggles, Shift adds, Alt picks what lies behind. */

import { RangeSet } from "../state/ranges";
import type { Hit } from "../scene/picking";
import type { Pointer, PointerHandler } from "../scene/pointer";
import type { Viewer } from "../scene/viewer";

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

/** The tool that is on when no other is. */
export function selectTool(viewer: Viewer, hover: Hover): PointerHandler {
  const { commands } = viewer;
  const under = (pointer: Pointer): Hit | null => {
    const hit = viewer.pickPointer(pointer);
    return hit && pointer.alt ? (viewer.pickPointer(pointer, hit.occurrence) ?? hit) : hit;
  };
  return {
    hover: (pointer) => hover.show(viewer.pickPointer(pointer)),
    leave: () => hover.clear(),
    click: (pointer) => {
      const hit = under(pointer);
      if (hit) {
        const mode = pointer.ctrl ? "toggle" : pointer.shift ? "add" : "replace";
        commands.run("selection.set", { ranges: RangeSet.of(hit.occurrence), mode });
      } else if (!pointer.ctrl && !pointer.shift) commands.run("selection.clear");
    },
    doubleClick: (pointer) => {
      const hit = under(pointer);
      if (hit) commands.run("camera.fit", { ranges: RangeSet.of(hit.occurrence) });
      else commands.run("camera.fitAll");
    },
  };
}
