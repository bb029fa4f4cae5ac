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
  Vector3,
} from "three";
import type { Viewer } from "../scene/viewer";
import { type Comfort, NEW_SEAT, type SeatState } from "../state/areas/seating";
import { t } from "../state/messages";
import { POSE, type Pose } from "../state/presence";
import type { Bounds, Vec3 } from "../state/model";
import { availability, surroundings } from "./availability";
import { ButtonLabels } from "./button_labels";
import { ChangeTour, type TourDebug } from "./change_tour";
import { ControllerModel } from "./controller_model";
import { Controls, type Side } from "./controls";
import { type SessionKind, refusals, sessionInit, startDrawing } from "./device_session";
import { EyeShade } from "./eye_shade";
import { Furniture } from "./furniture";
import { BudgetView, type BudgetDebug } from "./budget_view";
import { GazePointer } from "./gaze_pointer";
import type { Grabbable } from "./grabbing";
import { HeadsetLevels } from "./headset_levels";
import { Locomotion } from "./locomotion";
import { Menu, type MenuDebug } from "./menu/menu";
import { Miniature } from "./miniature";
import { Notices } from "./notices";
import { Passthrough } from "./passthrough";
import { PhoneOverlay } from "./phone_overlay";
import type { RayHand } from "./ray_hand";
import { firstOf, type RayTarget } from "./ray_target";
import { Rig, TABLE, type ScaleMode } from "./rig";
import { SafePlace } from "./safe_place";
import type { Seat, SeatPart, Tick } from "./seat";
import { SeatCard, type SeatCardDebug } from "./seat_card_view";
import { performSeat } from "./seat_commands";
import { SeatHands } from "./seat_hands";
import { Standing } from "./standing";
import { TroubleWatch } from "./trouble_watch";
import { TwoHands } from "./two_hands";
import { Crowd, type CrowdDebug } from "./together/crowd";
import { Hops } from "./together/hops";
import { Screens, type ScreensDebug } from "./together/screens";
import { HandTools, type HandToolsDebug } from "./tools/hand_tools";
import { Wrist, type WristDebug } from "./wrist_view";

const BREAK_AFTER_MS = 30 * 60_000;
const NEAR_M = 0.05;
const FAR_M = 1000;
/** In the safe place a ray that meets no button ends here, and presses nothing. */
const NOTHING_BEHIND_M = 3;

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
  /** The hand that points: whether its trigger is pulled, and the part that its ray is on. */
  readonly pointing: { readonly pressing: boolean; readonly part: number | null } | null;
  /** "1:20" while both hands scale. */
  readonly readout: string | null;
  readonly card: SeatCardDebug | null;
  readonly notice: string | null;
  /** How many hints stand beside each controller. */
  readonly hints: Readonly<Record<Side, number>>;
  /** Of the second that the gaze presses after; null: it does not point. */
  readonly gaze: number | null;
  readonly tour: TourDebug | null;
  readonly wrist: WristDebug | null;
  readonly menu: MenuDebug | null;
  readonly crowd: CrowdDebug | null;
  readonly screens: ScreensDebug | null;
  readonly tools: HandToolsDebug | null;
  readonly budget: BudgetDebug | null;
}

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
  private readonly budget: BudgetView;
  private readonly menu: Menu;
  private readonly crowd: Crowd;
  private readonly screens: Screens;
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
  private readonly passthrough: Passthrough;
  private readonly labels: ButtonLabels;
  private readonly notices: Notices;
  private readonly card: SeatCard;
  private readonly gaze: GazePointer;
  private readonly tour: ChangeTour;
  private readonly wrist: Wrist;
  private readonly tools: HandTools;
  private readonly parts: readonly SeatPart[];
  private readonly handsOf: SeatHands;
  private readonly trouble = new TroubleWatch();
  private readonly camera = new PerspectiveCamera(70, 1, NEAR_M, FAR_M);
  private readonly stops: (() => void)[] = [];
  private session: XRSession | null = null;
  private overlay: PhoneOverlay | null = null;
  private floorKnown = true;
  private entering = false;
  private headSeen = true;
  private enteredMs: number | null = null;
  private backgroundBefore: Color | Texture | null = null;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
    this.group.add(this.camera);
    this.passthrough = new Passthrough(this);
    this.labels = new ButtonLabels(this);
    this.notices = new Notices(this);
    this.card = new SeatCard(this);
    this.gaze = new GazePointer(this);
    this.tour = new ChangeTour(this);
    this.wrist = new Wrist(this);
    this.menu = new Menu(this);
    this.crowd = new Crowd(this);
    this.screens = new Screens(this);
    this.tools = new HandTools(this);
    const levels = new HeadsetLevels(this);
    this.budget = new BudgetView(this, levels);
    // The safe place first: whether buttons mean anything. The gaze last: it presses what hands do not.
    this.parts = [
      ...[
        this.safePlace,
        this.menu,
        this.locomotion,
        this.twoHands,
        this.miniature,
        this.passthrough,
      ],
      ...[this.shade, this.labels, this.notices, this.card, this.tour, this.wrist],
      ...[this.crowd, this.screens, new Hops(this), this.tools, this.gaze],
      ...[levels, this.budget],
    ];
    this.grabbables = this.parts.flatMap(({ grabbable }) => grabbable ?? []);
    const all = firstOf(...this.parts.flatMap(({ target }) => target ?? []));
    const chosen = (): RayTarget => (this.state?.safe ? this.card : all);
    this.targets = {
      aim: (origin, direction) =>
        chosen().aim(origin, direction) ?? (this.state?.safe ? NOTHING_BEHIND_M : null),
      press: () => chosen().press(),
      release: () => chosen().release(),
    };
    const palmUp = (hand: RayHand, down: boolean): void => this.locomotion.palmUp(hand, down);
    const { rig, group, targets, grabbables } = this;
    this.handsOf = new SeatHands({
      ...{ viewer, rig, group, targets, grabbables, palmUp },
      looks: (source) => {
        const model = new ControllerModel();
        model.attach(source);
        return model;
      },
    });
    const { standing, locomotion, safePlace, labels, passthrough } = this;
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
    this.watchDevices();
  }

  /** Fills head, hands, scale and pointer of my pose while I am in the headset; false when I am not. */
  writePose(out: Pose): boolean {
    if (!this.session) return false;
    out.flags |= POSE.inXr;
    out.scale = this.rig.scale;
    this.writePlacement(this.head.position, this.head.quaternion, out.head);
    if (this.standing.seated) out.flags |= POSE.seated;
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
    const { min, max } = this.bounds;
    const middle: Vec3 = [(min[0] + max[0]) / 2, (min[1] + max[1]) / 2, (min[2] + max[2]) / 2];
    const { position, yaw, scale, mode } = this.rig;
    const hand = this.session ? this.pointing : null;
    return {
      rig: { position: [...position], yaw_rad: yaw, scale, mode },
      tableCentre: this.rig.toUser(middle),
      arc: this.locomotion.landing,
      pointing: hand && { pressing: hand.pressing, part: hand.hit?.occurrence ?? null },
      readout: this.twoHands.readout,
      card: this.session ? this.card.debug() : null,
      notice: this.notices.text,
      hints: {
        left: this.labels.shownOn("left").length,
        right: this.labels.shownOn("right").length,
      },
      gaze: this.gaze.share,
      tour: this.session ? this.tour.debug() : null,
      wrist: this.session ? this.wrist.debug() : null,
      menu: this.session ? this.menu.debug() : null,
      crowd: this.session ? this.crowd.debug() : null,
      screens: this.session ? this.screens.debug() : null,
      tools: this.session ? this.tools.debug() : null,
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
      await this.ask();
    } finally {
      this.entering = false;
    }
  }

  private begin(session: XRSession, kind: SessionKind): void {
    const { viewer } = this;
    this.session = session;
    this.enteredMs = null;
    viewer.canvas.addEventListener("webglcontextlost", this.lost, { once: true });
    this.controls.clear();
    session.addEventListener("end", () => this.left());
    session.addEventListener("selectstart", ({ inputSource }) =>
      this.handsOf.select(inputSource, true),
    );
    session.addEventListener("selectend", ({ inputSource }) =>
      this.handsOf.select(inputSource, false),
    );
    session.addEventListener("squeezestart", ({ inputSource }) =>
      this.handsOf.squeeze(inputSource, true),
    );
    session.addEventListener("squeezeend", ({ inputSource }) =>
      this.handsOf.squeeze(inputSource, false),
    );
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
    this.trouble.reset();
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
    const around = surroundings();
    const [state, ar] = await Promise.all([
      availability(around),
      around.secure && around.allowed !== false && around.xr
        ? around.xr.isSessionSupported("immersive-ar").catch(() => false) // not allowed: not there
        : false,
    ]);
    this.viewer.workspace.arReady.set(ar);
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
    if (this.headSeen) this.standing.update(tick);
    this.handsOf.read(tick);
    for (const part of this.parts) part.update?.(tick);
    this.placeRig();
    if (this.rig.mode === "miniature") this.placeFurniture();
    this.lookAround(nowMs, frame.session);
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

  /** Names what is not as wished, and after thirty minutes that it was thirty minutes. */
  private lookAround(nowMs: number, session: XRSession): void {
    this.enteredMs ??= nowMs;
    const { kind = "vr", troubles = [] } = this.state ?? {};
    const refused = refusals(kind, session.enabledFeatures);
    const found = this.trouble.read({
      nowMs,
      connection: this.viewer.workspace.connection.get().kind,
      asleep: session.visibilityState !== "visible",
      headSeen: this.headSeen,
      hands: [...this.hands.values()].filter(({ tracked }) => tracked).length,
      refused: this.floorKnown || refused.includes("noFloor") ? refused : ["noFloor", ...refused],
    });
    if (found.join() !== troubles.join()) this.tell({ troubles: found });
    if (nowMs - this.enteredMs < BREAK_AFTER_MS || !this.comfort.breakReminder) return;
    this.enteredMs = nowMs; // and again after as long
    this.tell({ breakDue: true });
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

  /** User space → the model frame of a pose. */
  private writePlacement(position: Vec3, quaternion: Quaternion, out: Float64Array): void {
    out.set(this.rig.toModel(position));
    _quaternion.setFromAxisAngle(_up, this.rig.yaw).multiply(quaternion);
    out.set([_quaternion.x, _quaternion.y, _quaternion.z, _quaternion.w], 3);
  }
}

const _up = new Vector3(0, 1, 0);
const _quaternion = new Quaternion();
