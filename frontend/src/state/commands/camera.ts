/** Where the camera stands. */

import { t } from "../messages";
import type { Vec3 } from "../model";
import type { RangeSet } from "../ranges";
import type { ViewName } from "../workspace";
import {
  type Commanding,
  type NoArgs,
  bool,
  define,
  nothing,
  number,
  oneOf,
  someRanges,
  unitVector,
  vector,
} from "./define";

export interface CameraArgs {
  "camera.fit": { ranges?: RangeSet };
  "camera.fitAll": NoArgs;
  "camera.view": { name: ViewName };
  "camera.projection": { projection?: "perspective" | "orthographic" };
  /** From a direction, toward the camera, model frame; for the 26 zones of the view cube. */
  "camera.look": { from: Vec3; up: Vec3 };
  /** Straight at a face: the one there, else the one under the pointer. Model frame, metres. */
  "camera.lookAtFace": { point?: Vec3; normal?: Vec3 };
  /** Turns the picture; positive is clockwise. */
  "camera.roll": { angle_rad: number };
  /** Puts the vertical upright again. */
  "camera.upright": NoArgs;
  /** Turns about what is chosen in the settings; positive yaw to the right, positive pitch up. */
  "camera.orbit": { yaw_rad: number; pitch_rad: number };
  /** Moves by fractions of the picture's height. */
  "camera.pan": { right: number; down: number };
  /** Toward the middle of the picture, or the reticle; what is there appears 1/factor as large. */
  "camera.zoom": { factor: number };
  /** To where the camera rested before. */
  "camera.previous": NoArgs;
  "camera.next": NoArgs;
  /** Starts or ends walking. */
  "camera.walk": { on?: boolean };
}

const oneVector = (raw: unknown, key: "point" | "normal"): { point?: Vec3; normal?: Vec3 } => {
  if (raw === undefined) return {};
  return key === "point" ? { point: vector(raw, key) } : { normal: unitVector(raw, key) };
};

export const CAMERA_COMMANDS: Commanding<CameraArgs> = {
  "camera.fit": define(t("command.camera.fit"), "personal", (raw) =>
    raw["ranges"] === undefined ? {} : someRanges(raw),
  ),
  "camera.fitAll": define(t("command.camera.fitAll"), "personal", nothing),
  "camera.view": define(t("command.camera.view"), "personal", (raw) => ({
    name: oneOf(
      raw["name"],
      ["iso", "front", "back", "left", "right", "top", "bottom"] as const,
      "name",
    ),
  })),
  "camera.projection": define(t("command.camera.projection"), "personal", (raw) =>
    raw["projection"] === undefined
      ? {}
      : {
          projection: oneOf(
            raw["projection"],
            ["perspective", "orthographic"] as const,
            "projection",
          ),
        },
  ),
  "camera.look": define(t("command.camera.view"), "personal", (raw) => ({
    from: unitVector(raw["from"], "from"),
    up: unitVector(raw["up"], "up"),
  })),
  "camera.lookAtFace": define(t("command.camera.lookAtFace"), "personal", (raw) => ({
    ...oneVector(raw["point"], "point"),
    ...oneVector(raw["normal"], "normal"),
  })),
  "camera.roll": define(t("command.camera.roll"), "personal", (raw) => ({
    angle_rad: number(raw["angle_rad"], "angle_rad"),
  })),
  "camera.upright": define(t("command.camera.upright"), "personal", nothing),
  "camera.orbit": define(t("command.camera.orbit"), "personal", (raw) => ({
    yaw_rad: number(raw["yaw_rad"] ?? 0, "yaw_rad"),
    pitch_rad: number(raw["pitch_rad"] ?? 0, "pitch_rad"),
  })),
  "camera.pan": define(t("command.camera.pan"), "personal", (raw) => ({
    right: number(raw["right"] ?? 0, "right"),
    down: number(raw["down"] ?? 0, "down"),
  })),
  "camera.zoom": define(t("command.camera.zoom"), "personal", (raw) => ({
    factor: Math.min(10, Math.max(0.1, number(raw["factor"], "factor"))),
  })),
  "camera.previous": define(t("command.camera.previous"), "personal", nothing),
  "camera.next": define(t("command.camera.next"), "personal", nothing),
  "camera.walk": define(t("command.camera.walk"), "personal", (raw) =>
    raw["on"] === undefined ? {} : { on: bool(raw["on"], "on") },
  ),
};
