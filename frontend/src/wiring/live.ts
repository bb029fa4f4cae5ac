/** The live half of a viewer page: one room, entered with tickets, left on the way out. */

import type { LiveTarget, Running, Stage } from "../ui/ports";
import type { Sources } from "./ports";

/** Connects the workspace to a room. */
export function startLive(_stage: Stage, _target: LiveTarget, _sources: Sources): Running {
  return { stop: () => undefined };
}
