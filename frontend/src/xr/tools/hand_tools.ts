/**
 * The tools of UX.md §4.8 as one part of the seat: which one is in hand, who takes the trigger and the grips, what is
 * said about it. All of them act through the desk's commands: one undo stack, one room, one set of permissions.
 */

import { Group } from "three";
import type { HandTool } from "../../state/areas/hand_tools";
import { t } from "../../state/messages";
import type { Vec3 } from "../../state/model";
import type { PointerHandler } from "../../scene/pointer";
import type { Side } from "../controls";
import type { Grabbable } from "../grabbing";
import { type RayTarget, firstOf } from "../ray_target";
import type { Seat, SeatPart, Tick } from "../seat";
import { ExplodePull } from "./explode_pull";
import type { HandPart } from "./hand_part";
import { IssueCard } from "./issue_card";
import { Knife } from "./knife";
import { Label } from "./label";
import { type CardDebug, MeasuresView } from "./measures_view";
import type { PadDebug } from "./pad";
import { Pen } from "./pen";
import { Photo, type PhotoDebug } from "./photo";
import { Rack } from "./rack";
import { Tape } from "./tape";
import { TwoRevisions } from "./two_revisions";
import { Verbs } from "./verbs";
import { standAt } from "./view_jump";

/** What is said stands beside the hand for so long. */
const SAID_MS = 6000;
/** Below the hand, metres. */
const SAID_BELOW_M = 0.09;

/** Numbers for tests; user space. */
export interface HandToolsDebug {
  readonly tool: HandTool;
  readonly rack: PadDebug | null;
  readonly issue: PadDebug | null;
  readonly photo: PhotoDebug;
  readonly cards: readonly CardDebug[];
  readonly knife: { readonly snap: string | null; readonly reading: string | null };
  readonly said: string | null;
  readonly apart: Vec3;
}

export class HandTools implements SeatPart {
  readonly group = new Group();
  readonly target: RayTarget;
  readonly grabbable: Grabbable;
  private readonly seat: Seat;
  private readonly knife: Knife;
  private readonly measures: MeasuresView;
  private readonly tape: Tape;
  private readonly card: IssueCard;
  private readonly photo: Photo;
  private readonly rack: Rack;
  private readonly revisions: TwoRevisions;
  private readonly parts: readonly HandPart[];
  private readonly saying = new Label();
  private readonly stops: (() => void)[] = [];
  private said: { readonly text: string; untilMs: number | null } | null = null;
  private before: PointerHandler | null = null;
  private inside = false;
  private jumping = false;
  /** Whose grip is held, so that a controller that falls asleep is noticed. */
  private readonly held = new Map<Side, Grabbable>();

  constructor(seat: Seat) {
    this.seat = seat;
    const { commands, workspace } = seat.viewer;
    this.knife = new Knife(seat);
    this.measures = new MeasuresView(seat);
    this.tape = new Tape(seat, this.measures);
    this.card = new IssueCard(seat);
    this.photo = new Photo(seat);
    this.rack = new Rack(seat);
    this.revisions = new TwoRevisions(seat);
    this.parts = [
      this.photo,
      this.card,
      this.rack,
      this.knife,
      this.tape,
      new Pen(seat),
      new Verbs(seat),
      new ExplodePull(seat),
      this.revisions,
    ];
    for (const { group } of this.parts) if (group) this.group.add(group);
    this.group.add(this.measures.group, this.saying.board.mesh);
    this.target = firstOf(...this.parts.flatMap(({ target }) => target ?? []));
    this.grabbable = {
      reach: (grip) => this.grabbed()?.reach(grip) ?? null,
      grab: (grip) => {
        const thing = this.grabbed();
        if (!thing) return;
        this.held.set(grip.side, thing);
        thing.grab(grip);
      },
      move: (grip) => this.held.get(grip.side)?.move(grip),
      let: (grip) => {
        const thing = this.held.get(grip.side);
        this.held.delete(grip.side);
        thing?.let(grip);
        const hands = [...seat.hands.values()];
        if (this.inside && thing && !hands.some((hand) => hand.side === grip.side && hand.tracked))
          workspace.announce(t("vr.tool.lost"));
      },
    };
    this.stops.push(
      commands.register("xr.tool", ({ tool }) => this.take(tool)),
      commands.register("xr.view", (wanted) => {
        this.jumping = this.inside;
        if ("id" in wanted) commands.run("view.open", { id: wanted.id });
        else commands.run(wanted.step < 0 ? "view.previous" : "view.next");
      }),
      workspace.activeView.subscribe((view) => {
        if (!view || !this.jumping) return;
        this.jumping = false;
        // The camera follows the view in the same breath, or has begun to.
        queueMicrotask(() => standAt(seat, seat.viewer.view.destination));
      }),
      workspace.announcement.subscribe((news) => {
        if (news && this.inside) this.said = { text: news.text, untilMs: null };
      }),
      commands.refused.subscribe((refusal) => {
        if (refusal && this.inside) this.said = { text: refusal.reason, untilMs: null };
      }),
    );
  }

  entered(): void {
    this.inside = true;
    this.seat.viewer.workspace.eye.set(this.photo);
  }

  update(tick: Tick): void {
    const { handTool } = this.seat.viewer.workspace;
    const tool = handTool.get();
    for (const part of this.parts) part.update?.(tick, part.tools.includes(tool));
    this.measures.update(this.tape.now);
    this.say(tick.nowMs);
  }

  left(): void {
    this.inside = false;
    this.jumping = false;
    this.take("select");
    this.photo.forget();
    this.seat.viewer.workspace.eye.set(null);
  }

  debug(): HandToolsDebug {
    return {
      tool: this.seat.viewer.workspace.handTool.get(),
      rack: this.rack.debug,
      issue: this.card.debug,
      photo: this.photo.debug,
      cards: this.measures.debug,
      knife: { snap: this.knife.snap, reading: this.knife.reading },
      said: this.said?.text ?? null,
      apart: this.revisions.offset,
    };
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    for (const part of this.parts) part.dispose();
    this.measures.dispose();
    this.saying.dispose();
    this.group.removeFromParent();
  }

  private take(wanted: HandTool): void {
    const { viewer } = this.seat;
    const { handTool } = viewer.workspace;
    const now = handTool.get();
    const tool = wanted === now ? "select" : wanted;
    if (tool === now) return;
    this.giveBack();
    handTool.set(tool);
    for (const part of this.parts) if (part.tools.includes(now)) part.put?.();
    // Putting back may have taken something else in hand, and so may a tool that cannot be had.
    for (const part of this.parts)
      if (part.tools.includes(tool) && handTool.get() === tool) part.taken?.(tool);
    const handler = this.parts.find(
      (part) => part.tools.includes(handTool.get()) && part.handler,
    )?.handler;
    if (!handler || handTool.get() !== tool) return;
    this.before = viewer.pointerHandler;
    viewer.setPointerHandler(handler);
  }

  /** The desk's tool has the trigger again, unless another one took it meanwhile. */
  private giveBack(): void {
    const { viewer } = this.seat;
    const mine = this.parts.some(({ handler }) => handler && handler === viewer.pointerHandler);
    if (mine) viewer.setPointerHandler(this.before);
    this.before = null;
  }

  private grabbed(): Grabbable | null {
    const tool = this.seat.viewer.workspace.handTool.get();
    return this.parts.find((part) => part.tools.includes(tool))?.grabbable ?? null;
  }

  private say(nowMs: number): void {
    const { head, pointing, viewer } = this.seat;
    const theme = viewer.workspace.theme.get();
    if (this.said) this.said.untilMs ??= nowMs + SAID_MS;
    if (this.said && (this.said.untilMs ?? 0) < nowMs) this.said = null;
    const [x, y, z] = pointing?.position ?? head.position;
    const at: Vec3 = [x, y - SAID_BELOW_M, z - (pointing ? 0 : 0.6)];
    this.saying.show(this.said?.text ?? null, at, head.position, theme);
  }
}
