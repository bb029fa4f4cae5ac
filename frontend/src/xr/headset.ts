/**
 * The headset's seat at the table: enters and leaves VR, stands the user before the model, and lets rays
 * and sticks do what mouse and keys do: the same tools, the same commands. Nothing moves the user but the user.
 */

import {
  type Color,
  Group,
  type Object3D,
  PerspectiveCamera,
  Quaternion,
  type Texture,
} from "three";
import type { Viewer } from "../scene/viewer";
import { type Comfort, NEW_SEAT, type SeatState } from "../state/areas/seating";
import { t } from "../state/messages";
import type { Pose } from "../state/presence";
import type { Bounds, Vec3 } from "../state/model";
import { ButtonLabels } from "./button_labels";
import { ChangeTour } from "./change_tour";
import { ControllerModel } from "./controller_model";
import { Controls, type Side } from "./controls";
import { type SessionKind, sessionInit, startDrawing } from "./device_session";
import { DeviceWatch } from "./device_watch";
import { EyeShade } from "./eye_shade";
import { Furniture } from "./furniture";
import { BudgetView } from "./budget_view";
import { GazePointer } from "./gaze_pointer";
import type { Grabbable } from "./grabbing";
import { type HeadsetDebug, type Shown, debugOf } from "./headset_debug";
import { HeadsetLevels } from "./headset_levels";
import { Locomotion } from "./locomotion";
import { Menu } from "./menu/menu";
import { Miniature } from "./miniature";
import { writeSeatPose } from "./my_pose";
import { Notices } from "./notices";
import { Passthrough } from "./passthrough";
import { PhoneOverlay } from "./phone_overlay";
import type { RayHand } from "./ray_hand";
import { firstOf, type RayTarget } from "./ray_target";
import { Rig, TABLE, type ScaleMode } from "./rig";
import { SafePlace } from "./safe_place";
import type { Seat, SeatPart, Tick } from "./seat";
import { SeatCard } from "./seat_card_view";
import { performSeat } from "./seat_commands";
import { SeatHands } from "./seat_hands";
import { SeatWatch } from "./seat_watch";
import { Standing } from "./standing";
import { TwoHands } from "./two_hands";
import { Crowd } from "./together/crowd";
import { Hops } from "./together/hops";
import { Screens } from "./together/screens";
import { HandTools } from "./tools/hand_tools";
import { Wrist } from "./wrist_view";

const NEAR_M = 0.05;
const FAR_M = 1000;
/** In the safe place a ray that meets no button ends here, and presses nothing. */
const NOTHING_BEHIND_M = 3;

/** Makes the headset's seat; performs the commands `xr.*`, keeps `workspace.xr`, `seat` and `arReady` true. */
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
  /** Everything that takes presses before the model; in the safe place the card alone. */
  readonly targets: RayTarget;
  /** Everything that a hand can take. */
  readonly grabbables: readonly Grabbable[];
  readonly head: { position: Vec3; quaternion: Quaternion } = {
    position: [0, 1.6, 0],
    quaternion: new Quaternion(),
  };
  private readonly furniture = new Furniture();
  private readonly standing = new Standing(this);
  private readonly safePlace = new SafePlace(this);
  private readonly locomotion = new Locomotion(this);
  private readonly twoHands = new TwoHands(this);
  private readonly miniature = new Miniature(this);
  private readonly shade = new EyeShade(this, () => this.locomotion.gliding);
  private readonly menu: Menu;
  private readonly parts: readonly SeatPart[];
  private readonly shown: Shown;
  private readonly handsOf: SeatHands;
  private readonly watch = new SeatWatch(this);
  private readonly devices: DeviceWatch;
  private readonly camera = new PerspectiveCamera(70, 1, NEAR_M, FAR_M);
  private readonly stops: (() => void)[] = [];
  private session: XRSession | null = null;
  private overlay: PhoneOverlay | null = null;
  private floorKnown = true;
  private entering = false;
  private headSeen = true;
  private backgroundBefore: Color | Texture | null = null;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
    this.group.add(this.camera);
    const { locomotion, twoHands } = this;
    const passthrough = new Passthrough(this);
    const labels = new ButtonLabels(this);
    const notices = new Notices(this);
    const card = new SeatCard(this);
    const gaze = new GazePointer(this);
    const tour = new ChangeTour(this);
    const wrist = new Wrist(this);
    const menu = (this.menu = new Menu(this));
    const crowd = new Crowd(this);
    const screens = new Screens(this);
    const tools = new HandTools(this);
    const levels = new HeadsetLevels(this);
    const budget = new BudgetView(this, levels);
    // The safe place first: whether buttons mean anything. The gaze last: it presses what hands do not.
    this.parts = [
      ...[this.safePlace, menu, locomotion, twoHands, this.miniature, passthrough],
      ...[this.shade, labels, notices, card, tour, wrist],
      ...[crowd, screens, new Hops(this), tools, gaze, levels, budget],
    ];
    this.shown = {
      ...{ locomotion, twoHands, notices, labels, gaze },
      ...{ card, tour, wrist, menu, crowd, screens, tools, budget },
    };
    this.grabbables = this.parts.flatMap(({ grabbable }) => grabbable ?? []);
    const all = firstOf(...this.parts.flatMap(({ target }) => target ?? []));
    const chosen = (): RayTarget => (this.state?.safe ? card : all);
    this.targets = {
      aim: (origin, direction) =>
        chosen().aim(origin, direction) ?? (this.state?.safe ? NOTHING_BEHIND_M : null),
      press: () => chosen().press(),
      release: () => chosen().release(),
    };
    const palmUp = (hand: RayHand, down: boolean): void => locomotion.palmUp(hand, down);
    const { rig, group, targets, grabbables } = this;
    this.handsOf = new SeatHands({
      ...{ viewer, rig, group, targets, grabbables, palmUp },
      looks: (source) => {
        const model = new ControllerModel();
        model.attach(source);
        return model;
      },
    });
    const { standing, safePlace } = this;
    this.stops.push(
      ...performSeat(viewer.commands, {
        ...{ seat: this, standing, locomotion, safePlace, labels, passthrough },
        enter: (kind) => void this.enter(kind),
        leave: () => void this.session?.end(),
      }),
      viewer.workspace.comfort.subscribe(({ preset }) => {
        if (preset !== null) this.tell({ asking: false });
      }),
    );
    this.devices = new DeviceWatch(viewer.workspace, () => this.session !== null);
  }

  /** Fills head, hands, scale and pointer of my pose while I am in the headset; false when I am not. */
  writePose(out: Pose): boolean {
    if (!this.session) return false;
    writeSeatPose(this, this.standing.seated, out);
    return true;
  }

  /** Numbers for tests. */
  debug(): HeadsetDebug {
    return debugOf(this.shown, this.rig, this.bounds, this.session !== null, this.pointing);
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.devices.dispose();
    void this.session?.end();
    this.furniture.dispose();
    for (const part of this.parts) part.dispose();
  }

  // What the parts ask

  get hands(): ReadonlyMap<XRInputSource, RayHand> {
    return this.handsOf.all;
  }

  get closed(): readonly RayHand[] {
    return this.handsOf.closed;
  }

  get pointing(): RayHand | null {
    return this.handsOf.pointing;
  }

  get resting(): RayHand | null {
    return this.handsOf.resting;
  }

  get comfort(): Comfort {
    return this.viewer.workspace.comfort.get();
  }

  get state(): SeatState | null {
    return this.viewer.workspace.seat.get();
  }

  get busy(): boolean {
    return this.safePlace.chording || this.state?.safe === true;
  }

  get column(): Side | null {
    return this.menu.column;
  }

  get mine(): readonly Object3D[] {
    return [this.group, this.furniture.group];
  }

  get tableTop(): number {
    return this.standing.tableTop;
  }

  get bounds(): Bounds {
    const bounds = this.viewer.model?.occurrences.bounds;
    return bounds ?? { min: [-TABLE.width / 2, 0, -TABLE.width / 2], max: [0.4, 0.4, 0.4] };
  }

  tell(change: Partial<SeatState>): void {
    const { seat } = this.viewer.workspace;
    const now = seat.get();
    if (!now) return;
    const next = { ...now, ...change };
    // `as`: the keys of what is being compared.
    if ((Object.keys(next) as (keyof SeatState)[]).some((key) => !Object.is(next[key], now[key])))
      seat.set(next);
  }

  hop(act: () => void): void {
    this.shade.hop(act);
  }

  rest(side: Side): void {
    this.handsOf.rest(side);
  }

  get movingSide(): Side {
    const { sides } = this.controls;
    return sides.length === 1 ? (sides[0] ?? "right") : "right";
  }

  arrive(mode: ScaleMode, bounds: Bounds | null = null): void {
    const { rig } = this;
    if (mode === "miniature") {
      rig.mode = mode;
      this.miniature.hold();
    } else {
      const shown = bounds ?? this.bounds;
      rig.arrive(mode, shown, this.standing.place(mode, shown));
    }
    for (const part of this.parts) part.arrived?.(mode, bounds);
    this.furniture.show(mode, this.viewer.workspace.theme.get(), this.tableTop);
    this.placeRig();
    this.placeFurniture();
    this.tell({ mode, scale: rig.scale });
  }

  // Entering and leaving

  private async enter(kind: SessionKind): Promise<void> {
    const { viewer } = this;
    const { workspace, renderer } = viewer;
    if (this.session || this.entering) return;
    this.entering = true;
    workspace.xr.set({ kind: "loading", fraction: 0 });
    if (kind === "ar") this.overlay = new PhoneOverlay(workspace, viewer.commands);
    try {
      const session = await navigator.xr?.requestSession(
        kind === "ar" ? "immersive-ar" : "immersive-vr",
        sessionInit(kind, this.overlay?.root ?? null),
      );
      if (!session) throw new Error("The browser gave no session.");
      workspace.xr.set({ kind: "loading", fraction: 0.5 });
      this.floorKnown = await startDrawing(renderer, session);
      this.begin(session, kind);
    } catch (error) {
      renderer.xr.enabled = false;
      this.overlay?.remove();
      this.overlay = null;
      workspace.announce(
        t("vr.failed", { detail: error instanceof Error ? error.message : String(error) }),
        { assertive: true },
      );
      await this.devices.ask();
    } finally {
      this.entering = false;
    }
  }

  private begin(session: XRSession, kind: SessionKind): void {
    const { viewer } = this;
    this.session = session;
    this.watch.reset();
    viewer.canvas.addEventListener("webglcontextlost", this.lost, { once: true });
    this.controls.clear();
    session.addEventListener("end", () => this.left());
    this.handsOf.listen(session);
    viewer.setFlatScreen(false);
    viewer.extras.add(this.group, this.furniture.group);
    for (const { group } of this.parts) if (group) this.group.add(group);
    this.furniture.group.visible = kind === "vr";
    this.backgroundBefore = viewer.scene.background as Color | Texture | null; // `as`: never a node material's here
    viewer.scene.background = kind === "vr" ? this.furniture.background : null;
    viewer.workspace.seat.set({ ...NEW_SEAT, kind, asking: this.comfort.preset === null });
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
    this.handsOf.clear();
    this.standing.left();
    this.watch.reset();
    for (const part of this.parts) {
      part.left?.();
      part.group?.removeFromParent();
    }
    this.session = null;
    this.overlay?.remove();
    this.overlay = null;
    viewer.workspace.seat.set(null);
    this.group.removeFromParent();
    this.furniture.group.removeFromParent();
    viewer.setFlatScreen(true);
    viewer.workspace.xr.set({ kind: "checking", fraction: 0 });
    void this.devices.ask();
  }

  /** What the headset shows hangs on the lost context for good; the page gets its picture back by itself. */
  private readonly lost = (): void => {
    this.viewer.workspace.announce(t("vr.lost"), { assertive: true });
    void this.session?.end();
  };

  // Each frame

  private frame(nowMs: number, frame: XRFrame): void {
    const { viewer } = this;
    const space = viewer.renderer.xr.getReferenceSpace();
    if (!space || !this.session) return;
    const tick: Tick = { nowMs, frame, space };
    this.readHead(tick);
    this.controls.read(frame.session.inputSources);
    if (this.headSeen) this.standing.update(tick);
    this.handsOf.read(tick);
    for (const part of this.parts) part.update?.(tick);
    this.placeRig();
    if (this.rig.mode === "miniature") this.placeFurniture();
    this.watch.look(tick, this.headSeen, this.floorKnown);
    viewer.headsetEye = this.rig.toModel(this.head.position);
    viewer.prepareFrame(nowMs);
    viewer.renderer.info.reset();
    viewer.renderer.render(viewer.scene, this.camera);
    this.frames += 1;
  }

  private readHead({ frame, space }: Tick): void {
    const pose = frame.getViewerPose(space);
    this.headSeen = pose !== null && pose !== undefined;
    if (!pose) return; // tracking is lost: everything stays where it was
    const { position, orientation } = pose.transform;
    this.head.position = [position.x, position.y, position.z];
    this.head.quaternion.set(orientation.x, orientation.y, orientation.z, orientation.w);
  }

  private placeRig(): void {
    const { position, yaw, scale } = this.rig;
    this.group.position.set(...position);
    this.group.rotation.set(0, yaw, 0);
    this.group.scale.setScalar(scale);
    this.group.updateMatrixWorld(true);
  }

  /** The room stays where one arrived; around a model on the palm it goes along. */
  private placeFurniture(): void {
    const { group } = this.furniture;
    group.position.copy(this.group.position);
    group.rotation.copy(this.group.rotation);
    group.scale.copy(this.group.scale);
  }
}
