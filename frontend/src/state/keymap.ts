/** The keys as they are right now: the table of `shortcuts.ts` with what somebody changed. */

import {
  type Chord,
  type KeyOverrides,
  type KeyPress,
  type KeyTarget,
  isSingle,
  isTextField,
  matchesChord,
  textOfChord,
} from "./keys";
import { SHORTCUTS, type Shortcut, type ShortcutPlace } from "./shortcuts";
import type { Workspace } from "./workspace";

/** A shortcut with the keys it has now. */
export interface LiveShortcut {
  readonly shortcut: Shortcut;
  readonly chords: readonly Chord[];
  /** Somebody changed it. */
  readonly changed: boolean;
}

/** Where a key was pressed. */
export interface KeyScene {
  readonly workspace: Workspace;
  readonly target: KeyTarget | null;
  /** The 3D view has the focus. */
  readonly inViewport: boolean;
  /** Letters, digits and signs alone are shortcuts, too. */
  readonly singleKeys: boolean;
}

/** All shortcuts with their keys, in the order of the table. */
export function liveShortcuts(overrides: KeyOverrides): readonly LiveShortcut[] {
  return SHORTCUTS.map((shortcut) => {
    const changed = overrides[shortcut.id];
    return { shortcut, chords: changed ?? shortcut.chords, changed: changed !== undefined };
  });
}

/** The shortcut of a press, or null. */
export function findShortcut(
  press: KeyPress,
  overrides: KeyOverrides,
  scene: KeyScene,
): Shortcut | null {
  // Function keys write nothing: F6 leads out of a field, too.
  const isWriting = isTextField(scene.target) && !/^F\d+$/.test(press.key);
  if (isWriting || press.isComposing || press.key === "Process") return null;
  const live = liveShortcuts(overrides);
  for (const place of placesOf(scene)) {
    for (const { shortcut, chords } of live) {
      if (shortcut.place !== place) continue;
      // While walking Shift only means faster, and letters were asked for by starting to walk.
      const met = place === "walk" ? withoutShift(press) : press;
      const single = scene.singleKeys || place === "walk";
      if (!chords.some((chord) => (single || !isSingle(chord)) && matchesChord(chord, met)))
        continue;
      if (shortcut.when?.(scene.workspace) ?? true) return shortcut;
    }
  }
  return null;
}

/** Field by field: what a browser's event has are getters of its kind, which a spread leaves behind. */
function withoutShift({ key, code, ctrlKey, metaKey, altKey }: KeyPress): KeyPress {
  return { key, code, ctrlKey, metaKey, altKey, shiftKey: false };
}

/** Shortcuts that last while held and whose key was let go, whatever else is held. */
export function releasedBy(press: KeyPress, overrides: KeyOverrides): readonly Shortcut[] {
  const bare = { ...NO_MODIFIERS, key: press.key, code: press.code };
  return liveShortcuts(overrides)
    .filter(
      ({ shortcut, chords }) =>
        shortcut.release !== undefined && chords.some((chord) => matchesChord(chord, bare)),
    )
    .map(({ shortcut }) => shortcut);
}

const NO_MODIFIERS = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

/** The places that count, the narrowest first. */
function placesOf({ workspace, inViewport }: KeyScene): readonly ShortcutPlace[] {
  const places: ShortcutPlace[] = [];
  if (workspace.walk.get() !== null) places.push("walk");
  if (inViewport && workspace.pickMode.get() !== null) places.push("pick");
  if (inViewport) places.push("viewport");
  places.push("anywhere");
  return places;
}

/** The others that a combination would call in the same place as this shortcut. */
export function conflictsOf(
  id: string,
  chord: Chord,
  overrides: KeyOverrides,
): readonly Shortcut[] {
  const live = liveShortcuts(overrides);
  const own = live.find(({ shortcut }) => shortcut.id === id)?.shortcut;
  if (!own) return [];
  return live
    .filter(
      ({ shortcut, chords }) =>
        shortcut.id !== id && overlaps(shortcut, own) && chords.some((c) => sameChord(c, chord)),
    )
    .map(({ shortcut }) => shortcut);
}

/**
 * Narrower places may reuse a key of wider ones in the table (Enter, arrows, letters while walking), where that was
 * thought through; a person who puts a key there twice is told, but for walking and for a recording that is played,
 * which have the keyboard to themselves.
 */
function overlaps(a: Shortcut, b: Shortcut): boolean {
  return ownerOf(a) === ownerOf(b);
}

function ownerOf({ id, place }: Shortcut): string {
  if (place === "walk") return "walk";
  return id.startsWith("replay.") ? "replay" : "";
}

const sameChord = (a: Chord, b: Chord): boolean => a === b || a === b.replace("Numpad", "Digit");

/** Gives a shortcut these keys and takes them from others where they collide. */
export function withChords(
  overrides: KeyOverrides,
  id: string,
  chords: readonly Chord[],
): KeyOverrides {
  const next: Record<string, readonly Chord[]> = { ...overrides, [id]: chords };
  for (const chord of chords)
    for (const other of conflictsOf(id, chord, overrides)) {
      const now = next[other.id] ?? other.chords;
      next[other.id] = now.filter((c) => !sameChord(c, chord));
    }
  return tidy(next);
}

/** Gives a shortcut its usual keys back, and takes them from whoever got them. */
export function withUsualChords(overrides: KeyOverrides, id: string): KeyOverrides {
  const usual = SHORTCUTS.find((shortcut) => shortcut.id === id)?.chords ?? [];
  // What the table itself shares (Enter) stays shared.
  const shared = SHORTCUTS.filter((shortcut) => shortcut.id !== id).flatMap(({ chords }) => chords);
  const next = withChords(
    overrides,
    id,
    usual.filter((chord) => !shared.includes(chord)),
  );
  const { [id]: _gone, ...rest } = next;
  return rest;
}

/** Without entries that say what the table says, or that name nothing of it. */
function tidy(overrides: Record<string, readonly Chord[]>): KeyOverrides {
  return Object.fromEntries(
    Object.entries(overrides).filter(([id, chords]) => {
      const usual = SHORTCUTS.find((shortcut) => shortcut.id === id)?.chords;
      return usual !== undefined && usual.join(" ") !== chords.join(" ");
    }),
  );
}

/** Changed keys as they were kept; anything else is left out. */
export function readOverrides(kept: unknown): KeyOverrides {
  if (typeof kept !== "object" || kept === null) return {};
  const read: Record<string, readonly Chord[]> = {};
  for (const [id, chords] of Object.entries(kept))
    if (Array.isArray(chords))
      read[id] = chords.filter((chord: unknown): chord is string => typeof chord === "string");
  return tidy(read);
}

/** The first key of a shortcut as text, for tooltips: `Shift+F`; empty without one. */
export function keyText(
  overrides: KeyOverrides,
  id: string,
  layout?: ReadonlyMap<string, string>,
): string {
  const live = liveShortcuts(overrides).find(({ shortcut }) => shortcut.id === id);
  const first = live?.chords[0];
  return first === undefined ? "" : textOfChord(first, layout);
}
