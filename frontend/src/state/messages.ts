/** Texts of the product: ICU messages in the language of the page, and numbers as that language writes them. */

import { IntlMessageFormat } from "intl-messageformat";
// The type alone: a page fetches the texts of one language.
import type { en } from "./messages/en";
import { AS_TEXT, type AnyLanguage, isPseudo, localeOf, readPattern } from "./languages";

/** Key of a message. */
export type MessageKey = keyof typeof en;

/** All texts in one language. */
export type Catalogue = Readonly<Record<MessageKey, string>>;

/** What a message's placeholders stand for. */
export type MessageValues = Readonly<Record<string, string | number>>;

let language: AnyLanguage = "en";
let catalogue: Readonly<Partial<Catalogue>> = {};
let numbers = new Intl.NumberFormat(localeOf("en"));
const compiled = new Map<string, IntlMessageFormat>();

/** Speaks another language from now on; before anything asks for a text, so the page says each in one. */
export function speak(spoken: AnyLanguage, texts: Catalogue): void {
  language = spoken;
  catalogue = texts;
  numbers = new Intl.NumberFormat(localeOf(spoken));
  compiled.clear();
}

/** The language that the page speaks. */
export function currentLanguage(): AnyLanguage {
  return language;
}

/** BCP 47: how numbers, dates and sorting follow the language. */
export function currentLocale(): string {
  return localeOf(language);
}

/** The text of a message. A placeholder without a value stays visible, so that it is noticed, as does a key unspoken. */
export function t(key: MessageKey, values: MessageValues = {}): string {
  return format(catalogue[key] ?? key, values);
}

/** Whether the catalogue has this key: for keys made of codes that the server sends. */
export function isMessageKey(key: string): key is MessageKey {
  return Object.hasOwn(catalogue, key);
}

/** A number as the language writes it. */
export function formatNumber(value: number): string {
  return numbers.format(value);
}

/** Fills in an ICU pattern (ICU MessageFormat: plural, select, ordinal). */
export function format(pattern: string, values: MessageValues): string {
  if (!pattern.includes("{") && !pattern.includes("'") && !isPseudo(language)) return pattern;
  let message = compiled.get(pattern);
  if (!message) {
    const parts = readPattern(pattern, isPseudo(language));
    message = new IntlMessageFormat(parts, localeOf(language));
    compiled.set(pattern, message);
  }
  const text: unknown = message.format(new Proxy(values, asWritten));
  return typeof text === "string" ? text : String(text);
}

/** Numbers of plain placeholders are written as the language does; a missing value reads as its placeholder. */
const asWritten: ProxyHandler<MessageValues> = {
  has: () => true,
  get: (values, name) => {
    if (typeof name !== "string") return undefined;
    if (!name.endsWith(AS_TEXT)) return values[name] ?? 0;
    const plain = name.slice(0, -AS_TEXT.length);
    const value = values[plain];
    return typeof value === "number" ? numbers.format(value) : (value ?? `{${plain}}`);
  },
};
