/** Keys of the viewer (UX.md §2.4): one table for the keyboard and for the sheet that explains it. */

import type { CommandId, Commands } from "./commands";
import { t } from "./messages";
import { RangeSet } from "./ranges";
import type { ViewName, Workspace } from "./workspace";

/** What the browser tells about a key press; a `KeyboardEvent` is one. */
export interface KeyPress {
  /** The letter written, follows the layout. */
  readonly key: string;
  /** The physical key, e.g. `KeyF`. */
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** One line of the table. */
export interface Shortcut {
  /** As shown: `Shift+F`. */
  readonly keys: string;
  readonly title: string;
  readonly group: "view" | "visibility" | "tools" | "selection" | "general" | "session";
  readonly command: CommandId;
  /** A single letter, digit or sign: can be switched off (WCAG 2.1.4). */
  readonly single: boolean;
  matches(press: KeyPress): boolean;
  run(commands: Commands, workspace: Workspace): void;
}

const plain = (press: KeyPress): boolean => !press.ctrlKey && !press.metaKey && !press.altKey;

/** Letters and digits follow the physical key, so that they sit in the same place on every layout. */
function code(wanted: string, modifier: "none" | "shift" | "alt" = "none") {
  return (press: KeyPress): boolean =>
    press.code === wanted &&
    !press.ctrlKey &&
    !press.metaKey &&
    press.shiftKey === (modifier === "shift") &&
    press.altKey === (modifier === "alt");
}

/** Signs follow the layout: `?` is not on the same key everywhere. */
const sign =
  (wanted: string) =>
  (press: KeyPress): boolean =>
    plain(press) && press.key === wanted;

const control =
  (wanted: string, shift: boolean) =>
  (press: KeyPress): boolean =>
    (press.ctrlKey || press.metaKey) &&
    !press.altKey &&
    press.shiftKey === shift &&
    press.key.toLowerCase() === wanted;

const VIEWS: readonly (readonly [digit: string, name: ViewName])[] = [
  ["0", "iso"],
  ["1", "front"],
  ["2", "back"],
  ["3", "left"],
  ["4", "right"],
  ["5", "top"],
  ["6", "bottom"],
];

/** Every key. */
export const SHORTCUTS: readonly Shortcut[] = [
  {
    keys: "F",
    title: t("shortcut.fit"),
    group: "view",
    command: "camera.fit",
    single: true,
    matches: code("KeyF"),
    run: (commands, workspace) => {
      const ranges = workspace.selection.get();
      if (ranges.isEmpty) commands.run("camera.fitAll");
      else commands.run("camera.fit", { ranges });
    },
  },
  {
    keys: "Shift+F",
    title: t("shortcut.fitAll"),
    group: "view",
    command: "camera.fitAll",
    single: true,
    matches: code("KeyF", "shift"),
    run: (commands) => void commands.run("camera.fitAll"),
  },
  ...VIEWS.map(([digit, name]): Shortcut => ({
    keys: digit,
    title: t(`view.${name}`),
    group: "view",
    command: "camera.view",
    single: true,
    matches: (press) => code(`Digit${digit}`)(press) || code(`Numpad${digit}`)(press),
    run: (commands) => void commands.run("camera.view", { name }),
  })),
  {
    keys: "P",
    title: t("shortcut.projection"),
    group: "view",
    command: "camera.projection",
    single: true,
    matches: code("KeyP"),
    run: (commands) => void commands.run("camera.projection"),
  },
  {
    keys: "H",
    title: t("shortcut.hide"),
    group: "visibility",
    command: "visibility.hide",
    single: true,
    matches: code("KeyH"),
    run: (commands, workspace) => {
      const ranges = workspace.selection.get();
      if (!ranges.isEmpty) commands.run("visibility.hide", { ranges });
    },
  },
  {
    keys: "Shift+H",
    title: t("shortcut.isolate"),
    group: "visibility",
    command: "visibility.isolate",
    single: true,
    matches: code("KeyH", "shift"),
    run: (commands, workspace) => {
      const ranges = workspace.selection.get();
      if (!ranges.isEmpty) commands.run("visibility.isolate", { ranges });
    },
  },
  {
    keys: "Alt+H",
    title: t("shortcut.showAll"),
    group: "visibility",
    command: "visibility.showAll",
    single: false,
    matches: code("KeyH", "alt"),
    run: (commands) => void commands.run("visibility.showAll"),
  },
  {
    keys: "G",
    title: t("shortcut.ghost"),
    group: "visibility",
    command: "visibility.ghost",
    single: true,
    matches: code("KeyG"),
    run: ghostOthers,
  },
  {
    keys: "S",
    title: t("shortcut.section"),
    group: "tools",
    command: "tool.set",
    single: true,
    matches: code("KeyS"),
    run: (commands) => void commands.run("tool.set", { tool: "section" }),
  },
  {
    keys: "M",
    title: t("shortcut.measure"),
    group: "tools",
    command: "tool.set",
    single: true,
    matches: code("KeyM"),
    run: (commands) => void commands.run("tool.set", { tool: "measure" }),
  },
  {
    keys: "V",
    title: t("shortcut.select"),
    group: "tools",
    command: "tool.set",
    single: true,
    matches: code("KeyV"),
    run: (commands) => void commands.run("tool.set", { tool: "select" }),
  },
  {
    keys: "Backspace",
    title: t("shortcut.parent"),
    group: "selection",
    command: "selection.parent",
    single: true,
    matches: (press) => plain(press) && (press.key === "Backspace" || press.key === "["),
    run: (commands) => void commands.run("selection.parent"),
  },
  {
    keys: "/",
    title: t("shortcut.search"),
    group: "selection",
    command: "ui.search",
    single: true,
    matches: sign("/"),
    run: (commands) => void commands.run("ui.search"),
  },
  {
    keys: "Esc",
    title: t("shortcut.escape"),
    group: "general",
    command: "escape",
    single: false,
    matches: sign("Escape"),
    run: (commands) => void commands.run("escape"),
  },
  {
    keys: "Ctrl+Z",
    title: t("shortcut.undo"),
    group: "general",
    command: "history.undo",
    single: false,
    matches: control("z", false),
    run: (commands) => void commands.run("history.undo"),
  },
  {
    keys: "Ctrl+Shift+Z",
    title: t("shortcut.redo"),
    group: "general",
    command: "history.redo",
    single: false,
    matches: (press) => control("z", true)(press) || control("y", false)(press),
    run: (commands) => void commands.run("history.redo"),
  },
  {
    keys: "\\",
    title: t("shortcut.chrome"),
    group: "general",
    command: "ui.chrome",
    single: true,
    matches: sign("\\"),
    run: (commands) => void commands.run("ui.chrome"),
  },
  {
    keys: "?",
    title: t("shortcut.list"),
    group: "general",
    command: "ui.shortcuts",
    single: true,
    matches: sign("?"),
    run: (commands) => void commands.run("ui.shortcuts"),
  },
  {
    keys: "T",
    title: t("shortcut.chat"),
    group: "session",
    command: "ui.chat",
    single: true,
    matches: code("KeyT"),
    run: (commands) => void commands.run("ui.chat"),
  },
  {
    keys: "Enter",
    title: t("shortcut.resume"),
    group: "session",
    command: "resume",
    single: false,
    matches: (press) => plain(press) && press.key === "Enter",
    run: (commands, workspace) => {
      if (workspace.following.get()?.paused) commands.run("resume");
    },
  },
];

/** Ghosts all but the selection; pressed again, ends it. */
export function ghostOthers(commands: Commands, workspace: Workspace): void {
  const structure = workspace.structure.get();
  if (!structure) return;
  const others = workspace.selection.get().invert(structure.occurrenceCount);
  const end = workspace.selection.get().isEmpty || workspace.ghosted.get().equals(others);
  commands.run("visibility.ghost", {
    ranges: end ? RangeSet.empty : others,
  });
}

/** Where the key press arrived, as far as it matters here. */
export interface KeyTarget {
  /** Upper case tag name. */
  readonly tagName?: string;
  readonly isContentEditable?: boolean;
  /** `type` of an input. */
  readonly type?: string;
}

/** Whether a press there is writing rather than a command. */
export function isTextField(target: KeyTarget | null): boolean {
  if (!target) return false;
  if (target.isContentEditable) return true;
  if (target.tagName === "TEXTAREA" || target.tagName === "SELECT") return true;
  const ticks = ["checkbox", "radio", "button", "submit", "range", "color"];
  return target.tagName === "INPUT" && !ticks.includes(target.type ?? "text");
}

/** The shortcut of this press, or null. */
export function findShortcut(
  press: KeyPress,
  target: KeyTarget | null,
  singleKeys: boolean,
): Shortcut | null {
  if (isTextField(target)) return null;
  return (
    SHORTCUTS.find((shortcut) => (singleKeys || !shortcut.single) && shortcut.matches(press)) ??
    null
  );
}
