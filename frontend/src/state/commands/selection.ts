/** Selecting parts and what belongs to them, and keeping sets of them. */

import { SELECTION_LEVELS, type PartSet, type SelectionLevel } from "../areas/selecting";
import { type EntityRef, isEntityRef } from "../entities";
import { t } from "../messages";
import type { RangeSet } from "../ranges";
import {
  BadArguments,
  type Commanding,
  type NoArgs,
  define,
  fields,
  nothing,
  oneOf,
  ranges,
  text,
} from "./define";

export type SelectionMode = "replace" | "add" | "remove" | "toggle";
export const SELECTION_MODES: readonly SelectionMode[] = ["replace", "add", "remove", "toggle"];

/** What parts may have in common; the structure alone answers. */
export const ALIKE = ["part", "name", "type", "layer", "colour", "storey", "parent"] as const;
export type Alike = (typeof ALIKE)[number];

export interface SelectionArgs {
  "selection.set": { ranges: RangeSet; mode: SelectionMode };
  "selection.clear": NoArgs;
  "selection.parent": NoArgs;
  "selection.identical": NoArgs;
  "selection.invert": NoArgs;
  /** Everything that is shown. */
  "selection.visible": NoArgs;
  /** Everything that is equal to the selection in this. */
  "selection.alike": { by: Alike };
  "selection.level": { level: SelectionLevel };
  /** Exact faces, edges and bodies; their parts become the selection. */
  "selection.entities": { entities: readonly EntityRef[]; mode: SelectionMode };
  "sets.save": { name: string; ranges: RangeSet };
  "sets.rename": { id: string; name: string };
  "sets.remove": { id: string };
  /** Replaces all of them; for what was kept elsewhere. */
  "sets.load": { sets: readonly PartSet[] };
}

const NAME_LIMIT = 120;

function name(value: unknown): string {
  const said = text(value, "name").trim().slice(0, NAME_LIMIT);
  if (said === "") throw new BadArguments("name must not be empty.");
  return said;
}

function entity(value: unknown): EntityRef {
  if (isEntityRef(value)) return value;
  throw new BadArguments("An entity needs occurrence, kind and index.");
}

function list<T>(value: unknown, what: string, read: (each: unknown) => T): readonly T[] {
  if (!Array.isArray(value)) throw new BadArguments(`${what} must be a list.`);
  return value.map((each: unknown) => read(each));
}

export const SELECTION_COMMANDS: Commanding<SelectionArgs> = {
  "selection.set": define(t("command.selection.set"), "personal", (raw) => ({
    ranges: ranges(raw["ranges"]),
    mode: oneOf(raw["mode"] ?? "replace", SELECTION_MODES, "mode"),
  })),
  "selection.clear": define(t("command.selection.clear"), "personal", nothing),
  "selection.parent": define(t("command.selection.parent"), "personal", nothing),
  "selection.identical": define(t("command.selection.identical"), "personal", nothing),
  "selection.invert": define(t("command.selection.invert"), "personal", nothing),
  "selection.visible": define(t("command.selection.visible"), "personal", nothing),
  "selection.alike": define(t("command.selection.alike"), "personal", (raw) => ({
    by: oneOf(raw["by"], ALIKE, "by"),
  })),
  "selection.level": define(t("command.selection.level"), "personal", (raw) => ({
    level: oneOf(raw["level"], SELECTION_LEVELS, "level"),
  })),
  "selection.entities": define(t("command.selection.entities"), "personal", (raw) => ({
    entities: list(raw["entities"], "entities", entity),
    mode: oneOf(raw["mode"] ?? "replace", SELECTION_MODES, "mode"),
  })),
  "sets.save": define(t("command.sets.save"), "personal", (raw) => ({
    name: name(raw["name"]),
    ranges: ranges(raw["ranges"]),
  })),
  "sets.rename": define(t("command.sets.rename"), "personal", (raw) => ({
    id: text(raw["id"], "id"),
    name: name(raw["name"]),
  })),
  "sets.remove": define(t("command.sets.remove"), "personal", (raw) => ({
    id: text(raw["id"], "id"),
  })),
  "sets.load": define(t("command.sets.load"), "personal", (raw) => ({
    sets: list(raw["sets"], "sets", (each) => {
      const said = fields(each);
      return {
        id: text(said["id"], "id"),
        name: name(said["name"]),
        ranges: ranges(said["ranges"]),
      };
    }),
  })),
};
