/** Lengths, areas and volumes in the display unit: never a bare number, a true minus sign, `≈` where a mesh speaks. */

import { currentLocale } from "./messages";

/** What lengths are shown in; `in-frac`: inches and fractions of them, `ft-in`: feet, inches and fractions. */
export type DisplayUnit = "um" | "mm" | "cm" | "m" | "km" | "in" | "in-frac" | "ft" | "ft-in";

/** Metres per display unit; those with fractions count in inches. */
export const METRES_PER: Readonly<Record<DisplayUnit, number>> = {
  um: 1e-6,
  mm: 0.001,
  cm: 0.01,
  m: 1,
  km: 1000,
  in: 0.0254,
  "in-frac": 0.0254,
  ft: 0.3048,
  "ft-in": 0.0254,
};

/** Decimals that show about 0.01 mm. */
export const DECIMALS: Readonly<Record<DisplayUnit, number>> = {
  um: 0,
  mm: 2,
  cm: 3,
  m: 5,
  km: 6,
  in: 4,
  "in-frac": 4,
  ft: 5,
  "ft-in": 4,
};

export const DISPLAY_UNITS: readonly DisplayUnit[] = [
  "um",
  "mm",
  "cm",
  "m",
  "km",
  "in",
  "in-frac",
  "ft",
  "ft-in",
];

/** The most decimals that a person may ask for. */
export const MOST_DECIMALS = 6;
/** Parts of an inch that a person may ask for. */
export const FRACTIONS = [2, 4, 8, 16, 32, 64] as const;
export type Fraction = (typeof FRACTIONS)[number];

export type AngleUnit = "deg" | "dms" | "rad";
export const ANGLE_UNITS: readonly AngleUnit[] = ["deg", "dms", "rad"];

export type MassUnit = "g" | "kg" | "t" | "lb" | "oz";
export const MASS_UNITS: readonly MassUnit[] = ["g", "kg", "t", "lb", "oz"];

/** How a person wants numbers. */
export interface NumberChoice {
  /** Decimals of lengths; null: about 0.01 mm, whatever the unit. */
  readonly decimals: number | null;
  /** The finest part of an inch: 16 for sixteenths. */
  readonly fraction: Fraction;
  readonly angle: AngleUnit;
  /** null: by the size of the mass and the unit of lengths. */
  readonly mass: MassUnit | null;
  /** The unit beneath the first one in the panel; null: inches beneath metric, millimetres beneath imperial. */
  readonly second: DisplayUnit | null;
}

/** 0.01 mm, 1/16 in, degrees (UX.md §2.9). */
export const USUAL_NUMBERS: NumberChoice = {
  decimals: null,
  fraction: 16,
  angle: "deg",
  mass: null,
  second: null,
};

/** A unit together with how numbers in it are written. */
export interface NumberStyle extends NumberChoice {
  readonly unit: DisplayUnit;
}

/** Where a style is wanted, a unit alone means the usual one. */
export type Style = DisplayUnit | NumberStyle;

export interface NumberOptions {
  /** false: the value comes from a mesh or is otherwise near, and begins with ≈. */
  readonly exact?: boolean;
  /** How far the true value may be, metres (m², m³, radians for those); shown where it is not exact. */
  readonly tolerance?: number | null;
  /** What made it inexact, as a word behind the tolerance. */
  readonly cause?: string;
  readonly decimals?: number;
  readonly locale?: string;
}

export function styleOf(style: Style): NumberStyle {
  return typeof style === "string" ? { ...USUAL_NUMBERS, unit: style } : style;
}

/** The unit to begin with for a file's own unit; millimetres when it names none. */
export function unitOfFile(lengthUnit: string | null): DisplayUnit {
  return DISPLAY_UNITS.find((unit) => unit === lengthUnit) ?? "mm";
}

export function isImperial(unit: DisplayUnit): boolean {
  return unit === "in" || unit === "in-frac" || unit === "ft" || unit === "ft-in";
}

/** Whether numbers in this unit have fractions in place of decimals. */
export function hasFractions(unit: DisplayUnit): boolean {
  return unit === "in-frac" || unit === "ft-in";
}

/** The style of the second number: another system of units than the first. */
export function secondStyle(style: NumberStyle): NumberStyle {
  const other = style.second ?? (isImperial(style.unit) ? "mm" : "in");
  return { ...style, unit: other, decimals: other === "in" && !style.second ? 3 : null };
}

/** The name behind a number: `mm`, `µm`; empty where the number carries its marks, as 1′ 2″ does. */
export function unitSymbol(unit: DisplayUnit): string {
  if (unit === "ft-in") return "";
  if (unit === "in-frac") return "in";
  return unit === "um" ? "µm" : unit;
}

const writers = new Map<string, Intl.NumberFormat>();

/** A number as the language writes it, with a true minus sign; never −0. */
export function writeNumber(value: number, decimals: number, locale = currentLocale()): string {
  const key = `${locale} ${decimals}`;
  let writer = writers.get(key);
  if (!writer) {
    writer = new Intl.NumberFormat(locale, {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
    writers.set(key, writer);
  }
  // −0.00 reads as a mistake.
  const shown = Math.abs(value) < 0.5 * 10 ** -decimals ? 0 : value;
  return writer.format(shown).replace("-", "−");
}

/** Decimals of lengths in a style. */
export function decimalsOf(style: NumberStyle): number {
  return style.decimals ?? DECIMALS[style.unit];
}

/** A length in the display unit without its name, for columns whose head names it. */
export function formatValue(
  metres: number,
  style: Style,
  options: { decimals?: number; locale?: string } = {},
): string {
  const wanted = styleOf(style);
  const value = metres / METRES_PER[wanted.unit];
  if (wanted.unit === "in-frac") return sixteenths(value, wanted.fraction, options.locale);
  if (wanted.unit === "ft-in") return feetAndInches(value, wanted.fraction, options.locale);
  return writeNumber(value, options.decimals ?? decimalsOf(wanted), options.locale);
}

/** A length with its unit: `25.40 mm`, `≈ 25.37 mm ±0.05 mesh`. */
export function formatLength(metres: number, style: Style, options: NumberOptions = {}): string {
  const wanted = styleOf(style);
  const symbol = unitSymbol(wanted.unit);
  const value = formatValue(metres, wanted, options);
  return dressed(symbol === "" ? value : `${value} ${symbol}`, options, METRES_PER[wanted.unit]);
}

/** Square metres in the display unit squared; at least one decimal and four digits that count. */
export function formatArea(
  metres2: number,
  style: Style,
  options: NumberOptions | string = {},
): string {
  return formatPower(metres2, style, 2, options);
}

/** Cubic metres in the display unit cubed; at least one decimal and four digits that count. */
export function formatVolume(
  metres3: number,
  style: Style,
  options: NumberOptions | string = {},
): string {
  return formatPower(metres3, style, 3, options);
}

function formatPower(
  si: number,
  style: Style,
  power: 2 | 3,
  given: NumberOptions | string,
): string {
  const options = typeof given === "string" ? { locale: given } : given;
  const unit = flatUnit(styleOf(style).unit);
  const scale = METRES_PER[unit] ** power;
  const value = si / scale;
  const decimals = options.decimals ?? digitsThatCount(value, 4);
  const text = `${writeNumber(value, decimals, options.locale)} ${unitSymbol(unit)}${power === 2 ? "²" : "³"}`;
  return dressed(text, options, scale);
}

/** Areas of fractions of inches are decimals of square inches; those of feet and inches of square feet. */
function flatUnit(unit: DisplayUnit): DisplayUnit {
  return unit === "in-frac" ? "in" : unit === "ft-in" ? "ft" : unit;
}

/** Decimals that show so many digits that count, 1 to 9. */
function digitsThatCount(value: number, digits: number): number {
  if (value === 0 || !Number.isFinite(value)) return 1;
  // 1e-9: 1 may be 0.9999999999999999 of a unit.
  const lead = Math.floor(Math.log10(Math.abs(value)) + 1e-9);
  return Math.max(1, Math.min(9, digits - 1 - lead));
}

/** A number with its unit, told to be near where it is: `≈ … ±0.05 mesh`. */
export function dressed(text: string, options: NumberOptions, perUnit: number): string {
  if (options.exact !== false) return text;
  const { tolerance, cause, locale } = options;
  const about =
    typeof tolerance === "number" && tolerance > 0
      ? ` ±${formatTolerance(tolerance / perUnit, locale)}`
      : "";
  return `≈ ${text}${about}${cause ? ` ${cause}` : ""}`;
}

/** A tolerance with one digit that counts, rounded up: it may not promise more than it keeps. */
export function formatTolerance(value: number, locale?: string): string {
  const decade = Math.floor(Math.log10(value));
  // 1e-9: 0.3 is 0.30000000000000004 tenths of something, and no 0.4.
  const lead = Math.ceil(value / 10 ** decade - 1e-9);
  return writeNumber(lead * 10 ** decade, Math.max(0, Math.min(9, -decade)), locale);
}

/** Inches as `1 3/16`. */
function sixteenths(inches: number, fraction: Fraction, locale?: string): string {
  const parts = Math.round(Math.abs(inches) * fraction);
  const sign = inches < 0 && parts > 0 ? "−" : "";
  return sign + mixed(parts, fraction, locale);
}

/** Inches as `1′ 2 3/4″`. */
function feetAndInches(inches: number, fraction: Fraction, locale?: string): string {
  const parts = Math.round(Math.abs(inches) * fraction);
  const sign = inches < 0 && parts > 0 ? "−" : "";
  const feet = Math.floor(parts / (12 * fraction));
  const rest = mixed(parts - feet * 12 * fraction, fraction, locale);
  return feet === 0 ? `${sign}${rest}″` : `${sign}${writeNumber(feet, 0, locale)}′ ${rest}″`;
}

/** So many parts as a whole number and a reduced fraction. */
function mixed(parts: number, fraction: Fraction, locale?: string): string {
  const whole = Math.floor(parts / fraction);
  let [above, below] = [parts - whole * fraction, fraction as number];
  while (above > 0 && above % 2 === 0) [above, below] = [above / 2, below / 2];
  if (above === 0) return writeNumber(whole, 0, locale);
  return whole === 0 ? `${above}/${below}` : `${writeNumber(whole, 0, locale)} ${above}/${below}`;
}
