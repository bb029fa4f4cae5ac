/** Several revisions on the table. */

import type { Placing, TableLayer } from "../areas/table";
import { t } from "../messages";
import type { Matrix4 } from "../model";
import { isRigid } from "../rigid";
import {
  BadArguments,
  type Commanding,
  bool,
  define,
  fields,
  number,
  oneOf,
  preview,
  text,
} from "./define";

export interface TableArgs {
  "layer.add": { revision: string; transform?: Matrix4 | null };
  "layer.remove": { revision: string };
  "layer.update": {
    revision: string;
    change: Partial<Pick<TableLayer, "visible" | "ghosted" | "transform">>;
    preview?: boolean;
  };
  /** By the map coordinates that both files state. */
  "layer.georeference": { revision: string };
  /** Begins or, with null, ends placing by hand. */
  "layer.place": { revision: string | null; by?: Placing["by"] };
}

function transform(value: unknown): Matrix4 | null {
  if (value === null) return null;
  if (!Array.isArray(value)) throw new BadArguments("transform must be 16 numbers or null.");
  const matrix = value.map((entry: unknown) => number(entry, "transform"));
  if (!isRigid(matrix))
    throw new BadArguments("transform must be a rigid motion: it may turn and move, not scale.");
  return matrix;
}

const revision = (raw: Record<string, unknown>): { revision: string } => ({
  revision: text(raw["revision"], "revision"),
});

export const TABLE_COMMANDS: Commanding<TableArgs> = {
  "layer.add": define(t("command.layer.add"), "scene", (raw) => ({
    ...revision(raw),
    ...(raw["transform"] === undefined ? {} : { transform: transform(raw["transform"]) }),
  })),
  "layer.remove": define(t("command.layer.remove"), "scene", revision),
  "layer.update": define(t("command.layer.update"), "scene", (raw) => {
    const change = fields(raw["change"]);
    return {
      ...revision(raw),
      change: {
        ...(change["visible"] === undefined ? {} : { visible: bool(change["visible"], "visible") }),
        ...(change["ghosted"] === undefined ? {} : { ghosted: bool(change["ghosted"], "ghosted") }),
        ...(change["transform"] === undefined ? {} : { transform: transform(change["transform"]) }),
      },
      ...preview(raw),
    };
  }),
  "layer.georeference": define(t("command.layer.georeference"), "scene", revision),
  "layer.place": define(t("command.layer.place"), "personal", (raw) => ({
    revision: raw["revision"] === null ? null : text(raw["revision"], "revision"),
    ...(raw["by"] === undefined ? {} : { by: oneOf(raw["by"], ["drag", "points"] as const, "by") }),
  })),
};
