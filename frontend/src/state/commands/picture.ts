/** Pictures of what is shown. */

import type { PictureChoice } from "../areas/picturing";
import { t } from "../messages";
import { type Commanding, bool, define, oneOf } from "./define";

export interface PictureArgs {
  /** What is left out is as last time; `to` defaults to the clipboard. */
  "picture.take": Partial<PictureChoice> & { to?: "clipboard" | "file" };
}

const SCALES = ["1", "2", "4"] as const;

export const PICTURE_COMMANDS: Commanding<PictureArgs> = {
  "picture.take": define(t("command.picture.take"), "personal", (raw) => {
    const flag = (name: "annotations" | "scaleBar" | "title" | "transparent") =>
      raw[name] === undefined ? {} : { [name]: bool(raw[name], name) };
    return {
      ...(raw["format"] === undefined
        ? {}
        : { format: oneOf(raw["format"], ["png", "svg"] as const, "format") }),
      ...(raw["scale"] === undefined
        ? {}
        : { scale: SCALE_OF[oneOf(String(raw["scale"]), SCALES, "scale")] }),
      ...flag("annotations"),
      ...flag("scaleBar"),
      ...flag("title"),
      ...flag("transparent"),
      ...(raw["to"] === undefined
        ? {}
        : { to: oneOf(raw["to"], ["clipboard", "file"] as const, "to") }),
    };
  }),
};

const SCALE_OF = { "1": 1, "2": 2, "4": 4 } as const;
