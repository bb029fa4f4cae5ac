/** The gaze as a pointer, for who has no hand free: what one looks at for a second is pressed (UX.md §4.5). */

import { Group, Mesh, MeshBasicMaterial, RingGeometry, Vector3 } from "three";
import type { Vec3 } from "../state/model";
import { RangeSet } from "../state/ranges";
import { Dwell } from "./dwell";
import type { Seat, SeatPart, Tick } from "./seat";

/** A hand that is out of sight for a moment is not gone, milliseconds. */
const GONE_MS = 1_500;
/** The model is asked every so many frames: a ray into a plant costs more than one onto a panel. */
const EVERY = 6;
/** Half the ring's size, radians. */
const RING_RAD = 0.012;

export class GazePointer implements SeatPart {
  readonly group = new Group();
  /** 0 to 1 of the second, for tests; null: the gaze does not point. */
  share: number | null = null;
  private readonly seat: Seat;
  private readonly dwell = new Dwell();
  private readonly material = new MeshBasicMaterial({
    color: "#6cb2ff",
    depthTest: false,
    transparent: true,
    opacity: 0.9,
  });
  private readonly ring = new Mesh(new RingGeometry(0.8, 1, 32), this.material);
  private readonly filled = new Mesh(new RingGeometry(0, 0.8, 32), this.material);
  private handMs: number | null = null;
  private frames = 0;
  private part: number | null = null;
  private partAt = 1;

  constructor(seat: Seat) {
    this.seat = seat;
    this.ring.renderOrder = 20;
    this.filled.renderOrder = 20;
    this.group.add(this.ring, this.filled);
    this.group.visible = false;
  }

  update({ nowMs }: Tick): void {
    const { gaze } = this.seat.comfort;
    const seen = [...this.seat.hands.values()].some(({ tracked }) => tracked);
    if (seen || this.handMs === null) this.handMs = nowMs;
    const points = gaze === "dwell" || (gaze === "auto" && nowMs - this.handMs > GONE_MS);
    this.group.visible = points;
    if (!points) {
      this.share = null;
      return;
    }
    this.look(nowMs, seen);
  }

  left(): void {
    this.handMs = null;
    this.share = null;
    this.group.visible = false;
  }

  dispose(): void {
    this.ring.geometry.dispose();
    this.filled.geometry.dispose();
    this.material.dispose();
    this.group.removeFromParent();
  }

  private look(nowMs: number, handSeen: boolean): void {
    const { head, targets } = this.seat;
    _ahead.set(0, 0, -1).applyQuaternion(head.quaternion);
    const along: Vec3 = [_ahead.x, _ahead.y, _ahead.z];
    const panel = targets.aim(head.position, along);
    // With a hand in sight the model is the hand's: looking at a part for a second is what one does all the time.
    const part = panel === null && !handSeen ? this.partAlong(along) : null;
    this.share = this.dwell.look(panel !== null || part !== null ? along : null, nowMs);
    if (this.share >= 1) this.press(panel !== null, part);
    this.draw(panel ?? (part === null ? 1.5 : this.partAt), this.share);
  }

  private press(onPanel: boolean, part: number | null): void {
    const { targets, viewer } = this.seat;
    if (onPanel) {
      targets.press();
      targets.release();
    } else if (part !== null)
      viewer.commands.run("selection.set", { ranges: RangeSet.of(part), mode: "replace" });
  }

  private partAlong(along: Vec3): number | null {
    this.frames += 1;
    if (this.frames % EVERY === 0) {
      const { rig, head, viewer } = this.seat;
      const hit = viewer.pickRay(rig.toModel(head.position), rig.direction(along));
      this.part = hit?.occurrence ?? null;
      this.partAt = hit ? hit.distance / rig.scale : 1.5;
    }
    return this.part;
  }

  private draw(distance: number, share: number): void {
    const { position, quaternion } = this.seat.head;
    this.group.position.set(...position).addScaledVector(_ahead, distance * 0.98);
    this.group.quaternion.copy(quaternion);
    this.group.scale.setScalar(distance * RING_RAD);
    this.filled.visible = share > 0;
    this.filled.scale.setScalar(Math.max(0.01, share));
  }
}

const _ahead = new Vector3();
