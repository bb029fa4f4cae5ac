/** Where the camera stands. */

import { t } from "../messages";
import type { RangeSet } from "../ranges";
import type { ViewName } from "../workspace";
import { type Commanding, type NoArgs, define, nothing, oneOf, someRanges } from "./define";

export interface CameraArgs {
  "camera.fit": { ranges?: RangeSet };
  "camera.fitAll": NoArgs;
  "camera.view": { name: ViewName };
  "camera.projection": { projection?: "perspective" | "orthographic" };
}

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
};
