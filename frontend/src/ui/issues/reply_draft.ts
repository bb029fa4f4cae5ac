/** What is being written in a thread and not sent yet, with its pictures and voice notes: it outlives a reload. */

import type { Kept } from "../../shelf";
import { addressOf, blobOf } from "../../browser/data_address";
import { newUuid } from "./drafts";
import type { Mentionable } from "./mentions";

/** A file beside what is written. */
export interface DraftFile {
  readonly id: string;
  readonly name: string;
  readonly kind: "picture" | "recording" | "file";
  readonly blob: Blob;
}

/** Ids are made here, so that sending it twice makes it once. */
export interface ReplyDraft {
  readonly id: string;
  readonly text: string;
  readonly chosen: readonly Mentionable[];
  readonly files: readonly DraftFile[];
}

/** Larger files last as long as the page: a browser keeps about 5 MB for a site. */
const MOST_KEPT_BYTES = 1_500_000;

export function newReply(): ReplyDraft {
  return { id: newUuid(), text: "", chosen: [], files: [] };
}

export function isEmpty({ text, files }: ReplyDraft): boolean {
  return text.trim() === "" && files.length === 0;
}

/** What kind of file a browser says this is; the server looks for itself. */
export function draftFile(blob: Blob, name: string): DraftFile {
  const [group] = blob.type.split("/");
  const kind = group === "image" ? "picture" : group === "audio" ? "recording" : "file";
  return { id: newUuid(), name, kind, blob };
}

/** The draft of one place: an issue's thread, an answer, a comment that is edited. */
export class ReplyShelf {
  private readonly shelf: Kept;
  private readonly key: string;
  private turn = 0;

  constructor(shelf: Kept, place: string) {
    this.shelf = shelf;
    this.key = `holotable.reply.${place}`;
  }

  read(): ReplyDraft | null {
    try {
      const kept: unknown = JSON.parse(this.shelf.getItem(this.key) ?? "null");
      return isKept(kept) ? { ...kept, files: kept.files.map(unpacked) } : null;
    } catch {
      // Somebody else wrote there.
      return null;
    }
  }

  /** Keeps it; an empty one is forgotten. The words are kept at once, files as soon as they are read. */
  async keep(draft: ReplyDraft): Promise<void> {
    this.turn += 1;
    const turn = this.turn;
    if (isEmpty(draft)) return this.drop();
    const words = { id: draft.id, text: draft.text, chosen: draft.chosen };
    this.put({ ...words, files: [] });
    const bytes = draft.files.reduce((sum, { blob }) => sum + blob.size, 0);
    if (draft.files.length === 0 || bytes > MOST_KEPT_BYTES) return;
    const files = await Promise.all(
      draft.files.map(async ({ blob, ...said }) => ({ ...said, address: await addressOf(blob) })),
    );
    if (turn === this.turn) this.put({ ...words, files });
  }

  drop(): void {
    this.turn += 1;
    this.shelf.removeItem(this.key);
  }

  private put(kept: KeptReply): void {
    try {
      this.shelf.setItem(this.key, JSON.stringify(kept));
    } catch {
      // No room: what was kept before stays, and the page has it all.
      console.warn("The browser has no room to keep what is being written.");
    }
  }
}

interface KeptFile extends Omit<DraftFile, "blob"> {
  readonly address: string;
}

interface KeptReply extends Omit<ReplyDraft, "files"> {
  readonly files: readonly KeptFile[];
}

function unpacked({ address, ...said }: KeptFile): DraftFile {
  return { ...said, blob: blobOf(address) };
}

function isKept(kept: unknown): kept is KeptReply {
  if (typeof kept !== "object" || kept === null) return false;
  const said = new Map<string, unknown>(Object.entries(kept));
  return (
    typeof said.get("id") === "string" &&
    typeof said.get("text") === "string" &&
    Array.isArray(said.get("chosen")) &&
    Array.isArray(said.get("files"))
  );
}
