/** What a row of the inbox says, and to which group it belongs. */

import type { Notification, NotificationKind } from "../../api/inbox";
import { t } from "../../state/messages";
import { formatDate } from "../format";

/** Everything that can have happened; the server may know more with time. */
const WHATS = [
  "overdue",
  "requested",
  "requested_again",
  "invited",
  "assigned",
  "mentioned",
  "changes_requested",
  "approved",
  "due_soon",
  "released",
  "rejected",
  "withdrawn",
  "failed",
  "webhook_off",
  "verify",
  "detached",
  "observing",
  "observing_again",
  "said",
  "commented",
  "changed",
  "converted",
  "minutes",
] as const;

/** What people filter by. */
export const GROUPS = ["reviews", "issues", "mentions", "uploads", "sessions", "webhooks"] as const;
export type Group = (typeof GROUPS)[number];

export const KINDS_OF: Readonly<Record<Group, readonly NotificationKind[]>> = {
  reviews: ["review_requested", "review_verdict", "review_closed", "due"],
  issues: ["issue_assigned", "issue_watched", "issue_verify", "anchor_detached"],
  mentions: ["mention"],
  uploads: ["conversion"],
  sessions: ["session_invited", "session_minutes"],
  webhooks: ["webhook"],
};

/** Kinds in the order of the settings. */
export const KINDS: readonly NotificationKind[] = [
  "review_requested",
  "review_verdict",
  "review_closed",
  "due",
  "issue_assigned",
  "mention",
  "issue_watched",
  "issue_verify",
  "anchor_detached",
  "conversion",
  "session_invited",
  "session_minutes",
  "webhook",
];

/** One sentence for each thing that happened, strongest first. */
export function sentences(row: Notification): string[] {
  const by = row.by?.name ?? t("inbox.somebody");
  const due = row.due ? formatDate(row.due) : "";
  return WHATS.filter((what) => what in row.tally).map((what) =>
    t(`inbox.what.${what}`, { by, due, count: row.tally[what] ?? 1 }),
  );
}

/** On which sheet it stands; empty: on none. */
export function sheetText({ sheet }: Pick<Notification, "sheet">): string {
  if (!sheet) return "";
  const said = { name: sheet.drawing_name, sheet: sheet.page + 1 };
  return t(sheet.page_count === 1 ? "inbox.onDrawing" : "inbox.onSheet", said);
}

/** What a row is about. */
export function heading(row: Notification): string {
  const { title, label } = row;
  switch (row.thing) {
    case "review":
      return t("inbox.thing.review", { number: row.number ?? 0, title });
    case "issue":
      return t("inbox.thing.issue", { number: row.number ?? 0, title });
    case "comments":
      return t("inbox.thing.comments", { title, label });
    case "conversion":
      return t("inbox.thing.conversion", { title, label });
    case "session":
      return t("inbox.thing.session", { title });
    case "webhook":
      return t("inbox.thing.webhook", { title });
  }
}
