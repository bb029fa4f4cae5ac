/**
 * Key combinations as text: `Shift+KeyF`, `Ctrl+'z'`, `Alt+ArrowLeft`, `'?'`. Letters and digits without Ctrl are
 * physical keys (KeyboardEvent.code), so that they sit in the same place on every layout; what stands in quotes is
 * what the key writes, since `?` is not on the same key everywhere and Ctrl+Z is where the layout has its Z.
 */

import { isMessageKey, t } from "./messages";

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
  /** An input method is putting a character together: the press belongs to it. */
  readonly isComposing?: boolean;
}

/** A combination as text, see above. */
export type Chord = string;

/** Shortcut id → its combinations instead of the usual ones; an empty list takes them away. */
export type KeyOverrides = Readonly<Record<string, readonly Chord[]>>;

interface Parsed {
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  /** Code, name of a key, or a sign without its quotes. */
  readonly key: string;
  readonly isSign: boolean;
}

const MODIFIERS = ["Control", "Shift", "Alt", "Meta", "AltGraph", "CapsLock", "NumLock"];
const LETTER = /^[a-z]$/i;

function parse(chord: Chord): Parsed {
  let rest = chord;
  const take = (prefix: string): boolean => {
    const found = rest.startsWith(prefix);
    if (found) rest = rest.slice(prefix.length);
    return found;
  };
  const ctrl = take("Ctrl+");
  const alt = take("Alt+");
  const shift = take("Shift+");
  const isSign = rest.length > 2 && rest.startsWith("'") && rest.endsWith("'");
  return { ctrl, alt, shift, key: isSign ? rest.slice(1, -1) : rest, isSign };
}

/** Whether a press is this combination. Cmd counts as Ctrl. */
export function matchesChord(chord: Chord, press: KeyPress): boolean {
  const { ctrl, alt, shift, key, isSign } = parse(chord);
  if ((press.ctrlKey || press.metaKey) !== ctrl || press.altKey !== alt) return false;
  if (isSign && !LETTER.test(key)) return press.key === key; // Shift is part of how a sign is written
  if (press.shiftKey !== shift) return false;
  if (isSign) return letterOf(press) === key.toLowerCase();
  if (press.code === key || press.key === key) return true;
  return key.startsWith("Digit") && press.code === `Numpad${key.slice(5)}`;
}

/** The letter written; on a layout without Latin letters the one printed on the usual keyboard. */
function letterOf({ key, code }: KeyPress): string {
  if (LETTER.test(key)) return key.toLowerCase();
  return code.startsWith("Key") ? code.slice(3).toLowerCase() : key;
}

/** The combination of a press, for recording one; null for a modifier alone and for keys that must stay what they are. */
export function chordOf(press: KeyPress): Chord | null {
  const { key, code } = press;
  if (MODIFIERS.includes(key) || key === "Escape" || key === "Tab") return null;
  if (press.isComposing || key === "Process" || key === "Dead") return null;
  const ctrl = press.ctrlKey || press.metaKey;
  const before = (ctrl ? "Ctrl+" : "") + (press.altKey ? "Alt+" : "");
  const shift = press.shiftKey ? "Shift+" : "";
  if (ctrl && !press.altKey && code.startsWith("Key"))
    return `${before}${shift}'${letterOf(press)}'`;
  if (code.startsWith("Key") || code.startsWith("Digit")) return before + shift + code;
  if (/^Numpad\d$/.test(code)) return `${before}${shift}Digit${code.slice(6)}`;
  if (key === " ") return `${before}${shift}Space`;
  if ([...key].length === 1) return `${before}'${key}'`;
  return before + shift + key;
}

/** A letter, digit or sign without Ctrl or Alt: what WCAG 2.1.4 wants to be switched off. */
export function isSingle(chord: Chord): boolean {
  const { ctrl, alt, key, isSign } = parse(chord);
  return !ctrl && !alt && (isSign || /^(Key|Digit)/.test(key) || key === "Space");
}

const NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
};

/** The letters of somebody's keyboard, physical key → what it writes; from the browser where it tells. */
export type KeyboardLayout = ReadonlyMap<string, string>;

/** The keys of a combination as they are shown, one after the other. */
export function keysOfChord(chord: Chord, layout?: KeyboardLayout): readonly string[] {
  const { ctrl, alt, shift, key, isSign } = parse(chord);
  const modifiers = [ctrl && t("key.Ctrl"), alt && t("key.Alt"), shift && t("key.Shift")].filter(
    (name): name is string => name !== false,
  );
  return [...modifiers, isSign ? key.toUpperCase() : nameOf(key, layout)];
}

function nameOf(key: string, layout?: KeyboardLayout): string {
  if (key.startsWith("Digit")) return key.slice(5);
  if (key.startsWith("Key")) return (layout?.get(key) ?? key.slice(3)).toUpperCase();
  const spoken = `key.${key}`;
  return NAMES[key] ?? (isMessageKey(spoken) ? t(spoken) : key);
}

/** `Shift+F`. */
export function textOfChord(chord: Chord, layout?: KeyboardLayout): string {
  return keysOfChord(chord, layout).join("+");
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
