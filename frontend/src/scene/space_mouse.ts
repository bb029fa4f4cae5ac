/**
 * A 3Dconnexion device, where the browser shows it as a gamepad: six axes, pushed and turned. Their order and
 * signs are those of the Windows and Linux drivers as browsers report them; not tried on a device.
 */

import { axesOf, pan } from "./pose";
import { along, scale } from "./vector";
import type { Viewer } from "./viewer";

const NAMES = /3dconnexion|space ?(mouse|navigator|pilot|explorer)|256f-|046d-c62/i;
/** Hands rest on it. */
const DEAD = 0.06;
/** Picture heights and radians per second at full deflection. */
const PUSH = 0.9;
const TURN = 1.6;
const LONGEST_STEP_S = 0.1;

/** What a device wants: fractions from -1 to 1. */
export interface SpaceMotion {
  readonly right: number;
  readonly up: number;
  /** Toward the model. */
  readonly into: number;
  readonly yaw: number;
  readonly pitch: number;
}

/** The motion of six axes, or null while it is at rest. */
export function motionOf(axes: readonly number[]): SpaceMotion | null {
  const axis = (index: number): number => {
    const value = axes[index] ?? 0;
    return Math.abs(value) < DEAD ? 0 : Math.sign(value) * (Math.abs(value) - DEAD) ** 2;
  };
  const motion = {
    right: axis(0),
    into: -axis(1),
    up: -axis(2),
    pitch: axis(3),
    yaw: axis(5),
  };
  return Object.values(motion).some((value) => value !== 0) ? motion : null;
}

/** Watches for a device. Returns the way to stop. */
export function watchSpaceMouse(viewer: Viewer): () => void {
  const stop = new AbortController();
  let request = 0;
  let lastMs = 0;
  const device = (): Gamepad | null =>
    navigator.getGamepads().find((pad) => pad !== null && NAMES.test(pad.id)) ?? null;
  const poll = (nowMs: number): void => {
    const pad = device();
    request = pad ? requestAnimationFrame(poll) : 0;
    const elapsed_s = lastMs === 0 ? 0 : Math.min(LONGEST_STEP_S, (nowMs - lastMs) / 1000);
    lastMs = nowMs;
    const motion = pad && motionOf(pad.axes);
    if (motion && viewer.workspace.navigation.get().spaceMouse && !viewer.presenting)
      move(viewer, motion, elapsed_s);
  };
  const look = (): void => {
    if (request === 0 && device()) request = requestAnimationFrame(poll);
  };
  window.addEventListener("gamepadconnected", look, { signal: stop.signal });
  // Browsers without gamepads have no such function, insecure pages neither.
  if (typeof navigator.getGamepads === "function") look();
  return () => {
    stop.abort();
    cancelAnimationFrame(request);
  };
}

/** Pushes and turns what is in the middle of the picture, as if it were in the hand. */
function move(viewer: Viewer, motion: SpaceMotion, elapsed_s: number): void {
  const { hand } = viewer.input;
  const pose = viewer.cameraPose();
  const { right, up } = axesOf(pose);
  const reach = viewer.view.height * PUSH * elapsed_s;
  const by = along(scale(right, -motion.right * reach), up, -motion.up * reach);
  viewer.navigate(pan(pose, by));
  const { clientWidth, clientHeight } = viewer.canvas;
  if (motion.into !== 0)
    hand.zoomAt(
      clientWidth / 2,
      clientHeight / 2,
      Math.exp(-motion.into * PUSH * elapsed_s),
      performance.now(),
    );
  if (motion.yaw !== 0 || motion.pitch !== 0)
    hand.turn(
      viewer.cameraPose().target,
      -motion.yaw * TURN * elapsed_s,
      motion.pitch * TURN * elapsed_s,
    );
}
