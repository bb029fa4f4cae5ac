/** The point under a pointer: nearest to the eye among those within a few pixels of the ray. */

import type { Vec3 } from "../state/model";
import type { CutPlane } from "./batch_materials";
import type { LevelView } from "./levels";
import type { Occurrences } from "./occurrences";
import { clipRay, type Hit } from "./picking";
import type { GridOfChunk } from "./points_choice";

/** Device pixels around the pointer in which a point counts as hit. */
const REACH_PX = 5;

/** A chunk of points at a placement, as far as picking needs it. */
export interface PickedCloud {
  readonly occurrence: number;
  /** Smallest and largest x, y, z, model frame. */
  readonly box: Float32Array;
  readonly count: number;
  /** (4 × count) steps of the chunk's grid, and a number that is not looked at. */
  readonly places: Uint16Array;
  /** Points that are not drawn, by their number; left out: all are. */
  readonly isHidden?: (point: number) => boolean;
  readonly grid: GridOfChunk;
}

/**
 * origin, direction: model frame, unit. planes: sections, which cut points as they cut parts.
 *
 * Every point of the chunks that the ray comes near is looked at, in the chunk's own grid: half a million take
 * some 3 ms.
 */
export function pickPoints(
  clouds: readonly PickedCloud[],
  occurrences: Occurrences,
  origin: Vec3,
  direction: Vec3,
  planes: readonly CutPlane[],
  view: LevelView,
): Hit | null {
  const { near, far } = clipRay(origin, direction, planes);
  const slope = view.orthographic ? 0 : REACH_PX / view.pixelsPerMetre;
  const width = view.orthographic ? REACH_PX / view.pixelsPerMetre : 0;
  let best = far;
  let found: { occurrence: number; point: Vec3 } | null = null;
  for (const cloud of clouds) {
    const enters = entersBox(cloud.box, origin, direction, slope, width);
    if (enters === null || enters > best) continue;
    const { occurrence, grid, places, count } = cloud;
    const { offset, scale } = grid;
    // The ray in the chunk's grid, where points are whole numbers; lengths there are `length` times as long.
    const start = occurrences.toSteps(occurrence, origin);
    const along = occurrences.directionToSteps(occurrence, direction);
    const length = Math.hypot(along[0], along[1], along[2]) / scale;
    if (!(length > 0)) continue;
    const ox = (start[0] - offset[0]) / scale;
    const oy = (start[1] - offset[1]) / scale;
    const oz = (start[2] - offset[2]) / scale;
    const dx = along[0] / scale / length;
    const dy = along[1] / scale / length;
    const dz = along[2] / scale / length;
    let at = -1;
    let least = best * length;
    const first = near * length;
    const wide = width * length;
    for (let i = 0; i < count * 4; i += 4) {
      const x = (places[i] ?? 0) - ox;
      const y = (places[i + 1] ?? 0) - oy;
      const z = (places[i + 2] ?? 0) - oz;
      const t = x * dx + y * dy + z * dz;
      if (t < first || t >= least) continue;
      const reach = t * slope + wide;
      if (x * x + y * y + z * z - t * t > reach * reach || cloud.isHidden?.(i / 4)) continue;
      least = t;
      at = i;
    }
    if (at < 0) continue;
    best = least / length;
    const point = occurrences.fromSteps(
      occurrence,
      offset[0] + scale * (places[at] ?? 0),
      offset[1] + scale * (places[at + 1] ?? 0),
      offset[2] + scale * (places[at + 2] ?? 0),
    );
    found = { occurrence, point };
  }
  if (!found) return null;
  const { occurrence, point } = found;
  return {
    occurrence,
    geometry: occurrences.geometry[occurrence] ?? 0,
    distance: best,
    point,
    local: occurrences.toPart(occurrence, point),
    normal: [-direction[0], -direction[1], -direction[2]],
    triangle: -1,
    level: 0,
    cap: null,
  };
}

/** Where a ray that widens enters a box; null where it passes. */
function entersBox(
  box: Float32Array,
  origin: Vec3,
  direction: Vec3,
  slope: number,
  width: number,
): number | null {
  let farthest = 0;
  for (let axis = 0; axis < 3; axis += 1) {
    const at = origin[axis] ?? 0;
    const away = Math.max(Math.abs((box[axis] ?? 0) - at), Math.abs((box[axis + 3] ?? 0) - at));
    farthest += away * away;
  }
  const margin = Math.sqrt(farthest) * slope + width;
  let enter = 0;
  let leave = Infinity;
  for (let axis = 0; axis < 3; axis += 1) {
    const low = (box[axis] ?? 0) - margin - (origin[axis] ?? 0);
    const high = (box[axis + 3] ?? 0) + margin - (origin[axis] ?? 0);
    const d = direction[axis] ?? 0;
    if (d === 0) {
      if (low > 0 || high < 0) return null;
      continue;
    }
    enter = Math.max(enter, Math.min(low / d, high / d));
    leave = Math.min(leave, Math.max(low / d, high / d));
  }
  return enter <= leave ? enter : null;
}
