/**
 * The menus of the headset's seat: the quick column at the resting hand, the main panel that stands in the room, the
 * wheel at a part. They stay where they were put when the head turns; a hand may take and move them.
 */

import { Group, Matrix4, Quaternion, Vector3 } from "three";
import type { Viewer } from "../../scene/viewer";
import type { Vec3 } from "../../state/model";
import { setAtLevel } from "../../state/selection_levels";
import type { Grabbable, Grip } from "../grabbing";
import { Panel, type PanelDebug } from "../panel/panel";
import { ratioText } from "../ratio";
import { type RayTarget, firstOf } from "../ray_target";
import type { RayHand } from "../ray_hand";
import type { Seat, SeatPart, Tick } from "../seat";
import { browserDictation } from "./dictation";
import { mainPanel } from "./main_panel";
import { type MenuHost, MenuState } from "./menu_state";
import { middleOf, palmAsks } from "./palm";
import { MAIN, type Standing, handPlace, mainPlace, noNearer } from "./placement";
import { QUICK, quickColumn } from "./quick_column";
import { WHEEL, type WheelSubject, wheel } from "./wheel";

/** A trigger that is held so long on a part, and moved less than this, asks for the wheel. */
const HOLD_MS = 500;
const HOLD_RAD = (1.5 * Math.PI) / 180;
/** The column waits for a hand that is nearer than this, metres; and is torn off at that distance. */
const NEAR_HAND = 0.22;
const TORN_OFF = 0.2;
/** A palm is shown this long before it is believed, and gone so long before it is not. */
const PALM_MS = 200;
/** Words of time change with the seconds. */
const REDRAW_MS = 500;
/** Metres from the eyes. */
const WHEEL_REACH = { least: 0.5, most: 1.4 } as const;
const STICK_EVERY_MS = 160;
const STICK = 0.4;

export interface MenuDebug {
  readonly main: PanelDebug | null;
  readonly quick: PanelDebug | null;
  readonly wheel: PanelDebug | null;
  readonly tab: string;
  /** The column follows a hand. */
  readonly held: boolean;
}

export class Menu implements SeatPart {
  readonly group = new Group();
  readonly target: RayTarget;
  readonly grabbable: Grabbable;
  private readonly seat: Seat;
  private readonly viewer: Viewer;
  private readonly state = new MenuState();
  private readonly main = new Panel(MAIN.width, MAIN.height);
  private readonly quick = new Panel(QUICK.width, QUICK.height);
  private readonly round = new Panel(WHEEL.width, WHEEL.height);
  private readonly host: MenuHost;
  private readonly wheelHost: MenuHost;
  private readonly stops: (() => void)[] = [];
  private mainOpen = false;
  private subject: WheelSubject | null = null;
  /** Whose hand the column is at; null: it is away. */
  private side: "left" | "right" | null = null;
  private torn = false;
  private readonly palms = new Map<"left" | "right", Vec3>();
  private byPalm = false;
  private drawnMs = -Infinity;
  /** A or X is down, and no chord has taken it. */
  private readonly down = { left: false, right: false };
  private palmMs = 0;
  private palmGoneMs = 0;
  private stickMs = 0;
  private holding: { hand: RayHand; sinceMs: number; along: Vec3 } | null = null;
  private held: { panel: Panel; reach: number; side: Grip["side"] } | null = null;

  constructor(seat: Seat) {
    this.seat = seat;
    this.viewer = seat.viewer;
    const { workspace, commands } = seat.viewer;
    this.group.add(this.main.mesh, this.quick.mesh, this.round.mesh);
    this.target = firstOf(this.main, this.quick, this.round);
    const changed = (): void => {
      this.drawnMs = -Infinity;
    };
    const base = { workspace, commands, state: this.state, dictation: browserDictation(), changed };
    this.host = { ...base, close: () => this.open(false) };
    this.wheelHost = { ...base, close: () => this.closeWheel() };
    this.grabbable = {
      reach: (grip) => this.reach(grip),
      grab: (grip) => this.grab(grip),
      move: (grip) => this.carry(grip),
      let: () => this.letGo(),
    };
    const w = workspace;
    const stores = [
      ...[w.people, w.theme, w.handTool, w.selection, w.hidden, w.selectionLevel, w.structure],
      ...[w.savedViews, w.activeView, w.comfort, w.seat, w.textScale, w.voice, w.levels],
      ...[w.frameTimes, w.autoDetail, w.chat],
      ...[w.recording, w.replay, w.following, w.hand, w.explode, w.comparing, w.revision],
      ...[commands.canUndo, commands.canRedo, w.session],
    ];
    for (const store of stores) this.stops.push(store.subscribe(changed));
    this.stops.push(
      commands.register("xr.textScale", ({ share }) => w.textScale.set(share)),
      commands.register("xr.menu", ({ on }) => this.open(on ?? !this.mainOpen)),
    );
  }

  update(tick: Tick): void {
    this.readButtons();
    this.readPalm(tick);
    this.readHold(tick.nowMs);
    this.readStick(tick.nowMs);
    this.placeQuick();
    this.handsBefore();
    if (tick.nowMs - this.drawnMs >= REDRAW_MS) {
      this.drawnMs = tick.nowMs;
      this.draw();
    }
  }

  left(): void {
    this.side = null;
    this.torn = false;
    this.held = null;
    this.closeWheel();
    this.open(false);
    this.draw();
  }

  /** One stands elsewhere: what stood in the room stands before the eyes again. */
  arrived(): void {
    if (this.mainOpen) this.stand();
    this.closeWheel();
  }

  /** The side of the hand that carries the column. */
  get column(): "left" | "right" | null {
    return this.torn ? null : this.side;
  }

  debug(): MenuDebug {
    const eye = this.seat.head.position;
    const of = (panel: Panel): PanelDebug | null => (panel.visible ? panel.debug(eye) : null);
    return {
      main: of(this.main),
      quick: of(this.quick),
      wheel: of(this.round),
      tab: this.state.tab,
      held: this.column !== null,
    };
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    for (const panel of [this.main, this.quick, this.round]) panel.dispose();
    this.group.removeFromParent();
  }

  // Opening and closing

  private open(on: boolean): void {
    if (on && !this.mainOpen) {
      this.stand();
      // Views are fetched by whoever shows them first.
      if (this.viewer.workspace.savedViews.get() === null) this.viewer.commands.run("view.list");
    }
    this.mainOpen = on;
    this.drawnMs = -Infinity;
  }

  private stand(): void {
    const { position, quaternion } = this.seat.head;
    _forward.set(0, 0, -1).applyQuaternion(quaternion);
    this.put(this.main, mainPlace(position, [_forward.x, 0, _forward.z]));
  }

  private closeWheel(): void {
    this.subject = null;
    this.drawnMs = -Infinity;
  }

  private put(panel: Panel, { position, distance }: Standing): void {
    _eye.set(...this.seat.head.position);
    _at.set(...position);
    panel.place(position, _turn.setFromRotationMatrix(_look.lookAt(_eye, _at, _up)), distance);
  }

  private draw(): void {
    const { workspace } = this.viewer;
    const [theme, scale] = [workspace.theme.get(), workspace.textScale.get()];
    const ratio = ratioText(this.seat.rig.scale);
    const main = this.mainOpen ? mainPanel(this.host, ratio, Date.now()) : null;
    this.main.show(main, theme, scale);
    const quick = this.side
      ? quickColumn(this.host, this.mainOpen, () => this.open(!this.mainOpen))
      : null;
    this.quick.show(quick, theme, scale);
    this.round.show(this.subject && wheel(this.wheelHost, this.subject), theme, scale);
  }

  // What hands do

  /** A or X, pressed alone, brings the column to the hand that pressed; the other one points from now on. */
  private readButtons(): void {
    const { controls, busy } = this.seat;
    for (const side of controls.sides) {
      if (busy) this.down[side] = false;
      else if (controls.pushed(side, "a")) this.down[side] = true;
      if (!controls.let(side, "a") || !this.down[side]) continue;
      this.down[side] = false;
      if (this.side === side && !this.torn) this.side = null;
      else {
        this.side = side;
        this.torn = false;
        this.byPalm = false;
        this.seat.rest(side);
      }
      this.drawnMs = -Infinity;
    }
  }

  private readPalm({ nowMs, frame, space }: Tick): void {
    const { head } = this.seat;
    _forward.set(0, 0, -1).applyQuaternion(head.quaternion);
    let asking: "left" | "right" | null = null;
    for (const source of frame.session.inputSources) {
      const { hand, handedness } = source;
      if (!hand || handedness === "none") continue;
      const joint = (name: XRHandJoint): Vec3 | null => {
        const space_ = hand.get(name);
        const at = space_ && frame.getJointPose?.(space_, space)?.transform.position;
        return at ? [at.x, at.y, at.z] : null;
      };
      const [wrist, indexBase, littleBase] = [
        joint("wrist"),
        joint("index-finger-phalanx-proximal"),
        joint("pinky-finger-phalanx-proximal"),
      ];
      const [indexTip, middleTip, littleTip] = [
        joint("index-finger-tip"),
        joint("middle-finger-tip"),
        joint("pinky-finger-tip"),
      ];
      if (!wrist || !indexBase || !littleBase || !indexTip || !middleTip || !littleTip) continue;
      const palm = { wrist, indexBase, littleBase, indexTip, middleTip, littleTip };
      const gaze: Vec3 = [_forward.x, _forward.y, _forward.z];
      if (!palmAsks(palm, handedness, head.position, gaze)) continue;
      asking = handedness;
      this.palms.set(handedness, middleOf(wrist, indexBase, littleBase));
    }
    if (asking) {
      this.palmGoneMs = nowMs;
      if (this.palmMs === 0) this.palmMs = nowMs;
      if (this.side !== asking && nowMs - this.palmMs >= PALM_MS) {
        this.side = asking;
        this.torn = false;
        this.byPalm = true;
        this.seat.rest(asking);
        this.drawnMs = -Infinity;
      }
      return;
    }
    this.palmMs = 0;
    const away = nowMs - this.palmGoneMs >= PALM_MS * 2;
    if (this.byPalm && this.side && !this.torn && away && !this.othersHandNear()) {
      this.side = null;
      this.drawnMs = -Infinity;
    }
  }

  private placeQuick(): void {
    const { side } = this;
    if (!side || this.torn || this.othersHandNear()) return;
    const hand = [...this.seat.hands.values()].find((each) => each.side === side && each.tracked);
    const at = this.byPalm ? this.palms.get(side) : (hand?.grip?.position ?? hand?.position);
    if (!at) return;
    _forward.set(1, 0, 0).applyQuaternion(this.seat.head.quaternion);
    const right: Vec3 = [_forward.x, _forward.y, _forward.z];
    this.put(this.quick, handPlace(at, side, this.byPalm, this.seat.head.position, right));
  }

  /** The pointing hand comes to press: the column holds still. */
  private othersHandNear(): boolean {
    if (!this.quick.visible) return false;
    const { mesh } = this.quick;
    return [...this.seat.hands.values()].some(
      ({ side, tracked, position: [x, y, z] }) =>
        tracked &&
        side !== this.side &&
        Math.hypot(x - mesh.position.x, y - mesh.position.y, z - mesh.position.z) < NEAR_HAND,
    );
  }

  /** A trigger on a part selects it: nothing else has been taken in hand. */
  private get selecting(): boolean {
    const { tool, handTool } = this.viewer.workspace;
    return tool.get() === "select" && handTool.get() === "select";
  }

  private readHold(nowMs: number): void {
    const hand = this.seat.pointing;
    if (!hand?.pressing || !hand.hit || !this.selecting || this.subject) {
      this.holding = null;
      return;
    }
    this.holding ??= { hand, sinceMs: nowMs, along: hand.forward };
    const [a, b] = [this.holding.along, hand.forward];
    const moved = Math.acos(Math.min(1, a[0] * b[0] + a[1] * b[1] + a[2] * b[2]));
    if (moved > HOLD_RAD) this.holding = { hand, sinceMs: Infinity, along: a };
    if (nowMs - this.holding.sinceMs < HOLD_MS) return;
    this.openWheel(hand);
  }

  private openWheel(hand: RayHand): void {
    const { workspace, commands } = this.viewer;
    const structure = workspace.structure.get();
    const { hit } = hand;
    if (!hit || !structure) return;
    this.holding = null;
    hand.giveUp(); // it is not a click any more
    const ranges = setAtLevel(structure, hit.occurrence, workspace.selectionLevel.get());
    commands.run("selection.set", { ranges, mode: "replace" });
    const origin = this.viewer.origin;
    const { normal, point } = hit;
    const offset_m = normal.reduce(
      (sum, part, axis) => sum + part * ((point[axis] ?? 0) + (origin[axis] ?? 0)),
      0,
    );
    this.subject = { occurrence: hit.occurrence, ranges, normal, offset_m };
    const eye = this.seat.head.position;
    const there = this.seat.rig.toUser(point);
    const away = Math.hypot(...there.map((value, axis) => value - (eye[axis] ?? 0)));
    // Before the part: of a board among parts their edges would show through.
    const distance = Math.min(WHEEL_REACH.most, Math.max(WHEEL_REACH.least, away * 0.8));
    const share = distance / Math.max(away, 1e-6);
    const place = eye.map((value, axis) => value + ((there[axis] ?? 0) - value) * share);
    const [x = 0, y = 0, z = 0] = place;
    this.put(this.round, { position: [x, y, z], distance });
    this.drawnMs = -Infinity;
  }

  /** The stick of the hand that points at a list moves the list, and nobody about. */
  private readStick(nowMs: number): void {
    const { controls, pointing } = this.seat;
    if (!pointing) return;
    const panel = [this.main, this.quick].find((each) => each.pointedAt && each.overList);
    if (!panel) return;
    const { y } = controls.stick(pointing.side);
    controls.take(pointing.side);
    if (Math.abs(y) < STICK) {
      this.stickMs = 0;
      return;
    }
    if (nowMs - this.stickMs < STICK_EVERY_MS) return;
    this.stickMs = nowMs;
    panel.scroll(y > 0 ? 1 : -1);
  }

  /** Hands are drawn after the boards, which leave their own depth behind. */
  private handsBefore(): void {
    for (const { group } of this.seat.hands.values()) {
      if (group.userData["beforeBoards"] === true) continue;
      group.userData["beforeBoards"] = true;
      group.traverse((each) => (each.renderOrder = 20));
    }
  }

  // Taking and moving

  private reach({ tip, forward }: Grip): number | null {
    const hits = [this.main, this.quick].map((panel) => panel.meet(tip, forward)?.distance ?? null);
    const met = hits.filter((hit) => hit !== null);
    return met.length > 0 ? Math.min(...met) : null;
  }

  private grab({ tip, forward, side }: Grip): void {
    const hits = [this.main, this.quick].map((panel) => ({
      panel,
      hit: panel.meet(tip, forward)?.distance ?? Infinity,
    }));
    const nearest = hits.reduce((a, b) => (b.hit < a.hit ? b : a));
    if (nearest.hit < Infinity) this.held = { panel: nearest.panel, reach: nearest.hit, side };
  }

  private carry({ tip, forward }: Grip): void {
    const { held } = this;
    if (!held) return;
    const at: Vec3 = [
      tip[0] + forward[0] * held.reach,
      tip[1] + forward[1] * held.reach,
      tip[2] + forward[2] * held.reach,
    ];
    const hand = [...this.seat.hands.values()].find(({ side }) => side === this.side);
    const { position } = hand ?? { position: at };
    if (held.panel === this.quick) {
      const away = Math.hypot(...at.map((value, axis) => value - (position[axis] ?? 0)));
      if (away < TORN_OFF && !this.torn) return;
      this.torn = true;
    }
    const standing = noNearer(at, this.seat.head.position, held.panel === this.main ? 0.6 : 0.45);
    const distance = held.panel === this.main ? MAIN.distance : standing.distance;
    this.put(held.panel, { ...standing, distance });
  }

  private letGo(): void {
    this.held = null;
  }
}

const _forward = new Vector3();
const _eye = new Vector3();
const _at = new Vector3();
const _up = new Vector3(0, 1, 0);
const _look = new Matrix4();
const _turn = new Quaternion();
