/** Keys that move the camera, the reticle and the walker. */

import type { WalkDirection } from "../areas/navigating";
import type { Chord } from "../keys";
import type { MessageKey } from "../messages";
import { type Shortcut, line } from "./line";

/** UX.md §5.6: arrows turn by 10°; a pan is a twentieth of the picture's height. */
const KEY_ORBIT = (10 * Math.PI) / 180;
const KEY_PAN = 0.05;
const KEY_ZOOM = 0.85;
const ARROWS: readonly (readonly [name: string, x: number, y: number])[] = [
  ["Left", -1, 0],
  ["Right", 1, 0],
  ["Up", 0, -1],
  ["Down", 0, 1],
];
/** CSS pixels that the reticle moves by. */
const RETICLE_STEP = 12;
const RETICLE_FINE = 1;

const inViewport = { place: "viewport" } as const;
const inPick = { place: "pick" } as const;

const move = ([name, x, y]: (typeof ARROWS)[number]): Shortcut[] => [
  line(
    `orbit${name}`,
    "move",
    `shortcut.orbit${name}` as MessageKey, // four messages of these names
    [`Arrow${name}`],
    "camera.orbit",
    (commands) => {
      commands.run("camera.orbit", { yaw_rad: x * KEY_ORBIT, pitch_rad: -y * KEY_ORBIT });
    },
    inViewport,
  ),
  line(
    `pan${name}`,
    "move",
    `shortcut.pan${name}` as MessageKey, // four messages of these names
    [`Shift+Arrow${name}`],
    "camera.pan",
    (commands) => {
      commands.run("camera.pan", { right: x * KEY_PAN, down: y * KEY_PAN });
    },
    inViewport,
  ),
];

const reticle = ([name, x, y]: (typeof ARROWS)[number]): Shortcut[] => [
  line(
    `reticle${name}`,
    "pick",
    `shortcut.reticle${name}` as MessageKey, // four messages of these names
    [`Ctrl+Arrow${name}`],
    "pick.move",
    (commands) => {
      commands.run("pick.move", { x: x * RETICLE_STEP, y: y * RETICLE_STEP });
    },
    inPick,
  ),
  line(
    `reticleFine${name}`,
    "pick",
    `shortcut.reticleFine${name}` as MessageKey, // four messages of these names
    [`Ctrl+Shift+Arrow${name}`],
    "pick.move",
    (commands) => {
      commands.run("pick.move", { x: x * RETICLE_FINE, y: y * RETICLE_FINE });
    },
    inPick,
  ),
];

const walkKey = (direction: WalkDirection, ...keys: Chord[]): Shortcut =>
  line(
    `walk.${direction}`,
    "walk",
    `shortcut.walk.${direction}`,
    keys,
    "walk.hold",
    (commands) => {
      commands.run("walk.hold", { direction, on: true });
    },
    {
      place: "walk",
      release: (commands) => void commands.run("walk.hold", { direction, on: false }),
    },
  );

/** In the 3D view. */
export const MOVING: readonly Shortcut[] = [
  ...ARROWS.flatMap(move),
  line(
    "zoomIn",
    "move",
    "shortcut.zoomIn",
    ["'+'", "'='"],
    "camera.zoom",
    (commands) => void commands.run("camera.zoom", { factor: KEY_ZOOM }),
    inViewport,
  ),
  line(
    "zoomOut",
    "move",
    "shortcut.zoomOut",
    ["'-'"],
    "camera.zoom",
    (commands) => void commands.run("camera.zoom", { factor: 1 / KEY_ZOOM }),
    inViewport,
  ),
];

/** Keyboard pick mode (UX.md §5.6). */
export const PICKING: readonly Shortcut[] = [
  line(
    "pickMode",
    "pick",
    "shortcut.pickMode",
    ["Enter"],
    "pick.start",
    (commands) => void commands.run("pick.start"),
    { ...inViewport, when: ({ following }) => following.get()?.paused !== true },
  ),
  line(
    "pick",
    "pick",
    "shortcut.pick",
    ["Enter", "Space"],
    "pick.press",
    (commands) => void commands.run("pick.press", {}),
    inPick,
  ),
  line(
    "pickAdd",
    "pick",
    "shortcut.pickAdd",
    ["Ctrl+Enter"],
    "pick.press",
    (commands) => void commands.run("pick.press", { toggle: true }),
    inPick,
  ),
  line(
    "nextPart",
    "pick",
    "shortcut.nextPart",
    ["'.'"],
    "pick.part",
    (commands) => void commands.run("pick.part", { step: 1 }),
    inPick,
  ),
  line(
    "previousPart",
    "pick",
    "shortcut.previousPart",
    ["','"],
    "pick.part",
    (commands) => void commands.run("pick.part", { step: -1 }),
    inPick,
  ),
  line(
    "nextSnap",
    "pick",
    "shortcut.nextSnap",
    ["Tab"],
    "pick.snap",
    (commands) => void commands.run("pick.snap", { step: 1 }),
    { ...inPick, when: ({ tool }) => tool.get() !== "select" },
  ),
  ...ARROWS.flatMap(reticle),
];

/** Walking in the first person; held down. */
export const WALKING: readonly Shortcut[] = [
  walkKey("forward", "KeyW", "ArrowUp"),
  walkKey("back", "KeyS", "ArrowDown"),
  walkKey("left", "KeyA", "ArrowLeft"),
  walkKey("right", "KeyD", "ArrowRight"),
  walkKey("up", "KeyE", "PageUp"),
  walkKey("down", "KeyQ", "PageDown"),
  walkKey("fast", "Shift"),
];
