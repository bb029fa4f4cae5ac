/** Tool, unit, theme, projection, and the Esc ladder. */

import type { Commands } from "../commands";
import type { Workspace } from "../workspace";

export function performDesk(workspace: Workspace, commands: Commands): void {
  commands.register("tool.set", ({ tool }) => {
    workspace.pendingMeasure.set(null);
    workspace.tool.set(tool);
  });
  commands.register("display.edges", ({ on }) =>
    workspace.display.update((display) => ({ ...display, edges: on ?? !display.edges })),
  );
  commands.register("display.pmi", ({ on }) =>
    workspace.display.update((display) => ({ ...display, pmi: on ?? !display.pmi })),
  );
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

/** The Esc ladder (UX.md §2.3): following, point in progress, tool, selection, isolation, nothing. */
export function descend(workspace: Workspace, commands: Commands): void {
  if (workspace.pendingMeasure.get()) workspace.pendingMeasure.set(null);
  else if (workspace.following.get()) commands.run("session.follow", { slot: null });
  else if (workspace.tool.get() !== "select") commands.run("tool.set", { tool: "select" });
  else if (!workspace.selection.get().isEmpty) commands.run("selection.clear");
  else if (workspace.isolated.get()) commands.run("visibility.showAll");
}
