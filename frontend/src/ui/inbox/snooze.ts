/** Until when a row can be put away, in this device's time zone. */

const MORNING_HOUR = 8;
const MONDAY = 1;

export type SnoozeName = "evening" | "tomorrow" | "week";

/** The offers of this moment; `until` is ISO 8601 in UTC. */
export function snoozes(now: Date): { name: SnoozeName; until: string }[] {
  const later = new Date(now.getTime() + 3 * 3_600_000);
  const days = (MONDAY - now.getDay() + 7) % 7 || 7;
  return [
    { name: "evening", until: later.toISOString() },
    { name: "tomorrow", until: morning(now, 1) },
    { name: "week", until: morning(now, days) },
  ];
}

function morning(now: Date, days: number): string {
  return new Date(
    now.getFullYear(),
    now.getMonth(),
    now.getDate() + days,
    MORNING_HOUR,
  ).toISOString();
}
