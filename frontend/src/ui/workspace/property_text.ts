/** What a file says of itself, as a person reads it: names of ours spelled out, numbers with their digits. */

import { currentLocale, formatNumber } from "../../state/messages";
import { withDecimalMark } from "../../state/number_marks";

const DIGITS = 6;
/** Endings of our own names that are units (SI). */
const UNITS: readonly (readonly [ending: string, unit: string])[] = [
  ["_kg_m3", "kg/m³"],
  ["_m5", "m⁵"],
  ["_m3", "m³"],
  ["_m2", "m²"],
  ["_kg", "kg"],
  ["_rad", "rad"],
  ["_m", "m"],
];
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** `centroid_x_m` → "Centroid x (m)"; names that the file gave stay as they are. */
export function propertyName(name: string): string {
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name)) return name;
  const found = UNITS.find(([ending]) => name.endsWith(ending));
  const words = (found ? name.slice(0, -found[0].length) : name).replaceAll("_", " ");
  const spelled = words.charAt(0).toUpperCase() + words.slice(1);
  return found ? `${spelled} (${found[1]})` : spelled;
}

/** Six significant digits; very small and very large ones as a power of ten. */
export function propertyNumber(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e9) return formatNumber(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e9)) {
    const [mantissa, exponent] = value.toExponential(DIGITS - 1).split("e");
    return `${signed(withDecimalMark(String(Number(mantissa))))} × 10${raised(Number(exponent))}`;
  }
  const decimals = Math.max(0, DIGITS - 1 - Math.floor(Math.log10(Math.max(size, 1e-3))));
  return signed(
    new Intl.NumberFormat(currentLocale(), { maximumFractionDigits: Math.min(decimals, 8) }).format(
      value,
    ),
  );
}

function raised(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)] ?? "");
  return (exponent < 0 ? "⁻" : "") + digits.join("");
}

function signed(text: string): string {
  return text.replace("-", "−");
}
