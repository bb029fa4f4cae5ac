/** Buttons and sticks of the controllers, read once a frame (WebXR Gamepads Module §3.3, `xr-standard`). */

export type Side = "left" | "right";
export type Button = "trigger" | "squeeze" | "touchpad" | "stick" | "a" | "b";

const INDEX: Readonly<Record<Button, number>> = {
  trigger: 0,
  squeeze: 1,
  touchpad: 2,
  stick: 3,
  a: 4, // A and X
  b: 5, // B and Y
};
const STICK_X = 2;
const STICK_Y = 3;

interface Sample {
  readonly down: ReadonlySet<Button>;
  readonly values: Readonly<Partial<Record<Button, number>>>;
  readonly x: number;
  readonly y: number;
}

const AT_REST: Sample = { down: new Set(), values: {}, x: 0, y: 0 };

/** What each side does now and did in the frame before. A source without a side counts as right. */
export class Controls {
  private now = new Map<Side, Sample>();
  private before = new Map<Side, Sample>();
  private readonly taken = new Set<Side>();

  read(sources: Iterable<XRInputSource>): void {
    this.taken.clear();
    this.before = this.now;
    this.now = new Map();
    for (const { gamepad, handedness } of sources) {
      if (!gamepad) continue;
      const down = new Set<Button>();
      const values: Partial<Record<Button, number>> = {};
      // `as`: the table's own keys.
      for (const [name, index] of Object.entries(INDEX) as [Button, number][]) {
        const button = gamepad.buttons[index];
        if (button?.pressed) down.add(name);
        if (button) values[name] = button.value;
      }
      const x = gamepad.axes[STICK_X] ?? 0;
      const y = gamepad.axes[STICK_Y] ?? 0;
      this.now.set(handedness === "left" ? "left" : "right", { down, values, x, y });
    }
  }

  /** The sides that have a gamepad. */
  get sides(): readonly Side[] {
    return [...this.now.keys()];
  }

  held(side: Side, button: Button): boolean {
    return this.of(side).down.has(button);
  }

  /** 0 (at rest) to 1 (all the way). */
  value(side: Side, button: Button): number {
    return this.of(side).values[button] ?? 0;
  }

  /** Went down in this frame. */
  pushed(side: Side, button: Button): boolean {
    return this.held(side, button) && !this.before.get(side)?.down.has(button);
  }

  /** Came up in this frame. */
  let(side: Side, button: Button): boolean {
    return !this.held(side, button) && this.before.get(side)?.down.has(button) === true;
  }

  /** -1 to 1; x to the right, y towards the user. At rest for the others once somebody took it in this frame. */
  stick(side: Side): { readonly x: number; readonly y: number } {
    return this.taken.has(side) ? AT_REST : this.of(side);
  }

  /** Whoever asks later in this frame finds this stick at rest. */
  take(side: Side): void {
    this.taken.add(side);
  }

  clear(): void {
    this.now = new Map();
    this.before = new Map();
  }

  private of(side: Side): Sample {
    return this.now.get(side) ?? AT_REST;
  }
}
