/** A headset's view for a desk: the horizon is level, and trembling and nodding are calmed (UX.md §4.9). */

import type { Vec3 } from "../state/model";
import type { CameraPose } from "../state/workspace";

/** After this long two thirds of a movement are shown, milliseconds. */
const CALM_MS = 250;
/** A jump is a jump: further than this share of the distance to what is looked at. */
const JUMP = 0.75;

export class SteadyView {
  private shown: CameraPose | null = null;
  private atMs = 0;

  /** The camera to show for where the head is now. */
  follow(camera: CameraPose, nowMs: number): CameraPose {
    const before = this.shown;
    const passed = nowMs - this.atMs;
    this.atMs = nowMs;
    const level = { ...camera, up: [0, 1, 0] as const };
    if (!before || passed < 0 || passed > 5 * CALM_MS || this.jumps(before, camera)) {
      this.shown = level;
      return level;
    }
    const share = 1 - Math.exp(-passed / CALM_MS);
    const between = (a: Vec3, b: Vec3): Vec3 => [
      a[0] + (b[0] - a[0]) * share,
      a[1] + (b[1] - a[1]) * share,
      a[2] + (b[2] - a[2]) * share,
    ];
    this.shown = {
      ...level,
      position: between(before.position, camera.position),
      target: between(before.target, camera.target),
    };
    return this.shown;
  }

  forget(): void {
    this.shown = null;
  }

  private jumps(a: CameraPose, b: CameraPose): boolean {
    const away = Math.hypot(...b.target.map((at, axis) => at - (b.position[axis] ?? 0)));
    const moved = Math.hypot(...b.position.map((at, axis) => at - (a.position[axis] ?? 0)));
    return moved > JUMP * away;
  }
}
