/** One hand or controller as a pointer: aims, hovers, presses and drags through the tool of the moment. */

import { Matrix4, Quaternion, type Group } from "three";
import type { Hit } from "../scene/picking";
import type { Pointer } from "../scene/pointer";
import type { Viewer } from "../scene/viewer";
import type { Vec3 } from "../state/model";
import { RangeSet } from "../state/ranges";
import { jointsOf, palmThrow } from "./bare_hand";
import type { Side } from "./controls";
import type { Grip } from "./grabbing";
import { HandView } from "./hands";
import { Poke } from "./poke";
import type { RayTarget } from "./ray_target";
import type { ControllerModel } from "./controller_model";
import type { Rig } from "./rig";

/** UX.md §4.5: what 12 px are to a mouse, 0.6° are to a hand. */
const PIXEL_RAD = (0.05 * Math.PI) / 180;
/** Hover asks the model every third frame: 24 times a second at 72 Hz. */
const HOVER_EVERY = 3;
/** A press that moved less than this angle is a click. */
const CLICK_RAD = (1.5 * Math.PI) / 180;

export class RayHand {
  readonly group: Group;
  /** User space. */
  position: Vec3 = [0, 0, 0];
  /** Unit, user space: where it points. */
  forward: Vec3 = [0, 0, -1];
  readonly quaternion = new Quaternion();
  side: Side = "right";
  /** Where a grip is held, user space; null: the source has none, as a bare hand seen from afar. */
  grip: { readonly position: Vec3; readonly quaternion: Quaternion } | null = null;
  /** What the ray meets, as of the last look. */
  hit: Hit | null = null;
  tracked = false;
  pressing = false;
  private readonly view = new HandView();
  private readonly viewer: Viewer;
  private readonly id: number;
  private readonly ray = new Matrix4();
  private readonly poke = new Poke();
  private palm: Vec3 | null = null;
  private kind: "ray" | "hand" = "ray";
  private rig: Rig | null = null;
  private taken = false;
  private pressedAlong: Vec3 = [0, 0, -1];
  private looks = 0;
  private readonly target: RayTarget;
  private readonly model: ControllerModel | null;
  /** The press began on the target. */
  private onTarget = false;

  /** model: what the source looks like, already attached to it; null: the plain shapes. */
  constructor(viewer: Viewer, id: number, target: RayTarget, model: ControllerModel | null = null) {
    this.viewer = viewer;
    this.id = id;
    this.target = target;
    this.group = this.view.group;
    this.model = model;
    if (model) this.view.wear(model.group);
  }

  /** Reads where it is. */
  track(frame: XRFrame, space: XRReferenceSpace, source: XRInputSource, rig: Rig): void {
    this.rig = rig;
    this.kind = source.hand ? "hand" : "ray";
    this.side = source.handedness === "left" ? "left" : "right";
    const pose = frame.getPose(source.targetRaySpace, space);
    this.tracked = pose !== null && pose !== undefined;
    if (!pose) {
      this.view.hide();
      return;
    }
    this.ray.fromArray(pose.transform.matrix);
    const e = this.ray.elements;
    this.position = [e[12] ?? 0, e[13] ?? 0, e[14] ?? 0];
    this.forward = [-(e[8] ?? 0), -(e[9] ?? 0), -(e[10] ?? 0)];
    this.quaternion.setFromRotationMatrix(this.ray);
    const joints = source.hand ? jointsOf(frame, space, source.hand) : null;
    this.palm = joints && palmThrow(joints);
    const grip = source.gripSpace ? frame.getPose(source.gripSpace, space) : null;
    this.grip = grip ? placed(grip.transform) : null;
    this.model?.update(source);
    this.view.own(this.model?.ready ?? false);
    this.view.hold(grip && !source.hand ? _grip.fromArray(grip.transform.matrix) : null);
    this.view.spread(joints);
  }

  /** No controller: fingers. */
  get bare(): boolean {
    return this.kind === "hand";
  }

  /** A bare hand whose palm looks up. */
  get palmUp(): boolean {
    return this.palm !== null;
  }

  /** Where an arc leaves this hand; unit, user space. */
  get throwing(): Vec3 {
    return this.palm ?? this.forward;
  }

  /** What of it a held thing follows. */
  asGrip(): Grip {
    const { position, quaternion } = this.grip ?? this;
    return { side: this.side, position, quaternion, tip: this.position, forward: this.forward };
  }

  /** Looks along the ray; the pointing hand also hovers and drags. */
  point(dominant: boolean): void {
    if (!this.tracked || !this.rig) return;
    const pointer = this.pointer();
    this.looks += 1;
    if (!dominant || this.pressing) this.poke.stop(this.target);
    else if (this.poke.touch(this.target, this.position, this.forward)) {
      this.hit = null;
      this.view.aim(this.ray, Math.max(0, this.poke.gap ?? 0));
      return;
    }
    const before = dominant && !this.taken ? this.target.aim(this.position, this.forward) : null;
    if (before !== null) {
      this.hit = null;
      this.view.aim(this.ray, before);
      return;
    }
    if (dominant && this.looks % HOVER_EVERY === 0) {
      this.hit = this.viewer.pickPointer(pointer);
      if (!this.pressing) this.viewer.pointerHandler?.hover?.(pointer);
    }
    if (!dominant) this.hit = null;
    if (this.pressing && this.taken) this.viewer.pointerHandler?.drag?.(pointer);
    this.view.aim(this.ray, this.hit ? this.hit.distance / this.rig.scale : null);
  }

  press(): void {
    if (!this.rig) return;
    this.poke.stop(this.target);
    this.pressing = true;
    this.onTarget = this.target.aim(this.position, this.forward) !== null;
    if (this.onTarget) {
      this.target.press();
      return;
    }
    this.pressedAlong = this.forward;
    this.taken = this.viewer.pointerHandler?.press?.(this.pointer()) ?? false;
  }

  release(): void {
    if (!this.pressing || !this.rig) return;
    this.pressing = false;
    if (this.onTarget) {
      this.onTarget = false;
      this.target.release();
      return;
    }
    const handler = this.viewer.pointerHandler;
    const pointer = this.pointer();
    if (this.taken) handler?.release?.(pointer);
    else if (angle(this.forward, this.pressedAlong) < CLICK_RAD) {
      if (handler?.click) handler.click(pointer);
      else this.select(pointer);
    }
    this.taken = false;
  }

  /** What was pressed is given up without a click: both hands closed on the model. */
  giveUp(): void {
    if (!this.pressing) return;
    this.pressing = false;
    if (this.onTarget) this.target.release();
    else if (this.taken) this.viewer.pointerHandler?.cancel?.();
    this.onTarget = false;
    this.taken = false;
  }

  dispose(): void {
    this.poke.stop(this.target);
    if (this.onTarget) this.target.release();
    if (this.pressing && this.taken) this.viewer.pointerHandler?.cancel?.();
    this.model?.dispose();
    this.view.dispose();
  }

  /** Without a tool a click still selects. */
  private select(pointer: Pointer): void {
    const hit = this.viewer.pickPointer(pointer);
    if (hit)
      this.viewer.commands.run("selection.set", {
        ranges: RangeSet.of(hit.occurrence),
        mode: "replace",
      });
    else this.viewer.commands.run("selection.clear");
  }

  /** A direction of the model frame some pixels to the right and down, as the hand sees it. */
  private turned(direction: Vec3, right: number, down: number): Vec3 {
    const [x, y, z] = direction;
    const across = Math.hypot(x, z) || 1;
    const side: Vec3 = [-z / across, 0, x / across];
    const above: Vec3 = [-y * side[2], x * side[2] - z * side[0], y * side[0]];
    const [a, b] = [Math.tan(right * PIXEL_RAD), -Math.tan(down * PIXEL_RAD)];
    const moved: Vec3 = [
      x + a * side[0] + b * above[0],
      y + b * above[1],
      z + a * side[2] + b * above[2],
    ];
    const length = Math.hypot(...moved);
    return [moved[0] / length, moved[1] / length, moved[2] / length];
  }

  /** As tools see it; model frame. */
  pointer(): Pointer {
    const rig = this.rig;
    const origin = rig ? rig.toModel(this.position) : this.position;
    const direction = rig ? rig.direction(this.forward) : this.forward;
    return {
      id: this.id,
      kind: this.kind,
      origin,
      direction,
      screen: null,
      shift: false,
      ctrl: false,
      alt: false,
      reach: (point, pixels) =>
        Math.hypot(point[0] - origin[0], point[1] - origin[1], point[2] - origin[2]) *
        Math.tan(pixels * PIXEL_RAD),
      beside: (right, down) => ({ origin, direction: this.turned(direction, right, down) }),
    };
  }
}

function placed({ position, orientation }: XRRigidTransform): RayHand["grip"] {
  const { x, y, z, w } = orientation;
  return { position: [position.x, position.y, position.z], quaternion: new Quaternion(x, y, z, w) };
}

function angle(a: Vec3, b: Vec3): number {
  return Math.acos(Math.max(-1, Math.min(1, a[0] * b[0] + a[1] * b[1] + a[2] * b[2])));
}

const _grip = new Matrix4();
