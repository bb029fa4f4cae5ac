/** Chip of a comparison. */

import { t } from "../messages";
import { type ChipSource, chipCommand } from "./chip";

export const COMPARING_CHIPS: ChipSource = {
  stores: ({ comparing }) => [comparing],
  chipsOf: ({ comparing, revision }) => {
    const now = comparing.get();
    if (!now) return [];
    return [
      {
        kind: "compare",
        label: t("chip.compare", { from: now.label, to: revision.get()?.label ?? "" }),
        clear: chipCommand("compare.end"),
        madeBy: ["compare."],
        details: { panel: "changes" },
      },
    ];
  },
};
