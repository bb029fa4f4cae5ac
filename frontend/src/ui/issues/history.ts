/** What happened to an issue, line by line, in words. */

import type { IssueEvent } from "../../api/issues";
import { isMessageKey, t } from "../../state/messages";
import { formatDate } from "../format";

export interface Named {
  readonly id: string;
  readonly name: string;
}

const MOST = 80;

/** One line without its author and time. people: whom ids may mean. */
export function eventText(event: IssueEvent, people: readonly Named[]): string {
  const { kind, field } = event;
  if (kind === "changed" && field === "description") return t("issue.history.description");
  if (kind === "changed" && field)
    return t("issue.history.changed", {
      field: fieldWord(field),
      before: valueWord(field, event.before, people),
      after: valueWord(field, event.after, people),
    });
  if (kind === "anchor") return anchorText(event);
  if (kind === "sheet") return sheetText(event);
  if (kind === "attached" || kind === "detached") {
    const file = member(event.after ?? event.before, "name");
    return t(`issue.history.${kind}`, { name: typeof file === "string" ? file : "" });
  }
  const key = `issue.history.${kind}`;
  return isMessageKey(key) ? t(key) : kind.replaceAll("_", " ");
}

function anchorText({ after }: IssueEvent): string {
  if (after === null || after === undefined) return t("issue.history.released");
  const state = member(after, "state");
  const key = typeof state === "string" ? `issue.anchor.${state}` : "";
  return isMessageKey(key)
    ? t("issue.history.carried", { state: t(key) })
    : t("issue.history.pinned");
}

function sheetText({ after }: IssueEvent): string {
  const [name, page] = [member(after, "drawing"), member(after, "page")];
  if (typeof name !== "string" || typeof page !== "number") return t("issue.history.offSheet");
  return t("issue.history.sheet", { name, sheet: page + 1 });
}

/** The word for a field; one that the page does not know keeps the server's. */
export function fieldWord(field: string): string {
  const key = `issue.field.${field}`;
  return isMessageKey(key) ? t(key) : field.replaceAll("_", " ");
}

/** A value of a field as people read it. */
export function valueWord(field: string, value: unknown, people: readonly Named[]): string {
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return short(value.map(String).join(", ")) || "–";
  if (typeof value === "boolean") return t(value ? "issue.yes" : "issue.no");
  if (typeof value !== "string") return short(JSON.stringify(value));
  if (field === "assignee_id")
    return people.find(({ id }) => id === value)?.name ?? t("issue.somebody");
  if (field === "due_at") return formatDate(value);
  return short(value);
}

function short(text: string): string {
  return text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text;
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value))[name]
    : undefined;
}
