/** Measurements: adding and removing. */

import type { Commands } from "../commands";
import type { Workspace } from "../workspace";

export function performMeasures(
  workspace: Workspace,
  commands: Commands,
  newId: () => string,
): void {
  const { measures, pendingMeasure } = workspace;
  commands.register("measure.add", (args) => {
    const measure = { id: newId(), ...args };
    const add = (): void => measures.update((all) => [...all, measure]);
    pendingMeasure.set(null);
    add();
    return {
      undo: () => measures.update((all) => all.filter(({ id }) => id !== measure.id)),
      redo: add,
    };
  });
  commands.register("measure.remove", ({ id }) => {
    const before = measures.get();
    if (!before.some((measure) => measure.id === id)) return undefined;
    measures.set(before.filter((measure) => measure.id !== id));
    return () => measures.set(before);
  });
  commands.register("measure.clear", () => {
    const before = measures.get();
    if (before.length === 0) return undefined;
    measures.set([]);
    return () => measures.set(before);
  });
}
