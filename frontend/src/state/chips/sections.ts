/** Chip of the sections. */

import { t } from "../messages";
import { type ChipSource, chipCommand } from "./chip";

export const SECTION_CHIPS: ChipSource = {
  stores: ({ sections }) => [sections],
  chipsOf: ({ sections }) => {
    const count = sections.get().length;
    if (count === 0) return [];
    return [
      {
        kind: "sections",
        label: t("chip.sections", { count }),
        clear: chipCommand("section.clear"),
        madeBy: ["section."],
        details: { panel: "sections" },
      },
    ];
  },
};
