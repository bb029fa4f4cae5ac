/**
 * The state chips (UX.md §2.2): one per deviation from "everything as designed", each with its way back.
 * An area contributes a `ChipSource` in `chips/<area>.ts` and stands in this list, in the order shown.
 */

import type { ChipSource, StateChip } from "./chips/chip";
import { COLOURING_CHIPS } from "./chips/colouring";
import { COMPARING_CHIPS } from "./chips/comparing";
import { DETAIL_CHIPS } from "./chips/detail";
import { DISPLAY_CHIPS } from "./chips/display";
import { EXPLODE_CHIPS } from "./chips/explode";
import { ISSUE_CHIPS } from "./chips/issues";
import { SECTION_CHIPS } from "./chips/sections";
import { SHOWING_CHIPS } from "./chips/showing";
import { VIEW_CHIPS } from "./chips/views";
import { type Readable, derived } from "./store";
import type { Workspace } from "./workspace";

export type { ChipCommand, ChipSource, StateChip } from "./chips/chip";

const CHIP_SOURCES: readonly ChipSource[] = [
  VIEW_CHIPS,
  COMPARING_CHIPS,
  SECTION_CHIPS,
  SHOWING_CHIPS,
  COLOURING_CHIPS,
  EXPLODE_CHIPS,
  DISPLAY_CHIPS,
  ISSUE_CHIPS,
  DETAIL_CHIPS,
];

/** The chips of a workspace, recomputed when its scene changes. */
export function stateChips(workspace: Workspace): Readable<readonly StateChip[]> {
  return derived(
    CHIP_SOURCES.flatMap((source) => source.stores(workspace)),
    () => CHIP_SOURCES.flatMap((source) => source.chipsOf(workspace)),
  );
}

/** Whether the last step is the one that made this chip: then undo goes back to before it. */
export function isUndoable(chip: StateChip, lastCommand: string | undefined): boolean {
  return lastCommand !== undefined && chip.madeBy.some((prefix) => lastCommand.startsWith(prefix));
}
