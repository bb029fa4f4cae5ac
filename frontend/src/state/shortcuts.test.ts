import { beforeEach, expect, test } from "vitest";
import { Commands } from "./commands";
import { MANIFEST, skid } from "./model_fixture.test-data";
import { performOnWorkspace } from "./perform";
import { RangeSet } from "./ranges";
import { findShortcut as find } from "./keymap";
import type { KeyPress, KeyTarget } from "./keys";
import { SHORTCUTS, type Shortcut } from "./shortcuts";
import { type Workspace, createWorkspace } from "./workspace";

let workspace: Workspace;
let commands: Commands;
let ran: string[];

const press = (key: string, code: string, modifiers: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...modifiers,
});

function findShortcut(
  pressed: KeyPress,
  target: KeyTarget | null,
  singleKeys: boolean,
): Shortcut | null {
  return find(pressed, {}, { workspace, target, singleKeys, inViewport: false });
}

beforeEach(() => {
  workspace = createWorkspace();
  commands = new Commands(workspace);
  performOnWorkspace(workspace, commands, () => "id");
  workspace.open(MANIFEST, skid());
  commands.run("visibility.showAll");
  ran = [];
  commands.register(
    "camera.fit",
    ({ ranges }) => void ran.push(`fit ${[...(ranges ?? [])].join()}`),
  );
  commands.register("camera.fitAll", () => void ran.push("fit all"));
  commands.register("camera.view", ({ name }) => void ran.push(name));
});

function type(...presses: KeyPress[]): void {
  for (const one of presses) findShortcut(one, null, true)?.run(commands, workspace);
}

test("F fits the selection, or all without one", () => {
  type(press("f", "KeyF"));
  commands.run("selection.set", { ranges: RangeSet.of(1), mode: "replace" });
  type(press("f", "KeyF"), press("F", "KeyF", { shiftKey: true }));
  expect(ran).toEqual(["fit all", "fit 1", "fit all"]);
});

test("0 to 6 are the seven views, on the number pad too", () => {
  type(...[0, 1, 2, 3, 4, 5, 6].map((digit) => press(`${digit}`, `Digit${digit}`)));
  type(press("3", "Numpad3"));
  expect(ran).toEqual(["iso", "front", "back", "left", "right", "top", "bottom", "left"]);
});

test("H hides, Shift+H hides others, Alt+H shows all, Ctrl+Z takes back", () => {
  commands.run("selection.set", { ranges: RangeSet.of(2), mode: "replace" });
  type(press("h", "KeyH"));
  expect(workspace.hidden.get().toJSON()).toEqual([[2, 2]]);
  type(press("z", "KeyZ", { ctrlKey: true }));
  commands.run("selection.set", { ranges: RangeSet.of(2), mode: "replace" });
  type(press("H", "KeyH", { shiftKey: true }));
  expect(workspace.hidden.get().size).toBe(3);
  type(press("˙", "KeyH", { altKey: true }));
  expect(workspace.hidden.get().isEmpty).toBe(true);
});

test("G ghosts all but the selection and, pressed again, ends it", () => {
  commands.run("selection.set", { ranges: RangeSet.of(0), mode: "replace" });
  type(press("g", "KeyG"));
  expect(workspace.ghosted.get().toJSON()).toEqual([[1, 3]]);
  type(press("g", "KeyG"));
  expect(workspace.ghosted.get().isEmpty).toBe(true);
});

test("letters follow the physical key, signs follow the layout", () => {
  expect(findShortcut(press("а", "KeyF"), null, true)?.command).toBe("camera.fit");
  expect(findShortcut(press("/", "Digit7", { shiftKey: true }), null, true)?.command).toBe(
    "ui.search",
  );
  expect(findShortcut(press("?", "Minus", { shiftKey: true }), null, true)?.command).toBe(
    "ui.shortcuts",
  );
});

test("nothing works while one writes", () => {
  for (const target of [
    { tagName: "INPUT", type: "text" },
    { tagName: "TEXTAREA" },
    { tagName: "SELECT" },
    { tagName: "DIV", isContentEditable: true },
  ])
    expect(findShortcut(press("h", "KeyH"), target, true)).toBeNull();
  expect(
    findShortcut(press("h", "KeyH"), { tagName: "INPUT", type: "range" }, true),
  ).not.toBeNull();
});

test("with single keys switched off only combinations and Esc remain", () => {
  expect(findShortcut(press("h", "KeyH"), null, false)).toBeNull();
  expect(findShortcut(press("1", "Digit1"), null, false)).toBeNull();
  expect(findShortcut(press("z", "KeyZ", { ctrlKey: true }), null, false)?.command).toBe(
    "history.undo",
  );
  expect(findShortcut(press("Escape", "Escape"), null, false)?.command).toBe("escape");
});

test("Ctrl+letter never is the letter's shortcut", () => {
  expect(findShortcut(press("f", "KeyF", { ctrlKey: true }), null, true)).toBeNull();
  expect(findShortcut(press("p", "KeyP", { metaKey: true }), null, true)).toBeNull();
});

test("no two lines of the table have the same name", () => {
  const ids = SHORTCUTS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
