/** Turns a message of the catalogue into text: `{name}`, and `{count, plural, one {…} other {…}}`. */

import { en } from "./messages/en";

/** Key of a message. */
export type MessageKey = keyof typeof en;

/** What a message's placeholders stand for. */
export type MessageValues = Readonly<Record<string, string | number>>;

const LOCALE = "en";
const plurals = new Intl.PluralRules(LOCALE);
const numbers = new Intl.NumberFormat(LOCALE);

/** The text of a message. A placeholder without a value stays visible, so that it is noticed. */
export function t(key: MessageKey, values: MessageValues = {}): string {
  return format(en[key], values);
}

/** Whether the catalogue has this key: for keys made of codes that the server sends. */
export function isMessageKey(key: string): key is MessageKey {
  return Object.hasOwn(en, key);
}

/** A number as the language writes it. */
export function formatNumber(value: number): string {
  return numbers.format(value);
}

/** Fills in an ICU-style pattern; plural branches may hold `#` and placeholders. */
export function format(pattern: string, values: MessageValues): string {
  let text = "";
  let index = 0;
  while (index < pattern.length) {
    const open = pattern.indexOf("{", index);
    if (open < 0) return text + pattern.slice(index);
    const close = matching(pattern, open);
    text += pattern.slice(index, open) + placeholder(pattern.slice(open + 1, close), values);
    index = close + 1;
  }
  return text;
}

function placeholder(inside: string, values: MessageValues): string {
  const plural = /^\s*(\w+)\s*,\s*plural\s*,/.exec(inside);
  const name = plural?.[1] ?? inside.trim();
  const value = values[name];
  if (value === undefined) return `{${name}}`;
  if (!plural) return typeof value === "number" ? numbers.format(value) : value;
  const branches = readBranches(inside.slice(plural[0].length));
  const branch =
    branches.get(`=${value}`) ??
    branches.get(plurals.select(Number(value))) ??
    branches.get("other");
  return format((branch ?? "").replaceAll("#", numbers.format(Number(value))), values);
}

function readBranches(text: string): Map<string, string> {
  const branches = new Map<string, string>();
  let index = 0;
  for (;;) {
    const open = text.indexOf("{", index);
    if (open < 0) return branches;
    const close = matching(text, open);
    branches.set(text.slice(index, open).trim(), text.slice(open + 1, close));
    index = close + 1;
  }
}

/** Index of the brace that closes the one at `open`; the end of the text when none does. */
function matching(text: string, open: number): number {
  let depth = 0;
  for (let index = open; index < text.length; index += 1) {
    if (text[index] === "{") depth += 1;
    else if (text[index] === "}" && (depth -= 1) === 0) return index;
  }
  return text.length;
}
