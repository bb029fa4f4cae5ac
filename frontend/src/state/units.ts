/** Lengths in the display unit: never a bare number, a true minus sign, `≈` where the mesh speaks. */

import type { DisplayUnit } from "./workspace";

/** Metres per display unit. */
export const METRES_PER: Readonly<Record<DisplayUnit, number>> = {
  mm: 0.001,
  cm: 0.01,
  m: 1,
  in: 0.0254,
  ft: 0.3048,
};

/** Decimals that show about 0.01 mm. */
export const DECIMALS: Readonly<Record<DisplayUnit, number>> = { mm: 2, cm: 3, m: 5, in: 4, ft: 5 };

export const DISPLAY_UNITS: readonly DisplayUnit[] = ["mm", "cm", "m", "in", "ft"];

/** The unit to begin with for a file's own unit; millimetres when it names none. */
export function unitOfFile(lengthUnit: string | null): DisplayUnit {
  return DISPLAY_UNITS.find((unit) => unit === lengthUnit) ?? "mm";
}

function digits(value: number, decimals: number, locale: string | undefined): string {
  const written = Intl.NumberFormat(locale, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value);
  return written.replace("-", "−");
}

/** A number in the display unit without its name, for columns whose head names it. */
export function formatValue(
  metres: number,
  unit: DisplayUnit,
  options: { decimals?: number; locale?: string } = {},
): string {
  const decimals = options.decimals ?? DECIMALS[unit];
  const value = metres / METRES_PER[unit];
  // −0.00 reads as a mistake.
  const rounded = Math.abs(value) < 0.5 * 10 ** -decimals ? 0 : value;
  return digits(rounded, decimals, options.locale);
}

/** A length with its unit; inexact ones begin with ≈. */
export function formatLength(
  metres: number,
  unit: DisplayUnit,
  options: { exact?: boolean; decimals?: number; locale?: string } = {},
): string {
  return `${options.exact === false ? "≈ " : ""}${formatValue(metres, unit, options)} ${unit}`;
}

/** Square metres in the display unit squared. */
export function formatArea(metres2: number, unit: DisplayUnit, locale?: string): string {
  return `${digits(metres2 / METRES_PER[unit] ** 2, 1, locale)} ${unit}²`;
}

/** Cubic metres in the display unit cubed. */
export function formatVolume(metres3: number, unit: DisplayUnit, locale?: string): string {
  return `${digits(metres3 / METRES_PER[unit] ** 3, 1, locale)} ${unit}³`;
}

/**
 * Reads what a person typed into a length field: `25.4`, `25,4 mm`, `1 in`, `−3`. Metres, or null
 * when it is no length. Without a unit it is in `unit`.
 */
export function parseLength(text: string, unit: DisplayUnit): number | null {
  const match = /^\s*([-−+]?)\s*(\d+(?:[.,]\d*)?|[.,]\d+)\s*(mm|cm|m|in|ft|"|')?\s*$/i.exec(text);
  if (!match) return null;
  const [, sign, number, name] = match;
  const value = Number((number ?? "").replace(",", "."));
  const named = { '"': "in", "'": "ft" }[name ?? ""] ?? name?.toLowerCase();
  const scale = METRES_PER[DISPLAY_UNITS.find((candidate) => candidate === named) ?? unit];
  return (sign === "-" || sign === "−" ? -1 : 1) * value * scale;
}
