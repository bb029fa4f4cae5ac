/** The hands of a seat: which there are, which one points, what each has closed on. */

import type { Group } from "three";
import type { Viewer } from "../scene/viewer";
import type { ControllerModel } from "./controller_model";
import { Grabbing, type Grabbable } from "./grabbing";
import { RayHand } from "./ray_hand";
import type { RayTarget } from "./ray_target";
import type { Rig } from "./rig";
import type { Tick } from "./seat";

/** A pinch takes what is nearer than this; farther away it presses. Metres. */
const PINCH_TAKES = 0.15;

/** What hands are made of. */
export interface HandsHost {
  readonly viewer: Viewer;
  readonly rig: Rig;
  readonly group: Group;
  readonly targets: RayTarget;
  readonly grabbables: readonly Grabbable[];
  /** What a source looks like; null: the plain shapes. */
  looks(source: XRInputSource): ControllerModel | null;
  /** A bare hand whose palm is up pinched, or let go. */
  palmUp(hand: RayHand, down: boolean): void;
}

export class SeatHands {
  readonly all = new Map<XRInputSource, RayHand>();
  private readonly host: HandsHost;
  private readonly grabbing: Grabbing<RayHand>;
  private readonly shut = new Set<RayHand>();
  private readonly throwing = new Set<RayHand>();
  private dominant: XRInputSource | null = null;

  constructor(host: HandsHost) {
    this.host = host;
    this.grabbing = new Grabbing(() => host.grabbables);
  }

  get pointing(): RayHand | null {
    return (this.dominant && this.all.get(this.dominant)) ?? null;
  }

  get resting(): RayHand | null {
    for (const [source, hand] of this.all)
      if (source !== this.dominant && hand.tracked) return hand;
    return null;
  }

  /** Closed about nothing, and seen. */
  get closed(): RayHand[] {
    return [...this.shut].filter(({ tracked }) => tracked);
  }

  /** Hears triggers, pinches and grips of a session, until it ends. */
  listen(session: XRSession): void {
    session.addEventListener("selectstart", ({ inputSource }) => this.select(inputSource, true));
    session.addEventListener("selectend", ({ inputSource }) => this.select(inputSource, false));
    session.addEventListener("squeezestart", ({ inputSource }) => this.squeeze(inputSource, true));
    session.addEventListener("squeezeend", ({ inputSource }) => this.squeeze(inputSource, false));
  }

  /** Reads where they are, and looks along the one that points. */
  read({ frame, space }: Tick): void {
    const sources = [...frame.session.inputSources];
    for (const [source, hand] of this.all) if (!sources.includes(source)) this.lose(source, hand);
    for (const source of sources) {
      const hand = this.of(source);
      hand.track(frame, space, source, this.host.rig);
      if (hand.tracked) this.grabbing.follow(hand, hand.asGrip());
    }
    this.dominant ??=
      sources.find(({ handedness }) => handedness === "right") ?? sources[0] ?? null;
    for (const [source, hand] of this.all) hand.point(source === this.dominant);
  }

  /** The hand of this side rests from now on, and the other one points. */
  rest(side: RayHand["side"]): void {
    for (const [source, hand] of this.all) if (hand.side !== side) this.dominant = source;
  }

  /** The trigger, or a pinch. */
  select(source: XRInputSource, down: boolean): void {
    this.dominant = source;
    const hand = this.of(source);
    if (!hand.bare) return down ? hand.press() : hand.release();
    if (down) this.pinch(hand);
    else this.unpinch(hand);
  }

  /** The grip. */
  squeeze(source: XRInputSource, down: boolean): void {
    const hand = this.of(source);
    if (down) this.close(hand);
    else this.open(hand);
  }

  clear(): void {
    this.grabbing.dropAll();
    for (const hand of this.all.values()) hand.dispose();
    this.all.clear();
    this.shut.clear();
    this.throwing.clear();
    this.dominant = null;
  }

  private pinch(hand: RayHand): void {
    if (hand.palmUp) {
      this.throwing.add(hand);
      this.host.palmUp(hand, true);
      return;
    }
    if (this.takes(hand, PINCH_TAKES)) return;
    this.shut.add(hand);
    hand.press();
    // Two pinching hands hold the model between them and press nothing.
    if (this.closed.length > 1) for (const each of this.closed) each.giveUp();
  }

  private unpinch(hand: RayHand): void {
    if (this.throwing.delete(hand)) this.host.palmUp(hand, false);
    else if (this.grabbing.holds(hand)) this.grabbing.drop(hand);
    else {
      this.shut.delete(hand);
      hand.release();
    }
  }

  private close(hand: RayHand): void {
    if (!this.takes(hand, Infinity)) this.shut.add(hand);
  }

  private open(hand: RayHand): void {
    this.grabbing.drop(hand);
    this.shut.delete(hand);
  }

  private takes(hand: RayHand, within: number): boolean {
    if (!hand.tracked) return false;
    const grip = hand.asGrip();
    const near = this.host.grabbables.some((thing) => (thing.reach(grip) ?? Infinity) <= within);
    return near && this.grabbing.take(hand, grip);
  }

  private lose(source: XRInputSource, hand: RayHand): void {
    this.all.delete(source); // what it held is told by a hand that is not there any more
    this.open(hand);
    if (this.throwing.delete(hand)) this.host.palmUp(hand, false);
    hand.dispose();
    if (this.dominant === source) this.dominant = null;
  }

  private of(source: XRInputSource): RayHand {
    const known = this.all.get(source);
    if (known) return known;
    const { viewer, targets } = this.host;
    const hand = new RayHand(viewer, this.all.size + 1, targets, this.host.looks(source));
    this.all.set(source, hand);
    this.host.group.add(hand.group);
    return hand;
  }
}
