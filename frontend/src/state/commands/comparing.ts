/** Comparing with another revision. */

import {
  COMPARE_MODES,
  COMPARE_PALETTES,
  type CompareMode,
  type ComparePalette,
  MOST_TOLERANCE_M,
} from "../areas/comparing";
import { REAL_CHANGES, type RealChange } from "../changes";
import { t } from "../messages";
import type { Vec3 } from "../model";
import {
  BadArguments,
  type Commanding,
  type NoArgs,
  bool,
  define,
  nothing,
  number,
  oneOf,
  preview,
  text,
  vector,
} from "./define";

export interface ComparingArgs {
  /** revision: the old one. */
  "compare.start": { revision: string; label: string };
  "compare.end": NoArgs;
  /** Asks the server once more. */
  "compare.retry": NoArgs;
  "compare.mode": { mode: CompareMode };
  /** at: 0 to 1, how much of the width shows the old revision. */
  "compare.slide": { at: number; preview?: boolean };
  "compare.kinds": { kinds: readonly RealChange[] };
  "compare.palette": { palette: ComparePalette };
  /** Changed shapes in the colours of their displacement, or as the others. */
  "compare.heat": { on: boolean };
  /** metres: displacement that counts as none. */
  "compare.tolerance": { metres: number };
  /** Side by side: one camera for both, or one for each. */
  "compare.link": { on: boolean };
  /** Looks at a stop of the tour. */
  "compare.go": { stop: number };
  "compare.step": { step: number };
  /** The old revision alone, while it lasts. */
  "compare.blink": { on: boolean };
  /** Frames a box; metres, model frame. */
  "camera.fitBox": { min: Vec3; max: Vec3 };
}

function kindsOf(value: unknown): readonly RealChange[] {
  if (!Array.isArray(value)) throw new BadArguments("kinds must be a list.");
  const wanted = value.map((kind: unknown) => oneOf(kind, REAL_CHANGES, "kind"));
  return REAL_CHANGES.filter((kind) => wanted.includes(kind));
}

export const COMPARING_COMMANDS: Commanding<ComparingArgs> = {
  "compare.start": define(t("command.compare.start"), "personal", (raw) => ({
    revision: text(raw["revision"], "revision"),
    label: text(raw["label"], "label"),
  })),
  "compare.end": define(t("command.compare.end"), "personal", nothing),
  "compare.retry": define(t("command.compare.retry"), "personal", nothing),
  "compare.mode": define(t("command.compare.mode"), "personal", (raw) => ({
    mode: oneOf(raw["mode"], COMPARE_MODES, "mode"),
  })),
  "compare.slide": define(t("command.compare.slide"), "personal", (raw) => ({
    at: Math.min(1, Math.max(0, number(raw["at"], "at"))),
    ...preview(raw),
  })),
  "compare.kinds": define(t("command.compare.kinds"), "personal", (raw) => ({
    kinds: kindsOf(raw["kinds"]),
  })),
  "compare.palette": define(t("command.compare.palette"), "personal", (raw) => ({
    palette: oneOf(raw["palette"], COMPARE_PALETTES, "palette"),
  })),
  "compare.heat": define(t("command.compare.heat"), "personal", (raw) => ({
    on: bool(raw["on"], "on"),
  })),
  "compare.tolerance": define(t("command.compare.tolerance"), "personal", (raw) => ({
    metres: Math.min(MOST_TOLERANCE_M, Math.max(0, number(raw["metres"], "metres"))),
  })),
  "compare.link": define(t("command.compare.link"), "personal", (raw) => ({
    on: bool(raw["on"], "on"),
  })),
  "compare.go": define(t("command.compare.go"), "personal", (raw) => ({
    stop: number(raw["stop"], "stop"),
  })),
  "compare.step": define(t("command.compare.step"), "personal", (raw) => ({
    step: Math.sign(number(raw["step"], "step")),
  })),
  "compare.blink": define(t("command.compare.blink"), "personal", (raw) => ({
    on: bool(raw["on"], "on"),
  })),
  "camera.fitBox": define(t("command.camera.fitBox"), "personal", (raw) => ({
    min: vector(raw["min"], "min"),
    max: vector(raw["max"], "max"),
  })),
};
