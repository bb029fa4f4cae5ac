/** The 3D pen: a stroke in the air while the trigger is held, kept as a mark on the model; and all such marks as drawn. */

import { Group } from "three";
import { mayShareScene } from "../../state/commands/define";
import type { Vec3 } from "../../state/model";
import { distance } from "../../scene/vector";
import type { Pointer, PointerHandler } from "../../scene/pointer";
import type { Seat } from "../seat";
import type { HandPart } from "./hand_part";
import { Strokes } from "./strokes";

/** The tip of the pen is so far before the hand, metres of the user. */
const TIP_M = 0.06;
/** Points nearer than this to the last one are left out, metres of the user. */
const STEP_M = 0.004;
const MOST_POINTS = 2000;
const COLOUR = "#e5484d";

export class Pen implements HandPart, PointerHandler {
  readonly tools = ["pen"] as const;
  readonly group = new Group();
  readonly handler: PointerHandler = this;
  private readonly seat: Seat;
  private readonly strokes = new Strokes(COLOUR);
  /** The stroke under way, model frame. */
  private points: Vec3[] = [];

  constructor(seat: Seat) {
    this.seat = seat;
    this.group.add(this.strokes.lines);
  }

  press(pointer: Pointer): boolean {
    const { workspace } = this.seat.viewer;
    const allowed = mayShareScene(workspace);
    if (allowed !== true) {
      workspace.announce(allowed);
      return true;
    }
    this.points = [this.tip(pointer)];
    return true;
  }

  drag(pointer: Pointer): void {
    const last = this.points.at(-1);
    if (!last || this.points.length >= MOST_POINTS) return;
    const tip = this.tip(pointer);
    if (distance(tip, last) >= STEP_M * this.seat.rig.scale) this.points.push(tip);
  }

  release(): void {
    const { viewer } = this.seat;
    const points = this.points;
    this.points = [];
    if (points.length < 2) return;
    viewer.commands.run("mark.place", {
      kind: "surface",
      points: points.map((point) => ({
        position: viewer.toAbsolute(point),
        occurrence: null,
        local: null,
      })),
      colour: viewer.workspace.markColour.get() ?? COLOUR,
    });
  }

  cancel(): void {
    this.release();
  }

  update(): void {
    const { rig, viewer } = this.seat;
    this.strokes.begin();
    for (const { kind, points } of viewer.workspace.modelMarks.get())
      if (kind !== "pin")
        this.strokes.path(points.map(({ position }) => rig.toUser(viewer.toModel(position))));
    this.strokes.path(this.points.map((point) => rig.toUser(point)));
    this.strokes.end();
  }

  put(): void {
    this.release();
  }

  dispose(): void {
    this.strokes.dispose();
    this.group.removeFromParent();
  }

  private tip({ origin, direction }: Pointer): Vec3 {
    const away = TIP_M * this.seat.rig.scale;
    return [
      origin[0] + direction[0] * away,
      origin[1] + direction[1] * away,
      origin[2] + direction[2] * away,
    ];
  }
}
