/**
 * Two revisions in two hands: the resting hand holds the old one, the pointing hand the new one. They share turn and
 * scale, which are the room's; only the way between them is the hands'. Brought together they lie in one another, and
 * coming nearer still fades the old one into the new one.
 */

import type { CompareMode } from "../../state/areas/comparing";
import { t } from "../../state/messages";
import type { Vec3 } from "../../state/model";
import { add, subtract } from "../../scene/vector";
import type { Side } from "../controls";
import type { Grabbable, Grip } from "../grabbing";
import type { Seat } from "../seat";
import type { HandPart } from "./hand_part";
import { crossFade } from "./pull";

/** Where the old one stands at first, metres of the user. */
const ASIDE: Vec3 = [-0.45, 0, 0];
const NOWHERE: Vec3 = [0, 0, 0];

export class TwoRevisions implements HandPart, Grabbable {
  readonly tools = ["compare"] as const;
  readonly grabbable: Grabbable = this;
  private readonly seat: Seat;
  private readonly grips = new Map<Side, { from: Vec3; now: Vec3; readonly old: boolean }>();
  /** From the new one to the old one, user space; without what the hands are doing. */
  private way: Vec3 = ASIDE;
  private modeBefore: CompareMode | null = null;
  private active = false;

  constructor(seat: Seat) {
    this.seat = seat;
  }

  /** From the new one to the old one as it is seen, user space. */
  get offset(): Vec3 {
    return this.active && crossFade(Math.hypot(...this.wanted)).aside ? this.wanted : NOWHERE;
  }

  taken(): void {
    const { workspace, commands } = this.seat.viewer;
    const comparing = workspace.comparing.get();
    if (!comparing) {
      workspace.announce(t("vr.tool.noOld"));
      commands.run("xr.tool", { tool: "select" });
      return;
    }
    this.active = true;
    this.way = ASIDE;
    this.modeBefore = comparing.mode;
    commands.run("compare.mode", { mode: "side_by_side" });
  }

  reach(): number | null {
    return this.active ? 0 : null;
  }

  grab(grip: Grip): void {
    const old = grip.side === this.seat.resting?.side;
    this.grips.set(grip.side, { from: grip.position, now: grip.position, old });
  }

  move(grip: Grip): void {
    const held = this.grips.get(grip.side);
    if (held) held.now = grip.position;
  }

  let(grip: Grip): void {
    this.way = this.wanted;
    this.grips.delete(grip.side);
    for (const held of this.grips.values()) held.from = held.now;
  }

  update(): void {
    if (!this.active) return;
    const { viewer, rig } = this.seat;
    if (!viewer.workspace.comparing.get()) {
      viewer.commands.run("xr.tool", { tool: "select" });
      return;
    }
    const { old, new: fresh } = crossFade(Math.hypot(...this.wanted));
    const group = viewer.oldModel?.batch.group;
    const away = rig.direction(this.offset);
    group?.position.set(away[0] * rig.scale, away[1] * rig.scale, away[2] * rig.scale);
    const before = viewer.workspace.crossFade.get();
    if (before?.old !== old || before.new !== fresh)
      viewer.workspace.crossFade.set({ old, new: fresh });
  }

  put(): void {
    if (!this.active) return;
    this.active = false;
    this.grips.clear();
    const { viewer } = this.seat;
    viewer.oldModel?.batch.group.position.set(0, 0, 0);
    viewer.workspace.crossFade.set(null);
    if (this.modeBefore && viewer.workspace.comparing.get())
      viewer.commands.run("compare.mode", { mode: this.modeBefore });
  }

  dispose(): void {
    this.put();
  }

  private get wanted(): Vec3 {
    let way = this.way;
    for (const { from, now, old } of this.grips.values()) {
      const by = subtract(now, from);
      way = old ? add(way, by) : subtract(way, by);
    }
    return way;
  }
}
