/**
 * Where a headset's user stands in the model: their room placed in the model frame, turned about the
 * vertical and scaled. User space is metres on their floor, y up, looking along -z when they enter.
 */

import type { ScaleMode } from "../state/areas/seating";
import type { Bounds, Vec3 } from "../state/model";
import { type SeatPlace, TABLE, seatPlace } from "./arrival";

export type { ScaleMode } from "../state/areas/seating";

export { TABLE } from "./arrival";

/** The model may not rise higher above the table than this, metres. */
const TABLE_HEIGHT = 0.9;
/** At 1:1 one arrives this far before the model's front, metres. */
const FRONT_GAP = 1.5;
/** The longest side of a model on the palm, metres. */
const PALM = 0.12;
/** Snap turn, radians (UX.md §4.5): 30°. */
export const SNAP_TURN = Math.PI / 6;

/** How a room lies in the model frame. */
export interface RigPose {
  readonly position: Vec3;
  readonly yaw: number;
  readonly scale: number;
}

/** Where and how high one arrives. */
export interface ArrivalPlace {
  readonly seat: SeatPlace;
  /** Of the table, metres of the user. */
  readonly tableTop: number;
  /** How far above the model's floor the user's floor is at 1:1, metres. */
  readonly raised: number;
}

const STANDING: ArrivalPlace = { seat: seatPlace(0), tableTop: TABLE.top, raised: 0 };

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
  arrive(mode: ScaleMode, bounds: Bounds, at: ArrivalPlace = STANDING): void {
    const { min, max } = bounds;
    const middle = [(min[0] + max[0]) / 2, (min[2] + max[2]) / 2] as const;
    const { angle, ahead, aside, back } = at.seat;
    this.mode = mode;
    this.yaw = mode === "one_to_one" ? 0 : angle;
    if (mode === "one_to_one") {
      this.scale = 1;
      this.place([middle[0] + aside, min[1] + at.raised, max[2] + FRONT_GAP + back]);
      return;
    }
    const wide = Math.max(max[0] - min[0], max[2] - min[2]) / TABLE.width;
    const tall = (max[1] - min[1]) / TABLE_HEIGHT;
    this.scale = Math.max(wide, tall, 1e-6);
    this.keep([0, at.tableTop, -ahead], [middle[0], min[1], middle[1]]);
  }

  /** A model as large as a palm, its lowest middle at a point. at: user space. */
  shrink(bounds: Bounds, at: Vec3): void {
    const { min, max } = bounds;
    this.mode = "miniature";
    this.scale = Math.max(...max.map((value, axis) => value - (min[axis] ?? 0)), 1e-6) / PALM;
    this.keep(at, [(min[0] + max[0]) / 2, min[1], (min[2] + max[2]) / 2]);
  }

  get pose(): RigPose {
    return { position: [...this.position], yaw: this.yaw, scale: this.scale };
  }

  set({ position, yaw, scale }: RigPose): void {
    this.place(position);
    this.yaw = Math.atan2(Math.sin(yaw), Math.cos(yaw));
    this.scale = scale;
  }

  /** Another scale; a point of the user stays on its point of the model. pivot: user space. */
  rescale(scale: number, pivot: Vec3): void {
    const stays = this.toModel(pivot);
    this.scale = scale;
    this.mode = "free";
    this.keep(pivot, stays);
  }

  /** Moves the user in their own directions, metres of theirs. */
  shift(by: Vec3): void {
    this.keep([0, 0, 0], this.toModel(by));
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

  /** Puts a point of the user onto a point of the model. */
  keep(user: Vec3, model: Vec3): void {
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
