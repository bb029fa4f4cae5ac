/** Walking in the first person: keys or on-screen arrows move the eye, drags look around. */

import type { Vec3 } from "../state/model";
import type { Walk, WalkDirection } from "../state/areas/navigating";
import type { CameraPose } from "../state/workspace";
import type { Hit } from "./picking";
import { axesOf, pan, upright } from "./pose";
import {
  Y_UP,
  add,
  along,
  cross,
  distance,
  dot,
  length,
  normalize,
  scale,
  subtract,
} from "./vector";
import type { Viewer } from "./viewer";

/** Of the model's radius, per second: across the model in eight seconds. */
const SPEED_OF_RADIUS = 0.25;
/** Nobody walks through a building faster than this to begin with, metres per second. */
const USUAL_SPEED_MPS = 1.4;
const LEAST_BUILDING_M = 4;
const LARGEST_BUILDING_M = 200;
const FAST = 3;
/** A slow frame must not throw one through the wall. */
const LONGEST_STEP_S = 0.1;
/** Eyes of a standing person; a small model has small people. */
const EYE_M = 1.65;
const EYE_OF_HEIGHT = 0.2;
/** Of the eye's height. */
const KNEE = 0.3;
const REACH = 0.18;
/** Fraction of the way to the floor that the eye goes in a second, as e-folds. */
const FALL_RATE = 8;

/** A ray's first hit; `Viewer.pickRay` is one. */
export type Cast = (origin: Vec3, direction: Vec3) => Pick<Hit, "distance" | "normal"> | null;

/** Performs walking for a viewer. Returns the way to stop. */
export function createWalk(viewer: Viewer): () => void {
  const { commands, workspace } = viewer;
  const { walk } = workspace;
  let lastMs = 0;
  const start = (): void => {
    if (workspace.display.get().projection !== "perspective")
      commands.run("camera.projection", { projection: "perspective" });
    viewer.moveTo(upright(viewer.view.destination));
    walk.set({ held: new Set(), speed: usualSpeed(viewer.middleOfModel().radius) });
    workspace.pickMode.set(null);
    viewer.canvas.focus({ preventScroll: true });
  };
  const end = (): void => {
    walk.set(null);
    // What is ahead is turned about from now on.
    const { clientWidth, clientHeight } = viewer.canvas;
    const ahead = viewer.pick(clientWidth / 2, clientHeight / 2);
    if (ahead) viewer.input.hand.aimAt(ahead.point);
  };
  const stops = [
    commands.register("camera.walk", ({ on }) => {
      const walking = walk.get() !== null;
      if (on === walking) return;
      if (walking) end();
      else start();
    }),
    walk.subscribe((now) => {
      if (now && now.held.size > 0) viewer.invalidate();
      else lastMs = 0;
    }),
    viewer.onFrame((nowMs) => {
      const now = walk.get();
      if (!now || viewer.presenting) return;
      const falls = workspace.navigation.get().gravity;
      if (now.held.size === 0 && !falls) {
        lastMs = 0;
        return;
      }
      if (lastMs === 0) {
        lastMs = nowMs;
        viewer.invalidate();
        return;
      }
      const elapsed_s = Math.min(LONGEST_STEP_S, (nowMs - lastMs) / 1000);
      lastMs = nowMs;
      const before = viewer.cameraPose();
      const cast: Cast = (origin, direction) => viewer.pickRay(origin, direction);
      const ground = falls ? { cast, eye_m: eyeHeight(viewer) } : null;
      const after = walked(before, now, elapsed_s, ground);
      const moves =
        distance(before.position, after.position) > 1e-7 * viewer.middleOfModel().radius;
      if (moves) viewer.navigate(after);
      if (moves || now.held.size > 0) viewer.invalidate();
      else lastMs = 0;
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Metres per second: a walker's in what has the size of a building, else by the model's size. */
export function usualSpeed(radius: number): number {
  const isBuilding = radius > LEAST_BUILDING_M && radius < LARGEST_BUILDING_M;
  return isBuilding ? USUAL_SPEED_MPS * 1.5 : radius * SPEED_OF_RADIUS;
}

function eyeHeight(viewer: Viewer): number {
  const heights = viewer.cornersOfModel().map(([, y]) => y);
  return Math.min(EYE_M, (Math.max(...heights) - Math.min(...heights)) * EYE_OF_HEIGHT);
}

/** Keys that pull against each other, and which way. */
const AXES: readonly (readonly [plus: WalkDirection, minus: WalkDirection])[] = [
  ["right", "left"],
  ["up", "down"],
  ["forward", "back"],
];

/** The way wanted, in the horizontal frame of the view: right, up, forward; at most 1 long. */
function wanted(held: ReadonlySet<WalkDirection>): Vec3 {
  const [x, y, z] = AXES.map(([plus, minus]) => Number(held.has(plus)) - Number(held.has(minus)));
  const way: Vec3 = [x ?? 0, y ?? 0, z ?? 0];
  return length(way) > 1 ? normalize(way) : way;
}

/**
 * The pose after some time of walking. ground: keeps the eye at its height above the floor and before walls; up and
 * down mean nothing then. Without it one floats, through everything.
 */
export function walked(
  pose: CameraPose,
  { held, speed }: Walk,
  elapsed_s: number,
  ground: { readonly cast: Cast; readonly eye_m: number } | null,
): CameraPose {
  const { forward, right } = axesOf(pose);
  const ahead = ground ? normalize(cross(Y_UP, right)) : forward;
  const [x, y, z] = wanted(held);
  const metres = speed * elapsed_s * (held.has("fast") ? FAST : 1);
  const sideways = along(scale(right, x), ahead, z);
  if (!ground) return pan(pose, scale(add(sideways, [0, y, 0]), metres));
  const step = freeOf(pose.position, scale(sideways, metres), ground);
  const eye = add(pose.position, step);
  return pan(pose, add(step, [0, rise(eye, ground, elapsed_s), 0]));
}

/** As much of a step as walls leave: along them, not through. Looked for at the height of eyes and knees. */
function freeOf(eye: Vec3, step: Vec3, { cast, eye_m }: { cast: Cast; eye_m: number }): Vec3 {
  let free = step;
  // Twice: along the first wall one may come to a second.
  for (let round = 0; round < 2; round += 1) {
    const metres = length(free);
    if (metres === 0) return free;
    const direction = scale(free, 1 / metres);
    for (const below of [0, eye_m * (1 - KNEE)]) {
      const wall = cast(subtract(eye, [0, below, 0]), direction);
      if (!wall || wall.distance > metres + eye_m * REACH) continue;
      const normal = normalize([wall.normal[0], 0, wall.normal[2]]);
      const into = dot(free, normal);
      // A floor that rises is no wall.
      if (Math.abs(wall.normal[1]) > 0.7 || into >= 0) continue;
      free = subtract(free, scale(normal, into));
    }
  }
  const left = length(free);
  if (left === 0) return free;
  const wall = cast(eye, scale(free, 1 / left));
  return wall && wall.distance < left + eye_m * REACH ? [0, 0, 0] : free;
}

/** How far the eye goes up or down to its height above the floor below; over nothing it stays. */
function rise(
  eye: Vec3,
  { cast, eye_m }: { cast: Cast; eye_m: number },
  elapsed_s: number,
): number {
  const floor = cast(eye, [0, -1, 0]);
  if (!floor) return 0;
  return (eye_m - floor.distance) * (1 - Math.exp(-FALL_RATE * elapsed_s));
}
