/** Lines of chat as panels show them, from the operations of a room or a recording. */

import type { Json, OpMessage } from "../protocol/messages";
import type { ChatMessage } from "../state/workspace";

/** mine: my principal's id; null: nobody's line is mine. */
export function chatLines(chat: readonly OpMessage[], mine: string | null): ChatMessage[] {
  return chat.map((op) => ({
    seq: op.seq,
    text: textOf(op.value),
    name: op.by.name,
    slot: op.by.slot,
    at: op.at,
    mine: op.by.principal_id === mine,
  }));
}

function textOf(value: Json): string {
  if (typeof value !== "object" || value === null || !("text" in value)) return "";
  return String(value.text);
}
