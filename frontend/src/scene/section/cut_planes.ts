/** The planes and the box of the workspace as the picture cuts with them. */

import { boxPlanes } from "../../state/planes";
import type { Vec3 } from "../../state/model";
import type { Section, SectionBox } from "../../state/workspace";
import type { CutPlane } from "../batch_materials";
import { dot } from "../vector";

/** A plane of which the workspace speaks by name. What all planes keep is shown. */
export interface NamedPlane extends CutPlane {
  /** Id of the section, or `box/0` to `box/5`. */
  readonly id: string;
}

/** Enabled planes first, then the sides of the enabled box. origin: of the model frame, absolute metres. */
export function cutPlanes(
  sections: readonly Section[],
  box: SectionBox | null,
  origin: Vec3,
): readonly NamedPlane[] {
  const planes = sections
    .filter(({ enabled }) => enabled)
    .map(({ id, normal, offset_m, cap }) => ({
      id,
      normal,
      offset: offset_m - dot(normal, origin),
      cap,
    }));
  if (!box?.enabled) return planes;
  const sides = boxPlanes(box).map(({ normal, offset }, side) => ({
    id: `box/${side}`,
    normal,
    offset: offset - dot(normal, origin),
    cap: box.cap,
  }));
  return [...planes, ...sides];
}
