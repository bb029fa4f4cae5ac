/** How numbers are written. */

import { readNumbers } from "../areas/numbers";
import { t } from "../messages";
import type { NumberChoice } from "../units";
import { type Commanding, define } from "./define";

export interface NumbersArgs {
  "numbers.set": Partial<NumberChoice>;
}

const FIELDS = ["decimals", "fraction", "angle", "mass", "second"] as const;

export const NUMBERS_COMMANDS: Commanding<NumbersArgs> = {
  "numbers.set": define(t("command.numbers.set"), "personal", (raw) => {
    const read = readNumbers(raw);
    const given = FIELDS.filter((field) => raw[field] !== undefined);
    return Object.fromEntries(given.map((field) => [field, read[field]]));
  }),
};
