/** What the file says of itself: its dimensions, tolerances, datums and notes, and which of them are shown. */

import type { Vec3 } from "../model";
import { Store } from "../store";

export const NOTE_KINDS = ["dimension", "tolerance", "datum", "note"] as const;
export type NoteKind = (typeof NOTE_KINDS)[number];

/** One annotation of the file (docs/formats/pmi.md). Values are SI. */
export interface FileNote {
  readonly id: string;
  readonly kind: NoteKind;
  readonly type: string;
  readonly name: string;
  readonly text: string;
  /** The part whose frame it is drawn in, or −1. */
  readonly part: number;
  readonly shapes: readonly {
    readonly part: number;
    readonly faces: readonly number[];
    readonly edges: readonly number[];
  }[];
  /** Names of the file's views that show it. */
  readonly views: readonly string[];
}

/** A view that the designer saved in the file; the scene's frame as the file was read, metres. */
export interface FileView {
  readonly name: string;
  readonly position: Vec3;
  readonly target: Vec3;
  readonly up: Vec3;
  readonly height: number | null;
}

export interface FileNotes {
  readonly annotations: readonly FileNote[];
  readonly views: readonly FileView[];
}

/** Which notes are drawn and listed. */
export interface NoteFilter {
  /** Kinds that are not shown. */
  readonly without: readonly NoteKind[];
  /** Only those of this view of the file; null: all. */
  readonly view: string | null;
}

export interface Noting {
  /** null: not read yet, or the file has none. */
  readonly fileNotes: Store<FileNotes | null>;
  /** Somebody wants to read them: they are fetched then. */
  readonly notesWanted: Store<boolean>;
  readonly noteFilter: Store<NoteFilter>;
  /** The note that is looked at. */
  readonly chosenNote: Store<string | null>;
}

export const EVERY_NOTE: NoteFilter = { without: [], view: null };

export function createNoting(): Noting {
  return {
    fileNotes: new Store<FileNotes | null>(null),
    notesWanted: new Store(false),
    noteFilter: new Store<NoteFilter>(EVERY_NOTE),
    chosenNote: new Store<string | null>(null),
  };
}

/** As when a model is put on the table. */
export function resetNoting(state: Noting): void {
  state.chosenNote.set(null);
  state.fileNotes.set(null);
  state.noteFilter.set(EVERY_NOTE);
}

/** Whether a filter lets a note through. */
export function isNoteShown(
  { kind, views }: Pick<FileNote, "kind" | "views">,
  { without, view }: NoteFilter,
): boolean {
  return !without.includes(kind) && (view === null || views.includes(view));
}

/** What a viewpoint keeps. */
export interface NotingView {
  readonly without: readonly NoteKind[];
  readonly view: string | null;
  readonly chosen: string | null;
}

export function captureNoting({ noteFilter, chosenNote }: Noting): NotingView {
  const { without, view } = noteFilter.get();
  return { without, view, chosen: chosenNote.get() };
}

export function restoreNoting(state: Noting, { without, view, chosen }: NotingView): void {
  const known = NOTE_KINDS.filter((kind) => without.includes(kind));
  state.noteFilter.set({ without: known, view });
  state.chosenNote.set(chosen);
}
