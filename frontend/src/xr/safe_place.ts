/** The safe place: a plain room with nobody and nothing in it, muted, with one way out (UX.md §4.6). */

import type { Object3D } from "three";
import { HeldChord } from "./held_chord";
import type { Seat, SeatPart, Tick } from "./seat";

/** Both menu buttons, milliseconds. */
const HELD_MS = 1_000;

export class SafePlace implements SeatPart {
  private readonly seat: Seat;
  private readonly chord = new HeldChord();
  private hidden: Object3D[] = [];
  /** Both menu buttons went down together: neither means anything alone until both are up. */
  chording = false;

  constructor(seat: Seat) {
    this.seat = seat;
  }

  /** Before each picture. */
  update({ nowMs }: Tick): void {
    const { controls } = this.seat;
    const [left, right] = [controls.held("left", "a"), controls.held("right", "a")];
    if (left && right) this.chording = true;
    const coming = controls.let("left", "a") || controls.let("right", "a");
    if (this.chord.read(left && right, nowMs, HELD_MS)) this.set(true);
    // The frame in which the last one comes up still belongs to the chord.
    if (!left && !right && !coming) this.chording = false;
    if (this.seat.state?.safe) this.clear();
  }

  set(on: boolean): void {
    if (on === (this.seat.state?.safe ?? false)) return;
    this.seat.tell({ safe: on });
    if (!on) {
      this.show();
      return;
    }
    const { commands, workspace } = this.seat.viewer;
    // One's own microphone; coming back leaves it closed.
    if (workspace.voice.get().microphone !== "muted")
      commands.run("voice.microphone", { on: false });
    this.clear();
  }

  left(): void {
    this.show();
    this.chording = false;
  }

  dispose(): void {
    this.show();
  }

  /** Takes away whatever stands in the scene besides the seat's own things; also what came since. */
  private clear(): void {
    const { viewer, group } = this.seat;
    const own = new Set<Object3D>([group, viewer.extras]);
    for (const each of [...viewer.scene.children, ...viewer.extras.children]) {
      if (own.has(each) || each.userData["room"] === true || !each.visible) continue;
      each.visible = false;
      this.hidden.push(each);
    }
  }

  private show(): void {
    for (const each of this.hidden) each.visible = true;
    this.hidden = [];
  }
}
