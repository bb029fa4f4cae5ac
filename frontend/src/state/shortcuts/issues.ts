/** Keys of issues and comments. */

import { type Shortcut, line } from "./line";

export const ISSUES: readonly Shortcut[] = [
  line("issue", "tools", "shortcut.issue", ["KeyI"], "issue.start", (commands) => {
    commands.run("issue.start", { kind: "issue" });
  }),
  line("comment", "tools", "shortcut.comment", ["KeyC"], "issue.start", (commands) => {
    commands.run("issue.start", { kind: "comment" });
  }),
  line(
    "nextIssue",
    "view",
    "shortcut.nextIssue",
    ["Shift+PageDown"],
    "issue.next",
    (commands) => void commands.run("issue.next"),
  ),
  line(
    "previousIssue",
    "view",
    "shortcut.previousIssue",
    ["Shift+PageUp"],
    "issue.previous",
    (commands) => void commands.run("issue.previous"),
  ),
  line("pins", "view", "shortcut.pins", [], "pins.show", (commands) => {
    commands.run("pins.show");
  }),
];
