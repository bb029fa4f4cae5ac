/**
 * What others see, on boards that stand in the room (UX.md §4.6, §4.9): the screen of a desk that was pressed, the
 * presenter's, and the portal of who wants everyone with them. Nobody is moved by them: only who goes through.
 */

import { Group, Matrix4, Quaternion, Vector3 } from "three";
import { presenterAmong } from "../../state/areas/conducting";
import { t } from "../../state/messages";
import type { Vec3 } from "../../state/model";
import type { Call } from "../../state/areas/conducting";
import type { Person } from "../../state/workspace";
import { Panel, type PanelDebug } from "../panel/panel";
import { type PanelNode, button, row, text } from "../panel/nodes";
import { metresPerUnit } from "../panel/sizes";
import { type RayTarget, firstOf } from "../ray_target";
import type { Seat, SeatPart, Tick } from "../seat";
import { ASPECT, ViewScreen } from "./view_screen";

/** UX.md §4.6: 2 m away, 40° wide. */
const SCREEN = { distance: 2, degrees: 40 } as const;
const WIDTH = 2 * SCREEN.distance * Math.tan((SCREEN.degrees * Math.PI) / 360);
/** Radians to the left of where one looks. */
const ASIDE = { screen: 0.75, portal: 0 } as const;
/** Metres: the portal opens above all other boards, which would take its presses. */
const ABOVE = { screen: 0, portal: 0.5 } as const;
/** A portal is an arm's length smaller, and nearer. */
const PORTAL = { distance: 1.6, width: 0.9 } as const;
const BAR = 3.2;
const REDRAW_MS = 250;

/** Numbers for tests. */
export interface ScreensDebug {
  /** Whose view is on the screen, and whose portal is open. */
  readonly watched: number | null;
  readonly portal: number | null;
  readonly position: Vec3;
  readonly portalPosition: Vec3;
  /** Degrees that the screen covers from the head. */
  readonly wide: number;
  readonly drawn: number;
  readonly bar: PanelDebug | null;
  readonly portalBar: PanelDebug | null;
}

export class Screens implements SeatPart {
  readonly group = new Group();
  readonly target: RayTarget;
  private readonly seat: Seat;
  private readonly screen = new ViewScreen();
  private readonly gate = new ViewScreen();
  private readonly bar = new Panel(WIDTH / metresPerUnit(SCREEN.distance), BAR);
  private readonly gateBar = new Panel(PORTAL.width / metresPerUnit(PORTAL.distance), BAR * 1.5);
  private readonly stops: (() => void)[] = [];
  private watched: number | null = null;
  /** Whose screen was put away: it does not come back by itself. */
  private declined: number | null = null;
  private call: { readonly call: Call; readonly sinceMs: number } | null = null;
  private drawnMs = -Infinity;
  private onGate = false;

  constructor(seat: Seat) {
    this.seat = seat;
    this.group.add(this.screen.mesh, this.gate.mesh, this.bar.mesh, this.gateBar.mesh);
    const gate: RayTarget = {
      aim: (origin, direction) => this.aimAtGate(origin, direction),
      press: () => {
        if (this.onGate) this.go();
      },
      release: () => undefined,
    };
    this.target = firstOf(this.bar, this.gateBar, gate);
    const { commands } = seat.viewer;
    this.stops.push(
      commands.register("xr.watch", ({ slot }) => this.watch(slot === this.watched ? null : slot)),
      commands.register("xr.join", () => this.go()),
    );
  }

  update({ nowMs }: Tick): void {
    const { viewer } = this.seat;
    const { workspace } = viewer;
    const people = workspace.people.get();
    const presenter = presenterAmong(people, workspace.conduct.get());
    if (!presenter) this.declined = null;
    else if (!presenter.mine && this.watched === null && this.declined !== presenter.slot)
      this.watch(presenter.slot);
    const person = people.find(({ slot }) => slot === this.watched);
    if (this.watched !== null && !person) this.watch(null);
    const hidden = this.seat.mine;
    const camera = person && viewer.others.cameraOf(person.slot, nowMs);
    if (camera) this.screen.draw(viewer, camera, nowMs, hidden);
    else if (!person) this.screen.hide();
    this.readCalls(nowMs);
    const leader = this.call && viewer.others.cameraOf(this.call.call.slot, nowMs);
    if (leader) this.gate.draw(viewer, leader, nowMs, hidden);
    else this.gate.hide();
    if (nowMs - this.drawnMs < REDRAW_MS) return;
    this.drawnMs = nowMs;
    this.write(person ?? null, presenter, nowMs);
  }

  left(): void {
    this.watch(null);
    this.declined = null;
    this.call = null;
    this.gate.hide();
    this.screen.hide();
    this.write(null, null, 0);
  }

  debug(): ScreensDebug {
    const eye = this.seat.head.position;
    const at = ({ position: { x, y, z } }: ViewScreen["mesh"]): Vec3 => [x, y, z];
    const position = at(this.screen.mesh);
    const away = Math.hypot(...position.map((value, axis) => value - (eye[axis] ?? 0)));
    return {
      watched: this.watched,
      portal: this.call?.call.slot ?? null,
      position,
      portalPosition: at(this.gate.mesh),
      wide: (2 * Math.atan(WIDTH / 2 / away) * 180) / Math.PI,
      drawn: this.screen.drawn,
      bar: this.bar.visible ? this.bar.debug(eye) : null,
      portalBar: this.gateBar.visible ? this.gateBar.debug(eye) : null,
    };
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    for (const each of [this.screen, this.gate, this.bar, this.gateBar]) each.dispose();
    this.group.removeFromParent();
  }

  private watch(slot: number | null): void {
    if (slot === null) this.declined = this.watched;
    this.watched = slot;
    this.drawnMs = -Infinity;
    if (slot !== null) this.stand(this.screen, this.bar, "screen", SCREEN.distance, WIDTH);
  }

  /** Puts a board beside where one looks; it stays there. */
  private stand(
    screen: ViewScreen,
    bar: Panel,
    what: keyof typeof ASIDE,
    distance: number,
    width: number,
  ): void {
    const { position, quaternion } = this.seat.head;
    _forward.set(0, 0, -1).applyQuaternion(quaternion);
    const yaw = Math.atan2(-_forward.x, -_forward.z) + ASIDE[what];
    const place: Vec3 = [
      position[0] - Math.sin(yaw) * distance,
      position[1] + ABOVE[what],
      position[2] - Math.cos(yaw) * distance,
    ];
    _facing.setFromAxisAngle(_up, yaw);
    screen.place(place, _facing, width);
    const below = width / ASPECT / 2 + (bar.height / 2) * metresPerUnit(distance);
    _eye.set(...position);
    _at.set(place[0], place[1] - below, place[2]);
    _facing.setFromRotationMatrix(_look.lookAt(_eye, _at, _up));
    bar.place([_at.x, _at.y, _at.z], _facing, distance);
  }

  private readCalls(nowMs: number): void {
    const calls = this.seat.viewer.workspace.calls.get();
    const call = calls.find(({ kind }) => kind === "bring") ?? null;
    if (call?.id === this.call?.call.id) return;
    this.call = call && { call, sinceMs: nowMs };
    this.drawnMs = -Infinity;
    if (call) this.stand(this.gate, this.gateBar, "portal", PORTAL.distance, PORTAL.width);
  }

  /** Through the portal, by my own hand. */
  private go(): void {
    const { commands } = this.seat.viewer;
    const { call } = this.call ?? {};
    if (!call) return;
    commands.run("session.answer", { id: call.id, yes: true });
    commands.run("xr.goTo", { slot: call.slot });
  }

  private aimAtGate(origin: Vec3, direction: Vec3): number | null {
    this.onGate = false;
    const { mesh } = this.gate;
    if (!mesh.visible) return null;
    _back.copy(mesh.quaternion).invert();
    _from
      .set(...origin)
      .sub(mesh.position)
      .applyQuaternion(_back);
    _along.set(...direction).applyQuaternion(_back);
    if (_along.z > -1e-6) return null;
    const reach = -_from.z / _along.z;
    const [x, y] = [_from.x + _along.x * reach, _from.y + _along.y * reach];
    this.onGate =
      reach > 0 && Math.abs(x) <= PORTAL.width / 2 && Math.abs(y) <= PORTAL.width / ASPECT / 2;
    return this.onGate ? reach : null;
  }

  private write(person: Person | null, presenter: Person | null, nowMs: number): void {
    const { workspace } = this.seat.viewer;
    const [theme, scale] = [workspace.theme.get(), workspace.textScale.get()];
    const { call } = this;
    const title =
      person && (person.slot === presenter?.slot ? "vr.screen.presents" : "vr.screen.title");
    const bar: PanelNode | null =
      person && title
        ? row([
            text(t(title, { name: person.name }), { grow: 1, height: 1.8 }),
            button("screen-close", t("vr.menu.close"), () => this.watch(null), { icon: "close" }),
          ])
        : null;
    this.bar.show(bar, theme, scale);
    const left = call ? Math.max(0, call.call.lasts_ms - (nowMs - call.sinceMs)) : 0;
    const seconds = Math.ceil(left / 1000);
    const gate: PanelNode | null = call && {
      ...{ kind: "column", gap: 0.5 },
      children: [
        text(t("vr.portal.title", { name: call.call.name }), { align: "center" }),
        button("portal-go", t("vr.portal.go", { seconds }), () => this.go(), { icon: "goTo" }),
      ],
    };
    this.gateBar.show(gate, theme, scale);
  }
}

const _forward = new Vector3();
const _eye = new Vector3();
const _at = new Vector3();
const _from = new Vector3();
const _along = new Vector3();
const _up = new Vector3(0, 1, 0);
const _facing = new Quaternion();
const _back = new Quaternion();
const _look = new Matrix4();
