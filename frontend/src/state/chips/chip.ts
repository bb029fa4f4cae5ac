/** What a state chip is, and how an area contributes its own (UX.md §2.2). */

import type { CommandId, Commands, RunArgs } from "../commands";
import type { LeftPanel } from "../panels";
import type { Readable } from "../store";
import type { Workspace } from "../workspace";

/** One chip of the top bar: one deviation from "everything as designed". */
export interface StateChip {
  /** Unique among the chips; also the test id, `chip-<kind>`. */
  readonly kind: string;
  readonly label: string;
  /** Ends the deviation. */
  readonly clear: ChipCommand;
  /** A way back that is more than ending the deviation: shown as a word. */
  readonly back?: ChipCommand;
  /** Prefixes of command ids: while the last step is one of them, the chip offers its undo. */
  readonly madeBy: readonly string[];
  /** What a click on the name shows: a panel, or the list that belongs to this kind. */
  readonly details?: { readonly panel: LeftPanel } | "hidden" | "ghosted" | "colours";
}

/** A command with its arguments. */
export interface ChipCommand {
  readonly id: CommandId;
  run(commands: Commands): void;
}

export function chipCommand<Id extends CommandId>(id: Id, ...args: RunArgs<Id>): ChipCommand {
  return { id, run: (commands) => void commands.run(id, ...args) };
}

/** What an area says about its deviations. */
export interface ChipSource {
  /** What to watch. */
  stores(workspace: Workspace): readonly Readable<unknown>[];
  /** The chips right now. */
  chipsOf(workspace: Workspace): readonly StateChip[];
}
