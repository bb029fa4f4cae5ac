/** Chips of a display that hides what is there: without faces, of glass, without some classes of points. */

import { modeOf } from "../areas/displaying";
import { t } from "../messages";
import { type ChipSource, type StateChip, chipCommand } from "./chip";

export const DISPLAY_CHIPS: ChipSource = {
  stores: ({ display, points }) => [display, points],
  chipsOf: ({ display, points }) => {
    const chips: StateChip[] = [];
    const mode = modeOf(display.get());
    if (mode === "wireframe" || mode === "hiddenLine" || mode === "ghost")
      chips.push({
        kind: "display",
        label: t(`display.mode.${mode}`),
        clear: chipCommand("display.mode", { mode: "edges" }),
        madeBy: ["display.mode"],
      });
    const { hiddenClasses } = points.get();
    if (hiddenClasses.length > 0)
      chips.push({
        kind: "classes",
        label: t("chip.classes", { count: hiddenClasses.length }),
        clear: chipCommand("display.points", { hiddenClasses: [] }),
        madeBy: ["display.points"],
      });
    return chips;
  },
};
