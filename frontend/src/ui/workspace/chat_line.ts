/** What a line of chat is: plain words, or something that the minutes take up (review/minutes.py). */

import type { ChatMessage } from "../../state/workspace";

export type ChatKind = "plain" | "decide" | "q" | "answer" | "agree" | "disagree";

export interface ChatLine {
  readonly kind: ChatKind;
  /** Without the command. */
  readonly text: string;
}

/** A piece of a line: words, or an address that can be opened. */
export interface ChatPiece {
  readonly text: string;
  readonly link: boolean;
}

const COMMAND = /^\/(decide|agree|disagree|q|answer)\b[ \t]*([\s\S]*)$/i;
const KINDS: readonly ChatKind[] = ["decide", "q", "answer", "agree", "disagree"];
const LINK = /https?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]}]/g;

/** A command without the words it needs stays the plain text it is. */
export function chatLine(said: string): ChatLine {
  const found = COMMAND.exec(said.trim());
  const kind = KINDS.find((each) => each === found?.[1]?.toLowerCase());
  const text = found?.[2]?.trim() ?? "";
  if (!kind) return { kind: "plain", text: said };
  if (text === "" && kind !== "agree" && kind !== "disagree") return { kind: "plain", text: said };
  return { kind, text };
}

export function chatPieces(text: string): readonly ChatPiece[] {
  const pieces: ChatPiece[] = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    if (found.index > end) pieces.push({ text: text.slice(end, found.index), link: false });
    pieces.push({ text: found[0], link: true });
    end = found.index + found[0].length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), link: false });
  return pieces;
}

/** Names of who agrees with the decision of number `seq` by its own button; the last word counts. */
export function agreedWith(chat: readonly ChatMessage[], seq: number): readonly string[] {
  const names = new Map<string, boolean>();
  for (const { name, text } of chat) {
    const { kind, text: which } = chatLine(text);
    if (which !== `@${String(seq)}`) continue;
    if (kind === "agree") names.set(name, true);
    if (kind === "disagree") names.set(name, false);
  }
  return [...names].filter(([, agrees]) => agrees).map(([name]) => name);
}
