import { expect, test } from "vitest";
import {
  conflictsOf,
  findShortcut,
  keyText,
  liveShortcuts,
  readOverrides,
  releasedBy,
  withChords,
  withUsualChords,
} from "./keymap";
import { type KeyPress, chordOf, keysOfChord, matchesChord, textOfChord } from "./keys";
import { SHORTCUTS } from "./shortcuts";
import { createWorkspace } from "./workspace";

const press = (key: string, code: string, modifiers: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...modifiers,
});
const scene = (inViewport = false, singleKeys = true) => ({
  workspace: createWorkspace(),
  target: null,
  inViewport,
  singleKeys,
});

test("a recorded combination is matched by the same press and by no other modifiers", () => {
  for (const one of [
    press("f", "KeyF"),
    press("F", "KeyF", { shiftKey: true }),
    press("˙", "KeyH", { altKey: true }),
    press("k", "KeyK", { ctrlKey: true }),
    press("?", "Minus", { shiftKey: true }),
    press("ArrowLeft", "ArrowLeft", { altKey: true }),
    press(" ", "Space"),
  ]) {
    const chord = chordOf(one);
    if (chord === null) throw new Error("Nothing was recorded.");
    expect(matchesChord(chord, one), chord).toBe(true);
    expect(matchesChord(chord, { ...one, ctrlKey: !one.ctrlKey }), chord).toBe(false);
  }
});

test("modifiers alone, Esc and Tab are never recorded, nor what an input method writes", () => {
  expect(chordOf(press("Shift", "ShiftLeft", { shiftKey: true }))).toBeNull();
  expect(chordOf(press("Escape", "Escape"))).toBeNull();
  expect(chordOf(press("Tab", "Tab"))).toBeNull();
  expect(chordOf(press("Process", "KeyF"))).toBeNull();
});

test("keys are shown with the letter of the layout", () => {
  expect(keysOfChord("Shift+KeyY", new Map([["KeyY", "z"]]))).toEqual(["Shift", "Z"]);
  expect(textOfChord("Ctrl+Shift+'z'")).toBe("Ctrl+Shift+Z");
  expect(textOfChord("Alt+ArrowLeft")).toBe("Alt+←");
});

test("a remapped command answers to its new key only, and the table says so", () => {
  const keys = withChords({}, "hide", ["KeyJ"]);
  expect(findShortcut(press("j", "KeyJ"), keys, scene())?.id).toBe("hide");
  expect(findShortcut(press("h", "KeyH"), keys, scene())).toBeNull();
  expect(liveShortcuts(keys).find(({ shortcut }) => shortcut.id === "hide")).toMatchObject({
    chords: ["KeyJ"],
    changed: true,
  });
  expect(keyText(keys, "hide")).toBe("J");
});

test("a key that is taken names who has it; taking it leaves the other without", () => {
  expect(conflictsOf("hide", "KeyF", {}).map(({ id }) => id)).toEqual(["fit"]);
  const keys = withChords({}, "hide", ["KeyF"]);
  expect(findShortcut(press("f", "KeyF"), keys, scene())?.id).toBe("hide");
  expect(keys["fit"]).toEqual([]);
});

test("the keys of a recording that is played are taken from nobody, and collide with nobody's", () => {
  expect(conflictsOf("hide", "KeyJ", {})).toEqual([]);
  const keys = withChords({}, "hide", ["KeyK"]);
  expect(Object.keys(keys)).toEqual(["hide"]);
});

test("resetting one gives its keys back and takes them from whoever had got them", () => {
  const keys = withUsualChords(withChords({}, "hide", ["KeyF"]), "fit");
  expect(findShortcut(press("f", "KeyF"), keys, scene())?.id).toBe("fit");
  expect(keys).toEqual({ hide: [] });
  expect(withUsualChords(keys, "hide")).toEqual({});
});

test("no press means two things in one place unless one of them says when", () => {
  for (const { id, place, chords } of SHORTCUTS)
    for (const chord of chords) {
      const same = SHORTCUTS.filter(
        (other) => other.place === place && other.chords.includes(chord) && !other.when,
      );
      expect(same.length, `${chord} of ${id}`).toBeLessThanOrEqual(1);
    }
});

test("kept changes survive; nonsense and what equals the table is left out", () => {
  const keys = withChords({}, "measure", ["Ctrl+'m'"]);
  expect(readOverrides(JSON.parse(JSON.stringify(keys)))).toEqual(keys);
  expect(readOverrides({ hide: ["KeyH"], unheard: ["KeyQ"], fit: 3 })).toEqual({});
  expect(readOverrides("KeyH")).toEqual({});
});

test("while walking W, A, S, D walk and S opens no section; afterwards it does", () => {
  const walking = scene(true);
  walking.workspace.walk.set({ held: new Set(), speed: 1 });
  const down = (key: string, code: string, modifiers: Partial<KeyPress> = {}) =>
    findShortcut(press(key, code, modifiers), {}, walking)?.id;
  expect(down("s", "KeyS")).toBe("walk.back");
  expect(down("S", "KeyS", { shiftKey: true })).toBe("walk.back");
  expect(down("Escape", "Escape")).toBe("escape");
  const fields = press("w", "KeyW");
  // A browser's event: its kind has getters, itself no fields.
  const event = Object.create(
    Object.defineProperties(
      {},
      Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [name, { get: () => value }]),
      ),
    ),
  ) as KeyPress;
  const real = findShortcut(event, {}, walking);
  expect(real?.id).toBe("walk.forward");
  expect(releasedBy(press("S", "KeyS", { shiftKey: true }), {}).map(({ id }) => id)).toEqual([
    "walk.back",
  ]);
  expect(findShortcut(press("s", "KeyS"), {}, scene(true))?.id).toBe("section");
});

test("arrows and Enter count in the viewport only; full stop only in pick mode", () => {
  expect(findShortcut(press("ArrowUp", "ArrowUp"), {}, scene(true))?.id).toBe("orbitUp");
  expect(findShortcut(press("ArrowUp", "ArrowUp"), {}, scene(false))).toBeNull();
  expect(findShortcut(press("Enter", "Enter"), {}, scene(true))?.id).toBe("pickMode");
  expect(findShortcut(press("Enter", "Enter"), {}, scene(false))).toBeNull();
  const picking = scene(true);
  picking.workspace.pickMode.set({ reticle: { x: 0, y: 0 }, occurrence: null, place: null });
  expect(findShortcut(press("Enter", "Enter"), {}, picking)?.id).toBe("pick");
  expect(findShortcut(press(".", "Period"), {}, picking)?.id).toBe("nextPart");
  expect(findShortcut(press(".", "Period"), {}, scene(true))).toBeNull();
});

test("Enter resumes a paused follow wherever the focus is", () => {
  const paused = scene(true);
  paused.workspace.following.set({ slot: 1, paused: true });
  expect(findShortcut(press("Enter", "Enter"), {}, paused)?.id).toBe("resume");
});

test("a press that an input method composes with is nobody's shortcut", () => {
  expect(findShortcut(press("h", "KeyH", { isComposing: true }), {}, scene())).toBeNull();
  expect(findShortcut(press("Process", "KeyH"), {}, scene())).toBeNull();
});
