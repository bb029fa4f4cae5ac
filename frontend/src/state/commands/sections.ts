/** Cutting planes. */

import { t } from "../messages";
import type { Vec3 } from "../model";
import type { Section } from "../workspace";
import {
  type Commanding,
  type NoArgs,
  define,
  bool,
  fields,
  nothing,
  number,
  oneOf,
  preview,
  text,
  unitVector,
} from "./define";

/** The changeable fields of a section. */
export type SectionChange = Partial<Omit<Section, "id">>;

export interface SectionsArgs {
  "section.add": { axis?: "x" | "y" | "z"; normal?: Vec3; offset_m?: number; name?: string };
  "section.update": { id: string; change: SectionChange; preview?: boolean };
  "section.remove": { id: string };
  "section.clear": NoArgs;
  "section.activate": { id: string | null };
}

export const SECTIONS_COMMANDS: Commanding<SectionsArgs> = {
  "section.add": define(t("command.section.add"), "scene", (raw) => ({
    ...(raw["axis"] === undefined
      ? {}
      : { axis: oneOf(raw["axis"], ["x", "y", "z"] as const, "axis") }),
    ...(raw["normal"] === undefined ? {} : { normal: unitVector(raw["normal"], "normal") }),
    ...(raw["offset_m"] === undefined ? {} : { offset_m: number(raw["offset_m"], "offset_m") }),
    ...(raw["name"] === undefined ? {} : { name: text(raw["name"], "name") }),
  })),
  "section.update": define(t("command.section.update"), "scene", (raw) => ({
    id: text(raw["id"], "id"),
    change: sectionChange(raw["change"]),
    ...preview(raw),
  })),
  "section.remove": define(t("command.section.remove"), "scene", (raw) => ({
    id: text(raw["id"], "id"),
  })),
  "section.clear": define(t("command.section.clear"), "scene", nothing),
  "section.activate": define(t("command.section.activate"), "personal", (raw) => ({
    id: raw["id"] === null ? null : text(raw["id"], "id"),
  })),
};

function sectionChange(value: unknown): SectionChange {
  const raw = fields(value);
  return {
    ...(raw["name"] === undefined ? {} : { name: text(raw["name"], "name") }),
    ...(raw["normal"] === undefined ? {} : { normal: unitVector(raw["normal"], "normal") }),
    ...(raw["offset_m"] === undefined ? {} : { offset_m: number(raw["offset_m"], "offset_m") }),
    ...(raw["enabled"] === undefined ? {} : { enabled: bool(raw["enabled"], "enabled") }),
    ...(raw["cap"] === undefined ? {} : { cap: bool(raw["cap"], "cap") }),
  };
}
