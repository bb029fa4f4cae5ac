/** Where the user stands and what they may do about it: arriving, sitting, going somewhere, scaling. All by their own act. */

import type { Destination } from "../state/commands/seating";
import type { Bounds, Vec3 } from "../state/model";
import { POSE } from "../state/presence";
import { ELBOW_ROOM, TABLE, freeSeat, sits } from "./arrival";
import { yawOf } from "./gaze_yaw";
import { boundedScale } from "./ratio";
import { Rig, type ArrivalPlace, type ScaleMode } from "./rig";
import type { Seat, Tick } from "./seat";

/** A visitor stands this far beside whom they go to, metres. */
const BESIDE = 0.7;
/** A surface steeper than this carries nobody. */
const CARRIES = 0.7;

/** What moving a model in its room takes; metres of the user, degrees to the left. */
export interface Nudge {
  readonly right?: number;
  readonly up?: number;
  readonly away?: number;
  readonly turn_deg?: number;
}

export class Standing {
  seated = false;
  private readonly seat: Seat;
  private begun = false;
  private space: XRReferenceSpace | null = null;
  /** Where the head was in the model when the system moved the room's zero. */
  private before: { readonly point: Vec3; readonly yaw: number } | null = null;
  private readonly onReset = (): void => {
    const { rig, head } = this.seat;
    this.before = {
      point: rig.toModel([head.position[0], 0, head.position[2]]),
      yaw: rig.yaw + yawOf(head.quaternion),
    };
  };

  constructor(seat: Seat) {
    this.seat = seat;
  }

  get tableTop(): number {
    return this.seated ? TABLE.seatedTop : TABLE.top;
  }

  /** Before each picture, once the head is known. */
  update({ space }: Tick): void {
    if (space !== this.space) {
      this.space?.removeEventListener("reset", this.onReset);
      space.addEventListener("reset", this.onReset);
      this.space = space;
    }
    if (this.before) this.takeUp();
    if (this.begun) return;
    this.begun = true;
    this.seated = sits(this.seat.head.position[1]);
    this.seat.tell({ seated: this.seated });
    if (this.seated && this.seat.rig.mode === "table") this.seat.arrive("table");
  }

  left(): void {
    this.space?.removeEventListener("reset", this.onReset);
    this.space = null;
    this.before = null;
    this.begun = false;
    this.seated = false;
  }

  /** Where to arrive: a seat that nobody has. */
  place(mode: ScaleMode, bounds: Bounds): ArrivalPlace {
    const { workspace, others } = this.seat.viewer;
    const heads: Vec3[] = [];
    others.poses(performance.now(), (_slot, pose) => {
      const [x = 0, y = 0, z = 0] = pose.head;
      if (pose.has(POSE.inXr)) heads.push([x, y, z]);
    });
    const inside = workspace.people.get().filter(({ mine, status }) => mine || status.in_xr);
    const ranked = [...inside].sort((a, b) => a.slot - b.slot);
    const first = Math.max(
      0,
      ranked.findIndex(({ mine }) => mine),
    );
    const fixed = { tableTop: this.tableTop, raised: this.raised };
    const probe = new Rig();
    const seat = freeSeat(first, (candidate) => {
      probe.arrive(mode, bounds, { seat: candidate, ...fixed });
      return heads.some((head) => {
        const [x, , z] = probe.toUser(head);
        return Math.hypot(x, z) < ELBOW_ROOM;
      });
    });
    return { seat, ...fixed };
  }

  /** Before the table, or where one stood at first, looking at it, wherever the head is in its room. */
  recentre(): void {
    const { rig, head } = this.seat;
    this.seat.arrive(rig.mode === "one_to_one" ? "one_to_one" : "table");
    const [point, yaw] = [rig.toModel([0, 0, 0]), rig.yaw];
    rig.yaw = yaw - yawOf(head.quaternion);
    rig.teleport(head.position, point);
  }

  sit(on: boolean): void {
    if (on === this.seated) return;
    const before = this.raised;
    this.seated = on;
    this.seat.tell({ seated: on });
    if (this.seat.rig.mode === "table") this.seat.arrive("table");
    else this.seat.rig.shift([0, this.raised - before, 0]);
  }

  /** By ratio, about what stands on the table or about the feet. */
  rescale(ratio: number): void {
    const { rig, head } = this.seat;
    const feet: Vec3 = [head.position[0], 0, head.position[2]];
    rig.rescale(
      boundedScale(ratio),
      rig.mode === "table" ? [0, this.tableTop, -TABLE.ahead] : feet,
    );
    this.seat.tell({ mode: rig.mode, scale: rig.scale });
  }

  /** 1:1 where one is, the model's floor under the feet. */
  exact(): void {
    const { rig, head, viewer, bounds } = this.seat;
    if (rig.mode === "table" || rig.mode === "miniature") {
      this.seat.arrive("one_to_one");
      return;
    }
    const feet: Vec3 = [head.position[0], 0, head.position[2]];
    rig.rescale(1, feet);
    const eye = rig.toModel(head.position);
    const below = viewer.pickRay(eye, [0, -1, 0]);
    const floor = below && below.normal[1] > CARRIES ? below.point[1] : bounds.min[1];
    const [x, , z] = rig.toModel(feet);
    rig.keep(feet, [x, floor + this.raised, z]);
    rig.mode = "one_to_one";
    this.seat.tell({ mode: rig.mode, scale: 1 });
  }

  /** To a point of the floor, beside somebody, or to where a picture was taken. */
  goTo(destination: Destination): boolean {
    const { rig, head, viewer } = this.seat;
    if ("point" in destination) {
      const { point } = destination;
      this.seat.hop(() => rig.teleport(head.position, point));
      return true;
    }
    const camera =
      "slot" in destination
        ? viewer.others.cameraOf(destination.slot, performance.now())
        : { position: destination.eye, target: destination.target };
    if (!camera) return false;
    const { position, target } = camera;
    const aside = "slot" in destination ? BESIDE : 0;
    this.seat.hop(() => {
      if (rig.mode === "table" || rig.mode === "miniature") rig.scale = 1;
      const [dx, dz] = [target[0] - position[0], target[2] - position[2]];
      if (Math.hypot(dx, dz) > 1e-6) rig.yaw = Math.atan2(-dx, -dz) - yawOf(head.quaternion);
      rig.keep(head.position, position);
      const yaw = yawOf(head.quaternion);
      if (aside > 0) rig.shift([Math.cos(yaw) * aside, 0, -Math.sin(yaw) * aside]);
      rig.mode = rig.scale === 1 ? "one_to_one" : "free";
      this.seat.tell({ mode: rig.mode, scale: rig.scale });
    });
    return true;
  }

  /** The model in its room, along the gaze; it turns about its own middle. */
  nudge({ right = 0, up = 0, away = 0, turn_deg = 0 }: Nudge): void {
    const { rig, head, bounds } = this.seat;
    const yaw = yawOf(head.quaternion);
    const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
    rig.shift([-(c * right - s * away), -up, -(-s * right - c * away)]);
    if (turn_deg === 0) return;
    const middle: Vec3 = [
      (bounds.min[0] + bounds.max[0]) / 2,
      bounds.min[1],
      (bounds.min[2] + bounds.max[2]) / 2,
    ];
    const stays = rig.toUser(middle);
    const pose = rig.pose;
    rig.set({ ...pose, yaw: pose.yaw - (turn_deg * Math.PI) / 180 });
    rig.keep(stays, middle);
  }

  private get raised(): number {
    return this.seated ? this.seat.comfort.seatedOffset_m : 0;
  }

  /** The system's own recentring: the table comes before the eyes again; elsewhere one stays where one is. */
  private takeUp(): void {
    const { before } = this;
    const { rig, head } = this.seat;
    this.before = null;
    if (!before) return;
    if (rig.mode === "table") {
      this.recentre();
      return;
    }
    rig.yaw = before.yaw - yawOf(head.quaternion);
    rig.teleport(head.position, before.point);
  }
}
