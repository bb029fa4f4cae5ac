/** The languages of the product: names, direction, and two that exist to find what is not translated or too wide. */

import { TYPE, parse, type MessageFormatElement } from "@formatjs/icu-messageformat-parser";

/** A language that people choose. */
export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Languages for tests: accents and a third more width, left to right and right to left. */
export const PSEUDO_LANGUAGES = ["en-XA", "en-XB"] as const;
export type PseudoLanguage = (typeof PSEUDO_LANGUAGES)[number];
export type AnyLanguage = Language | PseudoLanguage;

/** What each language calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: "English",
  de: "Deutsch",
};

/** Languages whose texts are complete: the others are not offered. */
export const COMPLETE: readonly Language[] = ["en", "de"];

/** The texts that a translation of `English` must have: these keys, and no others. */
export type TextsOf<English> = Readonly<Record<keyof English, string>>;

/** The first language of a list of wishes (BCP 47, best first) that there is; else English. */
export function languageOf(
  wishes: readonly string[],
  complete: readonly Language[] = COMPLETE,
): AnyLanguage {
  const all: readonly AnyLanguage[] = [...complete, ...PSEUDO_LANGUAGES];
  for (const wish of wishes) {
    const exact = all.find((language) => language.toLowerCase() === wish.toLowerCase());
    if (exact) return exact;
    const base = wish.split("-")[0]?.toLowerCase();
    const near = complete.find((language) => language === base);
    if (near) return near;
  }
  return "en";
}

export function isPseudo(language: AnyLanguage): language is PseudoLanguage {
  return language === "en-XA" || language === "en-XB";
}

export function directionOf(language: AnyLanguage): "ltr" | "rtl" {
  return language === "en-XB" ? "rtl" : "ltr";
}

/** The locale that writes numbers and dates. British English: day before month, 24 hours. */
export function localeOf(language: AnyLanguage): string {
  return language === "de" ? "de-DE" : "en-GB";
}

const PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ACCENTED = "àƀçđéƒğĥíĵķĺɱñóþɋŕšţúṽŵẋýžÀƁÇĐÉƑĞĤÍĴĶĹṀÑÓÞɊŔŠŢÚṼŴẊÝŽ";

function accented(text: string): string {
  const letters = [...text].map((letter) => {
    const at = PLAIN.indexOf(letter);
    return at < 0 ? letter : ([...ACCENTED][at] ?? letter);
  });
  // A third more, as translations of English are; spaces alone stay what they are.
  const more = text.trim() === "" ? 0 : Math.ceil(text.length * 0.35);
  return letters.join("") + "~".repeat(more);
}

/** Suffix of a placeholder whose number is written as the language does. */
export const AS_TEXT = "$text";

/** An ICU pattern in parts, as `messages.ts` fills it in; pseudo: accents and more width in its words. */
export function readPattern(pattern: string, pseudo: boolean): MessageFormatElement[] {
  return changed(parse(pattern, { ignoreTag: true }), pseudo);
}

function changed(
  elements: readonly MessageFormatElement[],
  pseudo: boolean,
): MessageFormatElement[] {
  return elements.map((element): MessageFormatElement => {
    if (element.type === TYPE.literal)
      return pseudo ? { ...element, value: accented(element.value) } : element;
    if (element.type === TYPE.argument) return { ...element, value: element.value + AS_TEXT };
    if (element.type === TYPE.plural || element.type === TYPE.select) {
      const options = Object.fromEntries(
        Object.entries(element.options).map(([key, option]) => [
          key,
          { ...option, value: changed(option.value, pseudo) },
        ]),
      );
      return { ...element, options };
    }
    return element;
  });
}
