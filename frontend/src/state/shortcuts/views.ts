/** Keys of saved views and links. */

import { type Shortcut, line } from "./line";

export const VIEWS: readonly Shortcut[] = [
  line("saveView", "tools", "shortcut.saveView", ["KeyB"], "view.save", (commands) => {
    commands.run("view.save");
  }),
  line(
    "nextSavedView",
    "view",
    "shortcut.nextSavedView",
    ["PageDown"],
    "view.next",
    (commands) => void commands.run("view.next"),
  ),
  line(
    "previousSavedView",
    "view",
    "shortcut.previousSavedView",
    ["PageUp"],
    "view.previous",
    (commands) => void commands.run("view.previous"),
  ),
  line(
    "copyLink",
    "general",
    "shortcut.copyLink",
    ["Shift+KeyL"],
    "view.copyLink",
    (commands) => void commands.run("view.copyLink"),
  ),
];
