/** The section box in a hand: which side is meant, and how far a hand has pulled it. Model frame. */

import type { SectionBox } from "../../state/areas/sectioning";
import type { Vec3 } from "../../state/model";
import { movedSide, turned } from "../../state/planes";
import { along, dot, scale, subtract } from "../../scene/vector";

/** A side of the box, as in `boxPlanes`. */
export interface BoxSide {
  readonly side: number;
  /** Unit, outward. */
  readonly outward: Vec3;
  readonly middle: Vec3;
  /** Corners of the side, in order around it. */
  readonly corners: readonly Vec3[];
}

const OWN_AXES: readonly Vec3[] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** The six sides. */
export function sidesOf({ centre, half, rotation }: SectionBox): readonly BoxSide[] {
  return [0, 1, 2, 3, 4, 5].map((side) => {
    const axis = side >> 1;
    const sign = side % 2 === 0 ? -1 : 1;
    const [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
    const unit = (which: number): Vec3 => turned(rotation, OWN_AXES[which] ?? [1, 0, 0]);
    const outward = scale(unit(axis), sign);
    const middle = along(centre, outward, half[axis] ?? 0);
    const corner = (a: number, b: number): Vec3 =>
      along(along(middle, unit(u), a * (half[u] ?? 0)), unit(v), b * (half[v] ?? 0));
    return {
      side,
      outward,
      middle,
      corners: [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)],
    };
  });
}

/**
 * The side that a hand means: the one its tip is within `near` of, else the first that its ray enters or, from inside,
 * leaves. apart: metres from the tip.
 */
export function sideUnder(
  box: SectionBox,
  tip: Vec3,
  direction: Vec3,
  near: number,
): { readonly side: BoxSide; readonly apart: number } | null {
  let best: { side: BoxSide; apart: number } | null = null;
  const offer = (side: BoxSide, apart: number): void => {
    if (best === null || apart < best.apart) best = { side, apart };
  };
  const sides = sidesOf(box);
  for (const side of sides) {
    const apart = Math.abs(dot(subtract(tip, side.middle), side.outward));
    if (apart <= near && isBeside(box, side, tip, near)) offer(side, apart);
  }
  if (best !== null) return best;
  for (const side of sides) {
    const towards = dot(direction, side.outward);
    if (Math.abs(towards) < 1e-6) continue;
    const reach = dot(subtract(side.middle, tip), side.outward) / towards;
    if (reach > 0 && isBeside(box, side, along(tip, direction, reach), 0)) offer(side, reach);
  }
  return best;
}

/** The box after a hand that took hold of a side went from one place to another. */
export function pulledSide(box: SectionBox, side: BoxSide, from: Vec3, to: Vec3): SectionBox {
  return movedSide(box, side.side, dot(subtract(to, from), side.outward));
}

/** Whether a point lies over a side, within a margin. */
function isBeside(
  { half, rotation }: SectionBox,
  side: BoxSide,
  point: Vec3,
  margin: number,
): boolean {
  const away = subtract(point, side.middle);
  return OWN_AXES.every(
    (axis, index) =>
      index === side.side >> 1 ||
      Math.abs(dot(away, turned(rotation, axis))) <= (half[index] ?? 0) + margin,
  );
}
