/** Chips of what is hidden, isolated and ghosted. */

import { t } from "../messages";
import { RangeSet } from "../ranges";
import { type ChipSource, type StateChip, chipCommand } from "./chip";

export const SHOWING_CHIPS: ChipSource = {
  stores: ({ hidden, isolated, ghosted }) => [hidden, isolated, ghosted],
  chipsOf: ({ hidden, isolated, ghosted }) => {
    const chips: StateChip[] = [];
    const off = hidden.get();
    if (!off.isEmpty)
      chips.push({
        kind: isolated.get() ? "isolated" : "hidden",
        label: t(isolated.get() ? "chip.isolated" : "chip.hidden", { count: off.size }),
        clear: chipCommand("visibility.showAll"),
        madeBy: ["visibility.hide", "visibility.show", "visibility.isolate"],
        details: "hidden",
      });
    const ghosts = ghosted.get();
    if (!ghosts.isEmpty)
      chips.push({
        kind: "ghosted",
        label: t("chip.ghosted", { count: ghosts.size }),
        clear: chipCommand("visibility.ghost", { ranges: RangeSet.empty }),
        madeBy: ["visibility.ghost"],
        details: "ghosted",
      });
    return chips;
  },
};
