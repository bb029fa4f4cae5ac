/** What was begun and not sent yet, kept on this device: it outlives Esc, a lost connection and a reload. */

import type { PinPlace } from "../../state/areas/issues";
import type { SheetMark } from "../../api/drawings";
import type { Kept } from "../../shelf";
import type { Mentionable } from "./mentions";

/** An issue or a comment being written. Ids are made here, so that sending it twice makes it once. */
export interface IssueDraft {
  readonly id: string;
  readonly viewId: string;
  readonly anchorId: string;
  readonly kind: "issue" | "comment";
  readonly title: string;
  readonly text: string;
  /** Whom the names in the text stand for. */
  readonly chosen: readonly Mentionable[];
  readonly assigneeId: string | null;
  /** null: the project's usual one. */
  readonly priority: string | null;
  /** null: the project's usual one. */
  readonly type: string | null;
  /** Of the type. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Day, ISO 8601; empty: none. */
  readonly due: string;
  /** The server has it: what failed afterwards is sent again. */
  readonly made: boolean;
  /** The composer is open. */
  readonly open: boolean;
}

/** A place on a sheet that was pointed at, with what is drawn there. */
export interface SheetSeen {
  readonly drawingId: string;
  readonly name: string;
  /** From 0. */
  readonly page: number;
  /** Fractions of the sheet. */
  readonly x: number;
  readonly y: number;
  readonly marks: readonly SheetMark[];
  /** CSS pixels in the sheet's pane, when it was pointed at. */
  readonly screen: { readonly x: number; readonly y: number };
}

/** What was seen when the part was pressed. */
export interface IssueSeen {
  /** On the model; null: it is about a sheet. */
  readonly place: PinPlace | null;
  readonly sheet?: SheetSeen | null;
  /** A viewpoint of the revision on the table. */
  readonly content: unknown;
  /** The picture, a data: address; null where none could be taken. */
  readonly snapshot: string | null;
  /** A voice note that goes with it as a comment. */
  readonly voice?: VoiceNote | null;
}

/** A recording beside an issue. Ids are made here, so that sending it twice makes it once. */
export interface VoiceNote {
  readonly commentId: string;
  readonly fileId: string;
  /** A data: address. */
  readonly address: string;
  readonly seconds: number;
}

/** A version 4 UUID; `crypto.randomUUID` is missing over plain HTTP. */
export function newUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [8, 12, 16, 20, 32].map((end, i) => hex.slice([0, 8, 12, 16, 20][i], end)).join("-");
}

export function newDraft(kind: IssueDraft["kind"]): IssueDraft {
  return {
    id: newUuid(),
    viewId: newUuid(),
    anchorId: newUuid(),
    kind,
    title: "",
    text: "",
    chosen: [],
    assigneeId: null,
    priority: null,
    type: null,
    properties: {},
    due: "",
    made: false,
    open: true,
  };
}

/** Whether there is anything in it that somebody would miss. */
export function isWorthKeeping({ title, text, made }: IssueDraft): boolean {
  return made || title.trim() !== "" || text.trim() !== "";
}

/** The drafts of one revision. What was seen is large and changes once: it has a place of its own. */
export class Drafts {
  private readonly shelf: Kept;
  private readonly key: string;

  constructor(shelf: Kept, revisionId: string) {
    this.shelf = shelf;
    this.key = `holotable.issue-draft.${revisionId}`;
  }

  read(): IssueDraft | null {
    const kept = parsed(this.shelf.getItem(this.key));
    // A page before this one kept fewer fields.
    return isDraft(kept) ? { ...newDraft(kept.kind), ...kept } : null;
  }

  seen(): IssueSeen | null {
    const kept = parsed(this.shelf.getItem(`${this.key}.seen`));
    return isSeen(kept) ? kept : null;
  }

  /** False when the browser has no room: then it lasts as long as the page. */
  keep(draft: IssueDraft): boolean {
    return this.put(this.key, JSON.stringify(draft));
  }

  keepSeen(seen: IssueSeen): boolean {
    if (this.put(`${this.key}.seen`, JSON.stringify(seen))) return true;
    // The picture is what takes the room.
    return this.put(`${this.key}.seen`, JSON.stringify({ ...seen, snapshot: null }));
  }

  drop(): void {
    this.shelf.removeItem(this.key);
    this.shelf.removeItem(`${this.key}.seen`);
  }

  private put(key: string, text: string): boolean {
    try {
      this.shelf.setItem(key, text);
      return true;
    } catch {
      return false;
    }
  }
}

/** JSON of a storage; null where somebody else wrote there. */
export function parsed(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    // Somebody else wrote there.
    return null;
  }
}

export function isDraft(kept: unknown): kept is IssueDraft {
  if (typeof kept !== "object" || kept === null) return false;
  const said = new Map<string, unknown>(Object.entries(kept));
  return (
    ["id", "viewId", "anchorId", "title", "text", "due"].every(
      (name) => typeof said.get(name) === "string",
    ) &&
    (said.get("kind") === "issue" || said.get("kind") === "comment")
  );
}

export function isSeen(kept: unknown): kept is IssueSeen {
  if (typeof kept !== "object" || kept === null || !("place" in kept)) return false;
  const { place } = kept;
  const sheet = "sheet" in kept ? kept.sheet : null;
  if (place === null)
    return typeof sheet === "object" && sheet !== null && "drawingId" in sheet && "screen" in sheet;
  return typeof place === "object" && place !== null && "part" in place && "position" in place;
}
