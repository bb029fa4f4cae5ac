/** Pulling the parts apart with both hands. */

import type { Vec3 } from "../../state/model";
import { mayShareScene } from "../../state/commands/define";
import type { Side } from "../controls";
import type { Grabbable, Grip } from "../grabbing";
import type { Seat } from "../seat";
import type { HandPart } from "./hand_part";
import { apart, pulledAmount } from "./pull";

export class ExplodePull implements HandPart, Grabbable {
  readonly tools = ["explode"] as const;
  readonly grabbable: Grabbable = this;
  private readonly seat: Seat;
  private readonly grips = new Map<Side, Vec3>();
  private begun: { readonly from: number; readonly before: number } | null = null;

  constructor(seat: Seat) {
    this.seat = seat;
  }

  reach(): number | null {
    return 0;
  }

  grab(grip: Grip): void {
    const { workspace } = this.seat.viewer;
    const allowed = mayShareScene(workspace);
    if (allowed !== true) {
      workspace.announce(allowed);
      return;
    }
    this.grips.set(grip.side, grip.position);
    const from = this.distance;
    if (from !== null) this.begun = { from, before: workspace.explode.get() };
  }

  move(grip: Grip): void {
    if (!this.grips.has(grip.side)) return;
    this.grips.set(grip.side, grip.position);
    this.send(true);
  }

  let(grip: Grip): void {
    this.send(false);
    this.begun = null;
    this.grips.delete(grip.side);
  }

  put(): void {
    this.send(false);
    this.begun = null;
    this.grips.clear();
  }

  dispose(): void {
    this.grips.clear();
  }

  /** Metres between the hands; null: one holds alone. */
  private get distance(): number | null {
    const [first, second] = [...this.grips.values()];
    return first && second ? apart(first, second) : null;
  }

  private send(preview: boolean): void {
    const { begun, distance } = this;
    if (!begun || distance === null) return;
    const amount = pulledAmount(begun.before, begun.from, distance);
    this.seat.viewer.commands.run("explode.set", preview ? { amount, preview } : { amount });
  }
}
