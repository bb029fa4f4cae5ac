/**
 * The model in one's own room (UX.md §4.10): put on a surface that the device finds, or 1 m ahead; held, nudged, turned,
 * laid onto two real points; the room darkened around it. No floor or sky of ours is drawn.
 */

import {
  BackSide,
  BufferAttribute,
  CircleGeometry,
  Group,
  Mesh,
  MeshBasicMaterial,
  RingGeometry,
  SphereGeometry,
} from "three";
import { t } from "../state/messages";
import type { RoomPlacement } from "../state/areas/seating";
import type { Vec3 } from "../state/model";
import { aligned } from "./align";
import { yawOf } from "./gaze_yaw";
import type { RayTarget } from "./ray_target";
import type { Seat, SeatPart, Tick } from "./seat";

const AHEAD_M = 1;
const DARK_M = 40;
/** A model on a real table or floor is as wide as on ours at first. */
const NEW_ROOM: RoomPlacement = { placed: false, locked: false, dim: 0, aligning: null };
const SHADOW = 0.4;

export class Passthrough implements RayTarget, SeatPart {
  readonly group = new Group();
  readonly target = this;
  /** Where the gaze meets a surface of the room, user space; null: none was found yet. */
  surface: Vec3 | null = null;
  private readonly seat: Seat;
  private session: XRSession | null = null;
  private source: XRHitTestSource | null = null;
  /** Of an alignment: where the ray meets the model, model frame. */
  private met: Vec3 | null = null;
  private readonly dark = new MeshBasicMaterial({
    color: "#000000",
    side: BackSide,
    transparent: true,
    depthWrite: false,
  });
  private readonly dome = new Mesh(new SphereGeometry(DARK_M, 24, 16), this.dark);
  private readonly ringMaterial = new MeshBasicMaterial({ color: "#5fd39a" });
  private readonly ring = new Mesh(new RingGeometry(0.1, 0.12, 48), this.ringMaterial);
  private readonly shadeMaterial = new MeshBasicMaterial({
    color: "#000000",
    vertexColors: true,
    transparent: true,
    depthWrite: false,
  });
  private readonly shade = new Mesh(softDisc(), this.shadeMaterial);

  constructor(seat: Seat) {
    this.seat = seat;
    this.dome.renderOrder = -1000; // behind everything of ours, before the room
    this.shade.renderOrder = -999;
    this.ring.rotation.x = -Math.PI / 2;
    this.shade.rotation.x = -Math.PI / 2;
    this.group.add(this.dome, this.ring, this.shade);
    this.group.visible = false;
  }

  private get room(): RoomPlacement | null {
    return this.seat.state?.room ?? null;
  }

  entered(session: XRSession): void {
    if (this.seat.state?.kind !== "ar") return;
    this.session = session;
    this.group.visible = true;
    this.seat.tell({ room: NEW_ROOM });
    void this.findSurfaces(session);
  }

  update({ frame, space }: Tick): void {
    const { room } = this;
    if (!room) return;
    this.readSurface(frame, space);
    this.dome.visible = room.dim > 0;
    this.dark.opacity = room.dim;
    this.dome.position.set(...this.seat.head.position);
    this.ring.visible = this.surface !== null && !room.placed && !room.aligning;
    if (this.surface) this.ring.position.set(...this.surface);
    this.layShade();
  }

  /** Puts the model onto the surface looked at, or 1 m ahead on the floor. */
  place(): void {
    const { rig, head, bounds } = this.seat;
    const yaw = yawOf(head.quaternion);
    const [x, y, z] = head.position;
    const ahead: Vec3 = [x - Math.sin(yaw) * AHEAD_M, y - 0.7, z - Math.cos(yaw) * AHEAD_M];
    // The model's front looks at who puts it down.
    rig.yaw = -yaw;
    rig.keep(this.surface ?? ahead, middleOf(bounds.min, bounds.max));
    this.change({ placed: true });
  }

  lock(on: boolean): void {
    this.change({ locked: on });
  }

  dim(share: number): void {
    this.change({ dim: share });
  }

  align(on: boolean): void {
    this.change({ aligning: on ? { model: [], room: [] } : null });
  }

  // A press while something is to be placed or aligned is that press.

  aim(origin: Vec3, direction: Vec3): number | null {
    const { room } = this;
    this.met = null;
    if (!room) return null;
    if (room.aligning) {
      if (room.aligning.model.length > room.aligning.room.length) return 0.02; // the controller's own tip
      const { rig, viewer } = this.seat;
      const hit = viewer.pickRay(rig.toModel(origin), rig.direction(direction));
      this.met = hit?.point ?? null;
      return hit ? hit.distance / rig.scale : null;
    }
    if (room.placed || !this.surface) return null;
    const { surface } = this;
    return Math.hypot(surface[0] - origin[0], surface[1] - origin[1], surface[2] - origin[2]);
  }

  press(): void {
    const { room } = this;
    if (room?.aligning) this.point(room.aligning);
    else if (room && !room.placed) this.place();
  }

  release(): void {
    // Presses act at once.
  }

  left(): void {
    this.source?.cancel();
    this.source = null;
    this.session = null;
    this.surface = null;
    this.group.visible = false;
  }

  dispose(): void {
    for (const { geometry } of [this.dome, this.ring, this.shade]) geometry.dispose();
    for (const material of [this.dark, this.ringMaterial, this.shadeMaterial]) material.dispose();
    this.group.removeFromParent();
  }

  private change(change: Partial<RoomPlacement>): void {
    const { room } = this;
    if (room) this.seat.tell({ room: { ...room, ...change } });
  }

  private point({ model, room }: NonNullable<RoomPlacement["aligning"]>): void {
    if (model.length === room.length) {
      if (this.met) this.change({ aligning: { model: [...model, this.met], room } });
      return;
    }
    const tip = this.seat.pointing?.position;
    if (!tip) return;
    const points = [...room, tip];
    this.change({ aligning: { model, room: points } });
    const [a, b] = model;
    const [c, d] = points;
    if (!a || !b || !c || !d) return;
    const found = aligned([a, b], [c, d]);
    const { workspace } = this.seat.viewer;
    if (found) {
      this.seat.rig.set(found.rig);
      this.seat.rig.mode = "one_to_one";
      this.seat.tell({ mode: "one_to_one", scale: 1 });
      this.change({ aligning: null, locked: true, placed: true });
      workspace.announce(
        t("seat.align.done", { millimetres: Math.round(Math.abs(found.residual_m) * 1000) }),
      );
    } else {
      this.change({ aligning: { model: [], room: [] } });
      workspace.announce(t("seat.align.upright"), { assertive: true });
    }
  }

  private async findSurfaces(session: XRSession): Promise<void> {
    try {
      const space = await session.requestReferenceSpace("viewer");
      const source = await session.requestHitTestSource?.({ space });
      if (!source) return;
      if (this.session === session) this.source = source;
      else source.cancel();
    } catch {
      // Not granted: named as a trouble from the session's features, and the model stands 1 m ahead.
      this.source = null;
    }
  }

  private readSurface(frame: XRFrame, space: XRReferenceSpace): void {
    if (!this.source) return;
    const pose = frame.getHitTestResults(this.source)[0]?.getPose(space);
    const at = pose?.transform.position;
    this.surface = at ? [at.x, at.y, at.z] : null;
  }

  /** A soft dark patch where the model touches the room. */
  private layShade(): void {
    const { bounds, rig } = this.seat;
    const [x, y, z] = rig.toUser(middleOf(bounds.min, bounds.max));
    this.shade.position.set(x, y - 0.001, z);
    const wide = (bounds.max[0] - bounds.min[0]) / rig.scale;
    const deep = (bounds.max[2] - bounds.min[2]) / rig.scale;
    this.shade.rotation.set(-Math.PI / 2, 0, -rig.yaw);
    this.shade.scale.set(wide * 0.75, deep * 0.75, 1);
  }
}

function middleOf(min: Vec3, max: Vec3): Vec3 {
  return [(min[0] + max[0]) / 2, min[1], (min[2] + max[2]) / 2];
}

/** A disc of radius 1, dark in the middle, clear at its edge. */
function softDisc(): CircleGeometry {
  const disc = new CircleGeometry(1, 48);
  const places = disc.getAttribute("position");
  const colours = new Float32Array(places.count * 4);
  for (let i = 0; i < places.count; i += 1)
    colours[4 * i + 3] = Math.hypot(places.getX(i), places.getY(i)) < 0.5 ? SHADOW : 0;
  disc.setAttribute("color", new BufferAttribute(colours, 4));
  return disc;
}
