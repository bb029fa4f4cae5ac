/** Tool, unit, theme, projection. */

import type { Commands } from "../commands";
import type { Workspace } from "../workspace";

export function performDesk(workspace: Workspace, commands: Commands): void {
  commands.register("tool.set", ({ tool }) => {
    workspace.pendingMeasure.set(null);
    workspace.pendingText.set(null);
    if (tool !== "draw") workspace.openSheet.set(null);
    if (tool !== "place") workspace.placing.set(null);
    if (tool !== "pin") {
      workspace.pinTask.set(null);
      workspace.pinPlace.set(null);
    }
    workspace.tool.set(tool);
  });
  commands.register("camera.projection", ({ projection }) =>
    workspace.display.update((display) => ({
      ...display,
      projection:
        projection ?? (display.projection === "perspective" ? "orthographic" : "perspective"),
    })),
  );
  commands.register("unit.set", ({ unit }) => workspace.unit.set(unit));
  commands.register("theme.set", ({ theme }) => workspace.theme.set(theme));
}
