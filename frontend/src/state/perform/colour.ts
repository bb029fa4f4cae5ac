/** Colouring by a property that the structure itself knows; properties of the file are the page's. */

import type { Colouring } from "../areas/colouring";
import type { Commands, Inverse } from "../commands";
import { colouringOf } from "../colour_by";
import type { Workspace } from "../workspace";

export function performColour(workspace: Workspace, commands: Commands): void {
  const { colouring, structure } = workspace;
  const change = (next: Colouring | null): Inverse | undefined => {
    const before = colouring.get();
    if (before === next) return undefined;
    colouring.set(next);
    return { undo: () => colouring.set(before), redo: () => colouring.set(next) };
  };
  commands.register("colour.by", ({ property }) => {
    const model = structure.get();
    const made = model ? colouringOf(model, property, workspace.unit.get()) : null;
    return made ? change(made) : undefined;
  });
  commands.register("colour.set", ({ colouring: next }) => change(next));
  commands.register("colour.clear", () => change(null));
}
