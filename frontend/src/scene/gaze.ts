/**
 * What has been in view: once the picture rests, sought parts are looked for by rays through where they stand in it.
 * Only a part that a ray meets first counts, so nothing behind another part, hidden or cut away does.
 */

import type { Bounds, Vec3 } from "../state/model";

/** What the gaze asks of a viewer. Model frame, CSS pixels. */
export interface GazeHost {
  /** A text that changes whenever another picture is seen. */
  sight(): string;
  /** Drawn as itself: not hidden, not ghosted. */
  isShown(occurrence: number): boolean;
  boundsOf(occurrence: number): Bounds | null;
  project(point: Vec3): { readonly x: number; readonly y: number } | null;
  /** The occurrence that is seen at a point of the canvas; null for none. */
  at(x: number, y: number): number | null;
  size(): { readonly width: number; readonly height: number };
}

/** Smaller than this in the picture, nothing can be judged. */
export const LEAST_PX = 6;
/** Rays across a part's place in the picture, each way. */
const RAYS = 8;
/** A look of one picture ends here; what it did not come to is looked at in the next. */
const MOST_RAYS = 20_000;

/** Yields whenever somebody else may have a turn; returns what is seen of `sought`. */
export function* look(host: GazeHost, sought: Iterable<number>): Generator<undefined, number[]> {
  const { width, height } = host.size();
  const seen: number[] = [];
  let rays = 0;
  for (const occurrence of sought) {
    if (rays > MOST_RAYS) break;
    yield;
    if (!host.isShown(occurrence)) continue;
    const place = placeOf(host, occurrence, width, height);
    if (!place) continue;
    for (const [x, y] of spots(place)) {
      rays += 1;
      if (rays % 8 === 0) yield;
      if (host.at(x, y) !== occurrence) continue;
      seen.push(occurrence);
      break;
    }
  }
  return seen;
}

interface Place {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Where a part's box is in the picture, cut to the canvas; null when it is outside, behind the eye or too small. */
function placeOf(host: GazeHost, occurrence: number, width: number, height: number): Place | null {
  const bounds = host.boundsOf(occurrence);
  if (!bounds) return null;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let corner = 0; corner < 8; corner += 1) {
    const side = (axis: 0 | 1 | 2): number =>
      corner & (1 << axis) ? bounds.max[axis] : bounds.min[axis];
    const at = host.project([side(0), side(1), side(2)]);
    // The eye is inside of its box: whatever of it is in the picture fills it.
    if (!at) return { left: 0, top: 0, right: width, bottom: height };
    left = Math.min(left, at.x);
    top = Math.min(top, at.y);
    right = Math.max(right, at.x);
    bottom = Math.max(bottom, at.y);
  }
  if (Math.max(right - left, bottom - top) < LEAST_PX) return null;
  if (right < 0 || bottom < 0 || left > width || top > height) return null;
  return {
    left: Math.max(0, left),
    top: Math.max(0, top),
    right: Math.min(width, right),
    bottom: Math.min(height, bottom),
  };
}

/** Points of a rectangle: its middle, then rows of the others. */
function* spots({ left, top, right, bottom }: Place): Generator<readonly [number, number]> {
  yield [(left + right) / 2, (top + bottom) / 2];
  for (let row = 0; row < RAYS; row += 1)
    for (let column = 0; column < RAYS; column += 1)
      yield [
        left + ((column + 0.5) / RAYS) * (right - left),
        top + ((row + 0.5) / RAYS) * (bottom - top),
      ];
}
