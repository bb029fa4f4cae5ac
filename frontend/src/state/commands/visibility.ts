/** What is shown, hidden, isolated, ghosted. */

import { t } from "../messages";
import type { RangeSet } from "../ranges";
import { type Commanding, type NoArgs, define, nothing, someRanges } from "./define";

export interface VisibilityArgs {
  "visibility.hide": { ranges: RangeSet };
  "visibility.show": { ranges: RangeSet };
  "visibility.isolate": { ranges: RangeSet };
  "visibility.showAll": NoArgs;
  /** Ghosts exactly these; empty ends ghosting. */
  "visibility.ghost": { ranges: RangeSet };
}

export const VISIBILITY_COMMANDS: Commanding<VisibilityArgs> = {
  "visibility.hide": define(t("command.visibility.hide"), "scene", someRanges),
  "visibility.show": define(t("command.visibility.show"), "scene", someRanges),
  "visibility.isolate": define(t("command.visibility.isolate"), "scene", someRanges),
  "visibility.showAll": define(t("command.visibility.showAll"), "scene", nothing),
  "visibility.ghost": define(t("command.visibility.ghost"), "scene", someRanges),
};
