/** The handles of a plane and of the box: where they stand, and which one a pointer is on. */

import type { SectionBox } from "../state/areas/sectioning";
import type { Vec3 } from "../state/model";
import { turned } from "../state/planes";
import type { Pointer } from "../scene/pointer";
import { planeAxes } from "../scene/section/cutter";
import { add, along, scale } from "../scene/vector";
import { nearestOnLine, ringPoints } from "./section_math";

/** CSS pixels on the screen, whatever the distance. A handle is met within half of `HANDLE_PX` (UX.md §2.8). */
export const ARROW_PX = 84;
export const RING_PX = 58;
export const SIDE_PX = 92;
const HANDLE_PX = 28;
/** A fingertip. */
const TOUCH_PX = 44;

export type HandleKind = "move" | "turn" | "side" | "centre";

/** A handle as it stands now; model frame. */
export interface Handle {
  readonly name: string;
  readonly kind: HandleKind;
  /** What the pointer has to be near. */
  readonly line: readonly Vec3[];
  /** Where it is drawn: the foot of an arrow, the centre of a ring. */
  readonly at: Vec3;
  /** Unit: where an arrow points, what a ring turns about. */
  readonly axis: Vec3;
  /** Side of the box, 0 to 5, as in `boxPlanes`. */
  readonly side?: number;
}

/** reach: metres that CSS pixels cover at a point. */
type Reach = (point: Vec3, pixels: number) => number;

/** An arrow toward what is cut away, and two rings. middle: of the plane. */
export function planeHandles(normal: Vec3, middle: Vec3, reach: Reach): readonly Handle[] {
  const out = scale(normal, -1);
  const [right, up] = planeAxes(normal);
  const radius = reach(middle, RING_PX);
  const ring = (name: string, axis: Vec3): Handle => ({
    name,
    kind: "turn",
    line: ringPoints(middle, axis, radius),
    at: middle,
    axis,
  });
  return [
    {
      name: "move",
      kind: "move",
      line: [along(middle, out, reach(middle, 10)), along(middle, out, reach(middle, ARROW_PX))],
      at: middle,
      axis: out,
    },
    ring("turn-right", right),
    ring("turn-up", up),
  ];
}

/** Six sides, the middle and three rings. box: as in the workspace, but with its centre in the model frame. */
export function boxHandles(box: SectionBox, reach: Reach): readonly Handle[] {
  const { centre, half, rotation } = box;
  const axes = ([0, 1, 2] as const).map((axis) => turned(rotation, unitAxis(axis)));
  const radius = reach(centre, RING_PX);
  const sides = [0, 1, 2, 3, 4, 5].map((side): Handle => {
    const axis = axes[side >> 1] ?? [1, 0, 0];
    const out = side % 2 === 0 ? scale(axis, -1) : axis;
    // Small boxes keep their handles clear of the rings.
    const away = Math.max(half[side >> 1] ?? 0, reach(centre, SIDE_PX));
    const at = along(centre, out, away);
    return {
      name: `side-${side}`,
      kind: "side",
      line: [at, along(at, out, reach(at, 22))],
      at,
      axis: out,
      side,
    };
  });
  const rings = axes.map((axis, i): Handle => ({
    name: `turn-${"xyz"[i] ?? ""}`,
    kind: "turn",
    line: ringPoints(centre, axis, radius),
    at: centre,
    axis,
  }));
  const middle: Handle = {
    name: "centre",
    kind: "centre",
    line: [centre],
    at: centre,
    axis: axes[1] ?? [0, 1, 0],
  };
  return [...sides, middle, ...rings];
}

/** The handle under a pointer; of several the nearest, arrows before rings. */
export function handleUnder(handles: readonly Handle[], pointer: Pointer): Handle | null {
  const size = pointer.kind === "touch" ? TOUCH_PX : HANDLE_PX;
  let best: Handle | null = null;
  let least = 1;
  for (const handle of handles) {
    const near = nearestOnLine(pointer, handle.line);
    if (!near) continue;
    const share =
      near.apart / pointer.reach(near.point, size / 2) + (handle.kind === "turn" ? 0.3 : 0);
    const limit = handle.kind === "turn" ? 1.3 : 1;
    if (share <= limit && (best === null || share < least)) {
      best = handle;
      least = share;
    }
  }
  return best;
}

/** The corners of a box, model frame: bit 0 for x, 1 for y, 2 for z. */
export function boxCorners({ centre, half, rotation }: SectionBox): readonly Vec3[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => {
    const own: Vec3 = [
      bits & 1 ? half[0] : -half[0],
      bits & 2 ? half[1] : -half[1],
      bits & 4 ? half[2] : -half[2],
    ];
    return add(centre, turned(rotation, own));
  });
}

function unitAxis(axis: 0 | 1 | 2): Vec3 {
  return [axis === 0 ? 1 : 0, axis === 1 ? 1 : 0, axis === 2 ? 1 : 0];
}
