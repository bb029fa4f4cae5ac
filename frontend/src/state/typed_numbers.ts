/** Reads the lengths and angles that people type, in any unit and as their language writes numbers. */

import { currentLocale } from "./messages";
import { decimalMark } from "./number_marks";
import { METRES_PER, type DisplayUnit, type Style, styleOf } from "./units";

/** Metres of what people write behind a number. A thou, or mil, is a thousandth of an inch. */
const NAMES: Readonly<Record<string, number>> = {
  µm: 1e-6,
  μm: 1e-6,
  um: 1e-6,
  micron: 1e-6,
  mm: 1e-3,
  cm: 1e-2,
  m: 1,
  km: 1e3,
  '"': 0.0254,
  in: 0.0254,
  inch: 0.0254,
  inches: 0.0254,
  "'": 0.3048,
  ft: 0.3048,
  foot: 0.3048,
  feet: 0.3048,
  thou: 0.0254e-3,
  mil: 0.0254e-3,
};
const FOOT = METRES_PER.ft;
const INCH = METRES_PER.in;
/** Beyond this it is no length of a model, but a slip of the hand; metres. */
const FARTHEST_M = 1e12;

/**
 * Metres of a typed length: `25.4`, `25,4 mm`, `1 in`, `1' 2 3/4"`, `−3`; null when it is none.
 * Without a unit it is in the displayed one; a number behind feet is inches.
 */
export function parseLength(
  text: string,
  style: Style,
  locale: string = currentLocale(),
): number | null {
  const { unit } = styleOf(style);
  const { sign, rest } = signOf(tidied(text));
  let total = 0;
  let left = rest;
  let before: number | null = null;
  for (let terms = 0; left !== ""; terms += 1) {
    const amount = amountAt(left, locale);
    if (!amount || terms > 2) return null;
    left = left.slice(amount.length).trimStart();
    const name = nameAt(left);
    left = left.slice(name.length).replace(/^[\s-]+/, "");
    const scale: number | undefined =
      name === "" ? unnamed(before, terms, unit) : NAMES[name.toLowerCase()];
    // Terms grow smaller: 1 ft 2 in, never 2 in 1 ft.
    if (scale === undefined || (before !== null && scale >= before)) return null;
    total += amount.value * scale;
    before = scale;
  }
  return before === null || !(Math.abs(total) < FARTHEST_M) ? null : sign * total;
}

/** Metres of a number without a name: inches behind feet, else the displayed unit and nothing before it. */
function unnamed(before: number | null, terms: number, unit: DisplayUnit): number | undefined {
  if (before === FOOT) return INCH;
  return terms === 0 ? METRES_PER[unit] : undefined;
}

/** Radians of a typed angle: `45`, `45°`, `45° 30' 15"`, `0.5 rad`; null when it is none. */
export function parseAngle(
  text: string,
  style: Style,
  locale: string = currentLocale(),
): number | null {
  const { sign, rest } = signOf(tidied(text));
  const parts = /^(.+?)\s*(?:°|deg)\s*(?:(.+?)\s*')?\s*(?:(.+?)\s*")?$/i.exec(rest);
  if (parts) {
    const [degrees, minutes, seconds] = [parts[1], parts[2] ?? "0", parts[3] ?? "0"].map((part) =>
      numberOf(part ?? "", locale),
    );
    if (degrees === null || minutes === null || seconds === null) return null;
    return (sign * ((degrees ?? 0) + (minutes ?? 0) / 60 + (seconds ?? 0) / 3600) * Math.PI) / 180;
  }
  const radians = /^(.+?)\s*rad$/i.exec(rest);
  const value = numberOf(radians?.[1] ?? rest, locale);
  if (value === null) return null;
  const inRadians = radians !== null || styleOf(style).angle === "rad";
  return sign * value * (inRadians ? 1 : Math.PI / 180);
}

/** One kind of minus, space, foot and inch mark. */
function tidied(text: string): string {
  return text
    .replace(/[−–‒﹣－]/g, "-")
    .replace(/[\u00a0\u2007\u2009\u202f]/g, " ")
    .replace(/''|[″”“„]/g, '"')
    .replace(/[′’‘]/g, "'")
    .trim();
}

function signOf(text: string): { sign: 1 | -1; rest: string } {
  const sign = /^[-+]/.exec(text)?.[0];
  return { sign: sign === "-" ? -1 : 1, rest: sign ? text.slice(1).trimStart() : text };
}

/** The unit's name that a text begins with; empty without one. */
function nameAt(text: string): string {
  return /^(?:["']|[a-zµμ]+)/i.exec(text)?.[0] ?? "";
}

/** The number that a text begins with, and how many letters it takes: `2 3/4`, `3/4`, `1,204.31`. */
function amountAt(text: string, locale: string): { value: number; length: number } | null {
  const fraction = /^(?:(\d{1,3}(?:[,. ']\d{3})+|\d+)[\s-]+)?(\d+)\s*[/⁄]\s*(\d+)/.exec(text);
  if (fraction) {
    const [all, before, above, below] = fraction;
    const whole = numberOf(before ?? "0", locale);
    if (whole === null || !Number.isInteger(whole)) return null;
    const value = whole + Number(above) / Number(below);
    return Number.isFinite(value) ? { value, length: all.length } : null;
  }
  // Spaces group digits only before exactly three of them: 1 204 is one number, 1 2 are two.
  const written = /^(?:\d{1,3}(?:[ ']\d{3})+(?!\d)(?:[.,]\d+)?|[\d.,]+)/.exec(text)?.[0];
  if (!written) return null;
  const value = numberOf(written, locale);
  return value === null ? null : { value, length: written.length };
}

/** A whole text as a number in the way of a language; null when it is none. Both marks are understood where it is clear. */
function numberOf(text: string, locale: string): number | null {
  const plain = text.trim().replace(/(?<=\d)[ '](?=\d{3}(?!\d))/g, "");
  const decimal = decimalMark(locale);
  const group = decimal === "," ? "." : ",";
  const grouped = new RegExp(`^[1-9]\\d{0,2}(?:\\${group}\\d{3})+(?:\\${decimal}\\d*)?$`);
  const normal = grouped.test(plain)
    ? plain.replaceAll(group, "").replace(decimal, ".")
    : plain.replace(/[.,]/, ".");
  return /^(?:\d+\.?\d*|\.\d+)$/.test(normal) ? Number(normal) : null;
}
