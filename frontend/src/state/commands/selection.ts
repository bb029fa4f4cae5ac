/** Selecting parts. */

import { t } from "../messages";
import type { RangeSet } from "../ranges";
import { type Commanding, type NoArgs, define, nothing, oneOf, ranges } from "./define";

export interface SelectionArgs {
  "selection.set": { ranges: RangeSet; mode: "replace" | "add" | "remove" | "toggle" };
  "selection.clear": NoArgs;
  "selection.parent": NoArgs;
  "selection.identical": NoArgs;
}

export const SELECTION_COMMANDS: Commanding<SelectionArgs> = {
  "selection.set": define(t("command.selection.set"), "personal", (raw) => ({
    ranges: ranges(raw["ranges"]),
    mode: oneOf(raw["mode"] ?? "replace", ["replace", "add", "remove", "toggle"] as const, "mode"),
  })),
  "selection.clear": define(t("command.selection.clear"), "personal", nothing),
  "selection.parent": define(t("command.selection.parent"), "personal", nothing),
  "selection.identical": define(t("command.selection.identical"), "personal", nothing),
};
