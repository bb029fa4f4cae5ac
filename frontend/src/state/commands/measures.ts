/** Measurements. */

import { t } from "../messages";
import type { MeasurePoint } from "../workspace";
import {
  type Commanding,
  type NoArgs,
  define,
  bool,
  fields,
  nothing,
  number,
  oneOf,
  text,
  vector,
} from "./define";

export interface MeasuresArgs {
  "measure.add": { from: MeasurePoint; to: MeasurePoint; exact: boolean };
  "measure.remove": { id: string };
  "measure.clear": NoArgs;
}

export const MEASURES_COMMANDS: Commanding<MeasuresArgs> = {
  "measure.add": define(t("command.measure.add"), "object", (raw) => ({
    from: measurePoint(raw["from"]),
    to: measurePoint(raw["to"]),
    exact: bool(raw["exact"], "exact"),
  })),
  "measure.remove": define(t("command.measure.remove"), "object", (raw) => ({
    id: text(raw["id"], "id"),
  })),
  "measure.clear": define(t("command.measure.clear"), "object", nothing),
};

function measurePoint(value: unknown): MeasurePoint {
  const raw = fields(value);
  return {
    position: vector(raw["position"], "position"),
    occurrence: raw["occurrence"] === null ? null : number(raw["occurrence"], "occurrence"),
    local: raw["local"] === null ? null : vector(raw["local"], "local"),
    snap: oneOf(
      raw["snap"],
      ["vertex", "middle", "centre", "edge", "face", "none"] as const,
      "snap",
    ),
  };
}
