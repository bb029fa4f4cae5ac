/** What a revision's headset badge says: "Quest 3: 0.4 M of 0.6 M triangles, 12 of 150 draws: passes". */

import type { Revision } from "../api/types";
import { currentLocale, formatNumber, t } from "../state/messages";

export type HeadsetStanding = NonNullable<Revision["headset"]>;

/** Class of the badge. */
export function headsetTone({ state }: HeadsetStanding): string {
  return { passes: "ok", reduced: "warn", too_heavy: "danger" }[state];
}

/** "Quest 3: passes". */
export function headsetWord({ state }: HeadsetStanding): string {
  return t("vr.badge.short", { state: t(`vr.badge.${state}`) });
}

/** The numbers behind it. */
export function headsetLine(badge: HeadsetStanding): string {
  return t("vr.badge.line", {
    triangles: millions(badge.triangles),
    most: millions(badge.triangles_limit),
    draws: formatNumber(badge.draws),
    mostDraws: formatNumber(badge.draws_limit),
    state: t(`vr.badge.${badge.state}`),
  });
}

/** What to do about it; empty: nothing. */
export function headsetAdvice({ state }: HeadsetStanding): string {
  return state === "passes" ? "" : t(`vr.badge.${state}.advice`);
}

/** "0.4 M"; what is less than 0.1 M in full. */
function millions(count: number): string {
  if (count < 100_000) return formatNumber(count);
  const format = new Intl.NumberFormat(currentLocale(), {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  return t("vr.badge.millions", { count: format.format(count / 1e6) });
}
