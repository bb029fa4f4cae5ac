/** Changing an issue that others change, too: what does not collide is done, what does is shown with both values. */

import type { Api } from "../../api/api";
import type { Issue, IssueChange, IssueSettings } from "../../api/issues";
import { toApiError } from "../resource.svelte";

/** Somebody changed the same field since it was read; nothing was done. */
export interface Conflict {
  readonly field: string;
  readonly mine: unknown;
  readonly theirs: unknown;
  /** Whoever was faster. */
  readonly name: string;
  /** Of what is there now: with it mine can be said again. */
  readonly etag: string;
}

export type Edited = { readonly issue: Issue } | { readonly conflict: Conflict };

const MOST_TRIES = 4;

/** Changes one field of an issue as it was read. @throws ApiError for everything but a conflict */
export async function changeField<Field extends keyof IssueChange & string>(
  api: Pick<Api, "changeIssue">,
  issue: Pick<Issue, "id" | "etag">,
  field: Field,
  value: IssueChange[Field],
): Promise<Edited> {
  let { etag } = issue;
  const changed: IssueChange = {};
  changed[field] = value;
  for (let tries = 1; ; tries += 1)
    try {
      return { issue: await api.changeIssue(issue.id, changed, etag) };
    } catch (error) {
      const problem = toApiError(error);
      const now = problem.status === 412 ? conflictOf(problem.facts, field, value) : null;
      if (!now) throw error;
      // Somebody changed something else: both stand.
      if (now.collides && now.conflict.theirs !== value) return { conflict: now.conflict };
      if (tries >= MOST_TRIES) throw error;
      etag = now.conflict.etag;
    }
}

function conflictOf(
  facts: Readonly<Record<string, unknown>>,
  field: string,
  mine: unknown,
): { readonly conflict: Conflict; readonly collides: boolean } | null {
  const etag = facts["current"];
  if (typeof etag !== "string") return null;
  const changes = Array.isArray(facts["changes"]) ? facts["changes"].map(fieldsOf) : [];
  const theirs = changes.filter((change) => change["field"] === field);
  const by = fieldsOf(theirs.at(-1)?.["by"] ?? facts["updated_by"]);
  const name = typeof by["name"] === "string" ? by["name"] : "";
  const now = fieldsOf(facts["issue"])[field] ?? null;
  return { conflict: { field, mine, theirs: now, name, etag }, collides: theirs.length > 0 };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}

/** The statuses that may follow, the present one first where it is none of the project's. */
export function statusesFrom(
  issue: Pick<Issue, "status">,
  settings: IssueSettings,
): readonly string[] {
  const names = settings.statuses.map(({ name }) => name);
  const now = settings.statuses.find(({ name }) => name === issue.status);
  const next = now?.leads_to ?? names;
  const listed = names.filter((name) => name === issue.status || next.includes(name));
  return listed.includes(issue.status) ? listed : [issue.status, ...listed];
}

/** The status that a button of the flow leads to; null: the project has none. */
export function statusOf(category: Issue["category"], settings: IssueSettings): string | null {
  if (category === "open") return settings.default_status;
  return settings.statuses.find((status) => status.category === category)?.name ?? null;
}

/** The day of a moment where the reader is, as a date field has it; empty: none. */
export function dayOf(moment: string | null): string {
  if (moment === null) return "";
  const at = new Date(moment);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** The end of a day where the reader is; null: none. */
export function endOfDay(day: string): string | null {
  return day === "" ? null : new Date(`${day}T23:59:59`).toISOString();
}

const TONES: Readonly<Record<Issue["category"], string>> = {
  open: "danger",
  in_progress: "warn",
  resolved: "ok",
  closed: "",
};

/** Class of the badge of a category. */
export function categoryTone(category: Issue["category"]): string {
  return TONES[category];
}

/** The shape tells the category without its colour (UX.md §2.12). */
export const CATEGORY_SHAPES: Readonly<Record<Issue["category"], string>> = {
  open: "○",
  in_progress: "◔",
  resolved: "✓",
  closed: "✕",
};
