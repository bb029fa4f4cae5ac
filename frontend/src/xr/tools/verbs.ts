/** Hide, isolate and ghost by ray: what the trigger is pulled on, at the level that a click selects. */

import type { HandTool } from "../../state/areas/hand_tools";
import { setAtLevel } from "../../state/selection_levels";
import { RangeSet } from "../../state/ranges";
import type { Pointer, PointerHandler } from "../../scene/pointer";
import type { Seat } from "../seat";
import type { HandPart } from "./hand_part";

export class Verbs implements HandPart, PointerHandler {
  readonly tools = ["hide", "isolate", "ghost"] as const;
  readonly handler: PointerHandler = this;
  private readonly seat: Seat;
  private tool: HandTool = "hide";

  constructor(seat: Seat) {
    this.seat = seat;
  }

  taken(tool: HandTool): void {
    this.tool = tool;
  }

  hover(pointer: Pointer): void {
    const { viewer } = this.seat;
    viewer.workspace.hover.set(viewer.pickPointer(pointer)?.occurrence ?? null);
  }

  leave(): void {
    this.seat.viewer.workspace.hover.set(null);
  }

  click(pointer: Pointer): void {
    const { viewer } = this.seat;
    const { workspace, commands } = viewer;
    const hit = viewer.pickPointer(pointer);
    const structure = workspace.structure.get();
    if (!hit || !structure) return;
    const ranges = setAtLevel(structure, hit.occurrence, workspace.selectionLevel.get());
    if (this.tool === "hide") commands.run("visibility.hide", { ranges });
    else if (this.tool === "isolate") commands.run("visibility.isolate", { ranges });
    else {
      const before = workspace.ghosted.get();
      // The same again is solid again.
      const ghosted = before.minus(ranges).equals(before)
        ? before.union(ranges)
        : before.minus(ranges);
      commands.run("visibility.ghost", { ranges: ghosted.isEmpty ? RangeSet.empty : ghosted });
    }
  }

  put(): void {
    this.leave();
  }

  dispose(): void {
    // Holds nothing.
  }
}
