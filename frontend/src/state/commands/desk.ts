/** Tools, panels, units, undo. */

import { t } from "../messages";
import { DISPLAY_UNITS } from "../units";
import type { DisplayUnit, Theme, ToolName } from "../workspace";
import { type Commanding, type NoArgs, define, nothing, oneOf } from "./define";

export interface DeskArgs {
  "tool.set": { tool: ToolName };
  "unit.set": { unit: DisplayUnit };
  "theme.set": { theme: Theme };
  "ui.search": NoArgs;
  "ui.shortcuts": NoArgs;
  "ui.chrome": NoArgs;
  "ui.chat": NoArgs;
  "history.undo": NoArgs;
  "history.redo": NoArgs;
  /** Answers to the question whether to undo what somebody has changed since. */
  "history.undoAnyway": NoArgs;
  "history.keepTheirs": NoArgs;
  /** One rung down the Esc ladder. */
  escape: NoArgs;
}

export const DESK_COMMANDS: Commanding<DeskArgs> = {
  "tool.set": define(t("command.tool.set"), "personal", (raw) => ({
    tool: oneOf(
      raw["tool"],
      ["select", "section", "measure", "draw", "place", "pin"] as const,
      "tool",
    ),
  })),
  "unit.set": define(t("command.unit.set"), "personal", (raw) => ({
    unit: oneOf(raw["unit"], DISPLAY_UNITS, "unit"),
  })),
  "theme.set": define(t("command.theme.set"), "personal", (raw) => ({
    theme: oneOf(raw["theme"], ["light", "dark"] as const, "theme"),
  })),
  "ui.search": define(t("command.ui.search"), "personal", nothing),
  "ui.shortcuts": define(t("command.ui.shortcuts"), "personal", nothing),
  "ui.chrome": define(t("command.ui.chrome"), "personal", nothing),
  "ui.chat": define(t("command.ui.chat"), "personal", nothing),
  "history.undo": define(t("command.history.undo"), "personal", nothing),
  "history.redo": define(t("command.history.redo"), "personal", nothing),
  "history.undoAnyway": define(t("command.history.undoAnyway"), "personal", nothing),
  "history.keepTheirs": define(t("command.history.keepTheirs"), "personal", nothing),
  escape: define(t("command.escape"), "personal", nothing),
};
