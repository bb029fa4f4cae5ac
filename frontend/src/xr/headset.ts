/**
 * The headset's seat at the table: enters and leaves VR, stands the user before the model, and lets rays
 * and sticks do what mouse and keys do: the same tools, the same commands. Nothing moves the user but the user.
 */

import { Group, PerspectiveCamera, Quaternion, Vector3, type Color, type Texture } from "three";
import type { Viewer } from "../scene/viewer";
import { t } from "../state/messages";
import { POSE, type Pose } from "../state/presence";
import type { Bounds, Vec3 } from "../state/model";
import { availability, surroundings } from "./availability";
import { ChangeTour, type TourDebug } from "./change_tour";
import { Controls, type Side } from "./controls";
import { Furniture } from "./furniture";
import { BudgetView, type BudgetDebug } from "./budget_view";
import { HeadsetLevels } from "./headset_levels";
import { Locomotion } from "./locomotion";
import { RayHand } from "./ray_hand";
import { firstOf } from "./ray_target";
import { Rig, TABLE, type ScaleMode } from "./rig";
import type { Seat, SeatPart, Tick } from "./seat";
import { Wrist, type WristDebug } from "./wrist_view";

const NEAR_M = 0.05;
const FAR_M = 1000;

/** Numbers for tests; user space and radians. */
export interface HeadsetDebug {
  readonly rig: {
    readonly position: Vec3;
    readonly yaw_rad: number;
    readonly scale: number;
    readonly mode: ScaleMode;
  };
  /** Middle of the model's box, user space. */
  readonly tableCentre: Vec3;
  readonly arc: Vec3 | null;
  readonly tour: TourDebug | null;
  readonly wrist: WristDebug | null;
  readonly budget: BudgetDebug | null;
}

/** Makes the headset's seat; registers `xr.enter` and `xr.leave`, keeps `workspace.xr` true. */
export function createHeadset(viewer: Viewer): Headset {
  return new Headset(viewer);
}

/** See `createHeadset`. */
export class Headset implements Seat {
  /** XR frames drawn since the page was opened. */
  frames = 0;
  readonly viewer: Viewer;
  readonly rig = new Rig();
  readonly controls = new Controls();
  readonly group = new Group();
  readonly hands = new Map<XRInputSource, RayHand>();
  private readonly furniture = new Furniture();
  private readonly locomotion = new Locomotion(this);
  private readonly tour: ChangeTour;
  private readonly wrist: Wrist;
  private readonly budget: BudgetView;
  private readonly parts: readonly SeatPart[];
  private readonly camera = new PerspectiveCamera(70, 1, NEAR_M, FAR_M);
  private readonly stops: (() => void)[] = [];
  private session: XRSession | null = null;
  private entering = false;
  private dominant: XRInputSource | null = null;
  readonly head: { position: Vec3; quaternion: Quaternion } = {
    position: [0, 1.6, 0],
    quaternion: new Quaternion(),
  };
  private backgroundBefore: Color | Texture | null = null;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
    this.group.add(this.camera);
    this.tour = new ChangeTour(this);
    this.wrist = new Wrist(this);
    const levels = new HeadsetLevels(this);
    this.budget = new BudgetView(this, levels);
    this.parts = [this.locomotion, this.tour, this.wrist, levels, this.budget];
    this.stops.push(
      viewer.commands.register("xr.enter", () => {
        void this.enter();
      }),
      viewer.commands.register("xr.leave", () => {
        void this.session?.end();
      }),
    );
    this.watchDevices();
  }

  /** Fills head, hands, scale and pointer of my pose while I am in the headset; false when I am not. */
  writePose(out: Pose): boolean {
    if (!this.session) return false;
    out.flags |= POSE.inXr;
    out.scale = this.rig.scale;
    this.writePlacement(this.head.position, this.head.quaternion, out.head);
    for (const [source, hand] of this.hands) {
      if (!hand.tracked || source.handedness === "none") continue;
      const side = source.handedness === "left" ? "left" : "right";
      out.flags |= POSE[side];
      this.writePlacement(hand.position, hand.quaternion, out[side]);
    }
    const hand = this.pointing;
    if (hand?.hit) {
      out.flags |= POSE.pointer;
      if (hand.pressing) out.flags |= POSE.laser;
      out.pointerLayer = 0;
      out.pointerOccurrence = hand.hit.occurrence;
      out.pointer.set(hand.hit.local);
    }
    return true;
  }

  debug(): HeadsetDebug {
    const { min, max } = this.bounds();
    const middle: Vec3 = [(min[0] + max[0]) / 2, (min[1] + max[1]) / 2, (min[2] + max[2]) / 2];
    const { position, yaw, scale, mode } = this.rig;
    return {
      rig: { position: [...position], yaw_rad: yaw, scale, mode },
      tableCentre: this.rig.toUser(middle),
      arc: this.locomotion.landing,
      tour: this.session ? this.tour.debug() : null,
      wrist: this.session ? this.wrist.debug() : null,
      budget: this.session ? this.budget.debug() : null,
    };
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    void this.session?.end();
    this.furniture.dispose();
    for (const part of this.parts) part.dispose();
  }

  // What the parts ask

  get pointing(): RayHand | null {
    return (this.dominant && this.hands.get(this.dominant)) ?? null;
  }

  get resting(): RayHand | null {
    for (const [source, hand] of this.hands)
      if (source !== this.dominant && hand.tracked) return hand;
    return null;
  }

  get movingSide(): Side {
    const { sides } = this.controls;
    return sides.length === 1 ? (sides[0] ?? "right") : "right";
  }

  arrive(mode: ScaleMode, bounds: Bounds | null = null): void {
    this.rig.arrive(mode, bounds ?? this.bounds());
    for (const part of this.parts) part.arrived?.(mode, bounds);
    this.furniture.show(mode, this.viewer.workspace.theme.get());
    this.placeRig();
    this.furniture.group.position.copy(this.group.position);
    this.furniture.group.rotation.copy(this.group.rotation);
    this.furniture.group.scale.copy(this.group.scale);
  }

  // Entering and leaving

  private async enter(): Promise<void> {
    const { viewer } = this;
    const { workspace, renderer } = viewer;
    if (this.session || this.entering) return;
    this.entering = true;
    workspace.xr.set({ kind: "loading", fraction: 0 });
    try {
      const session = await navigator.xr?.requestSession("immersive-vr", {
        optionalFeatures: ["local-floor", "hand-tracking"],
      });
      if (!session) throw new Error("The browser gave no session.");
      workspace.xr.set({ kind: "loading", fraction: 0.5 });
      renderer.xr.enabled = true;
      renderer.xr.setReferenceSpaceType("local-floor");
      await renderer.xr.setSession(session);
      this.begin(session);
    } catch (error) {
      renderer.xr.enabled = false;
      workspace.announce(
        t("vr.failed", { detail: error instanceof Error ? error.message : String(error) }),
        { assertive: true },
      );
      await this.ask();
    } finally {
      this.entering = false;
    }
  }

  private begin(session: XRSession): void {
    const { viewer } = this;
    this.session = session;
    viewer.canvas.addEventListener("webglcontextlost", this.lost, { once: true });
    this.controls.clear();
    session.addEventListener("end", () => this.left());
    session.addEventListener("selectstart", ({ inputSource }) => this.select(inputSource, true));
    session.addEventListener("selectend", ({ inputSource }) => this.select(inputSource, false));
    viewer.setFlatScreen(false);
    viewer.extras.add(this.group, this.furniture.group);
    for (const { group } of this.parts) if (group) this.group.add(group);
    this.backgroundBefore = viewer.scene.background as Color | Texture | null; // `as`: never a node material's here
    viewer.scene.background = this.furniture.background;
    for (const part of this.parts) part.entered?.(session);
    this.arrive("table");
    viewer.renderer.setAnimationLoop((now: number, frame?: XRFrame) => {
      if (!frame) return;
      const began = performance.now();
      this.frame(now, frame);
      const spent = performance.now() - began;
      for (const part of this.parts) part.drawn?.(spent);
    });
    viewer.workspace.xr.set({ kind: "active", fraction: 1 });
    viewer.workspace.announce(t("vr.inside"));
  }

  /** The session is over, by button or because the headset was taken off: the flat view is as it was. */
  private left(): void {
    const { viewer } = this;
    viewer.canvas.removeEventListener("webglcontextlost", this.lost);
    viewer.renderer.setAnimationLoop(null);
    viewer.renderer.xr.enabled = false;
    viewer.scene.background = this.backgroundBefore;
    for (const hand of this.hands.values()) hand.dispose();
    this.hands.clear();
    for (const part of this.parts) {
      part.left?.();
      part.group?.removeFromParent();
    }
    this.session = null;
    this.dominant = null;
    this.group.removeFromParent();
    this.furniture.group.removeFromParent();
    viewer.setFlatScreen(true);
    viewer.workspace.xr.set({ kind: "checking", fraction: 0 });
    void this.ask();
  }

  /** What the headset shows hangs on the lost context for good; the page gets its picture back by itself. */
  private readonly lost = (): void => {
    this.viewer.workspace.announce(t("vr.lost"), { assertive: true });
    void this.session?.end();
  };

  private watchDevices(): void {
    const ask = (): void => void this.ask();
    // `navigator.xr` is missing without WebXR, whatever the types say.
    const xr = (navigator as { xr?: XRSystem }).xr;
    xr?.addEventListener("devicechange", ask);
    this.stops.push(() => xr?.removeEventListener("devicechange", ask));
    ask();
  }

  private async ask(): Promise<void> {
    const state = await availability(surroundings());
    if (!this.session) this.viewer.workspace.xr.set(state);
  }

  // Each frame

  private frame(nowMs: number, frame: XRFrame): void {
    const { viewer } = this;
    const space = viewer.renderer.xr.getReferenceSpace();
    if (!space || !this.session) return;
    const tick: Tick = { nowMs, frame, space };
    this.readHead(tick);
    this.controls.read(frame.session.inputSources);
    this.readHands(tick);
    for (const part of this.parts) part.update?.(tick);
    this.placeRig();
    viewer.headsetEye = this.rig.toModel(this.head.position);
    viewer.prepareFrame(nowMs);
    viewer.renderer.info.reset();
    viewer.renderer.render(viewer.scene, this.camera);
    this.frames += 1;
  }

  private readHead({ frame, space }: Tick): void {
    const pose = frame.getViewerPose(space);
    if (!pose) return; // tracking is lost: everything stays where it was
    const { position, orientation } = pose.transform;
    this.head.position = [position.x, position.y, position.z];
    this.head.quaternion.set(orientation.x, orientation.y, orientation.z, orientation.w);
  }

  private readHands({ frame, space }: Tick): void {
    const sources = [...frame.session.inputSources];
    for (const [source, hand] of this.hands) {
      if (sources.includes(source)) continue;
      hand.dispose();
      this.hands.delete(source);
      if (this.dominant === source) this.dominant = null;
    }
    for (const source of sources) this.handOf(source).track(frame, space, source, this.rig);
    this.dominant ??=
      sources.find(({ handedness }) => handedness === "right") ?? sources[0] ?? null;
    for (const [source, hand] of this.hands) hand.point(source === this.dominant);
  }

  private handOf(source: XRInputSource): RayHand {
    const known = this.hands.get(source);
    if (known) return known;
    const targets = this.parts.flatMap(({ target }) => target ?? []);
    const hand = new RayHand(this.viewer, this.hands.size + 1, firstOf(...targets));
    this.hands.set(source, hand);
    this.group.add(hand.group);
    return hand;
  }

  private select(source: XRInputSource, down: boolean): void {
    this.dominant = source;
    const hand = this.handOf(source);
    if (down) hand.press();
    else hand.release();
  }

  private placeRig(): void {
    const { position, yaw, scale } = this.rig;
    this.group.position.set(...position);
    this.group.rotation.set(0, yaw, 0);
    this.group.scale.setScalar(scale);
    this.group.updateMatrixWorld(true);
  }

  private bounds(): Bounds {
    const bounds = this.viewer.model?.occurrences.bounds;
    return bounds ?? { min: [-TABLE.width / 2, 0, -TABLE.width / 2], max: [0.4, 0.4, 0.4] };
  }

  /** User space → the model frame of a pose. */
  private writePlacement(position: Vec3, quaternion: Quaternion, out: Float64Array): void {
    out.set(this.rig.toModel(position));
    _quaternion.setFromAxisAngle(_up, this.rig.yaw).multiply(quaternion);
    out.set([_quaternion.x, _quaternion.y, _quaternion.z, _quaternion.w], 3);
  }
}

const _up = new Vector3(0, 1, 0);
const _quaternion = new Quaternion();
