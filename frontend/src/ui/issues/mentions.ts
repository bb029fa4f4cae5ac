/**
 * Naming people in a text. While it is written a name stands there as people read it, `@Ben Okoro`; what is sent is
 * `@[Ben Okoro](<id>)`, which means one person whoever else has the name.
 */

import type { Member } from "../../api/types";

export interface Mentionable {
  readonly id: string;
  readonly name: string;
  readonly login?: string | null;
  readonly role?: Member["role"];
}

/** The people of a project: everything of it is theirs to see. */
export function peopleOf(members: readonly Member[]): readonly Mentionable[] {
  return members.map(({ principal, login, role }) => ({
    id: principal.id,
    name: principal.name,
    login,
    role,
  }));
}

/** What is being typed behind an @, and where. */
export interface MentionQuery {
  /** Of the @. */
  readonly start: number;
  readonly words: string;
}

const MARK = /@\[([^\]\n]{1,200})\]\(([0-9a-fA-F-]{36})\)/g;
/** Longer than any name: somebody writes about an address. */
const LONGEST = 40;
const MOST_OFFERED = 6;

/** The name that is being typed before the caret; null: none. */
export function queryAt(text: string, caret: number): MentionQuery | null {
  const start = text.lastIndexOf("@", caret - 1);
  if (start < 0 || caret - start > LONGEST) return null;
  // `mia@example.com` names nobody.
  if (start > 0 && /[\p{L}\p{N}_.@]/u.test(text[start - 1] ?? "")) return null;
  const words = text.slice(start + 1, caret);
  return /[\n@[\]()]/.test(words) || /\s{2}|^\s/.test(words) ? null : { start, words };
}

/** Whether somebody is still looking for a name: behind its first word it may be the sentence that goes on. */
export function isName(words: string): boolean {
  return words !== "" && !/\s/.test(words);
}

const UMLAUTS: Readonly<Record<string, string>> = { ä: "ae", ö: "oe", ü: "ue", ß: "ss" };

/** As people type it who have no such letters: "Müller" is found by muller and by mueller. */
function spellings(text: string): readonly string[] {
  const lower = text.normalize("NFC").toLowerCase();
  return [
    lower,
    lower.normalize("NFD").replace(/\p{M}/gu, ""),
    lower.replace(/[äöüß]/g, (letter) => UMLAUTS[letter] ?? letter),
  ];
}

/** The people whose name or login has a word that begins so, those whose name begins so first. */
export function offered(people: readonly Mentionable[], words: string): readonly Mentionable[] {
  const wanted = words.normalize("NFC").toLowerCase();
  const begins = (word: string): boolean => spellings(word).some((one) => one.startsWith(wanted));
  const rank = ({ name, login }: Mentionable): number => {
    if (begins(name)) return 0;
    return [...name.split(/[\s-]+/), login ?? ""].some((word) => word && begins(word)) ? 1 : 2;
  };
  return people
    .filter((person) => rank(person) < 2)
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
    .slice(0, MOST_OFFERED);
}

/** The text with somebody's name in place of what was typed, and where the caret is then. */
export function completed(
  text: string,
  query: MentionQuery,
  caret: number,
  { name }: Mentionable,
): { readonly text: string; readonly caret: number } {
  const rest = text.slice(caret).replace(/^ /, "");
  const before = `${text.slice(0, query.start)}@${name}${/^[).,;:!?\]]/.test(rest) ? "" : " "}`;
  return { text: before + rest, caret: before.length };
}

/** As it is sent: the names that were chosen with the ids they stand for. */
export function marked(text: string, chosen: readonly Mentionable[]): string {
  // The longest first: "Ben" must not take the beginning of "Ben Okoro".
  const names = [...chosen].sort((a, b) => b.name.length - a.name.length);
  let rest = text;
  const parts: string[] = [];
  while (rest) {
    const at = rest.indexOf("@");
    if (at < 0) break;
    const person = names.find(
      ({ name }) =>
        rest.startsWith(name, at + 1) && !/[\p{L}\p{N}]/u.test(rest[at + 1 + name.length] ?? ""),
    );
    const end = person ? at + 1 + person.name.length : at + 1;
    parts.push(rest.slice(0, at), person ? `@[${person.name}](${person.id})` : "@");
    rest = rest.slice(end);
  }
  return parts.join("") + rest;
}

/** As it is written: the opposite of `marked`. */
export function unmarked(text: string): {
  readonly text: string;
  readonly chosen: readonly Mentionable[];
} {
  const chosen = new Map<string, Mentionable>();
  const plain = text.replace(MARK, (_whole, name: string, id: string) => {
    chosen.set(id, { id, name });
    return `@${name}`;
  });
  return { text: plain, chosen: [...chosen.values()] };
}

/** A text in pieces; `mention` is somebody's name, with its @. */
export interface Piece {
  readonly text: string;
  readonly mention: boolean;
}

/** The pieces to show. mentioned: whom the server found named. */
export function pieces(text: string, mentioned: readonly { readonly name: string }[]): Piece[] {
  const found: Piece[] = [];
  const names = mentioned.map(({ name }) => name).sort((a, b) => b.length - a.length);
  const say = (piece: string, mention: boolean): void => {
    const last = found.at(-1);
    if (piece === "") return;
    if (last && !last.mention && !mention)
      found[found.length - 1] = { text: last.text + piece, mention };
    else found.push({ text: piece, mention });
  };
  const plain = (part: string): void => {
    let rest = part;
    for (let at = rest.indexOf("@"); at >= 0; at = rest.indexOf("@")) {
      const name = names.find((one) => rest.startsWith(one, at + 1));
      const end = at + 1 + (name?.length ?? 0);
      say(rest.slice(0, at), false);
      say(rest.slice(at, end), name !== undefined);
      rest = rest.slice(end);
    }
    say(rest, false);
  };
  let done = 0;
  for (const mark of text.matchAll(MARK)) {
    plain(text.slice(done, mark.index));
    say(`@${mark[1] ?? ""}`, true);
    done = mark.index + mark[0].length;
  }
  plain(text.slice(done));
  return found;
}
