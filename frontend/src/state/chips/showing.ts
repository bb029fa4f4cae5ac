/** Chips of what is hidden, isolated and ghosted. */

import { t } from "../messages";
import { RangeSet } from "../ranges";
import type { Workspace } from "../workspace";
import { type ChipSource, type StateChip, chipCommand } from "./chip";

export const SHOWING_CHIPS: ChipSource = {
  stores: ({ hidden, isolated, ghosted, layers, layerInfo, layerParts }) => [
    ...[hidden, isolated, ghosted],
    ...[layers, layerInfo, layerParts],
  ],
  chipsOf: (workspace) => {
    const { hidden, isolated, ghosted } = workspace;
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
    return [...chips, ...chipsOfLayers(workspace)];
  },
};

/** Of each other revision on the table: what of its parts is hidden or ghosted. */
function chipsOfLayers({ layers, layerInfo, layerModels, layerParts }: Workspace): StateChip[] {
  return layers.get().flatMap(({ revisionId: revision }): StateChip[] => {
    const parts = layerParts.get().get(revision);
    const info = layerInfo.get().get(revision);
    if (!parts || !info) return [];
    const name = `${info.name} ${info.label}`;
    const byFile = layerModels.get().get(revision)?.structure.hiddenByFile ?? RangeSet.empty;
    const chips: StateChip[] = [];
    if (!parts.hidden.equals(byFile) && !parts.hidden.isEmpty)
      chips.push({
        kind: `layer-hidden-${revision}`,
        label: t("chip.ofLayer", {
          name,
          what: t(parts.isolated ? "chip.isolated" : "chip.hidden", { count: parts.hidden.size }),
        }),
        clear: chipCommand("layer.showAllParts", { revision }),
        madeBy: ["layer.hideParts", "layer.showParts", "layer.isolateParts"],
        details: { panel: "table" },
      });
    if (!parts.ghosted.isEmpty)
      chips.push({
        kind: `layer-ghosted-${revision}`,
        label: t("chip.ofLayer", { name, what: t("chip.ghosted", { count: parts.ghosted.size }) }),
        clear: chipCommand("layer.ghostParts", { revision, ranges: RangeSet.empty }),
        madeBy: ["layer.ghostParts"],
        details: { panel: "table" },
      });
    return chips;
  });
}
