/** Chip of colours by a property. */

import { t } from "../messages";
import { type ChipSource, chipCommand } from "./chip";

export const COLOURING_CHIPS: ChipSource = {
  stores: ({ colouring }) => [colouring],
  chipsOf: ({ colouring }) => {
    const now = colouring.get();
    if (!now) return [];
    return [
      {
        kind: "colours",
        label: t("chip.colours", { title: now.title }),
        clear: chipCommand("colour.clear"),
        madeBy: ["colour."],
        details: "colours",
      },
    ];
  },
};
