/** Pulling parts apart. */

import { t } from "../messages";
import type { Explosion } from "../areas/exploding";
import { type Commanding, define, number, oneOf, preview, ranges } from "./define";

export interface ExplodeArgs {
  "explode.set": { amount: number; preview?: boolean };
  /** How parts move; what is left out stays as it is. only null: everything. */
  "explode.how": Partial<Explosion>;
}

export const EXPLODE_COMMANDS: Commanding<ExplodeArgs> = {
  "explode.set": define(t("command.explode.set"), "scene", (raw) => ({
    amount: Math.min(1, Math.max(0, number(raw["amount"], "amount"))),
    ...preview(raw),
  })),
  "explode.how": define(t("command.explode.how"), "scene", (raw) => ({
    ...(raw["by"] === undefined
      ? {}
      : { by: oneOf(raw["by"], ["parts", "assemblies"] as const, "by") }),
    ...(raw["along"] === undefined
      ? {}
      : { along: oneOf(raw["along"], ["radial", "x", "y", "z"] as const, "along") }),
    ...(raw["only"] === undefined
      ? {}
      : { only: raw["only"] === null ? null : ranges(raw["only"]) }),
  })),
};
