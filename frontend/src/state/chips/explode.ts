/** Chip of the explosion. */

import { t } from "../messages";
import { type ChipSource, chipCommand } from "./chip";

export const EXPLODE_CHIPS: ChipSource = {
  stores: ({ explode }) => [explode],
  chipsOf: ({ explode }) => {
    const amount = explode.get();
    if (amount <= 0) return [];
    return [
      {
        kind: "explode",
        label: t("chip.explode", { percent: Math.round(amount * 100) }),
        clear: chipCommand("explode.set", { amount: 0 }),
        madeBy: ["explode."],
        details: { panel: "sections" },
      },
    ];
  },
};
