/** What can be done when the picture cannot be drawn as it should. */

import { t } from "../messages";
import { type Commanding, type NoArgs, define, nothing } from "./define";

export interface GraphicsArgs {
  /** Draws again after the browser took the picture away. */
  "graphics.restore": NoArgs;
  /** Half the triangles and pixels from now on. */
  "graphics.lower": NoArgs;
  "graphics.full": NoArgs;
  /** Asks again for what could not be had. */
  "graphics.retry": NoArgs;
  /** Isolates what is selected and refines nothing else. */
  "graphics.onlySelection": NoArgs;
}

export const GRAPHICS_COMMANDS: Commanding<GraphicsArgs> = {
  "graphics.restore": define(t("command.graphics.restore"), "personal", nothing),
  "graphics.lower": define(t("command.graphics.lower"), "personal", nothing),
  "graphics.full": define(t("command.graphics.full"), "personal", nothing),
  "graphics.retry": define(t("command.graphics.retry"), "personal", nothing),
  "graphics.onlySelection": define(t("command.graphics.onlySelection"), "personal", nothing),
};
