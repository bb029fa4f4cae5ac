/** A recording from afar: marks of what happened, pauses in which nothing does, and the way from mark to mark. */

import type { OpMessage } from "../protocol/messages";
import type { Interval, Lane, Mark, MarkKind, Timeline } from "../state/areas/replaying";

/** A pause is one from here on. */
const QUIET_MS = 4_000;
/** What happens needs this long to be taken in, before and after. */
const AROUND_MS = 1_000;
/** Marks nearer than this to here are where one already is. */
const HERE_MS = 250;
const COMMAND = /^\/(decide|q)\s+(.+)$/isu;

/** What is known of a recording beside its operations. */
export interface Afar {
  readonly lanes: readonly Lane[];
  readonly active: readonly Interval[];
  readonly gaps: readonly Interval[];
  /** Issues and verdicts: they are no operations. */
  readonly marks: readonly Mark[];
}

/** Everything the scrubber shows. operations: in order. */
export function timelineOf(
  operations: readonly { readonly ms: number; readonly op: OpMessage }[],
  afar: Afar,
  durationMs: number,
): Timeline {
  const marks = [...afar.marks];
  for (const { ms, op } of operations) {
    const mark = markOf(ms, op);
    if (mark) marks.push(mark);
  }
  marks.sort((a, b) => a.ms - b.ms);
  const { lanes, gaps } = afar;
  // Nobody moves while somebody explains: that is no silence.
  const busy = [...afar.active, ...lanes.flatMap(({ talking }) => talking)];
  return { lanes, gaps, marks, quiet: quietOf(busy, marks, durationMs) };
}

/** The mark of an operation; null: it is none that anybody looks for. */
export function markOf(ms: number, op: OpMessage): Mark | null {
  const principalId = op.by.principal_id;
  if (op.kind === "chat") {
    const text = textOf(op.value);
    const said = COMMAND.exec(text.trim());
    const kind: MarkKind =
      said === null ? "chat" : said[1]?.toLowerCase() === "decide" ? "decision" : "question";
    return { ms, kind, text: said?.[2]?.trim() ?? text, principalId };
  }
  const kind = kindOf(op.key);
  return kind && { ms, kind, text: kind === "view" ? nameOf(op.value) : "", principalId };
}

function kindOf(key: string): MarkKind | null {
  if (key === "view") return "view";
  if (key.startsWith("measurement/")) return "measurement";
  if (key.startsWith("markup/")) return "markup";
  return key.startsWith("conduct/") ? null : "scene";
}

/** Pauses of some seconds in which nobody moves and nothing happens. */
export function quietOf(
  active: readonly Interval[],
  marks: readonly { readonly ms: number }[],
  durationMs: number,
): readonly Interval[] {
  const busy: Interval[] = [...active, ...marks.map(({ ms }): Interval => [ms, ms])]
    .map(([from, to]): Interval => [from - AROUND_MS, to + AROUND_MS])
    .sort((a, b) => a[0] - b[0]);
  const found: Interval[] = [];
  let until = 0;
  for (const [from, to] of [...busy, [durationMs, durationMs] as const]) {
    if (from - until >= QUIET_MS) found.push([until, from]);
    until = Math.max(until, to);
  }
  return found;
}

/** Where the pause ends that a moment lies in; null: in none. */
export function quietUntil(quiet: readonly Interval[], atMs: number): number | null {
  return quiet.find(([from, to]) => atMs >= from && atMs < to)?.[1] ?? null;
}

/** The next mark of a kind, or the one before; null: there is none. */
export function neighbour(
  marks: readonly Mark[],
  kind: MarkKind,
  atMs: number,
  by: 1 | -1,
): Mark | null {
  const some = marks.filter((mark) => mark.kind === kind);
  if (by > 0) return some.find(({ ms }) => ms > atMs + HERE_MS) ?? null;
  return some.filter(({ ms }) => ms < atMs - HERE_MS).at(-1) ?? null;
}

function textOf(value: unknown): string {
  return typeof value === "object" && value !== null && "text" in value ? String(value.text) : "";
}

function nameOf(value: unknown): string {
  return typeof value === "object" && value !== null && "name" in value ? String(value.name) : "";
}
