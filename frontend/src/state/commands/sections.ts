/** Cutting planes, the section box and what neither cuts. */

import { type SectionPick, readBox } from "../areas/sectioning";
import { t } from "../messages";
import type { Vec3 } from "../model";
import type { RangeSet } from "../ranges";
import type { Section, SectionBox } from "../workspace";
import {
  BadArguments,
  type Commanding,
  type Fields,
  define,
  bool,
  fields,
  number,
  oneOf,
  preview,
  ranges,
  text,
  unitVector,
} from "./define";

/** The changeable fields of a section. */
export type SectionChange = Partial<Omit<Section, "id">>;
/** Files as which a cut may be had. */
export type DrawingFormat = "svg" | "dxf";

/** What a room keeps of a name (rooms/keys.py). */
const NAME_LENGTH = 80;

export interface SectionsArgs {
  /** preview: it is in somebody's hand, and becomes a step with the `section.update` that lets it go. */
  "section.add": {
    axis?: "x" | "y" | "z";
    normal?: Vec3;
    offset_m?: number;
    name?: string;
    preview?: boolean;
  };
  "section.update": { id: string; change: SectionChange; preview?: boolean };
  "section.remove": { id: string };
  /** to: its place in the list, 0 is the first. */
  "section.reorder": { id: string; to: number };
  /** Planes, box and spared parts, or only the planes. */
  "section.clear": { only?: "planes" };
  "section.activate": { id: string | null };
  /** Sets the box, or takes it away. */
  "section.box": { box: SectionBox | null; preview?: boolean };
  /** A box around these occurrences, else around the selection, else around what is visible. */
  "section.around": { ranges?: RangeSet };
  "section.uncut": { ranges: RangeSet; mode: "set" | "add" | "remove" };
  "section.pick": { pick: SectionPick };
  /** A plane's cut as a drawing file; `plane` as in `SectionAreas`. */
  "section.export": { plane: string; format: DrawingFormat };
}

export const SECTIONS_COMMANDS: Commanding<SectionsArgs> = {
  "section.add": define(t("command.section.add"), "scene", (raw) => ({
    ...(raw["axis"] === undefined
      ? {}
      : { axis: oneOf(raw["axis"], ["x", "y", "z"] as const, "axis") }),
    ...(raw["normal"] === undefined ? {} : { normal: unitVector(raw["normal"], "normal") }),
    ...(raw["offset_m"] === undefined ? {} : { offset_m: number(raw["offset_m"], "offset_m") }),
    ...(raw["name"] === undefined ? {} : { name: named(raw["name"]) }),
    ...preview(raw),
  })),
  "section.update": define(t("command.section.update"), "scene", (raw) => ({
    id: text(raw["id"], "id"),
    change: sectionChange(raw["change"]),
    ...preview(raw),
  })),
  "section.remove": define(t("command.section.remove"), "scene", (raw) => ({
    id: text(raw["id"], "id"),
  })),
  "section.reorder": define(t("command.section.reorder"), "scene", (raw) => ({
    id: text(raw["id"], "id"),
    to: number(raw["to"], "to"),
  })),
  "section.clear": define(t("command.section.clear"), "scene", (raw) =>
    raw["only"] === undefined ? {} : { only: oneOf(raw["only"], ["planes"] as const, "only") },
  ),
  "section.activate": define(t("command.section.activate"), "personal", (raw) => ({
    id: raw["id"] === null ? null : text(raw["id"], "id"),
  })),
  "section.box": define(t("command.section.box"), "scene", (raw) => ({
    box: boxOf(raw),
    ...preview(raw),
  })),
  "section.around": define(t("command.section.around"), "scene", (raw) =>
    raw["ranges"] === undefined ? {} : { ranges: ranges(raw["ranges"]) },
  ),
  "section.uncut": define(t("command.section.uncut"), "scene", (raw) => ({
    ranges: ranges(raw["ranges"]),
    mode: oneOf(raw["mode"], ["set", "add", "remove"] as const, "mode"),
  })),
  "section.pick": define(t("command.section.pick"), "personal", (raw) => ({
    pick: oneOf(raw["pick"], ["face", "square", "points"] as const, "pick"),
  })),
  "section.export": define(t("command.section.export"), "personal", (raw) => ({
    plane: text(raw["plane"], "plane"),
    format: oneOf(raw["format"], ["svg", "dxf"] as const, "format"),
  })),
};

function sectionChange(value: unknown): SectionChange {
  const raw = fields(value);
  return {
    ...(raw["name"] === undefined ? {} : { name: named(raw["name"]) }),
    ...(raw["normal"] === undefined ? {} : { normal: unitVector(raw["normal"], "normal") }),
    ...(raw["offset_m"] === undefined ? {} : { offset_m: number(raw["offset_m"], "offset_m") }),
    ...(raw["enabled"] === undefined ? {} : { enabled: bool(raw["enabled"], "enabled") }),
    ...(raw["cap"] === undefined ? {} : { cap: bool(raw["cap"], "cap") }),
  };
}

function boxOf(raw: Fields): SectionBox | null {
  if (raw["box"] === null) return null;
  const box = readBox(raw["box"]);
  if (!box)
    throw new BadArguments(
      "box must have a centre, three half lengths above 0 and a unit rotation.",
    );
  return box;
}

function named(value: unknown): string {
  return text(value, "name").slice(0, NAME_LENGTH);
}
