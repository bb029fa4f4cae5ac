/** What the controllers' buttons do, for 20 s or until each was used once (UX.md §4.3). */

import type { Button, Side } from "./controls";

const SHOWN_MS = 20_000;

/** What is explained: a button, or what the stick does. */
export type Hint =
  "trigger" | "grip" | "goStick" | "turnStick" | "moveStick" | "upDown" | "menu" | "undo";

/** The hints of a side, in the order in which they are written. moving: this side turns and teleports. */
export function hintsOf(moving: boolean, smoothMove: boolean): readonly Hint[] {
  if (moving) return ["trigger", "grip", "goStick", "turnStick", "upDown", "menu", "undo"];
  return [
    "trigger",
    "grip",
    ...(smoothMove ? (["moveStick"] as const) : []),
    "upDown",
    "menu",
    "undo",
  ];
}

/** What of the controls it looks at. */
export interface Watched {
  readonly sides: readonly Side[];
  held(side: Side, button: Button): boolean;
  stick(side: Side): { readonly x: number; readonly y: number };
}

const PUSHED = 0.6;

export class ButtonGuide {
  private readonly used = new Map<Side, Set<Hint>>();
  private untilMs: number | null = null;
  private asked = false;

  /** At the entry, and when they are asked for. on: false puts them away. */
  show(on: boolean): void {
    this.asked = on;
    this.untilMs = null;
    this.used.clear();
  }

  get shown(): boolean {
    return this.asked;
  }

  /** Each frame. all: the hints of a side. */
  update(nowMs: number, watched: Watched, all: (side: Side) => readonly Hint[]): void {
    if (!this.asked || watched.sides.length === 0) return;
    this.untilMs ??= nowMs + SHOWN_MS;
    for (const side of watched.sides) this.notice(side, watched);
    if (
      nowMs >= this.untilMs ||
      watched.sides.every((side) => this.left(side, all(side)).length === 0)
    )
      this.asked = false;
  }

  /** What of a side's hints was not used yet. */
  left(side: Side, all: readonly Hint[]): readonly Hint[] {
    return all.filter((hint) => !this.used.get(side)?.has(hint));
  }

  private notice(side: Side, watched: Watched): void {
    const used = this.used.get(side) ?? new Set<Hint>();
    this.used.set(side, used);
    const { x, y } = watched.stick(side);
    if (watched.held(side, "trigger")) used.add("trigger");
    if (watched.held(side, "squeeze")) used.add("grip");
    if (watched.held(side, "a")) used.add("menu");
    if (watched.held(side, "b")) used.add("undo");
    if (watched.held(side, "stick")) used.add("upDown");
    else {
      if (y < -PUSHED) used.add("goStick");
      if (Math.abs(x) > PUSHED) used.add("turnStick");
      if (Math.hypot(x, y) > PUSHED) used.add("moveStick");
    }
  }
}
