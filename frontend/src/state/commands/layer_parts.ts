/** Parts of the other revisions on the table: selecting them, and what is shown of them. */

import { t } from "../messages";
import type { RangeSet } from "../ranges";
import { type Commanding, define, oneOf, someRanges, text } from "./define";
import { SELECTION_MODES, type SelectionMode } from "./selection";

/** Parts of one revision on the table. */
interface PartsOf {
  revision: string;
  ranges: RangeSet;
}

export interface LayerPartsArgs {
  /** In place of what is selected of every other revision, the active one included. */
  "layer.select": PartsOf & { mode: SelectionMode };
  "layer.fit": PartsOf;
  "layer.hideParts": PartsOf;
  "layer.showParts": PartsOf;
  /** Of its own revision; the others stay as they are. */
  "layer.isolateParts": PartsOf;
  /** Ghosts exactly these of the revision; empty ends ghosting. */
  "layer.ghostParts": PartsOf;
  "layer.showAllParts": { revision: string };
}

const revision = (raw: Record<string, unknown>): { revision: string } => ({
  revision: text(raw["revision"], "revision"),
});
const partsOf = (raw: Record<string, unknown>): PartsOf => ({
  ...revision(raw),
  ...someRanges(raw),
});

export const LAYER_PARTS_COMMANDS: Commanding<LayerPartsArgs> = {
  "layer.select": define(t("command.layer.select"), "personal", (raw) => ({
    ...partsOf(raw),
    mode: oneOf(raw["mode"] ?? "replace", SELECTION_MODES, "mode"),
  })),
  "layer.fit": define(t("command.camera.fit"), "personal", partsOf),
  "layer.hideParts": define(t("command.visibility.hide"), "scene", partsOf),
  "layer.showParts": define(t("command.visibility.show"), "scene", partsOf),
  "layer.isolateParts": define(t("command.visibility.isolate"), "scene", partsOf),
  "layer.ghostParts": define(t("command.visibility.ghost"), "scene", partsOf),
  "layer.showAllParts": define(t("command.visibility.showAll"), "scene", revision),
};
