/** Chip of pins that are not shown although there are some. */

import { t } from "../messages";
import { type ChipSource, chipCommand } from "./chip";

export const ISSUE_CHIPS: ChipSource = {
  stores: ({ pins, pinsShown }) => [pins, pinsShown],
  chipsOf: ({ pins, pinsShown }) => {
    const count = pins.get().length;
    if (pinsShown.get() || count === 0) return [];
    return [
      {
        kind: "pins",
        label: t("chip.pins", { count }),
        clear: chipCommand("pins.show", { shown: true }),
        madeBy: ["pins.show"],
        details: { panel: "issues" },
      },
    ];
  },
};
