/** What a line of the table of keys is made of. */

import type { CommandId, Commands } from "../commands";
import type { Chord } from "../keys";
import type { MessageKey } from "../messages";
import type { Workspace } from "../workspace";

export const SHORTCUT_GROUPS = [
  "view",
  "move",
  "visibility",
  "selection",
  "tools",
  "pick",
  "walk",
  "session",
  "general",
] as const;
export type ShortcutGroup = (typeof SHORTCUT_GROUPS)[number];

/**
 * Where a key counts. anywhere: outside text fields, menus and dialogs; viewport: the 3D view has the focus;
 * pick: there, in pick mode; walk: while walking. The narrower one wins.
 */
export type ShortcutPlace = "anywhere" | "viewport" | "pick" | "walk";

/** One line of the table. */
export interface Shortcut {
  /** Under which a change of its keys is kept. */
  readonly id: string;
  readonly title: MessageKey;
  readonly group: ShortcutGroup;
  /** Who does it: while nobody performs this, the key does nothing. */
  readonly command: CommandId;
  /** The usual combinations; none: it can be given one. */
  readonly chords: readonly Chord[];
  readonly place: ShortcutPlace;
  /** Whether it means anything right now; else the next line with the same key is asked. */
  when?(workspace: Workspace): boolean;
  run(commands: Commands, workspace: Workspace): void;
  /** The key was let go, for what lasts as long as it is held. */
  release?(commands: Commands): void;
}

type Line = Partial<Pick<Shortcut, "place" | "when" | "release">>;

/** Makes a line; it counts anywhere unless told otherwise. */
export function line(
  id: string,
  group: ShortcutGroup,
  title: MessageKey,
  chords: readonly Chord[],
  command: CommandId,
  run: Shortcut["run"],
  more: Line = {},
): Shortcut {
  return { id, group, title, chords, command, run, place: "anywhere", ...more };
}
