/** Pulling parts apart. */

import { t } from "../messages";
import { type Commanding, define, number, preview } from "./define";

export interface ExplodeArgs {
  "explode.set": { amount: number; preview?: boolean };
}

export const EXPLODE_COMMANDS: Commanding<ExplodeArgs> = {
  "explode.set": define(t("command.explode.set"), "scene", (raw) => ({
    amount: Math.min(1, Math.max(0, number(raw["amount"], "amount"))),
    ...preview(raw),
  })),
};
