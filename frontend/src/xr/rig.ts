/**
 * Where a headset's user stands in the model: their room placed in the model frame, turned about the
 * vertical and scaled. User space is metres on their floor, y up, looking along -z when they enter.
 */

import type { ScaleMode } from "../state/areas/seating";
import type { Bounds, Vec3 } from "../state/model";

export type { ScaleMode } from "../state/areas/seating";

/** UX.md §4.3: the table is 0.8 m wide, its top 0.9 m high, its middle 1 m ahead. */
export const TABLE = { width: 0.8, top: 0.9, ahead: 1 } as const;
/** The model may not rise higher above the table than this, metres. */
const TABLE_HEIGHT = 0.9;
/** At 1:1 one arrives this far before the model's front, metres. */
const FRONT_GAP = 1.5;
/** Snap turn, radians (UX.md §4.5): 30°. */
export const SNAP_TURN = Math.PI / 6;

/** A room in the model frame; changed only by what its user does. */
export class Rig {
  /** Model frame: where the middle of the user's floor is. */
  readonly position: [number, number, number] = [0, 0, 0];
  /** Radians about y, counter-clockwise seen from above. */
  yaw = 0;
  /** Model metres per metre of the user. */
  scale = 1;
  mode: ScaleMode = "table";

  /** Arrives before a model. bounds: model frame, metres. */
  arrive(mode: ScaleMode, bounds: Bounds): void {
    const { min, max } = bounds;
    const middle = [(min[0] + max[0]) / 2, (min[2] + max[2]) / 2] as const;
    this.mode = mode;
    this.yaw = 0;
    if (mode === "table") {
      const wide = Math.max(max[0] - min[0], max[2] - min[2]) / TABLE.width;
      const tall = (max[1] - min[1]) / TABLE_HEIGHT;
      this.scale = Math.max(wide, tall, 1e-6);
      this.place([
        middle[0],
        min[1] - TABLE.top * this.scale,
        middle[1] + TABLE.ahead * this.scale,
      ]);
    } else {
      this.scale = 1;
      this.place([middle[0], min[1], max[2] + FRONT_GAP]);
    }
  }

  /** User space → model frame. */
  toModel(point: Vec3): Vec3 {
    const turned = this.direction(point);
    return [
      this.position[0] + turned[0] * this.scale,
      this.position[1] + turned[1] * this.scale,
      this.position[2] + turned[2] * this.scale,
    ];
  }

  /** Model frame → user space. */
  toUser(point: Vec3): Vec3 {
    const x = (point[0] - this.position[0]) / this.scale;
    const y = (point[1] - this.position[1]) / this.scale;
    const z = (point[2] - this.position[2]) / this.scale;
    const [c, s] = [Math.cos(this.yaw), Math.sin(this.yaw)];
    return [c * x - s * z, y, s * x + c * z];
  }

  /** A direction of user space in the model frame; keeps its length. */
  direction([x, y, z]: Vec3): Vec3 {
    const [c, s] = [Math.cos(this.yaw), Math.sin(this.yaw)];
    return [c * x + s * z, y, -s * x + c * z];
  }

  /** Turns the user on the spot. head: user space; angle: radians, positive to the left. */
  turn(head: Vec3, angle: number): void {
    const stays = this.toModel(head);
    this.yaw = Math.atan2(Math.sin(this.yaw + angle), Math.cos(this.yaw + angle));
    this.keep(head, stays);
  }

  /** Puts the floor under the head onto a point. head: user space; target: model frame. */
  teleport(head: Vec3, target: Vec3): void {
    this.keep([head[0], 0, head[2]], target);
  }

  private keep(user: Vec3, model: Vec3): void {
    const now = this.toModel(user);
    this.place([
      this.position[0] + model[0] - now[0],
      this.position[1] + model[1] - now[1],
      this.position[2] + model[2] - now[2],
    ]);
  }

  private place(position: Vec3): void {
    this.position[0] = position[0];
    this.position[1] = position[1];
    this.position[2] = position[2];
  }
}
