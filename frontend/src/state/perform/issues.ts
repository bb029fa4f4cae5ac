/** Which pins are shown, and taking up another task with them. */

import type { Commands } from "../commands";
import type { Workspace } from "../workspace";

export function performIssues(workspace: Workspace, commands: Commands): void {
  const { pinsShown, pinFilter, pinTask, pinPlace, pinStack } = workspace;

  commands.register("pins.show", ({ shown }) => {
    const before = pinsShown.get();
    const after = shown ?? !before;
    if (after === before) return undefined;
    pinsShown.set(after);
    pinStack.set(null);
    return () => pinsShown.set(before);
  });

  commands.register("pins.filter", (change) => {
    const before = pinFilter.get();
    const after = { ...before, ...change };
    if (JSON.stringify(after) === JSON.stringify(before)) return undefined;
    pinFilter.set(after);
    return { undo: () => pinFilter.set(before), redo: () => pinFilter.set(after) };
  });

  commands.register("issue.move", ({ id, number }) => {
    commands.run("tool.set", { tool: "pin" });
    pinPlace.set(null);
    pinTask.set({ kind: "move", issueId: id, number });
  });
}
