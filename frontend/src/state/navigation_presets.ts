/** The nine ways of moving the camera that people bring along (UX.md §2.4), as data. */

export type PresetName =
  "web" | "onshape" | "solidworks" | "creo" | "fusion" | "blender" | "maya" | "trackpad" | "touch";

export type MouseButton = "left" | "middle" | "right";
export type DragAction = "orbit" | "pan" | "zoom";

/** Modifier keys of a drag; they must be held exactly so. Cmd counts as Ctrl. */
export interface Modifiers {
  readonly shift: boolean;
  readonly ctrl: boolean;
  readonly alt: boolean;
}

/** A drag with a button and exactly these modifiers. */
export interface DragBinding extends Modifiers {
  readonly button: MouseButton;
  readonly action: DragAction;
}

/** How one program's users move the camera. A right click without movement opens the menu in all of them. */
export interface Preset {
  readonly name: PresetName;
  readonly drags: readonly DragBinding[];
  /** What turning the wheel, or moving two fingers on a trackpad, does. A pinch always zooms. */
  readonly wheel: "zoom" | "orbit";
  /** What a wheel with Shift does. */
  readonly shiftWheel: "zoom" | "pan";
}

function drag(button: MouseButton, action: DragAction, ...keys: (keyof Modifiers)[]): DragBinding {
  return {
    button,
    action,
    shift: keys.includes("shift"),
    ctrl: keys.includes("ctrl"),
    alt: keys.includes("alt"),
  };
}

const WHEEL_ZOOMS = { wheel: "zoom", shiftWheel: "zoom" } as const;
const LIKE_A_VIEWER = [
  drag("left", "orbit"),
  drag("right", "pan"),
  drag("middle", "pan"),
  drag("left", "pan", "shift"),
];

/** In the order in which they are offered. */
export const PRESETS: readonly Preset[] = [
  { name: "web", drags: LIKE_A_VIEWER, ...WHEEL_ZOOMS },
  {
    name: "onshape",
    drags: [drag("right", "orbit"), drag("right", "pan", "ctrl"), drag("middle", "pan")],
    ...WHEEL_ZOOMS,
  },
  {
    name: "solidworks",
    drags: [
      drag("middle", "orbit"),
      drag("right", "pan", "ctrl"),
      drag("middle", "pan", "ctrl"),
      drag("middle", "zoom", "shift"),
    ],
    ...WHEEL_ZOOMS,
  },
  {
    name: "creo",
    drags: [
      drag("middle", "orbit"),
      drag("middle", "pan", "shift"),
      drag("middle", "zoom", "ctrl"),
    ],
    ...WHEEL_ZOOMS,
  },
  {
    name: "fusion",
    drags: [drag("middle", "orbit", "shift"), drag("middle", "pan")],
    ...WHEEL_ZOOMS,
  },
  {
    name: "blender",
    drags: [drag("middle", "orbit"), drag("middle", "pan", "shift")],
    ...WHEEL_ZOOMS,
  },
  {
    name: "maya",
    drags: [
      drag("left", "orbit", "alt"),
      drag("left", "orbit", "alt", "shift"),
      drag("middle", "pan", "alt"),
      drag("right", "zoom", "alt"),
    ],
    ...WHEEL_ZOOMS,
  },
  // Two fingers arrive as a wheel. The button of the trackpad still turns, as a mouse's would.
  { name: "trackpad", drags: [drag("left", "orbit")], wheel: "orbit", shiftWheel: "pan" },
  // Fingers do the same in every preset; this one is for devices without a mouse.
  { name: "touch", drags: LIKE_A_VIEWER, ...WHEEL_ZOOMS },
];

export const PRESET_NAMES: readonly PresetName[] = PRESETS.map(({ name }) => name);

const BY_NAME = new Map(PRESETS.map((preset) => [preset.name, preset]));

export function presetOf(name: PresetName): Preset {
  const preset = BY_NAME.get(name);
  if (!preset) throw new Error(`There is no navigation preset ${name}.`);
  return preset;
}

const BUTTONS: readonly MouseButton[] = ["left", "middle", "right"];

/** What a drag does; null: nothing of the camera's. button: as `PointerEvent.button`. */
export function dragAction(
  preset: Preset,
  button: number,
  { shift, ctrl, alt }: Modifiers,
): DragAction | null {
  const pressed = BUTTONS[button];
  const found = preset.drags.find(
    (binding) =>
      binding.button === pressed &&
      binding.shift === shift &&
      binding.ctrl === ctrl &&
      binding.alt === alt,
  );
  return found?.action ?? null;
}
