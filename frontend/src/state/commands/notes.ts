/** Dimensions, tolerances, datums and notes of the file. */

import { NOTE_KINDS, type NoteKind } from "../areas/noting";
import { t } from "../messages";
import { BadArguments, type Commanding, define, oneOf, text } from "./define";

export interface NotesArgs {
  /** What is left out stays as it is. */
  "notes.filter": { without?: readonly NoteKind[]; view?: string | null };
  /** Looks at one: its faces are selected. null: at none. */
  "notes.choose": { id: string | null };
  /** Stands where the designer stood, and shows the notes of that view. */
  "notes.view": { name: string };
}

function kinds(value: unknown): readonly NoteKind[] {
  if (!Array.isArray(value)) throw new BadArguments("without must be a list.");
  return value.map((kind) => oneOf(kind, NOTE_KINDS, "without"));
}

export const NOTES_COMMANDS: Commanding<NotesArgs> = {
  "notes.filter": define(t("command.notes.filter"), "personal", (raw) => ({
    ...(raw["without"] === undefined ? {} : { without: kinds(raw["without"]) }),
    ...(raw["view"] === undefined
      ? {}
      : { view: raw["view"] === null ? null : text(raw["view"], "view") }),
  })),
  "notes.choose": define(t("command.notes.choose"), "personal", (raw) => ({
    id: raw["id"] === null ? null : text(raw["id"], "id"),
  })),
  "notes.view": define(t("command.notes.view"), "personal", (raw) => ({
    name: text(raw["name"], "name"),
  })),
};
