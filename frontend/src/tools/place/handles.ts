/** Handles that stand on the screen at constant size: three arrows and a ring about the vertical. Pure arithmetic. */

import type { Vec3 } from "../../state/model";

/** CSS pixels. */
export type Screen = readonly [x: number, y: number];

export type HandleName = "x" | "y" | "z" | "ring";

/** Length of the arrows and radius of the ring, CSS pixels; a handle is met within 10 of them. */
export const ARROW_PX = 90;
export const RING_PX = 70;
const NEAR_PX = 10;
/** Arrows begin here, so that the middle stays free for dragging the model itself. */
const GAP_PX = 26;
const RING_POINTS = 48;

export interface Handle {
  readonly name: HandleName;
  /** A line of points on the screen. */
  readonly line: readonly Screen[];
}

/**
 * The handles as they are seen.
 *
 * middle: where they stand, model frame. metres: what one CSS pixel covers there. project: model frame → screen.
 */
export function handlesAt(
  middle: Vec3,
  metres: number,
  axes: Readonly<Record<"x" | "y" | "z", Vec3>>,
  project: (point: Vec3) => Screen | null,
): readonly Handle[] {
  const handles: Handle[] = [];
  for (const name of ["x", "y", "z"] as const) {
    const from = project(moved(middle, axes[name], metres * GAP_PX));
    const to = project(moved(middle, axes[name], metres * ARROW_PX));
    // Seen from its end an arrow cannot be held.
    if (from && to && Math.hypot(to[0] - from[0], to[1] - from[1]) > 8)
      handles.push({ name, line: [from, to] });
  }
  const ring: Screen[] = [];
  for (let i = 0; i <= RING_POINTS; i += 1) {
    const angle = (i / RING_POINTS) * 2 * Math.PI;
    const radius = metres * RING_PX;
    const seen = project([
      middle[0] + radius * Math.cos(angle),
      middle[1],
      middle[2] - radius * Math.sin(angle),
    ]);
    if (seen) ring.push(seen);
  }
  if (ring.length === RING_POINTS + 1) handles.push({ name: "ring", line: ring });
  return handles;
}

/** The handle nearest to a point of the screen; null when none is near. Arrows win over the ring. */
export function handleUnder(handles: readonly Handle[], at: Screen): HandleName | null {
  let best: HandleName | null = null;
  let least = NEAR_PX;
  for (const { name, line } of handles) {
    const apart = distanceToLine(line, at) + (name === "ring" ? 3 : 0);
    if (apart < least) {
      least = apart;
      best = name;
    }
  }
  return best;
}

function moved(point: Vec3, along: Vec3, metres: number): Vec3 {
  return [point[0] + along[0] * metres, point[1] + along[1] * metres, point[2] + along[2] * metres];
}

function distanceToLine(line: readonly Screen[], [x, y]: Screen): number {
  let best = Infinity;
  for (let i = 0; i + 1 < line.length; i += 1) {
    const [ax, ay] = line[i] ?? [0, 0];
    const [bx, by] = line[i + 1] ?? [0, 0];
    const [dx, dy] = [bx - ax, by - ay];
    const t = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    best = Math.min(best, Math.hypot(x - ax - t * dx, y - ay - t * dy));
  }
  return best;
}

/** Metres along an axis from the point where a ray comes nearest to it; null when they run alike. */
export function alongAxis(
  ray: { readonly origin: Vec3; readonly direction: Vec3 },
  from: Vec3,
  axis: Vec3,
): number | null {
  const w: Vec3 = [ray.origin[0] - from[0], ray.origin[1] - from[1], ray.origin[2] - from[2]];
  const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const b = dot(ray.direction, axis);
  const denominator = 1 - b * b;
  if (denominator < 1e-6) return null;
  return (dot(axis, w) - b * dot(ray.direction, w)) / denominator;
}

/** Where a ray meets the plane through a point; null when it runs along it or away from it. */
export function onPlane(
  ray: { readonly origin: Vec3; readonly direction: Vec3 },
  point: Vec3,
  normal: Vec3,
): Vec3 | null {
  const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const towards = dot(ray.direction, normal);
  if (Math.abs(towards) < 1e-3) return null;
  const t =
    dot([point[0] - ray.origin[0], point[1] - ray.origin[1], point[2] - ray.origin[2]], normal) /
    towards;
  return t <= 0 ? null : moved(ray.origin, ray.direction, t);
}
