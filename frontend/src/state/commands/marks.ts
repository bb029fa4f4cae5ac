/** Markup: drawing on the view and on the model. */

import {
  MODEL_MARKS,
  type MarkPoint,
  type MarkTool,
  type ModelMarkKind,
  SHEET_MARKS,
  type SheetMarkKind,
  type SheetPoint,
} from "../areas/marking";
import { t } from "../messages";
import {
  BadArguments,
  type Commanding,
  type NoArgs,
  define,
  fields,
  nothing,
  number,
  oneOf,
  text,
  vector,
} from "./define";

export interface MarksArgs {
  "mark.tool": { tool: MarkTool };
  /** null: my own colour. */
  "mark.colour": { colour: string | null };
  /** On the open sheet; without one, on a new sheet over the present view. */
  "mark.draw": {
    kind: SheetMarkKind;
    points: readonly SheetPoint[];
    text?: string;
    colour: string;
    width?: number;
  };
  "mark.place": {
    kind: ModelMarkKind;
    points: readonly MarkPoint[];
    text?: string;
    colour: string;
  };
  "mark.text": { id: string; text: string };
  "mark.remove": { id: string };
  /** Puts a sheet on the view it was drawn on; null puts the open one away. */
  "sheet.open": { id: string | null };
  "sheet.rename": { id: string; name: string };
  "sheet.remove": { id: string };
  "mark.clear": NoArgs;
}

/** Points of one stroke; more is not drawn by hand. */
const MOST_POINTS = 5000;
const LONGEST_TEXT = 2000;
const USUAL_WIDTH = 3;

function colour(value: unknown): string {
  const written = text(value, "colour");
  if (!/^#[0-9a-f]{6}$/i.test(written)) throw new BadArguments("colour must be #rrggbb.");
  return written.toLowerCase();
}

function words(value: unknown): string {
  if (value === undefined) return "";
  return text(value, "text").slice(0, LONGEST_TEXT);
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0)
    throw new BadArguments("points must be a list of at least one point.");
  if (value.length > MOST_POINTS)
    throw new BadArguments(`points must be at most ${MOST_POINTS} points.`);
  return value;
}

function sheetPoint(value: unknown): SheetPoint {
  if (!Array.isArray(value)) throw new BadArguments("A point of a sheet must be [x, y].");
  return [number(value[0], "x"), number(value[1], "y")];
}

function markPoint(value: unknown): MarkPoint {
  const raw = fields(value);
  const { occurrence, local } = raw;
  return {
    position: vector(raw["position"], "position"),
    occurrence:
      occurrence === null || occurrence === undefined ? null : number(occurrence, "occurrence"),
    local: local === null || local === undefined ? null : vector(local, "local"),
  };
}

const id = (raw: Record<string, unknown>): { id: string } => ({ id: text(raw["id"], "id") });

export const MARKS_COMMANDS: Commanding<MarksArgs> = {
  "mark.tool": define(t("command.mark.tool"), "personal", (raw) => ({
    tool: oneOf(raw["tool"], [...SHEET_MARKS, ...MODEL_MARKS, "eraser"] as const, "tool"),
  })),
  "mark.colour": define(t("command.mark.colour"), "personal", (raw) => ({
    colour: raw["colour"] === null ? null : colour(raw["colour"]),
  })),
  "mark.draw": define(t("command.mark.draw"), "object", (raw) => ({
    kind: oneOf(raw["kind"], SHEET_MARKS, "kind"),
    points: list(raw["points"]).map(sheetPoint),
    text: words(raw["text"]),
    colour: colour(raw["colour"]),
    width: Math.min(40, Math.max(0.5, number(raw["width"] ?? USUAL_WIDTH, "width"))),
  })),
  "mark.place": define(t("command.mark.draw"), "object", (raw) => ({
    kind: oneOf(raw["kind"], MODEL_MARKS, "kind"),
    points: list(raw["points"]).map(markPoint),
    text: words(raw["text"]),
    colour: colour(raw["colour"]),
  })),
  "mark.text": define(t("command.mark.text"), "object", (raw) => ({
    ...id(raw),
    text: words(raw["text"]),
  })),
  "mark.remove": define(t("command.mark.remove"), "object", id),
  "sheet.open": define(t("command.sheet.open"), "personal", (raw) => ({
    id: raw["id"] === null ? null : text(raw["id"], "id"),
  })),
  "sheet.rename": define(t("command.sheet.rename"), "object", (raw) => ({
    ...id(raw),
    name: text(raw["name"], "name").trim().slice(0, 80),
  })),
  "sheet.remove": define(t("command.sheet.remove"), "object", id),
  "mark.clear": define(t("command.mark.clear"), "object", nothing),
};
