/** Chip of a picture that shows less than it could (UX.md §4.12: one chip, said once). */

import { t } from "../messages";
import { type ChipSource, chipCommand } from "./chip";

export const DETAIL_CHIPS: ChipSource = {
  stores: ({ reduction, quality }) => [reduction, quality],
  chipsOf: ({ reduction, quality }) => {
    const why = reduction.get();
    const lowered = quality.get().detail < 1;
    if (why === "none" && !lowered) return [];
    return [
      {
        kind: "detail",
        label: t(`chip.detail.${lowered ? "lowered" : why === "none" ? "lowered" : why}`),
        clear: chipCommand("graphics.full"),
        madeBy: [],
      },
    ];
  },
};
