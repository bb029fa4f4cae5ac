/**
 * The headset's seat at the table: enters and leaves VR, stands the user before the model, and lets rays
 * and sticks do what mouse and keys do: the same tools, the same commands. Nothing moves the user but the user.
 */

import { Group, PerspectiveCamera, Quaternion, Vector3, type Color, type Texture } from "three";
import type { Viewer } from "../scene/viewer";
import { t } from "../state/messages";
import { POSE, type Pose } from "../state/presence";
import type { Bounds, Vec3 } from "../state/model";
import { throwArc, type Arc, type ArcHit } from "./arc";
import { ArcView } from "./arc_view";
import { availability, surroundings } from "./availability";
import { ChangeTour, type TourDebug } from "./change_tour";
import { Furniture } from "./furniture";
import { RayHand } from "./ray_hand";
import { Rig, SNAP_TURN, TABLE, type ScaleMode } from "./rig";
import { Wrist, type WristDebug, firstOf } from "./wrist_view";

/** xr-standard gamepad mapping (WebXR Gamepads §3.3). */
const STICK_X = 2;
const STICK_Y = 3;
const BUTTON_A = 4;
const BUTTON_B = 5;
/** A stick counts from here on, and is at rest below the other. */
const STICK_ON = 0.7;
const STICK_OFF = 0.35;
const LEVELS_EVERY_MS = 250;
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
}

/** Makes the headset's seat; registers `xr.enter` and `xr.leave`, keeps `workspace.xr` true. */
export function createHeadset(viewer: Viewer): Headset {
  return new Headset(viewer);
}

/** See `createHeadset`. */
export class Headset {
  /** XR frames drawn since the page was opened. */
  frames = 0;
  private readonly viewer: Viewer;
  private readonly rig = new Rig();
  private readonly rigGroup = new Group();
  private readonly furniture = new Furniture();
  private readonly arcView = new ArcView();
  private readonly tour: ChangeTour;
  private readonly wrist: Wrist;
  private readonly camera = new PerspectiveCamera(70, 1, NEAR_M, FAR_M);
  private readonly hands = new Map<XRInputSource, RayHand>();
  private readonly stops: (() => void)[] = [];
  private session: XRSession | null = null;
  private entering = false;
  private dominant: XRInputSource | null = null;
  private arc: Arc | null = null;
  private stickTurned = false;
  private stickStepped = false;
  private pressed = new Map<string, boolean>();
  private levelsAtMs = -Infinity;
  private readonly head: { position: Vec3; quaternion: Quaternion } = {
    position: [0, 1.6, 0],
    quaternion: new Quaternion(),
  };
  private backgroundBefore: Color | Texture | null = null;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
    this.rigGroup.add(this.camera, this.arcView.group);
    const { rig } = this;
    this.tour = new ChangeTour({ viewer, rig, stand: (bounds) => this.arrive("table", bounds) });
    this.wrist = new Wrist(viewer);
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
    const hand = this.dominant ? this.hands.get(this.dominant) : undefined;
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
      arc: this.arc?.landing ?? null,
      tour: this.session ? this.tour.debug() : null,
      wrist: this.session ? this.wrist.debug() : null,
    };
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    void this.session?.end();
    this.furniture.dispose();
    this.arcView.dispose();
    this.tour.dispose();
    this.wrist.dispose();
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
    this.pressed.clear();
    session.addEventListener("end", () => this.left());
    session.addEventListener("selectstart", ({ inputSource }) => this.select(inputSource, true));
    session.addEventListener("selectend", ({ inputSource }) => this.select(inputSource, false));
    viewer.setFlatScreen(false);
    viewer.extras.add(this.rigGroup, this.furniture.group);
    this.rigGroup.add(this.tour.group, this.wrist.group);
    this.backgroundBefore = viewer.scene.background as Color | Texture | null; // `as`: never a node material's here
    viewer.scene.background = this.furniture.background;
    this.arrive("table");
    viewer.renderer.setAnimationLoop((now: number, frame?: XRFrame) => {
      if (frame) this.frame(now, frame);
    });
    viewer.workspace.xr.set({ kind: "active", fraction: 1 });
    viewer.workspace.announce(t("vr.inside"));
  }

  /** The session is over, by button or because the headset was taken off: the flat view is as it was. */
  private left(): void {
    const { viewer } = this;
    viewer.renderer.setAnimationLoop(null);
    viewer.renderer.xr.enabled = false;
    viewer.scene.background = this.backgroundBefore;
    for (const hand of this.hands.values()) hand.dispose();
    this.hands.clear();
    this.tour.leave();
    this.wrist.group.removeFromParent();
    this.session = null;
    this.dominant = null;
    this.arc = null;
    this.rigGroup.removeFromParent();
    this.furniture.group.removeFromParent();
    viewer.setFlatScreen(true);
    viewer.workspace.xr.set({ kind: "checking", fraction: 0 });
    void this.ask();
  }

  /** bounds: model frame; null: of the whole model. */
  private arrive(mode: ScaleMode, bounds: Bounds | null = null): void {
    this.rig.arrive(mode, bounds ?? this.bounds());
    if (!bounds) this.tour.stood();
    this.furniture.show(mode, this.viewer.workspace.theme.get());
    this.placeRig();
    this.furniture.group.position.copy(this.rigGroup.position);
    this.furniture.group.rotation.copy(this.rigGroup.rotation);
    this.furniture.group.scale.copy(this.rigGroup.scale);
    this.levelsAtMs = -Infinity;
  }

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
    this.readHead(frame, space);
    this.readHands(frame, space);
    this.readSticks();
    this.placeRig();
    this.tour.update();
    this.wrist.update(nowMs, this.head.position, this.head.quaternion, this.restingHand());
    viewer.headsetEye = this.rig.toModel(this.head.position);
    this.chooseLevels(nowMs);
    viewer.prepareFrame(nowMs);
    viewer.renderer.info.reset();
    viewer.renderer.render(viewer.scene, this.camera);
    this.frames += 1;
  }

  private readHead(frame: XRFrame, space: XRReferenceSpace): void {
    const pose = frame.getViewerPose(space);
    if (!pose) return; // tracking is lost: everything stays where it was
    const { position, orientation } = pose.transform;
    this.head.position = [position.x, position.y, position.z];
    this.head.quaternion.set(orientation.x, orientation.y, orientation.z, orientation.w);
  }

  private readHands(frame: XRFrame, space: XRReferenceSpace): void {
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

  /** Where the hand is that does not point; null: it is not seen. */
  private restingHand(): Vec3 | null {
    for (const [source, hand] of this.hands)
      if (source !== this.dominant && hand.tracked) return hand.position;
    return null;
  }

  private handOf(source: XRInputSource): RayHand {
    const known = this.hands.get(source);
    if (known) return known;
    const hand = new RayHand(this.viewer, this.hands.size + 1, firstOf(this.wrist, this.tour));
    this.hands.set(source, hand);
    this.rigGroup.add(hand.group);
    return hand;
  }

  private select(source: XRInputSource, down: boolean): void {
    this.dominant = source; // the hand that acts is the hand that points: left-handers need no setting
    const hand = this.handOf(source);
    if (down) hand.press();
    else hand.release();
  }

  private readSticks(): void {
    for (const source of this.hands.keys()) {
      const { gamepad, handedness } = source;
      if (!gamepad) continue;
      const right = handedness === "right" || this.hands.size === 1;
      if (right) {
        this.turnBy(gamepad.axes[STICK_X] ?? 0);
        this.aimTeleport(source, gamepad.axes[STICK_Y] ?? 0);
      } else this.stepBy(gamepad.axes[STICK_X] ?? 0);
      if (this.pushed(`${handedness}-a`, gamepad, BUTTON_A))
        this.arrive(this.rig.mode === "table" ? "one_to_one" : "table");
      if (this.pushed(`${handedness}-b`, gamepad, BUTTON_B)) this.viewer.commands.undo();
    }
  }

  /** One push of the stick is one turn, at once: no motion in between that could make anybody sick. */
  private turnBy(x: number): void {
    if (Math.abs(x) < STICK_OFF) this.stickTurned = false;
    if (this.stickTurned || this.arc || Math.abs(x) < STICK_ON) return;
    this.stickTurned = true;
    this.rig.turn(this.head.position, x > 0 ? -SNAP_TURN : SNAP_TURN);
  }

  /** The other hand's stick goes from change to change while there are any. */
  private stepBy(x: number): void {
    if (Math.abs(x) < STICK_OFF) this.stickStepped = false;
    if (this.stickStepped || Math.abs(x) < STICK_ON) return;
    this.stickStepped = true;
    if (this.viewer.workspace.comparing.get()) this.tour.step(x > 0 ? 1 : -1);
  }

  /** Forward shows the arc; letting go lands there. */
  private aimTeleport(source: XRInputSource, y: number): void {
    const hand = this.hands.get(source);
    if (!hand) return;
    if (y < -STICK_ON || (this.arc && y < -STICK_OFF)) {
      this.arc = throwArc(hand.position, hand.forward, (from, to) => this.surface(from, to));
      this.arcView.show(this.arc);
    } else if (this.arc) {
      const { landing } = this.arc;
      this.arc = null;
      this.arcView.hide();
      if (landing) this.rig.teleport(this.head.position, this.rig.toModel(landing));
    }
  }

  /** The first surface of the model between two points; user space. */
  private surface(from: Vec3, to: Vec3): ArcHit | null {
    if (this.rig.mode === "table") return null; // the model is small: one walks around it
    const start = this.rig.toModel(from);
    const along = this.rig.toModel(to).map((value, axis) => value - (start[axis] ?? 0));
    const reach = Math.hypot(...along);
    if (reach < 1e-9) return null;
    const [x = 0, y = 0, z = 0] = along.map((value) => value / reach);
    const hit = this.viewer.pickRay(start, [x, y, z]);
    if (!hit || hit.distance > reach) return null;
    const normal = this.rig.toUser([
      this.rig.position[0] + hit.normal[0] * this.rig.scale,
      this.rig.position[1] + hit.normal[1] * this.rig.scale,
      this.rig.position[2] + hit.normal[2] * this.rig.scale,
    ]);
    return { point: this.rig.toUser(hit.point), normal };
  }

  private pushed(name: string, gamepad: Gamepad, index: number): boolean {
    const down = gamepad.buttons[index]?.pressed ?? false;
    const before = this.pressed.get(name) ?? false;
    this.pressed.set(name, down);
    return down && !before;
  }

  private placeRig(): void {
    const { position, yaw, scale } = this.rig;
    this.rigGroup.position.set(...position);
    this.rigGroup.rotation.set(0, yaw, 0);
    this.rigGroup.scale.setScalar(scale);
    this.rigGroup.updateMatrixWorld(true);
  }

  private chooseLevels(nowMs: number): void {
    if (nowMs - this.levelsAtMs < LEVELS_EVERY_MS) return;
    this.levelsAtMs = nowMs;
    const eye = this.viewer.renderer.xr.getCamera().cameras[0];
    if (!eye) return;
    const halfHeight = eye.viewport.w / 2;
    this.viewer.model?.batch.materials.setViewportHeight(eye.viewport.w);
    this.viewer.chooseLevels({
      eye: this.rig.toModel(this.head.position),
      // Element 5 is the cotangent of half the vertical angle.
      pixelsPerMetre: halfHeight * (eye.projectionMatrix.elements[5] ?? 1),
      orthographic: false,
      frustum: null, // two eyes that turn faster than levels are chosen
    });
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
