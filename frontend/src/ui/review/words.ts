/** What reviews say, as texts: rules, checks, events; and how states look. */

import { currentLanguage, t } from "../../state/messages";
import type {
  Lifecycle,
  Review,
  ReviewCheck,
  ReviewState,
  ReportLanguage,
  RevisionEvent,
  VerdictWord,
} from "../../api/reviews";

/** The language of the page, if reports speak it; else English. */
export function reportLanguage(): ReportLanguage {
  return currentLanguage() === "de" ? "de" : "en";
}

export const VERDICTS: readonly VerdictWord[] = ["comment", "request_changes", "approve"];

const LIFECYCLES: readonly Lifecycle[] = [
  "draft",
  "in_review",
  "approved",
  "released",
  "superseded",
  "rejected",
];

/** A lifecycle as a word; a newer server's unknown one reads as a draft. */
export function lifecycleWord(name: string): string {
  return t(`lifecycle.${LIFECYCLES.find((known) => known === name) ?? "draft"}`);
}

/** Class of the badge of a lifecycle. */
export function lifecycleTone(name: string): string {
  if (name === "approved" || name === "released") return "ok";
  if (name === "rejected") return "danger";
  return name === "in_review" ? "accent" : "";
}

/** Class of the badge of a review's state. */
export function stateTone(state: ReviewState): string {
  return { open: "accent", changes_requested: "warn", approved: "ok", closed: "" }[state];
}

export function stateWord(review: {
  readonly state: ReviewState;
  readonly closed_as: Review["closed_as"];
}): string {
  return review.closed_as
    ? t(`review.closed.${review.closed_as}`)
    : t(`review.state.${review.state}`);
}

/** "2 of 3 approvers must approve; Quality must be among them". */
export function ruleText(review: Review): string {
  const approvers = review.seats.filter(({ seat }) => seat === "approver");
  const rule =
    review.rule.kind === "all"
      ? t("review.rule.allText", { count: approvers.length })
      : t("review.rule.countText", { count: approvers.length, needed: review.needed });
  const named = approvers.filter(({ must }) => must).map(({ person }) => person.name);
  return named.length > 0 ? t("review.rule.mustText", { rule, names: named.join(", ") }) : rule;
}

export function checkText(check: ReviewCheck, label: string): string {
  return t(`review.check.${check.code}`, { count: check.count, total: check.total, label });
}

const EVENTS = [
  "changed",
  "drawing_added",
  "drawing_removed",
  "drawing_renamed",
  "drawing_restored",
  "minutes_published",
  "moved_on",
  "packet_made",
  "requested",
  "ticked",
  "unticked",
] as const;

/** A line of the audit trail, without who and when. */
export function eventText(event: RevisionEvent): string {
  if (event.kind === "lifecycle")
    return t("review.history.lifecycle", {
      before: lifecycleWord(event.before),
      after: lifecycleWord(event.after),
    });
  if (event.kind === "verdict") {
    const verdict = VERDICTS.find((known) => known === event.after) ?? "comment";
    return t(`review.verdictDone.${verdict}`);
  }
  const known = EVENTS.find((kind) => kind === event.kind);
  if (!known) return event.kind;
  return t(`review.history.${known}`, {
    text: plain(event.facts["text"]),
    to: plain(event.facts["to"]),
    name: plain(event.facts["name"]),
    was: plain(event.facts["was"]),
  });
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : "";
}
