/** Following in a headset: hops from place to place, never a dragged camera (UX.md §4.6). */

import type { Vec3 } from "../../state/model";
import type { CameraPose } from "../../state/workspace";
import type { Seat, SeatPart, Tick } from "../seat";

/** At most one hop in this time. */
export const HOP_MS = 2_000;
/** What is worth a hop: metres of mine, and degrees. */
const MOVED_M = 0.3;
const TURNED = Math.cos((20 * Math.PI) / 180);

/** Where the last hop went, and when. */
export interface Hop {
  readonly atMs: number;
  readonly eye: Vec3;
  readonly target: Vec3;
}

/** Whether it is time for another. scale: model metres for each of mine. */
export function hopDue(last: Hop | null, to: CameraPose, nowMs: number, scale: number): boolean {
  if (!last) return true;
  if (nowMs - last.atMs < HOP_MS) return false;
  const away = (a: Vec3, b: Vec3): Vec3 => [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  if (Math.hypot(...away(last.eye, to.position)) > MOVED_M * scale) return true;
  const [a, b] = [away(last.eye, last.target), away(to.position, to.target)];
  const length = Math.hypot(...a) * Math.hypot(...b);
  return length > 0 && (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / length < TURNED;
}

/** Hops after whom I follow. A presenter's view is on a screen instead (`screens.ts`). */
export class Hops implements SeatPart {
  private readonly seat: Seat;
  private last: (Hop & { readonly slot: number }) | null = null;

  constructor(seat: Seat) {
    this.seat = seat;
  }

  update({ nowMs }: Tick): void {
    const { viewer, rig } = this.seat;
    const { following, people, conduct } = viewer.workspace;
    const followed = following.get();
    const person = people.get().find(({ slot }) => slot === followed?.slot);
    if (
      !followed ||
      followed.paused ||
      !person ||
      person.principal_id === conduct.get().presenter
    ) {
      this.last = null;
      return;
    }
    const camera = viewer.others.followedCamera(nowMs);
    const before = this.last?.slot === followed.slot ? this.last : null;
    if (!camera || !hopDue(before, camera, nowMs, rig.scale)) return;
    const { position: eye, target } = camera;
    this.last = { slot: followed.slot, atMs: nowMs, eye, target };
    viewer.commands.run("xr.goTo", { eye, target });
  }

  left(): void {
    this.last = null;
  }

  dispose(): void {
    this.last = null;
  }
}
