/** The marks that a language writes numbers with, for numbers whose digits are made elsewhere. */

import { currentLocale } from "./messages";

const marks = new Map<string, string>();

/** What stands before the decimals: a point or a comma. */
export function decimalMark(locale: string = currentLocale()): string {
  let mark = marks.get(locale);
  if (mark === undefined) {
    const parts = new Intl.NumberFormat(locale).formatToParts(1.5);
    mark = parts.find(({ type }) => type === "decimal")?.value ?? ".";
    marks.set(locale, mark);
  }
  return mark;
}

/** A number as JavaScript writes it, `1.5` or `1.5e-7`, with the mark of the language. */
export function withDecimalMark(plain: string, locale?: string): string {
  return plain.replace(".", decimalMark(locale));
}

/** Written numbers in a row; a comma would not tell 1,5 and 1 from 5 where it is the decimal mark. */
export function joinNumbers(written: readonly string[], locale?: string): string {
  return written.join(decimalMark(locale) === "," ? "; " : ", ");
}
