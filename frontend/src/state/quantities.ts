/** Angles and masses as people read and write them, and numbers in full precision for the clipboard. */

import { currentLocale } from "./messages";
import {
  METRES_PER,
  type MassUnit,
  type NumberOptions,
  type Style,
  dressed,
  formatTolerance,
  isImperial,
  styleOf,
  unitSymbol,
  writeNumber,
} from "./units";

const DEGREE = Math.PI / 180;
/** Kilograms per unit; pound and ounce avoirdupois by definition (1959). */
export const KILOGRAMS_PER: Readonly<Record<MassUnit, number>> = {
  g: 0.001,
  kg: 1,
  t: 1000,
  lb: 0.45359237,
  oz: 0.028349523125,
};

/** An angle: `45.00°`, `45° 30′ 15″`, `0.7854 rad`; `tolerance` in radians. */
export function formatAngle(radians: number, style: Style, options: NumberOptions = {}): string {
  const { angle, decimals } = styleOf(style);
  if (angle === "rad") {
    const digits = options.decimals ?? (decimals === null ? 4 : Math.min(6, decimals + 2));
    return dressed(`${writeNumber(radians, digits, options.locale)} rad`, options, 1);
  }
  if (angle === "dms") {
    const text = degreesMinutesSeconds(radians, options.locale);
    if (options.exact !== false) return text;
    const { tolerance, cause, locale } = options;
    const about = tolerance ? ` ±${formatTolerance(tolerance / DEGREE, locale)}°` : "";
    return `≈ ${text}${about}${cause ? ` ${cause}` : ""}`;
  }
  const digits = options.decimals ?? decimals ?? 2;
  return dressed(`${writeNumber(radians / DEGREE, digits, options.locale)}°`, options, DEGREE);
}

function degreesMinutesSeconds(radians: number, locale?: string): string {
  const seconds = Math.round(Math.abs(radians / DEGREE) * 3600);
  const sign = radians < 0 && seconds > 0 ? "−" : "";
  const degrees = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds - degrees * 3600) / 60);
  const rest = seconds - degrees * 3600 - minutes * 60;
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${sign}${writeNumber(degrees, 0, locale)}° ${two(minutes)}′ ${two(rest)}″`;
}

/** A mass with four digits that count: in the person's unit, else in one that fits its size. */
export function formatMass(kilograms: number, style: Style, options: NumberOptions = {}): string {
  const { mass, unit } = styleOf(style);
  const chosen = mass ?? usualMass(kilograms, isImperial(unit));
  const value = kilograms / KILOGRAMS_PER[chosen];
  const lead = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)) + 1e-9);
  const decimals = options.decimals ?? Math.max(0, Math.min(9, 3 - lead));
  const text = `${writeNumber(value, decimals, options.locale)} ${chosen}`;
  return dressed(text, options, KILOGRAMS_PER[chosen]);
}

function usualMass(kilograms: number, imperial: boolean): MassUnit {
  const size = Math.abs(kilograms);
  if (imperial) return size < KILOGRAMS_PER.lb ? "oz" : "lb";
  return size < 1 ? "g" : size < 10_000 ? "kg" : "t";
}

/** 15 digits that count: what a double holds of any decimal number. */
const FULL_DIGITS = 15;

/**
 * A number in full precision for other programs: no grouping, a plain minus, which they can read; `locale` undefined:
 * with a point, for files.
 */
export function fullNumber(value: number, locale?: string): string {
  const rounded = Number(value.toPrecision(FULL_DIGITS));
  if (locale === undefined) return String(rounded === 0 ? 0 : rounded);
  return new Intl.NumberFormat(locale, {
    maximumSignificantDigits: FULL_DIGITS,
    useGrouping: false,
  }).format(rounded);
}

/** A length, area or volume in full precision with its unit, for the clipboard. */
export function fullLength(
  si: number,
  style: Style,
  power: 1 | 2 | 3 = 1,
  locale: string | undefined = currentLocale(),
): string {
  const { value, unit } = inUnit(si, style, power);
  return `${fullNumber(value, locale)} ${unit}`;
}

/** A length, area or volume as a number in the unit whose name stands beside; fractions are decimals of inches. */
export function inUnit(
  si: number,
  style: Style,
  power: 1 | 2 | 3 = 1,
): { value: number; unit: string } {
  const given = styleOf(style).unit;
  const unit = given === "in-frac" || given === "ft-in" ? "in" : given;
  const name = `${unitSymbol(unit)}${power === 1 ? "" : power === 2 ? "²" : "³"}`;
  return { value: si / METRES_PER[unit] ** power, unit: name };
}

/** An angle as a number in its unit; degrees for degrees, minutes and seconds. */
export function angleInUnit(radians: number, style: Style): { value: number; unit: string } {
  return styleOf(style).angle === "rad"
    ? { value: radians, unit: "rad" }
    : { value: radians / DEGREE, unit: "°" };
}
