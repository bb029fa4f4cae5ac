import { TYPE, type MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import { describe, expect, it } from "vitest";
import { COMPLETE, readPattern } from "../languages";
import type { Catalogue } from "../messages";
import { de } from "./de";
import { en } from "./en";

const TRANSLATIONS: Readonly<Record<string, Catalogue>> = { de };
const ENGLISH: Readonly<Record<string, string>> = en;

/** The arguments of a pattern with what it does with each: `count plural`, `name text`. */
function argumentsOf(pattern: string): string[] {
  const found = new Set<string>();
  const visit = (elements: readonly MessageFormatElement[]): void => {
    for (const element of elements) {
      if (element.type === TYPE.argument) found.add(element.value.replace("$text", ""));
      if (element.type === TYPE.plural || element.type === TYPE.select) {
        found.add(element.value);
        for (const option of Object.values(element.options)) visit(option.value);
      }
    }
  };
  visit(readPattern(pattern, false));
  return [...found].sort();
}

/** The options of the plurals and selects of a pattern. */
function optionsOf(pattern: string): string[] {
  const found: string[] = [];
  const visit = (elements: readonly MessageFormatElement[]): void => {
    for (const element of elements)
      if (element.type === TYPE.select) found.push(...Object.keys(element.options));
  };
  visit(readPattern(pattern, false));
  return found.sort();
}

it("has a catalogue for every language that is offered", () => {
  expect(["en", ...Object.keys(TRANSLATIONS)]).toEqual(COMPLETE);
});

describe.each(Object.entries(TRANSLATIONS))("the texts in %s", (_, texts) => {
  it("have the keys of the English ones, in the same order", () => {
    expect(Object.keys(texts)).toEqual(Object.keys(en));
  });

  it("take the same arguments and tell the same cases apart", () => {
    for (const [key, pattern] of Object.entries(texts)) {
      const english = ENGLISH[key] ?? "";
      expect(argumentsOf(pattern), key).toEqual(argumentsOf(english));
      expect(optionsOf(pattern), key).toEqual(optionsOf(english));
    }
  });

  it("say something wherever English does", () => {
    for (const [key, pattern] of Object.entries(texts))
      expect(pattern.trim() === "", key).toBe(ENGLISH[key] === "");
  });

  it("write no English mark of a quotation, apostrophe or plural", () => {
    for (const [key, pattern] of Object.entries(texts)) {
      expect(pattern, key).not.toMatch(/“[^“]*”|['’]|\(s\)/);
    }
  });
});
