/** What can be done when the picture cannot be drawn as it should, as commands. */

import { FULL_QUALITY, lowerQuality } from "../state/areas/rendering";
import type { Commands } from "../state/commands";
import type { Workspace } from "../state/workspace";
import type { ModelHost } from "./model_host";

/** Returns the way to stop. */
export function offerRemedies(
  workspace: Workspace,
  commands: Commands,
  host: ModelHost,
): () => void {
  const stops = [
    commands.register("graphics.lower", () => {
      workspace.quality.update(lowerQuality);
      workspace.memoryRanOut.set(false);
      const code = workspace.problem.get()?.code;
      if (code === "graphics_lost") commands.run("graphics.restore");
      else if (code === "out_of_memory") {
        workspace.problem.set(null);
        host.reopen();
      }
    }),
    commands.register("graphics.full", () => {
      workspace.quality.set(FULL_QUALITY);
      host.refineOnly(null);
    }),
    commands.register("graphics.retry", () => host.retry()),
    commands.register("graphics.onlySelection", () => {
      const selection = workspace.selection.get();
      if (selection.isEmpty) return;
      host.refineOnly(selection);
      commands.run("visibility.isolate", { ranges: selection });
    }),
  ];
  return () => stops.forEach((stop) => stop());
}
