/** The caliper: one hand pulls from A to B through the desk's tool; both triggers stretch a tape between the hands. */

import type { MeasurePoint } from "../../state/areas/measuring";
import { valueText } from "../../state/measure_text";
import { t } from "../../state/messages";
import type { Vec3 } from "../../state/model";
import { distance } from "../../scene/vector";
import { readingsOf } from "../../tools/readings";
import type { RayHand } from "../ray_hand";
import type { Seat } from "../seat";
import type { HandPart } from "./hand_part";
import type { MeasuresView } from "./measures_view";

/** A tip within this of a thing to snap to has it, metres of the user. */
const TOUCH_M = 0.03;

interface End {
  readonly anchor: MeasurePoint;
  /** User space. */
  readonly at: Vec3;
}

export class Tape implements HandPart {
  readonly tools = ["caliper"] as const;
  private readonly seat: Seat;
  private readonly view: MeasuresView;
  private ends: readonly [End, End] | null = null;
  private text = "";

  constructor(seat: Seat, view: MeasuresView) {
    this.seat = seat;
    this.view = view;
  }

  /** The tape between the hands now. */
  get now(): { readonly ends: readonly Vec3[]; readonly text: string } | null {
    return this.ends && { ends: this.ends.map(({ at }) => at), text: this.text };
  }

  taken(): void {
    this.seat.viewer.commands.run("tool.set", { tool: "measure" });
  }

  update(_tick: unknown, held: boolean): void {
    if (!held) return;
    const hands = [...this.seat.hands.values()].filter(
      ({ tracked, pressing }) => tracked && pressing,
    );
    const [first, second] = hands;
    const { viewer } = this.seat;
    if (first && second) {
      if (!this.ends) viewer.pointerHandler?.cancel?.();
      this.ends = [this.endOf(first), this.endOf(second)];
      const reading = this.reading();
      this.text = reading ? valueText(reading, viewer.workspace.style.get()) : "";
      return;
    }
    if (this.ends) this.keep();
  }

  put(): void {
    this.ends = null;
    const { viewer } = this.seat;
    viewer.pointerHandler?.cancel?.();
    viewer.commands.run("tool.set", { tool: "select" });
  }

  dispose(): void {
    this.ends = null;
  }

  private reading(): ReturnType<typeof readingsOf>[number] | null {
    if (!this.ends) return null;
    const anchors = this.ends.map(({ anchor }) => anchor);
    const readings = readingsOf("distance", anchors, this.view.shapes);
    const found = readings.find(({ mode }) => mode === "points") ?? readings[0] ?? null;
    const loose = anchors.some(({ snap }) => snap === "none" || snap === "face");
    // A hand in the air is nowhere exactly.
    return found && loose ? { ...found, exact: false } : found;
  }

  private keep(): void {
    const { viewer } = this.seat;
    const { commands, workspace } = viewer;
    const reading = this.reading();
    const anchors = this.ends?.map(({ anchor }) => anchor) ?? [];
    this.ends = null;
    if (!reading || reading.value <= 0) {
      workspace.announce(t("vr.tape.short"));
      return;
    }
    const choices = [{ kind: reading.kind, mode: reading.mode }];
    commands.run("measure.add", { measure: { ...reading, anchors, choices } });
    commands.run("measure.activate", { id: workspace.measures.get().at(-1)?.id ?? null });
  }

  /** What a tip touches, exactly where there is something to snap to; else the air. */
  private endOf(hand: RayHand): End {
    const { viewer, rig } = this.seat;
    const { snapping } = this.view;
    const tip = rig.toModel(hand.position);
    const aim = snapping.aim(hand.pointer());
    if (aim && distance(aim.point, tip) <= TOUCH_M * rig.scale)
      return { anchor: snapping.anchorOf(aim), at: rig.toUser(aim.point) };
    const anchor: MeasurePoint = {
      position: viewer.toAbsolute(tip),
      occurrence: null,
      local: null,
      snap: "none",
      entity: null,
      tolerance_m: 0,
    };
    return { anchor, at: hand.position };
  }
}
