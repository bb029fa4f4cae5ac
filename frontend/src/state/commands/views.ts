/** Saved views and links: what was on the screen, kept and brought back. */

import type { Camera, Viewpoint } from "../../protocol/viewpoint";
import { ViewpointRefused, readViewpoint } from "../../protocol/viewpoint_reader";
import type { ViewChoice } from "../areas/viewing";
import { t } from "../messages";
import type { Vec3 } from "../model";
import type { RangeSet } from "../ranges";
import {
  BadArguments,
  type Commanding,
  type NoArgs,
  always,
  bool,
  define,
  fields,
  nothing,
  number,
  ranges,
  text,
  unitVector,
  vector,
} from "./define";

export interface ViewsArgs {
  /**
   * Shows a viewpoint whose parts are dense ranges of the model on the table; one undoable step.
   * view: under which name the chip stands; null: without a chip. newer: parts it did not know.
   */
  "view.apply": {
    viewpoint: Viewpoint;
    view: { id: string | null; name: string } | null;
    newer?: RangeSet;
    choice?: ViewChoice;
    animate?: boolean;
  };
  /** To what was on the screen before the view. */
  "view.back": NoArgs;
  /** Keeps the screen and forgets that it came from a view. */
  "view.forget": NoArgs;
  /** The newer parts are known now. */
  "view.forgetNewer": NoArgs;
  /** Moves the camera: absolute metres, y up. */
  "view.camera": { camera: Camera; animate?: boolean };
  /** Fetches the list of saved views. */
  "view.list": NoArgs;
  /** Fetches and shows a saved view. */
  "view.open": { id: string };
  /** The next view of the agenda, or the one before. */
  "view.next": NoArgs;
  "view.previous": NoArgs;
  /** Keeps what is on the screen as a saved view; the name is asked where it is missing. */
  "view.save": { name?: string };
  /** Puts an address that shows exactly this onto the clipboard. */
  "view.copyLink": NoArgs;
}

export const VIEWS_COMMANDS: Commanding<ViewsArgs> = {
  "view.apply": define(
    t("command.view.apply"),
    "scene",
    (raw) => ({
      viewpoint: viewpoint(raw["viewpoint"]),
      view: viewName(raw["view"]),
      ...(raw["newer"] === undefined ? {} : { newer: ranges(raw["newer"]) }),
      ...(raw["choice"] === undefined ? {} : { choice: choice(raw["choice"]) }),
      ...(raw["animate"] === undefined ? {} : { animate: bool(raw["animate"], "animate") }),
    }),
    // Who may not change what all see still gets the camera: the performer looks.
    always,
  ),
  "view.back": define(t("command.view.back"), "scene", nothing, always),
  "view.forget": define(t("command.view.forget"), "personal", nothing),
  "view.forgetNewer": define(t("command.view.forgetNewer"), "personal", nothing),
  "view.camera": define(t("command.view.camera"), "personal", (raw) => ({
    camera: camera(raw["camera"]),
    ...(raw["animate"] === undefined ? {} : { animate: bool(raw["animate"], "animate") }),
  })),
  "view.list": define(t("command.view.list"), "personal", nothing),
  "view.open": define(t("command.view.open"), "personal", (raw) => ({ id: text(raw["id"], "id") })),
  "view.next": define(t("command.view.next"), "personal", nothing),
  "view.previous": define(t("command.view.previous"), "personal", nothing),
  "view.save": define(t("command.view.save"), "object", (raw) =>
    raw["name"] === undefined ? {} : { name: text(raw["name"], "name") },
  ),
  "view.copyLink": define(t("command.view.copyLink"), "personal", nothing),
};

function viewpoint(value: unknown): Viewpoint {
  try {
    return readViewpoint(value);
  } catch (error) {
    if (error instanceof ViewpointRefused) throw new BadArguments(`viewpoint: ${error.message}`);
    throw error;
  }
}

function viewName(value: unknown): ViewsArgs["view.apply"]["view"] {
  if (value === undefined || value === null) return null;
  const raw = fields(value);
  return { id: raw["id"] === null ? null : text(raw["id"], "id"), name: text(raw["name"], "name") };
}

function choice(value: unknown): ViewChoice {
  const raw = fields(value);
  const wanted = (key: keyof ViewChoice): boolean =>
    raw[key] === undefined ? true : bool(raw[key], key);
  return {
    camera: wanted("camera"),
    sections: wanted("sections"),
    visibility: wanted("visibility"),
  };
}

/** Absolute metres, y up. */
function camera(value: unknown): Camera {
  const raw = fields(value);
  const position = vector(raw["position"], "position");
  const target = vector(raw["target"], "target");
  const apart = Math.hypot(...position.map((part, axis) => part - (target[axis] ?? 0)));
  if (apart < 1e-9) throw new BadArguments("position and target must be apart.");
  const fov_rad = number(raw["fov_rad"] ?? Math.PI / 4, "fov_rad");
  if (fov_rad <= 0 || fov_rad >= Math.PI) throw new BadArguments("fov_rad must be within 0 and π.");
  const height = raw["ortho_height_m"] ?? null;
  const ortho_height_m = height === null ? null : number(height, "ortho_height_m");
  if (ortho_height_m !== null && ortho_height_m <= 0)
    throw new BadArguments("ortho_height_m must be above zero.");
  return {
    position,
    target,
    up: upright(raw["up"] ?? [0, 1, 0]),
    fov_rad,
    ortho_height_m,
  };
}

/** A unit vector as it was: dividing one by its length would change its last digits. */
function upright(value: unknown): Vec3 {
  const up = vector(value, "up");
  return Math.abs(Math.hypot(...up) - 1) < 1e-9 ? up : unitVector(up, "up");
}
