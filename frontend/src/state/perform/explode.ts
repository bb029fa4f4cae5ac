/** Pulling parts apart. */

import type { Commands } from "../commands";
import type { Explosion } from "../areas/exploding";
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

  commands.register("explode.how", (change) => {
    const { explosion } = workspace;
    const before = explosion.get();
    const after: Explosion = { ...before, ...change };
    const same =
      after.by === before.by &&
      after.along === before.along &&
      (after.only === before.only || (after.only && before.only?.equals(after.only)));
    if (same === true || workspace.holds.get().has("explode")) return undefined;
    explosion.set(after);
    return { undo: () => explosion.set(before), redo: () => explosion.set(after) };
  });
}
