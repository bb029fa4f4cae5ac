/** Pulling parts apart. */

import type { Commands } from "../commands";
import type { Workspace } from "../workspace";

export function performExplode(workspace: Workspace, commands: Commands): void {
  let beforeDrag: number | null = null;
  commands.register("explode.set", ({ amount, preview }) => {
    const { explode } = workspace;
    if (workspace.holds.get().has("explode")) return undefined;
    if (preview) {
      beforeDrag ??= explode.get();
      workspace.dragging.set("explode");
      explode.set(amount);
      return undefined;
    }
    const start = beforeDrag ?? explode.get();
    beforeDrag = null;
    if (workspace.dragging.get() === "explode") workspace.dragging.set(null);
    explode.set(amount);
    if (start === amount) return undefined;
    return { undo: () => explode.set(start), redo: () => explode.set(amount) };
  });
}
