/** What the session says of others and of the connection. Names are already clean: the server checks them. */

import { type MessageKey, t } from "../state/messages";

/** As `rooms/reasons.py` has them. */
export const REASONS = [
  "role",
  "listens",
  "not_yours",
  "no_chat",
  "not_allowed",
  "raise_hand",
  "leads",
  "hosts",
  "door",
  "scene_hosts",
  "scene_presenters",
  "ends_presenting",
  "hands_over",
  "offer_first",
  "ask_host",
  "ask_presenter",
  "pass_star",
  "needs_host",
  "may_not_host",
  "not_here",
  "they_listen",
  "keeps_owner",
  "owns_new",
  "no_item",
  "value",
  "full",
  "rate",
  "behind",
  "conflict",
  "table",
  "watches",
  "dragged",
  "records",
  "no_recordings",
  "no_voice",
  "voice_people",
  "voice_open",
  "silenced",
] as const;

const CHANGES: Readonly<Record<string, MessageKey>> = {
  section: "live.section",
  visibility: "live.visibility",
  ghost: "live.ghost",
  explode: "live.explode",
  compare: "live.comparison",
  measurement: "live.measurement",
  markup: "live.drawing",
};
const REMOVALS: Readonly<Record<string, MessageKey>> = {
  section: "live.sectionGone",
  compare: "live.comparisonGone",
  measurement: "live.measurementGone",
  markup: "live.drawingGone",
};

/** Who changed what, for the announcement of four seconds (UX.md §3.4). */
export function changeText(name: string, key: string, removed: boolean): string {
  const area = key.split("/")[0] ?? "";
  const gone = removed ? REMOVALS[area] : undefined;
  return t(gone ?? CHANGES[area] ?? "live.scene", { name });
}

/** Who came and who went, in one sentence. */
export function comingsText(joined: readonly string[], left: readonly string[]): string {
  const both = { joined: arrivalText(joined, "joined"), left: arrivalText(left, "left") };
  if (joined.length > 0 && left.length > 0) return t("live.comings", both);
  return joined.length > 0 ? both.joined : both.left;
}

/** `Anna, Ben and 3 others joined`. */
function arrivalText(names: readonly string[], verb: "joined" | "left"): string {
  const [first = "", second = "", ...others] = names;
  return t(`live.${verb}`, { count: names.length, first, second, others: others.length });
}

/** After a reconnection. */
export function backText(sent: number): string {
  return t("live.back", { count: sent });
}

/** Why a change of mine was refused: in my language where the reason is known, else as the server says. */
export function refusedText(nak: { readonly reason?: string; readonly detail: string }): string {
  const reason = REASONS.find((each) => each === nak.reason);
  // What does not fit is said by the server alone: it names the field.
  const known = reason !== undefined && reason !== "value";
  return t("live.refused", { detail: known ? t(`reason.${reason}`) : nak.detail });
}
