/** Bytes, times and durations as people read them. */

import { currentLocale, formatNumber, t } from "../state/messages";

/** 1 decimal below 100, decimal prefixes, as file managers show them. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  const written = new Intl.NumberFormat(currentLocale(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
  return `${written} ${units[unit] ?? ""}`;
}

/** A time of the day here, with seconds. */
export function formatTime(iso: string): string {
  return new Intl.DateTimeFormat(currentLocale(), {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).format(new Date(iso));
}

/** Milliseconds as a clock shows them: 0:07, 12:05, 1:02:03. */
export function formatClock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`;
}

/** A fraction as a whole percentage; 100 only when it is all. */
export function formatPercent(fraction: number): string {
  return `${percent(fraction)} %`;
}

/** 0 to 100, rounded down: nothing says 100 before it is done. */
export function percent(fraction: number): number {
  return Math.floor(Math.min(1, Math.max(0, fraction)) * 100);
}

/** "20 s", "3 min", "2 h". */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return t("time.seconds", { count: Math.max(1, Math.round(seconds)) });
  if (seconds < 3600) return t("time.minutes", { count: Math.round(seconds / 60) });
  return t("time.hours", { count: Math.round(seconds / 3600) });
}

/** "5 min ago", "12 Mar 2026". */
export function formatAgo(iso: string, now: number = Date.now()): string {
  const then = Date.parse(iso);
  if (Number.isNaN(then)) return "";
  const seconds = (now - then) / 1000;
  if (seconds < 60) return t("time.justNow");
  if (seconds < 86_400) return t("time.ago", { time: formatSeconds(seconds) });
  return formatDate(iso);
}

export function formatDate(iso: string): string {
  return new Intl.DateTimeFormat(currentLocale(), {
    day: "numeric",
    month: "short",
    year: "numeric",
  }).format(new Date(iso));
}

export function formatDateTime(iso: string): string {
  return new Intl.DateTimeFormat(currentLocale(), {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  }).format(new Date(iso));
}

/** 482913 → "482 913". */
export function formatCode(code: string): string {
  return code.length === 6 ? `${code.slice(0, 3)} ${code.slice(3)}` : code;
}

/** Up to two initials of a name; what stands in brackets behind it is no part of it. */
export function initials(name: string): string {
  const plain = name.replace(/\s+\(.*\)\s*$/, "");
  const words = plain.trim().split(/\s+/).filter(Boolean);
  const first = [...(words[0] ?? "?")][0] ?? "?";
  const last =
    words.length > 1 ? ([...(words.at(-1) ?? "")][0] ?? "") : ([...(words[0] ?? "")][1] ?? "");
  return (first + last).toUpperCase();
}

/** An opaque six or eight digit hex colour's CSS form without alpha. */
export function cssColour(colour: string): string {
  return colour.slice(0, 7);
}

export function formatCount(value: number): string {
  return formatNumber(value);
}
