/** Chips of what is cut: planes, the box, and the parts that neither cuts. */

import { RangeSet } from "../ranges";
import { t } from "../messages";
import { type ChipSource, type StateChip, chipCommand } from "./chip";

export const SECTION_CHIPS: ChipSource = {
  stores: ({ sections, sectionBox, uncut }) => [sections, sectionBox, uncut],
  chipsOf: ({ sections, sectionBox, uncut }) => {
    const chips: StateChip[] = [];
    const details = { panel: "sections" } as const;
    const count = sections.get().length;
    if (count > 0)
      chips.push({
        kind: "sections",
        label: t("chip.sections", { count }),
        clear: chipCommand("section.clear", { only: "planes" }),
        madeBy: ["section."],
        details,
      });
    if (sectionBox.get())
      chips.push({
        kind: "section-box",
        label: t("chip.sectionBox"),
        clear: chipCommand("section.box", { box: null }),
        madeBy: ["section.box", "section.around"],
        details,
      });
    if (!uncut.get().isEmpty)
      chips.push({
        kind: "uncut",
        label: t("chip.uncut", { count: uncut.get().size }),
        clear: chipCommand("section.uncut", { ranges: RangeSet.empty, mode: "set" }),
        madeBy: ["section.uncut"],
        details,
      });
    return chips;
  },
};
