/** How the model is drawn. */

import { t } from "../messages";
import { type Commanding, define, bool } from "./define";

export interface DisplayArgs {
  "display.edges": { on?: boolean };
  "display.pmi": { on?: boolean };
}

export const DISPLAY_COMMANDS: Commanding<DisplayArgs> = {
  "display.edges": define(t("command.display.edges"), "personal", (raw) =>
    raw["on"] === undefined ? {} : { on: bool(raw["on"], "on") },
  ),
  "display.pmi": define(t("command.display.pmi"), "personal", (raw) =>
    raw["on"] === undefined ? {} : { on: bool(raw["on"], "on") },
  ),
};
