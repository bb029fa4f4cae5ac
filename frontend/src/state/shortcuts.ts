/**
 * Keys of the viewer (UX.md §2.4): one table for the keyboard, the sheet that explains it and the editor that
 * changes it (`keymap.ts`). A new command gets its key by one line here.
 */

import type { Commands } from "./commands";
import type { Chord } from "./keys";
import { fitSelected, ghostOthers, hideSelected, isolateSelected } from "./layer_verbs";
import type { MessageKey } from "./messages";
import { COMPARING } from "./shortcuts/comparing";
import { DISPLAYING } from "./shortcuts/display";
import { ISSUES } from "./shortcuts/issues";
import { REPLAYING } from "./shortcuts/replaying";
import { type Shortcut, line } from "./shortcuts/line";
import { MEASURING } from "./shortcuts/measuring";
import { MOVING, PICKING, WALKING } from "./shortcuts/moving";
import { VOICE } from "./shortcuts/voice";
import { VIEWS as SAVED_VIEWS } from "./shortcuts/views";
import type { ToolName, ViewName, Workspace } from "./workspace";

export { SHORTCUT_GROUPS } from "./shortcuts/line";
export type { Shortcut, ShortcutGroup, ShortcutPlace } from "./shortcuts/line";

const VIEWS: readonly ViewName[] = ["iso", "front", "back", "left", "right", "top", "bottom"];
const tool = (id: string, title: MessageKey, key: Chord, name: ToolName): Shortcut =>
  line(id, "tools", title, [key], "tool.set", (commands) => {
    commands.run("tool.set", { tool: name });
  });

/** Every key, in the order of the sheet. Of two lines with one key in one place, the first that means anything wins. */
export const SHORTCUTS: readonly Shortcut[] = [
  ...REPLAYING, // first: while a recording is played they win over what the keys mean else
  // View
  line("fit", "view", "shortcut.fit", ["KeyF"], "camera.fit", fitSelected),
  line("fitAll", "view", "shortcut.fitAll", ["Shift+KeyF"], "camera.fitAll", (commands) => {
    commands.run("camera.fitAll");
  }),
  ...VIEWS.map((name, digit) =>
    line(`view.${name}`, "view", `view.${name}`, [`Digit${digit}`], "camera.view", (commands) => {
      commands.run("camera.view", { name });
    }),
  ),
  line("projection", "view", "shortcut.projection", ["KeyP"], "camera.projection", (commands) => {
    commands.run("camera.projection");
  }),
  line("lookAtFace", "view", "shortcut.lookAtFace", ["KeyN"], "camera.lookAtFace", (commands) => {
    commands.run("camera.lookAtFace");
  }),
  line(
    "previousView",
    "view",
    "shortcut.previousView",
    ["Alt+ArrowLeft"],
    "camera.previous",
    (commands) => void commands.run("camera.previous"),
  ),
  line("nextView", "view", "shortcut.nextView", ["Alt+ArrowRight"], "camera.next", (commands) => {
    commands.run("camera.next");
  }),
  line("rollLeft", "view", "shortcut.rollLeft", [], "camera.roll", (commands) => {
    commands.run("camera.roll", { angle_rad: -Math.PI / 2 });
  }),
  line("rollRight", "view", "shortcut.rollRight", [], "camera.roll", (commands) => {
    commands.run("camera.roll", { angle_rad: Math.PI / 2 });
  }),
  line("upright", "view", "shortcut.upright", [], "camera.upright", (commands) => {
    commands.run("camera.upright");
  }),
  // Moving the camera
  ...MOVING,
  ...MEASURING,
  line("walk", "move", "shortcut.walk", ["KeyW"], "camera.walk", (commands) => {
    commands.run("camera.walk");
  }),
  // Visibility
  line("hide", "visibility", "shortcut.hide", ["KeyH"], "visibility.hide", hideSelected),
  line(
    "isolate",
    "visibility",
    "shortcut.isolate",
    ["Shift+KeyH"],
    "visibility.isolate",
    isolateSelected,
  ),
  line(
    "showAll",
    "visibility",
    "shortcut.showAll",
    ["Alt+KeyH"],
    "visibility.showAll",
    (commands) => {
      commands.run("visibility.showAll");
    },
  ),
  line("ghost", "visibility", "shortcut.ghost", ["KeyG"], "visibility.ghost", ghostOthers),
  // Selection
  line(
    "parent",
    "selection",
    "shortcut.parent",
    ["Backspace", "'['"],
    "selection.parent",
    (commands) => void commands.run("selection.parent"),
  ),
  line("identical", "selection", "shortcut.identical", [], "selection.identical", (commands) => {
    commands.run("selection.identical");
  }),
  line("search", "selection", "shortcut.search", ["'/'"], "ui.search", (commands) => {
    commands.run("ui.search");
  }),
  // Tools
  tool("select", "shortcut.select", "KeyV", "select"),
  tool("section", "shortcut.section", "KeyS", "section"),
  tool("measure", "shortcut.measure", "KeyM", "measure"),
  tool("draw", "shortcut.draw", "KeyD", "draw"),
  line("explode", "tools", "shortcut.explode", ["KeyE"], "ui.explode", (commands) => {
    commands.run("ui.explode");
  }),
  ...DISPLAYING,
  ...SAVED_VIEWS,
  ...ISSUES,
  ...COMPARING,
  // Pick mode
  line(
    "resume",
    "session",
    "shortcut.resume",
    ["Enter"],
    "resume",
    (commands) => void commands.run("resume"),
    { when: ({ following }) => following.get()?.paused === true },
  ),
  ...PICKING,
  ...WALKING,
  // Session
  line(
    "raiseHand",
    "session",
    "shortcut.raiseHand",
    ["KeyR"],
    "session.raiseHand",
    (commands) => void commands.run("session.raiseHand", {}),
    { when: ({ session }) => session.get()?.kind === "session" },
  ),
  line(
    "agendaNext",
    "session",
    "shortcut.agendaNext",
    ["Alt+PageDown"],
    "agenda.next",
    (commands) => void commands.run("agenda.next"),
    { when: ({ session }) => session.get()?.kind === "session" },
  ),
  line(
    "agendaPrevious",
    "session",
    "shortcut.agendaPrevious",
    ["Alt+PageUp"],
    "agenda.previous",
    (commands) => void commands.run("agenda.previous"),
    { when: ({ session }) => session.get()?.kind === "session" },
  ),
  line(
    "laser",
    "session",
    "shortcut.laser",
    ["KeyL"],
    "session.laser",
    (commands) => void commands.run("session.laser", { on: true }),
    {
      when: ({ session }) => session.get() !== null,
      release: (commands) => void commands.run("session.laser", { on: false }),
    },
  ),
  ...VOICE,
  line("chat", "session", "shortcut.chat", ["KeyT"], "ui.chat", (commands) => {
    commands.run("ui.chat");
  }),
  line(
    "myView",
    "session",
    "shortcut.myView",
    ["Shift+KeyV"],
    "session.myView",
    (commands) => void commands.run("session.myView", {}),
    { when: ({ session }) => session.get()?.kind === "session" },
  ),
  // General
  line("escape", "general", "shortcut.escape", ["Escape"], "escape", (commands) => {
    commands.run("escape");
  }),
  line("undo", "general", "shortcut.undo", ["Ctrl+'z'"], "history.undo", (commands) => {
    commands.run("history.undo");
  }),
  line(
    "redo",
    "general",
    "shortcut.redo",
    ["Ctrl+Shift+'z'", "Ctrl+'y'"],
    "history.redo",
    (commands) => void commands.run("history.redo"),
  ),
  line(
    "menu",
    "general",
    "shortcut.menu",
    ["Shift+F10", "ContextMenu"],
    "ui.menu",
    (commands) => void commands.run("ui.menu"),
    { place: "viewport" },
  ),
  line("region", "general", "shortcut.region", ["F6"], "ui.region", (commands) => {
    commands.run("ui.region", { step: 1 });
  }),
  line("regionBack", "general", "shortcut.regionBack", ["Shift+F6"], "ui.region", (commands) => {
    commands.run("ui.region", { step: -1 });
  }),
  line("chrome", "general", "shortcut.chrome", ["'\\'"], "ui.chrome", (commands) => {
    commands.run("ui.chrome");
  }),
  line("shortcuts", "general", "shortcut.list", ["'?'"], "ui.shortcuts", (commands) => {
    commands.run("ui.shortcuts");
  }),
];
