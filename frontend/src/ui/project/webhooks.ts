/** What a webhook and its deliveries are called, and how they look. */

import type { Webhook, WebhookDelivery } from "../../api/webhooks";
import { t } from "../../state/messages";

/** What people choose from; one type alone is for the REST interface. */
export const KINDS = [
  "project",
  "member",
  "asset",
  "revision",
  "review",
  "issue",
  "comment",
  "packet",
  "minutes",
] as const;
export type Kind = (typeof KINDS)[number];

/** Why an attempt failed. The server may know more with time. */
const PROBLEMS = [
  "refused",
  "redirected",
  "target_refused",
  "name_unknown",
  "unreachable",
  "tls_failed",
  "timed_out",
  "answer_unreadable",
] as const;

/** The filter that lets these kinds through; all of them are no filter. */
export function filterOf(chosen: readonly Kind[]): string[] {
  return chosen.length === KINDS.length ? [] : chosen.map((kind) => `${kind}.*`);
}

/** A filter in words. */
export function filterText(events: readonly string[]): string {
  if (events.length === 0) return t("webhooks.everything");
  return events
    .map((word) => {
      const kind = KINDS.find((one) => word === `${one}.*`);
      return kind ? t(`webhooks.kind.${kind}`) : word;
    })
    .join(", ");
}

/** What became of an attempt: its status, or why there is none. */
export function outcomeText(status: number | null, problem: string): string {
  const known = PROBLEMS.find((one) => one === problem);
  const why = known ? t(`webhooks.problem.${known}`) : problem;
  if (status === null) return why;
  return why ? `${status} · ${why}` : String(status);
}

/** "ok", "bad", or "" for what is not known yet. */
export function stateOf(hook: Webhook): "ok" | "bad" | "" {
  if (hook.state === "disabled" || hook.last_problem) return "bad";
  return hook.last_at ? "ok" : "";
}

/** The newest outcome of a webhook in words. */
export function lastText(hook: Webhook): string {
  if (!hook.last_at) return t("webhooks.never");
  return outcomeText(hook.last_status ?? null, hook.last_problem);
}

/** A delivery in words: its newest attempt, or that it waits. */
export function deliveryText(delivery: WebhookDelivery): string {
  const last = delivery.attempts.at(-1);
  if (!last) return t("webhooks.waiting");
  return outcomeText(last.status ?? null, last.problem);
}

/** JSON as people read it; what is none stays as it is. */
export function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body; // an answer may be any text
  }
}
