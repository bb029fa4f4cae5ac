/** How a camera moves, as functions from pose to pose. Model frame, metres, y up. */

import type { Bounds, Vec3 } from "../state/model";
import type { CameraPose, ViewName } from "../state/workspace";
import {
  Y_UP,
  add,
  along,
  cross,
  distance,
  dot,
  length,
  mix,
  normalize,
  rotate,
  scale,
  subtract,
} from "./vector";

/** Fraction of the shorter viewport side that a fitted box takes: UX.md statement 18 asks 60 to 90 %. */
const FIT_FILL = 0.82;
const NINETY = Math.PI / 2;

/** The camera's axes, unit. */
export interface Axes {
  readonly forward: Vec3;
  readonly right: Vec3;
  readonly up: Vec3;
}

export function axesOf(pose: CameraPose): Axes {
  const forward = normalize(subtract(pose.target, pose.position));
  let right = cross(forward, pose.up);
  if (length(right) < 1e-9) right = cross(forward, Math.abs(forward[1]) < 0.9 ? Y_UP : [0, 0, -1]);
  right = normalize(right);
  return { forward, right, up: cross(right, forward) };
}

/** Height of the picture at the target, metres. */
export function heightAtTarget(pose: CameraPose): number {
  return (
    pose.ortho_height_m ?? 2 * distance(pose.position, pose.target) * Math.tan(pose.fov_rad / 2)
  );
}

/**
 * Turns around `pivot` on a turntable: yaw about the vertical, pitch up to straight above and below.
 * Angles in radians; positive yaw moves the camera counter-clockwise seen from above, positive pitch up.
 */
export function orbit(pose: CameraPose, pivot: Vec3, yaw: number, pitch: number): CameraPose {
  const { forward, right } = axesOf(pose);
  const elevation = Math.asin(Math.max(-1, Math.min(1, -forward[1])));
  const allowed = Math.max(-NINETY - elevation, Math.min(NINETY - elevation, pitch));
  return turned(pose, pivot, (v) => rotate(rotate(v, right, -allowed), Y_UP, yaw));
}

/** Turns around `pivot` like a ball in the hand: about the picture's own up and right, over the top as well. */
export function tumble(pose: CameraPose, pivot: Vec3, yaw: number, pitch: number): CameraPose {
  const { right, up } = axesOf(pose);
  return turned(pose, pivot, (v) => rotate(rotate(v, right, -pitch), up, yaw));
}

/** Turns the picture about the view axis through `pivot`; positive is clockwise. */
export function roll(pose: CameraPose, angle: number, pivot = pose.target): CameraPose {
  const { forward } = axesOf(pose);
  // The camera turns against the picture.
  return turned(pose, pivot, (v) => rotate(v, forward, -angle));
}

/** The same view with the vertical upright; straight up and down the nearest of the four sides is up. */
export function upright(pose: CameraPose): CameraPose {
  const { forward, up } = axesOf(pose);
  return { ...pose, up: levelUp(forward, up) };
}

/** Up of a level picture that looks along `forward`: the vertical, or of a plan the side nearest to the present up. */
export function levelUp(forward: Vec3, up: Vec3): Vec3 {
  const square = subtract(Y_UP, scale(forward, forward[1]));
  if (length(square) > 1e-3) return normalize(square);
  const sides: readonly Vec3[] = [
    [0, 0, -1],
    [0, 0, 1],
    [1, 0, 0],
    [-1, 0, 0],
  ];
  return sides.reduce((best, side) => (dot(side, up) > dot(best, up) ? side : best));
}

/** Looks around from where the eye is: yaw about the vertical, pitch up to straight up and down. */
export function lookAround(pose: CameraPose, yaw: number, pitch: number): CameraPose {
  const { forward, right } = axesOf(pose);
  const elevation = Math.asin(Math.max(-1, Math.min(1, forward[1])));
  const limit = NINETY - 0.01;
  const allowed = Math.max(-limit - elevation, Math.min(limit - elevation, pitch));
  return turned(pose, pose.position, (v) => rotate(rotate(v, right, allowed), Y_UP, yaw));
}

function turned(pose: CameraPose, pivot: Vec3, turn: (v: Vec3) => Vec3): CameraPose {
  const around = (p: Vec3): Vec3 => add(pivot, turn(subtract(p, pivot)));
  return {
    ...pose,
    position: around(pose.position),
    target: around(pose.target),
    up: normalize(turn(axesOf(pose).up)),
  };
}

export function pan(pose: CameraPose, by: Vec3): CameraPose {
  return { ...pose, position: add(pose.position, by), target: add(pose.target, by) };
}

/**
 * Moves so that `anchor` keeps its place in the picture and appears 1/factor as large. The target is put at the
 * anchor's depth, so that the next step never crawls toward a point long passed, and turning about it stays on
 * the model.
 *
 * least: metres; a step in is at least this long, so that zooming passes through a surface, never sticks. An
 * orthographic picture hardly gets less high than this.
 */
export function zoom(pose: CameraPose, anchor: Vec3, factor: number, least: number): CameraPose {
  if (pose.ortho_height_m !== null) {
    // Ever smaller steps below `least`: zooming is felt to end there, yet never stands still.
    const brake = factor < 1 ? Math.min(1, pose.ortho_height_m / least) : 1;
    const by = 1 - (1 - factor) * brake;
    const height = pose.ortho_height_m * by;
    const { forward } = axesOf(pose);
    // Sideways toward the anchor; along the view to its depth, which changes nothing of the picture.
    const away = subtract(pose.target, anchor);
    const sideways = subtract(away, scale(forward, dot(away, forward)));
    const target = along(anchor, sideways, by);
    const distance_m = height / 2 / Math.tan(pose.fov_rad / 2);
    return {
      ...pose,
      target,
      position: along(target, forward, -distance_m),
      ortho_height_m: height,
    };
  }
  const ray = subtract(anchor, pose.position);
  const away = length(ray);
  const step = away * (1 - factor);
  const moved = factor < 1 ? Math.max(step, least) : Math.min(step, -least);
  const direction = away > 0 ? scale(ray, 1 / away) : axesOf(pose).forward;
  const position = along(pose.position, direction, moved);
  const { forward } = axesOf(pose);
  const depth = Math.max(dot(subtract(anchor, position), forward), least);
  return { ...pose, position, target: along(position, forward, depth) };
}

/** The same picture at the target's depth, in the other projection. */
export function withProjection(
  pose: CameraPose,
  projection: "perspective" | "orthographic",
  fov_rad = pose.fov_rad,
): CameraPose {
  const height = heightAtTarget(pose);
  if (projection === "orthographic") return { ...pose, ortho_height_m: height };
  const away = height / 2 / Math.tan(fov_rad / 2);
  const { forward } = axesOf(pose);
  return { ...pose, fov_rad, position: along(pose.target, forward, -away), ortho_height_m: null };
}

/**
 * Looks at points, the corners of boxes, from where the camera looks now, so that they fill the picture.
 *
 * fill: "picture" fits the width into its width and the height into its height; "shorter" both into the
 * shorter side, so that a selection keeps some of its surroundings.
 */
export function fit(
  pose: CameraPose,
  corners: readonly Vec3[],
  aspect: number,
  fill: "shorter" | "picture" = "picture",
): CameraPose {
  const bounds = boundsOf(corners);
  if (!bounds) return pose;
  const { forward, right, up } = axesOf(pose);
  const centre = mix(bounds.min, bounds.max, 0.5);
  const reach = Math.max(distance(bounds.min, bounds.max) / 2, 1e-6);
  // Sides of the picture to fill, in picture heights.
  const high = fill === "picture" ? 1 : Math.min(1, aspect);
  const wide = fill === "picture" ? aspect : high;
  const needed = (box: { width: number; height: number }): number =>
    Math.max(box.width / wide, box.height / high) / FIT_FILL;
  const tan = Math.tan(pose.fov_rad / 2);
  if (pose.ortho_height_m !== null) {
    const box = extent(
      corners.map((c) => [dot(subtract(c, centre), right), dot(subtract(c, centre), up)]),
    );
    const ortho_height_m = Math.max(needed(box), reach * 1e-3);
    const target = along(along(centre, right, box.x), up, box.y);
    const position = along(target, forward, -ortho_height_m / 2 / tan);
    return { ...pose, target, position, ortho_height_m };
  }
  let target = centre;
  let away = (reach * 2) / FIT_FILL / Math.min(wide, high) / (2 * tan);
  // Six rounds: the box is centred and scaled as it is projected; the error shrinks tenfold per round.
  for (let round = 0; round < 6; round += 1) {
    const eye = along(target, forward, -away);
    const box = extent(
      corners.map((c) => {
        const from = subtract(c, eye);
        const depth = Math.max(dot(from, forward), away * 0.05);
        return [dot(from, right) / depth / (2 * tan), dot(from, up) / depth / (2 * tan)];
      }),
    );
    target = along(along(target, right, box.x * 2 * tan * away), up, box.y * 2 * tan * away);
    away *= Math.max(0.2, needed(box));
  }
  return { ...pose, target, position: along(target, forward, -away) };
}

/**
 * Where the named views look from, toward the camera, and which way is up. They follow the file's own axes;
 * inside, a z-up file was turned so that its front (looking along its +Y) looks along -z here, as the front
 * of a y-up file does: one table serves both.
 */
export const VIEWS: Readonly<Record<ViewName, { readonly from: Vec3; readonly up: Vec3 }>> = {
  iso: { from: normalize([1, 1, 1]), up: Y_UP },
  front: { from: [0, 0, 1], up: Y_UP },
  back: { from: [0, 0, -1], up: Y_UP },
  left: { from: [-1, 0, 0], up: Y_UP },
  right: { from: [1, 0, 0], up: Y_UP },
  top: { from: [0, 1, 0], up: [0, 0, -1] },
  bottom: { from: [0, -1, 0], up: [0, 0, 1] },
};

/** Turns the camera to look from a direction at its present target. */
export function lookFrom(pose: CameraPose, from: Vec3, up: Vec3): CameraPose {
  const away = distance(pose.position, pose.target);
  const direction = normalize(from);
  const square = normalize(subtract(up, scale(direction, dot(up, direction))));
  return { ...pose, position: along(pose.target, direction, away), up: square };
}

/** A named view of points, the corners of boxes. */
export function namedView(
  pose: CameraPose,
  name: ViewName,
  corners: readonly Vec3[],
  aspect: number,
): CameraPose {
  const { from, up } = VIEWS[name];
  return fit(lookFrom(pose, from, up), corners, aspect);
}

/** The named view that the camera has now, within 0.1°, else null. */
export function viewOf(pose: CameraPose): ViewName | null {
  const { forward, up } = axesOf(pose);
  const limit = Math.cos((0.1 * Math.PI) / 180);
  const names = Object.keys(VIEWS) as ViewName[]; // keys of a Record<ViewName, …>
  return (
    names.find((name) => {
      const view = VIEWS[name];
      const square = name === "iso" ? up : view.up;
      return -dot(forward, view.from) >= limit && dot(up, square) >= limit;
    }) ?? null
  );
}

/** From one pose to another: turns evenly, zooms evenly. at: 0 to 1. */
export function between(a: CameraPose, b: CameraPose, at: number): CameraPose {
  if (at >= 1) return b;
  const from = axesOf(a);
  const to = axesOf(b);
  const turn = rotationBetween(from, to);
  const forward = rotate(from.forward, turn.axis, turn.angle * at);
  const up = rotate(from.up, turn.axis, turn.angle * at);
  const awayA = distance(a.position, a.target);
  const awayB = distance(b.position, b.target);
  const away = awayA * (awayB / awayA) ** at;
  const target = mix(a.target, b.target, at);
  const height =
    a.ortho_height_m !== null && b.ortho_height_m !== null
      ? a.ortho_height_m * (b.ortho_height_m / a.ortho_height_m) ** at
      : b.ortho_height_m;
  return {
    position: along(target, forward, -away),
    target,
    up,
    fov_rad: a.fov_rad + (b.fov_rad - a.fov_rad) * at,
    ortho_height_m: height,
  };
}

/** Nearest and farthest depth of a box along the view, metres from the eye; negative: behind. */
export function depthRange(
  pose: CameraPose,
  bounds: Bounds,
): { readonly near: number; readonly far: number } {
  const { forward } = axesOf(pose);
  let near = Infinity;
  let far = -Infinity;
  for (const corner of cornersOf(bounds)) {
    const depth = dot(subtract(corner, pose.position), forward);
    near = Math.min(near, depth);
    far = Math.max(far, depth);
  }
  return { near, far };
}

export function cornersOf({ min, max }: Bounds): readonly Vec3[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].map((i) => [
    (i & 1) === 0 ? min[0] : max[0],
    (i & 2) === 0 ? min[1] : max[1],
    (i & 4) === 0 ? min[2] : max[2],
  ]);
}

/** The box around points; null without any. */
export function boundsOf(points: readonly Vec3[]): Bounds | null {
  if (points.length === 0) return null;
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (const point of points)
    for (const axis of [0, 1, 2] as const) {
      min[axis] = Math.min(min[axis], point[axis]);
      max[axis] = Math.max(max[axis], point[axis]);
    }
  return { min, max };
}

function extent(points: readonly (readonly [number, number])[] | number[][]): {
  x: number;
  y: number;
  width: number;
  height: number;
} {
  const xs = points.map(([x]) => x ?? 0);
  const ys = points.map(([, y]) => y ?? 0);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  return { x: (left + right) / 2, y: (low + high) / 2, width: right - left, height: high - low };
}

/** The one rotation that takes the axes `a` to `b`. */
function rotationBetween(a: Axes, b: Axes): { axis: Vec3; angle: number } {
  // Columns of R = B Aᵀ; angle from its trace, axis from its antisymmetric part.
  const rows = [0, 1, 2].map((r) =>
    [0, 1, 2].map(
      (c) =>
        (b.right[r] ?? 0) * (a.right[c] ?? 0) +
        (b.up[r] ?? 0) * (a.up[c] ?? 0) +
        (b.forward[r] ?? 0) * (a.forward[c] ?? 0),
    ),
  );
  const m = (r: number, c: number): number => rows[r]?.[c] ?? 0;
  const angle = Math.acos(Math.max(-1, Math.min(1, (m(0, 0) + m(1, 1) + m(2, 2) - 1) / 2)));
  const axis: Vec3 = [m(2, 1) - m(1, 2), m(0, 2) - m(2, 0), m(1, 0) - m(0, 1)];
  if (length(axis) > 1e-6) return { axis: normalize(axis), angle };
  if (angle < 1) return { axis: Y_UP, angle: 0 };
  // Half a turn: the axis is the column of R + 1 that is longest.
  const columns: Vec3[] = [0, 1, 2].map((c) => [
    m(0, c) + (c === 0 ? 1 : 0),
    m(1, c) + (c === 1 ? 1 : 0),
    m(2, c) + (c === 2 ? 1 : 0),
  ]);
  const longest = columns.reduce((best, column) => (length(column) > length(best) ? column : best));
  return { axis: normalize(longest), angle };
}
