/** Chunks of a recording as records in their order: `holotable-recording/1`, docs/formats/recording.md. */

import type { PersonMessage, ServerMessage } from "../protocol/messages";

const MAGIC = "HTREC1\0\0";
const HEAD_BYTES = 28;
const RECORD_BYTES = 5;
const KIND_POSES = 1;
const KIND_PEOPLE = 2;

/** What a room's people did, as a live room tells it; `who`: everybody. */
export type PeopleMessage =
  | Extract<ServerMessage, { t: "join" | "left" | "status" | "role" }>
  | { readonly t: "who"; readonly who: readonly PersonMessage[] };

/** Milliseconds since the beginning of the recording. */
export type ChunkRecord =
  | { readonly ms: number; readonly poses: DataView }
  | { readonly ms: number; readonly message: PeopleMessage };

/** Reads a chunk without copying poses; throws for what is none. */
export function readChunk(content: ArrayBuffer): readonly ChunkRecord[] {
  const view = new DataView(content);
  const head = new TextDecoder().decode(content.slice(0, 8));
  if (content.byteLength < HEAD_BYTES || head !== MAGIC)
    throw new RangeError("This is no chunk of a recording.");
  const records: ChunkRecord[] = [];
  let at = HEAD_BYTES;
  while (at < view.byteLength) {
    if (at + RECORD_BYTES > view.byteLength)
      throw new RangeError("The chunk ends within a record.");
    const length = view.getUint32(at, true);
    const kind = view.getUint8(at + 4);
    at += RECORD_BYTES;
    if (at + length > view.byteLength) throw new RangeError("The chunk ends within a record.");
    if (kind === KIND_POSES && length >= 8) {
      records.push({ ms: view.getUint32(at + 2, true), poses: new DataView(content, at, length) });
    } else if (kind === KIND_PEOPLE) {
      const text = new TextDecoder().decode(content.slice(at, at + length));
      // The server writes them from the same types as a live room's messages.
      const { ms, ...message } = JSON.parse(text) as { ms: number } & PeopleMessage;
      records.push({ ms, message: message as PeopleMessage }); // without its time it is one
    }
    at += length;
  }
  return records;
}
