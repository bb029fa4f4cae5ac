/** How one moves: choices of navigation, walking, keyboard pick mode, the context menu, regions of the page. */

import {
  type NavigationChoices,
  WALK_DIRECTIONS,
  type WalkDirection,
  readChoices,
} from "../areas/navigating";
import { t } from "../messages";
import { PRESET_NAMES } from "../navigation_presets";
import {
  type Commanding,
  type NoArgs,
  bool,
  define,
  fields,
  nothing,
  number,
  oneOf,
} from "./define";

export interface NavigationArgs {
  "navigation.set": { change: Partial<NavigationChoices> };
  /** A key or on-screen arrow goes down or up. */
  "walk.hold": { direction: WalkDirection; on: boolean };
  /** Walks faster or slower by a factor. */
  "walk.speed": { factor: number };
  "pick.start": NoArgs;
  "pick.stop": NoArgs;
  /** To the next visible part, nearest first. */
  "pick.part": { step: number };
  /** To the next point that the tool can snap to. */
  "pick.snap": { step: number };
  /** Moves the reticle, CSS pixels. */
  "pick.move": { x: number; y: number };
  /** What a click does at the reticle, or there, CSS pixels in the canvas; toggle: as with Ctrl. */
  "pick.press": { toggle?: boolean; at?: { readonly x: number; readonly y: number } };
  /** Opens the context menu at the reticle, else in the middle. */
  "ui.menu": NoArgs;
  /** Opens what pulls parts apart. */
  "ui.explode": NoArgs;
  /** Puts the focus into the next region of the page. */
  "ui.region": { step: number };
}

const step = (raw: Readonly<Record<string, unknown>>): { step: number } => ({
  step: Math.sign(number(raw["step"], "step")),
});

function place(value: unknown): { x: number; y: number } {
  const raw = fields(value);
  return { x: number(raw["x"], "x"), y: number(raw["y"], "y") };
}

/** The choices that are named, read as kept ones are. */
function changeOf(value: unknown): Partial<NavigationChoices> {
  const named = typeof value === "object" && value !== null ? Object.keys(value) : [];
  const read = readChoices(value, PRESET_NAMES);
  return Object.fromEntries(Object.entries(read).filter(([key]) => named.includes(key)));
}

export const NAVIGATION_COMMANDS: Commanding<NavigationArgs> = {
  "navigation.set": define(t("command.navigation.set"), "personal", (raw) => ({
    change: changeOf(raw["change"]),
  })),
  "walk.hold": define(t("command.camera.walk"), "personal", (raw) => ({
    direction: oneOf(raw["direction"], WALK_DIRECTIONS, "direction"),
    on: bool(raw["on"], "on"),
  })),
  "walk.speed": define(t("command.walk.speed"), "personal", (raw) => ({
    factor: Math.min(4, Math.max(0.25, number(raw["factor"], "factor"))),
  })),
  "pick.start": define(t("command.pick.start"), "personal", nothing),
  "pick.stop": define(t("command.pick.stop"), "personal", nothing),
  "pick.part": define(t("command.pick.part"), "personal", step),
  "pick.snap": define(t("command.pick.snap"), "personal", step),
  "pick.move": define(t("command.pick.move"), "personal", (raw) => ({
    x: number(raw["x"] ?? 0, "x"),
    y: number(raw["y"] ?? 0, "y"),
  })),
  "pick.press": define(t("command.pick.press"), "personal", (raw) => ({
    ...(raw["toggle"] === undefined ? {} : { toggle: bool(raw["toggle"], "toggle") }),
    ...(raw["at"] === undefined ? {} : { at: place(raw["at"]) }),
  })),
  "ui.menu": define(t("command.ui.menu"), "personal", nothing),
  "ui.explode": define(t("command.ui.explode"), "personal", nothing),
  "ui.region": define(t("command.ui.region"), "personal", step),
};
