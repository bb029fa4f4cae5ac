/** How the model is drawn. */

import {
  BACKGROUNDS,
  DISPLAY_MODES,
  OCCLUSIONS,
  POINT_COLOURS,
  POINT_SIZES,
  LEAST_POINT_M,
  LEAST_POINT_PX,
  MOST_POINT_M,
  MOST_POINT_PX,
  type Background,
  type DisplayMode,
  type Occlusion,
  type PointLook,
  hiddenOf,
} from "../areas/displaying";
import { t } from "../messages";
import { BadArguments, type Commanding, type Fields, type NoArgs } from "./define";
import { bool, define, nothing, number, oneOf } from "./define";

type Switch = { on?: boolean };

export interface DisplayArgs {
  "display.mode": { mode: DisplayMode };
  "display.edges": Switch;
  "display.ownEdges": Switch;
  "display.shadow": Switch;
  "display.grid": Switch;
  "display.occlusion": { occlusion: Occlusion };
  "display.background": { background: Background };
  "display.pmi": Switch;
  "display.points": Partial<PointLook> & { preview?: boolean };
  "display.photoreal": { scale?: 1 | 2; anyway?: boolean; level?: number };
  "display.photorealStop": NoArgs;
  "display.photorealEnd": NoArgs;
  "display.photorealSave": NoArgs;
}

const onOrOff = (raw: Fields): Switch =>
  raw["on"] === undefined ? {} : { on: bool(raw["on"], "on") };

function pointLook(raw: Fields): DisplayArgs["display.points"] {
  const between = (name: string, least: number, most: number): number => {
    const value = number(raw[name], name);
    if (value < least || value > most)
      throw new BadArguments(`${name} must be from ${least} to ${most}.`);
    return value;
  };
  const codes = raw["hiddenClasses"];
  if (codes !== undefined && !Array.isArray(codes))
    throw new BadArguments("hiddenClasses must be a list of class codes.");
  return {
    ...(raw["size"] === undefined ? {} : { size: oneOf(raw["size"], POINT_SIZES, "size") }),
    ...(raw["pixels"] === undefined
      ? {}
      : { pixels: between("pixels", LEAST_POINT_PX, MOST_POINT_PX) }),
    ...(raw["metres"] === undefined
      ? {}
      : { metres: between("metres", LEAST_POINT_M, MOST_POINT_M) }),
    ...(raw["colours"] === undefined
      ? {}
      : { colours: oneOf(raw["colours"], POINT_COLOURS, "colours") }),
    ...(codes === undefined ? {} : { hiddenClasses: hiddenOf(codes) }),
    ...(raw["relief"] === undefined ? {} : { relief: bool(raw["relief"], "relief") }),
    ...(raw["preview"] === undefined ? {} : { preview: bool(raw["preview"], "preview") }),
  };
}

export const DISPLAY_COMMANDS: Commanding<DisplayArgs> = {
  "display.mode": define(t("command.display.mode"), "personal", (raw) => ({
    mode: oneOf(raw["mode"], DISPLAY_MODES, "mode"),
  })),
  "display.edges": define(t("command.display.edges"), "personal", onOrOff),
  "display.ownEdges": define(t("command.display.ownEdges"), "personal", onOrOff),
  "display.shadow": define(t("command.display.shadow"), "personal", onOrOff),
  "display.grid": define(t("command.display.grid"), "personal", onOrOff),
  "display.occlusion": define(t("command.display.occlusion"), "personal", (raw) => ({
    occlusion: oneOf(raw["occlusion"], OCCLUSIONS, "occlusion"),
  })),
  "display.background": define(t("command.display.background"), "personal", (raw) => ({
    background: oneOf(raw["background"], BACKGROUNDS, "background"),
  })),
  "display.pmi": define(t("command.display.pmi"), "personal", onOrOff),
  "display.points": define(t("command.display.points"), "personal", pointLook),
  "display.photoreal": define(t("command.display.photoreal"), "personal", (raw) => ({
    ...(raw["scale"] === undefined ? {} : { scale: raw["scale"] === 2 ? (2 as const) : 1 }),
    ...(raw["anyway"] === undefined ? {} : { anyway: bool(raw["anyway"], "anyway") }),
    ...(raw["level"] === undefined ? {} : { level: number(raw["level"], "level") }),
  })),
  "display.photorealStop": define(t("command.display.photorealStop"), "personal", nothing),
  "display.photorealEnd": define(t("command.display.photorealEnd"), "personal", nothing),
  "display.photorealSave": define(t("command.display.photorealSave"), "personal", nothing),
};
