/** The state chips (UX.md §2.2): one per deviation from "everything as designed", each with its way back. */

import type { CommandArgs, CommandId } from "./commands";
import { t } from "./messages";
import { RangeSet } from "./ranges";
import { type Readable, derived } from "./store";
import type { Workspace } from "./workspace";

/** One chip of the top bar. */
export interface StateChip {
  readonly kind: "sections" | "hidden" | "isolated" | "ghosted" | "explode";
  readonly label: string;
  /** Ends the deviation. */
  readonly clear: ChipCommand;
}

/** A command together with its arguments. */
export type ChipCommand = {
  [Id in CommandId]: { readonly id: Id; readonly args: CommandArgs[Id] };
}["section.clear" | "visibility.showAll" | "visibility.ghost" | "explode.set"];

/** The chips of a workspace, recomputed when its scene changes. */
export function stateChips(workspace: Workspace): Readable<readonly StateChip[]> {
  const { hidden, isolated, ghosted, sections, explode } = workspace;
  return derived([hidden, isolated, ghosted, sections, explode], () => {
    const chips: StateChip[] = [];
    if (sections.get().length > 0)
      chips.push({
        kind: "sections",
        label: t("chip.sections", { count: sections.get().length }),
        clear: { id: "section.clear", args: {} },
      });
    if (!hidden.get().isEmpty)
      chips.push({
        kind: isolated.get() ? "isolated" : "hidden",
        label: t(isolated.get() ? "chip.isolated" : "chip.hidden", { count: hidden.get().size }),
        clear: { id: "visibility.showAll", args: {} },
      });
    if (!ghosted.get().isEmpty)
      chips.push({
        kind: "ghosted",
        label: t("chip.ghosted", { count: ghosted.get().size }),
        clear: { id: "visibility.ghost", args: { ranges: RangeSet.empty } },
      });
    if (explode.get() > 0)
      chips.push({
        kind: "explode",
        label: t("chip.explode", { percent: Math.round(explode.get() * 100) }),
        clear: { id: "explode.set", args: { amount: 0 } },
      });
    return chips;
  });
}
