/** Chips of a restored view: its name with the way back, and the parts it did not know. */

import { t } from "../messages";
import { type ChipSource, type StateChip, chipCommand } from "./chip";

export const VIEW_CHIPS: ChipSource = {
  stores: ({ activeView }) => [activeView],
  chipsOf: ({ activeView }) => {
    const active = activeView.get();
    if (!active) return [];
    const chips: StateChip[] = [
      {
        kind: "view",
        label: t("chip.view", { name: active.name }),
        clear: chipCommand("view.forget"),
        back: chipCommand("view.back"),
        madeBy: [],
        details: { panel: "views" },
      },
    ];
    if (!active.newer.isEmpty)
      chips.push({
        kind: "newer",
        label: t("chip.newer", { count: active.newer.size }),
        clear: chipCommand("view.forgetNewer"),
        madeBy: [],
      });
    return chips;
  },
};
