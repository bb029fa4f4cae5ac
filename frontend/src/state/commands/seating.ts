/** What one can do with one's own place in a headset; each is the wearer's own act, and nobody else's command moves them. */

import {
  COMFORT_PRESETS,
  type Comfort,
  type ComfortPreset,
  type ScaleMode,
  readComfort,
} from "../areas/seating";
import { t } from "../messages";
import type { Vec3 } from "../model";
import type { Workspace } from "../workspace";
import {
  BadArguments,
  type Commanding,
  type Fields,
  type NoArgs,
  bool,
  define,
  nothing,
  number,
  oneOf,
  vector,
} from "./define";

type NamedMode = Exclude<ScaleMode, "free">;
const NAMED_MODES: readonly NamedMode[] = ["table", "one_to_one", "miniature"];

/** Where to go, model frame: a point to stand on, somebody, or the eye of a camera. */
export type Destination =
  | { readonly point: Vec3 }
  | { readonly slot: number }
  | { readonly eye: Vec3; readonly target: Vec3 };

export interface SeatingArgs {
  "xr.enter": { kind?: "vr" | "ar" };
  "xr.leave": NoArgs;
  /** By name, or model metres per metre of the user about where one stands. */
  "xr.scale": { mode: NamedMode } | { ratio: number };
  /** 1:1 with the floor of the model under the feet. */
  "xr.exact": NoArgs;
  /** Before the table again, looking at it. */
  "xr.recentre": NoArgs;
  "xr.seated": { on: boolean };
  "xr.comfort": { preset: ComfortPreset } | { change: Partial<Comfort> };
  /** One turn of the chosen angle: -1 to the left. */
  "xr.turn": { by: 1 | -1 };
  "xr.step": { up: 1 | -1 };
  "xr.goTo": Destination;
  /** The plain room; without `on` it is turned over. */
  "xr.safePlace": { on?: boolean };
  "xr.showButtons": { on: boolean };
  /** The note of the break was read. */
  "xr.breakSeen": NoArgs;
  /** Metres of the user along the gaze's right, up and away, and degrees to the left: the model in its room. */
  "xr.moveModel": { right?: number; up?: number; away?: number; turn_deg?: number };
  /** A model in a real room: put it where one looks, hold it there, darken the room. */
  "xr.place": NoArgs;
  "xr.lock": { on: boolean };
  "xr.dim": { share: number };
  /** Shows or hides the frame times in the headset; without `on` it is turned over. */
  "xr.hud": { on?: boolean };
  /** Whether the headset draws less by itself when it cannot keep its rate. */
  "xr.detail": { auto: boolean };
  /** Two points of the model, then the same two of the room. */
  "xr.align": { on: boolean };
}

const inHeadset = ({ seat }: Workspace): true | string =>
  seat.get() === null ? t("refused.noHeadset") : true;
const inRoom = ({ seat }: Workspace): true | string =>
  seat.get()?.room ? true : t("refused.noRoom");

const optional = (raw: Fields, name: string): number =>
  raw[name] === undefined ? 0 : number(raw[name], name);
const sign = (value: unknown, what: string): 1 | -1 => (number(value, what) < 0 ? -1 : 1);

function scaleOf(raw: Fields): SeatingArgs["xr.scale"] {
  if (raw["mode"] !== undefined) return { mode: oneOf(raw["mode"], NAMED_MODES, "mode") };
  const ratio = number(raw["ratio"], "ratio");
  if (ratio <= 0) throw new BadArguments("ratio must be positive.");
  return { ratio };
}

function destination(raw: Fields): Destination {
  if (raw["slot"] !== undefined) return { slot: number(raw["slot"], "slot") };
  if (raw["eye"] !== undefined)
    return { eye: vector(raw["eye"], "eye"), target: vector(raw["target"], "target") };
  return { point: vector(raw["point"], "point") };
}

/** The choices that are named, read as kept ones are. */
function comfortOf(raw: Fields): SeatingArgs["xr.comfort"] {
  if (raw["preset"] !== undefined)
    return { preset: oneOf(raw["preset"], COMFORT_PRESETS, "preset") };
  const change = raw["change"];
  const named = typeof change === "object" && change !== null ? Object.keys(change) : [];
  const kept = Object.entries(readComfort(change)).filter(([key]) => named.includes(key));
  return { change: Object.fromEntries(kept) };
}

export const SEATING_COMMANDS: Commanding<SeatingArgs> = {
  "xr.enter": define(t("command.xr.enter"), "personal", (raw) =>
    raw["kind"] === undefined ? {} : { kind: oneOf(raw["kind"], ["vr", "ar"], "kind") },
  ),
  "xr.leave": define(t("command.xr.leave"), "personal", nothing),
  "xr.scale": define(t("command.xr.scale"), "personal", scaleOf, inHeadset),
  "xr.exact": define(t("command.xr.exact"), "personal", nothing, inHeadset),
  "xr.recentre": define(t("command.xr.recentre"), "personal", nothing, inHeadset),
  "xr.seated": define(
    t("command.xr.seated"),
    "personal",
    (raw) => ({ on: bool(raw["on"], "on") }),
    inHeadset,
  ),
  "xr.comfort": define(t("command.xr.comfort"), "personal", comfortOf),
  "xr.turn": define(
    t("command.xr.turn"),
    "personal",
    (raw) => ({ by: sign(raw["by"], "by") }),
    inHeadset,
  ),
  "xr.step": define(
    t("command.xr.step"),
    "personal",
    (raw) => ({ up: sign(raw["up"], "up") }),
    inHeadset,
  ),
  "xr.goTo": define(t("command.xr.goTo"), "personal", destination, inHeadset),
  "xr.safePlace": define(
    t("command.xr.safePlace"),
    "personal",
    (raw) => (raw["on"] === undefined ? {} : { on: bool(raw["on"], "on") }),
    inHeadset,
  ),
  "xr.showButtons": define(
    t("command.xr.showButtons"),
    "personal",
    (raw) => ({ on: bool(raw["on"], "on") }),
    inHeadset,
  ),
  "xr.breakSeen": define(t("command.xr.breakSeen"), "personal", nothing, inHeadset),
  "xr.moveModel": define(
    t("command.xr.moveModel"),
    "personal",
    (raw) => ({
      right: optional(raw, "right"),
      up: optional(raw, "up"),
      away: optional(raw, "away"),
      turn_deg: optional(raw, "turn_deg"),
    }),
    inHeadset,
  ),
  "xr.hud": define(t("command.xr.hud"), "personal", (raw) =>
    raw["on"] === undefined ? {} : { on: bool(raw["on"], "on") },
  ),
  "xr.detail": define(t("command.xr.detail"), "personal", (raw) => ({
    auto: bool(raw["auto"], "auto"),
  })),
  "xr.place": define(t("command.xr.place"), "personal", nothing, inRoom),
  "xr.lock": define(
    t("command.xr.lock"),
    "personal",
    (raw) => ({ on: bool(raw["on"], "on") }),
    inRoom,
  ),
  "xr.dim": define(
    t("command.xr.dim"),
    "personal",
    (raw) => ({ share: Math.min(0.9, Math.max(0, number(raw["share"], "share"))) }),
    inRoom,
  ),
  "xr.align": define(
    t("command.xr.align"),
    "personal",
    (raw) => ({ on: bool(raw["on"], "on") }),
    inRoom,
  ),
};
