/** The rack of tools at the right of the table: what is in hand, how it is used, and what has no gesture of its own. */

import { BOX } from "../../state/areas/sectioning";
import { HAND_TOOLS } from "../../state/areas/hand_tools";
import type { Vec3 } from "../../state/model";
import type { RayTarget } from "../ray_target";
import type { Seat } from "../seat";
import type { HandPart } from "./hand_part";
import { Pad, type PadDebug } from "./pad";
import { type PadButton, nextLevel, rackContent } from "./pad_content";

/** User space: right of the table, within the reach of a ray and clear of the change tour's card. */
const PLACE: Vec3 = [0.85, 1.3, -0.85];

export class Rack implements HandPart {
  readonly tools = [] as const;
  readonly group;
  readonly target: RayTarget;
  private readonly seat: Seat;
  private readonly pad: Pad;
  private placed = false;

  constructor(seat: Seat) {
    this.seat = seat;
    this.pad = new Pad({ width: 0.66, height: 0.5, widthPx: 1200, textPx: 28 }, (button, along) =>
      this.pressed(button, along),
    );
    this.target = this.pad;
    this.group = this.pad.board.mesh;
  }

  get debug(): PadDebug | null {
    return this.pad.debug;
  }

  update(): void {
    const { workspace } = this.seat.viewer;
    this.pad.show(rackContent(workspace), workspace.theme.get());
    if (!this.placed) this.pad.place(PLACE, [0, 1.45, 0]);
    this.placed = true;
  }

  dispose(): void {
    this.pad.dispose();
  }

  private pressed({ id }: PadButton, along: number): void {
    const { commands, workspace } = this.seat.viewer;
    const tool = HAND_TOOLS.find((one) => one === id);
    if (tool) commands.run("xr.tool", { tool });
    else if (id === "undo") commands.undo();
    else if (id === "amount") commands.run("explode.set", { amount: along < 0.04 ? 0 : along });
    else if (id === "view") commands.run("xr.view", { step: 1 });
    else if (id === "level")
      commands.run("selection.level", { level: nextLevel(workspace.selectionLevel.get()) });
    else if (id === "uncut") {
      const active = workspace.activeSection.get();
      const plane = workspace.sections.get().find(({ id: one }) => one === active);
      const last = plane ?? workspace.sections.get().at(-1);
      if (active === BOX || !last) commands.run("section.box", { box: null });
      else commands.run("section.remove", { id: last.id });
    } else if (id === "unmeasure") {
      const measure = workspace.activeMeasure.get();
      if (measure !== null) commands.run("measure.remove", { id: measure });
    }
  }
}
