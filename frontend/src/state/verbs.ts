/** The verbs for parts, as the row menu, the selection bar and the list of what is under the cursor offer them. */

import type { Commands } from "./commands";
import { RangeSet } from "./ranges";
import type { Workspace } from "./workspace";

/** Hides parts; when all of them are hidden already, shows them. */
export function toggleShown(commands: Commands, workspace: Workspace, ranges: RangeSet): void {
  const all = workspace.hidden.get().contains(ranges);
  commands.run(all ? "visibility.show" : "visibility.hide", { ranges });
}

/** Ghosts parts beside those that are ghosts already; when all of them are, makes them solid again. */
export function toggleGhost(commands: Commands, workspace: Workspace, ranges: RangeSet): void {
  const ghosted = workspace.ghosted.get();
  commands.run("visibility.ghost", {
    ranges: ghosted.contains(ranges) ? ghosted.minus(ranges) : ghosted.union(ranges),
  });
}

/** Spares parts from sections; when all of them are spared already, cuts them again. */
export function toggleUncut(commands: Commands, workspace: Workspace, ranges: RangeSet): void {
  const spared = workspace.uncut.get().contains(ranges);
  commands.run("section.uncut", { ranges, mode: spared ? "remove" : "add" });
}

/** Whether anything cuts, so that sparing parts makes a difference. */
export function isCutting({ sections, sectionBox }: Workspace): boolean {
  return sections.get().length > 0 || sectionBox.get() !== null;
}

/** Ghosts everything but these; again: ends ghosting. */
export function ghostAllBut(commands: Commands, workspace: Workspace, ranges: RangeSet): void {
  const structure = workspace.structure.get();
  if (!structure) return;
  const others = structure.all().minus(ranges);
  const end = workspace.ghosted.get().equals(others);
  commands.run("visibility.ghost", { ranges: end ? RangeSet.empty : others });
}
