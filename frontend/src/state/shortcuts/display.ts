/** Keys of the Display menu: Shift and the number of the mode. */

import { DISPLAY_MODES } from "../areas/displaying";
import { type Shortcut, line } from "./line";

export const DISPLAYING: readonly Shortcut[] = DISPLAY_MODES.map((mode, at) =>
  line(
    `display.${mode}`,
    "view",
    `display.mode.${mode}`,
    [`Shift+Digit${at + 1}`],
    "display.mode",
    (commands) => {
      commands.run("display.mode", { mode });
    },
  ),
);
