/** What a person chose on this device: language, theme, unit, single-letter keys, guest name. */

import { SNAP_RADIUS } from "../state/areas/measuring";
import { type NavigationChoices, readChoices } from "../state/areas/navigating";
import { readTextScale } from "../state/areas/panels_in_room";
import { readNumbers } from "../state/areas/numbers";
import { type Comfort, readComfort } from "../state/areas/seating";
import { type ViewChoice, readViewChoice } from "../state/areas/viewing";
import { readOverrides } from "../state/keymap";
import type { KeyOverrides } from "../state/keys";
import { type AnyLanguage, languageOf } from "../state/languages";
import { PRESET_NAMES } from "../state/navigation_presets";
import { type Verbosity, readVerbosity } from "../state/spoken";
import { Store } from "../state/store";
import type { DisplayUnit, Theme } from "../state/workspace";
import { DISPLAY_UNITS, type NumberChoice } from "../state/units";

export type ThemeChoice = "system" | Theme;
/** `system`: the first language of the browser's wishes that there is. */
export type LanguageChoice = "system" | AnyLanguage;

/** Where choices are kept; `localStorage` is one. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

export class Preferences {
  /** Read by `main.ts` before anything else: another one holds from the next time the page is loaded. */
  readonly language: Store<LanguageChoice>;
  readonly theme: Store<ThemeChoice>;
  /** null: as the file says. */
  readonly unit: Store<DisplayUnit | null>;
  /** Single letters as shortcuts (WCAG 2.1.4 asks for the switch). */
  readonly singleKeys: Store<boolean>;
  /** How much screen readers hear of what happens. */
  readonly spoken: Store<Verbosity>;
  /** The tree scrolls to what is selected in 3D. */
  readonly treeSync: Store<boolean>;
  readonly guestName: Store<string>;
  /** Preset and what goes with it (UX.md §2.4). */
  readonly navigation: Store<NavigationChoices>;
  /** Which program's hands one has was asked, and answered or skipped. */
  readonly handsAsked: Store<boolean>;
  /** The card of finger gestures was seen. */
  readonly gesturesSeen: Store<boolean>;
  /** Keys other than the usual ones. */
  readonly keys: Store<KeyOverrides>;
  /** Precision, fractions, angles. */
  readonly numbers: Store<NumberChoice>;
  /** How near a pointer must come to snap, CSS pixels. */
  readonly snapRadius: Store<number>;
  /** How one sits and moves in a headset. */
  readonly comfort: Store<Comfort>;
  /** Size of letters in a headset, 0.8 to 1.6. */
  readonly roomText: Store<number>;
  /** What of a saved view is restored. */
  readonly viewChoice: Store<ViewChoice>;

  constructor(shelf: Shelf) {
    const kept = <T>(key: string, store: Store<T>, write: (value: T) => string): Store<T> => {
      let first = true;
      store.subscribe((value) => {
        if (!first) shelf.setItem(`holotable.${key}`, write(value));
        first = false;
      });
      return store;
    };
    const read = (key: string): string | null => shelf.getItem(`holotable.${key}`);
    const language = read("language") ?? "system";
    this.language = kept(
      "language",
      new Store<LanguageChoice>(language === "system" ? language : languageOf([language])),
      String,
    );
    const themes: readonly ThemeChoice[] = ["system", "light", "dark"];
    this.theme = kept(
      "theme",
      new Store<ThemeChoice>(themes.find((theme) => theme === read("theme")) ?? "system"),
      String,
    );
    this.unit = kept(
      "unit",
      new Store<DisplayUnit | null>(DISPLAY_UNITS.find((unit) => unit === read("unit")) ?? null),
      (unit) => unit ?? "file",
    );
    this.singleKeys = kept("single-keys", new Store(read("single-keys") !== "off"), onOff);
    this.spoken = kept("spoken", new Store(readVerbosity(read("spoken"))), String);
    this.treeSync = kept("tree-sync", new Store(read("tree-sync") !== "off"), onOff);
    this.guestName = kept("guest-name", new Store(read("guest-name") ?? ""), String);
    this.navigation = kept(
      "navigation",
      new Store(readChoices(parsed(read("navigation")), PRESET_NAMES)),
      (choices) => JSON.stringify(choices),
    );
    this.handsAsked = kept("hands-asked", new Store(read("hands-asked") === "on"), onOff);
    this.gesturesSeen = kept("gestures-seen", new Store(read("gestures-seen") === "on"), onOff);
    this.keys = kept("keys", new Store(readOverrides(parsed(read("keys")))), (keys) =>
      JSON.stringify(keys),
    );
    this.numbers = kept("numbers", new Store(readNumbers(parsed(read("numbers")))), (numbers) =>
      JSON.stringify(numbers),
    );
    this.roomText = kept("roomText", new Store(readTextScale(read("roomText") ?? 1)), String);
    this.comfort = kept("comfort", new Store(readComfort(parsed(read("comfort")))), (comfort) =>
      JSON.stringify(comfort),
    );
    this.viewChoice = kept(
      "view-choice",
      new Store(readViewChoice(parsed(read("view-choice")))),
      (choice) => JSON.stringify(choice),
    );
    this.snapRadius = kept("snap-radius", new Store(readRadius(read("snap-radius"))), String);
  }
}

/** What was kept as JSON; null when it is none. */
function parsed(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    // Somebody else wrote there: the usual holds.
    return null;
  }
}

function readRadius(text: string | null): number {
  const pixels = Number(text ?? NaN);
  const fits = pixels >= SNAP_RADIUS.least && pixels <= SNAP_RADIUS.most;
  return fits ? pixels : SNAP_RADIUS.usual;
}

const onOff = (on: boolean): string => (on ? "on" : "off");

/** Keeps `<html data-theme>` and `shown` at the theme chosen or the system's. */
export function applyTheme(preferences: Preferences, shown: Store<Theme>): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = (): void => {
    const choice = preferences.theme.get();
    const theme = choice === "system" ? (dark.matches ? "dark" : "light") : choice;
    document.documentElement.dataset["theme"] = theme;
    shown.set(theme);
  };
  dark.addEventListener("change", apply);
  preferences.theme.subscribe(apply);
}
