/**
 * The language of the part search: `material:316L mass>5kg -name:"V-17" (type:IfcWall OR layer:A)`.
 * Spaces mean AND. The server reads the same one (backend/holotable/review/query.py, which has its
 * grammar); tests/vectors/queries.json holds both to it.
 */

import { type Amount, readAmount, unitOf } from "./amounts";

export type Operator = ":" | "=" | "!=" | ">" | ">=" | "<" | "<=";

export type Query =
  | { readonly kind: "words"; readonly text: string }
  | {
      readonly kind: "term";
      readonly field: string;
      readonly operator: Operator;
      readonly text: string;
      readonly amount: Amount | null;
      /** Half of the amount's last digit, SI: what `:` allows. */
      readonly tolerance: number;
    }
  | { readonly kind: "not"; readonly inner: Query }
  | { readonly kind: "all" | "some"; readonly parts: readonly Query[] };

export type Term = Extract<Query, { kind: "term" }>;

/** What can be wrong with a query. */
export type QueryFault =
  | "bracket"
  | "depth"
  | "dimension"
  | "missing"
  | "no_field"
  | "no_value"
  | "number"
  | "quote"
  | "too_long"
  | "unit"
  | "unknown_property";

/** A query that cannot be read: what is wrong, at which character, and the word it is about. */
export class BadQuery extends Error {
  override readonly name = "BadQuery";
  readonly reason: QueryFault;
  readonly position: number;
  readonly word: string;

  constructor(reason: QueryFault, position: number, word = "") {
    super(`${reason} at ${position}`);
    this.reason = reason;
    this.position = position;
    this.word = word;
  }
}

const MAX_LENGTH = 1_000;
const MAX_TERMS = 50;
const MAX_DEPTH = 20;
const OPERATORS: readonly Operator[] = [">=", "<=", "!=", ":", "=", ">", "<"];
const ENDS_WORD = new Set(' \t\r\n()":=<>!');

/** The query of a text, null when there is nothing in it. @throws BadQuery */
export function parseQuery(text: string): Query | null {
  if (text.length > MAX_LENGTH) throw new BadQuery("too_long", MAX_LENGTH);
  const reader = new Reader(text);
  reader.skipSpace();
  if (reader.atEnd) return null;
  const found = reader.either(0);
  if (!reader.atEnd) throw new BadQuery("bracket", reader.at);
  return found;
}

/** Whether the query excludes anything; then only parts are found, no assemblies. */
export function hasNot(query: Query): boolean {
  switch (query.kind) {
    case "words":
      return false;
    case "term":
      return query.operator === "!=";
    case "not":
      return true;
    case "all":
    case "some":
      return query.parts.some(hasNot);
  }
}

/** The words that a result's name may show as matched. */
export function wantedWords(query: Query | null): readonly string[] {
  if (!query) return [];
  switch (query.kind) {
    case "words":
      return [query.text];
    case "term":
      return query.field.toLowerCase() === "name" && query.operator !== "!=" ? [query.text] : [];
    case "not":
      return [];
    case "all":
    case "some":
      return query.parts.flatMap(wantedWords);
  }
}

class Reader {
  at = 0;
  private terms = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  skipSpace(): void {
    while (!this.atEnd && isSpace(this.text[this.at])) this.at += 1;
  }

  either(depth: number): Query {
    if (depth > MAX_DEPTH) throw new BadQuery("depth", this.at);
    const parts = [this.both(depth)];
    while (this.takesWord("OR")) parts.push(this.both(depth));
    return joined("some", parts);
  }

  private both(depth: number): Query {
    const parts: Query[] = [];
    for (;;) {
      this.skipSpace();
      if (this.takesWord("AND")) continue;
      if (this.atEnd || this.text[this.at] === ")" || this.seesWord("OR")) break;
      parts.push(this.one(depth));
    }
    if (parts.length === 0) throw new BadQuery("missing", this.at);
    return joined("all", parts);
  }

  private one(depth: number): Query {
    if (depth > MAX_DEPTH) throw new BadQuery("depth", this.at);
    if (this.takesWord("NOT")) {
      this.skipSpace();
      if (this.atEnd) throw new BadQuery("missing", this.at);
      return { kind: "not", inner: this.one(depth + 1) };
    }
    const following = this.text[this.at + 1];
    if (this.text[this.at] === "-" && following !== undefined && !isSpace(following)) {
      this.at += 1;
      return { kind: "not", inner: this.one(depth + 1) };
    }
    if (this.text[this.at] === "(") {
      const opened = this.at;
      this.at += 1;
      const inner = this.either(depth + 1);
      if (this.text[this.at] !== ")") throw new BadQuery("bracket", opened);
      this.at += 1;
      return inner;
    }
    return this.term();
  }

  private term(): Query {
    this.terms += 1;
    if (this.terms > MAX_TERMS) throw new BadQuery("too_long", this.at);
    const start = this.at;
    const field = this.value();
    const operator = this.operator();
    if (operator === null) {
      if (field === "") throw new BadQuery("missing", start);
      return { kind: "words", text: field };
    }
    if (field === "") throw new BadQuery("no_field", start, operator);
    const begins = this.at;
    const quoted = this.text[begins] === '"';
    const text = this.value();
    if (text === "" && !quoted) throw new BadQuery("no_value", begins, operator);
    const amount = readAmount(text);
    if (operator !== ":" && operator !== "=" && operator !== "!=" && !amount)
      throw noNumber(text, begins);
    return { kind: "term", field, operator, text, amount, tolerance: halfDigit(text, amount) };
  }

  private operator(): Operator | null {
    const found = OPERATORS.find((operator) => this.text.startsWith(operator, this.at)) ?? null;
    this.at += found?.length ?? 0;
    return found;
  }

  /** A quoted text, or the letters up to a space, bracket or operator. */
  private value(): string {
    if (this.text[this.at] === '"') {
      const opened = this.at;
      const closed = this.text.indexOf('"', opened + 1);
      if (closed < 0) throw new BadQuery("quote", opened);
      this.at = closed + 1;
      return this.text.slice(opened + 1, closed);
    }
    const start = this.at;
    while (!this.atEnd && !ENDS_WORD.has(this.text[this.at] ?? "")) this.at += 1;
    const word = this.text.slice(start, this.at);
    // A quote behind a digit, with nothing behind it, is an inch mark.
    if (/\d$/.test(word) && this.text[this.at] === '"') {
      const rest = this.text[this.at + 1];
      if (rest === undefined || isSpace(rest) || rest === ")") {
        this.at += 1;
        return `${word}"`;
      }
    }
    return word;
  }

  private seesWord(word: string): boolean {
    const following = this.text[this.at + word.length];
    return (
      this.text.startsWith(word, this.at) &&
      (following === undefined || isSpace(following) || following === "(")
    );
  }

  private takesWord(word: string): boolean {
    this.skipSpace();
    if (!this.seesWord(word)) return false;
    this.at += word.length;
    return true;
  }
}

function joined(kind: "all" | "some", parts: readonly Query[]): Query {
  const [only] = parts;
  return parts.length === 1 && only ? only : { kind, parts };
}

function isSpace(letter: string | undefined): boolean {
  return letter !== undefined && /\s/.test(letter);
}

function noNumber(value: string, position: number): BadQuery {
  const digits = value.replace(/^[+\-−]+/, "");
  const at = digits.search(/[^0-9.eE]/);
  const unit = at > 0 ? digits.slice(at).trim() : "";
  if (unit && !unitOf(unit))
    return new BadQuery("unit", position + value.indexOf(unit), unit.slice(0, 20));
  return new BadQuery("number", position, value.slice(0, 20));
}

function halfDigit(text: string, amount: Amount | null): number {
  if (!amount) return 0;
  const mantissa = /^[0-9.]*/.exec(text.trim().replace(/^[+\-−]+/, ""))?.[0] ?? "";
  const decimals = mantissa.split(".")[1]?.length ?? 0;
  return 0.5 * 10 ** -decimals * amount.scale;
}
