/** Measurements in words: on labels, in the panel, on the clipboard and in tables. */

import type { Measurement, Reading, ReadingChoice } from "./areas/measuring";
import type { LayerInfo } from "./areas/table";
import type { Outdated } from "./measure_owner";
import { currentLocale, t } from "./messages";
import { angleInUnit, formatAngle, fullNumber, inUnit } from "./quantities";
import {
  type NumberOptions,
  type NumberStyle,
  formatArea,
  formatLength,
  formatValue,
  formatVolume,
  secondStyle,
  unitSymbol,
} from "./units";

export const AXES = ["X", "Y", "Z"] as const;

/** A number with a name, for example ΔX. */
export interface Detail {
  readonly name: string;
  readonly text: string;
}

function honesty({ exact, tolerance, mesh }: Reading): NumberOptions {
  return { exact, tolerance, ...(mesh ? { cause: t("measure.mesh") } : {}) };
}

/** `25.40 mm`, `⌀ 8.00 mm`, `≈ 25.37 mm ±0.05 mesh`, `X 1.00  Y −2.00  Z 3.00 mm`. */
export function valueText(reading: Reading, style: NumberStyle): string {
  const { kind, mode, value, components } = reading;
  const options = honesty(reading);
  switch (kind) {
    case "angle":
      return formatAngle(value, style, options);
    case "area":
      return formatArea(value, style, options);
    case "volume":
      return formatVolume(value, style, options);
    case "radius":
      return `${mode === "radius" ? "R" : "⌀"} ${formatLength(value, style, options)}`;
    case "position":
      return together(
        components
          .map((each, axis) => `${AXES[axis] ?? ""} ${formatValue(each, style)}`)
          .join("  "),
        style,
        reading,
      );
    case "box":
      return together(
        components.map((each) => formatValue(each, style)).join(" × "),
        style,
        reading,
      );
    case "distance":
    case "length":
    case "thickness":
    case "path":
      return formatLength(value, style, options);
  }
}

/** Several lengths with their unit once, and ≈ in front where they are near. */
function together(numbers: string, style: NumberStyle, reading: Reading): string {
  const symbol = unitSymbol(style.unit);
  const text = symbol === "" ? numbers : `${numbers} ${symbol}`;
  return reading.exact ? text : `≈ ${text}${reading.mesh ? ` ${t("measure.mesh")}` : ""}`;
}

/** The value in the second unit, for beneath: near as the first, whose tolerance counts; null for angles. */
export function secondText(reading: Reading, style: NumberStyle): string | null {
  if (reading.kind === "angle") return null;
  return valueText({ ...reading, tolerance: 0, mesh: false }, secondStyle(style));
}

/** What belongs to the value: ΔX ΔY ΔZ, the legs of a path, the diagonal of a box. */
export function detailsOf(reading: Reading, style: NumberStyle): Detail[] {
  const { kind, components, value } = reading;
  const length = (metres: number): string => formatLength(metres, style);
  if (kind === "distance")
    return components.map((each, axis) => ({
      name: t("measure.delta", { axis: AXES[axis] ?? "" }),
      text: length(each),
    }));
  if (kind === "path")
    return components.map((each, leg) => ({
      name: t("measure.leg", { number: leg + 1 }),
      text: length(each),
    }));
  if (kind === "box")
    return [
      ...components.map((each, axis) => ({
        name: t("measure.size", { axis: AXES[axis] ?? "" }),
        text: length(each),
      })),
      { name: t("measure.diagonal"), text: length(value) },
    ];
  return [];
}

/** Why a measurement does not hold any more; null: it does. */
export function outdatedText(
  outdated: Outdated | null,
  infos: ReadonlyMap<string, Pick<LayerInfo, "name" | "label">>,
): string | null {
  if (!outdated) return null;
  const info = infos.get(outdated.revisionId);
  if (outdated.why === "gone" || !info) return t("measure.gone");
  return t("measure.moved", { name: `${info.name} ${info.label}` });
}

/** What a way of reading is called, for chips and menus. */
export function choiceName({ kind, mode }: ReadingChoice): string {
  return mode === "plain" ? t(`measure.kind.${kind}`) : t(`measure.mode.${mode}`);
}

/** In full precision with unit, as it is copied: `25.4 mm`, `≈ 25.3712345 mm ±0.05 mesh`. */
export function fullText(reading: Reading, style: NumberStyle): string {
  const { kind, components, exact, tolerance, mesh } = reading;
  const locale = currentLocale();
  let text: string;
  if (kind === "position" || kind === "box") {
    const separator = kind === "box" ? " × " : "; ";
    const { unit } = inUnit(0, style);
    const numbers = components.map((each) => fullNumber(inUnit(each, style).value, locale));
    text = `${numbers.join(separator)} ${unit}`;
  } else {
    const { value: number, unit } = columnsOf(reading, style);
    const space = unit === "°" ? "" : " ";
    text = `${fullNumber(number, locale)}${space}${unit}`;
  }
  if (exact) return text;
  const about =
    tolerance > 0 && kind !== "position" && kind !== "box"
      ? ` ±${fullNumber(columnsOf({ ...reading, value: tolerance }, style).value, locale)}`
      : "";
  return `≈ ${text}${about}${mesh ? ` ${t("measure.mesh")}` : ""}`;
}

function columnsOf(reading: Reading, style: NumberStyle): { value: number; unit: string } {
  if (reading.kind === "angle") return angleInUnit(reading.value, style);
  const power = reading.kind === "area" ? 2 : reading.kind === "volume" ? 3 : 1;
  return inUnit(reading.value, style, power);
}

/** Columns are separated by tabs for the clipboard, by commas for files. */
export type TableFormat = "tsv" | "csv";

/**
 * All measurements as a table in full precision, a line of names first. On the clipboard numbers are written as the
 * language does, since a spreadsheet in that language reads them; in a CSV file (RFC 4180) with a point.
 */
export function measureTable(
  measures: readonly Measurement[],
  style: NumberStyle,
  format: TableFormat,
): string {
  const locale = format === "tsv" ? currentLocale() : undefined;
  const number = (value: number): string => fullNumber(value, locale);
  const head = [
    t("measure.table.name"),
    t("measure.table.kind"),
    t("measure.table.value"),
    t("measure.table.unit"),
    "X",
    "Y",
    "Z",
    t("measure.table.exact"),
    t("measure.table.tolerance"),
  ];
  const rows = measures.map((measure) => {
    const { value, unit } = columnsOf(measure, style);
    const spatial = measure.kind !== "path" && measure.components.length === 3;
    const beside = spatial
      ? measure.components.map((each) => number(inUnit(each, style).value))
      : ["", "", ""];
    const tolerance = columnsOf({ ...measure, value: measure.tolerance }, style).value;
    return [
      measure.name,
      choiceName(measure),
      measure.kind === "position" ? "" : number(value),
      unit,
      ...beside,
      measure.exact ? t("measure.table.yes") : t("measure.table.no"),
      measure.exact ? "" : number(tolerance),
    ];
  });
  const [separator, end] = format === "tsv" ? ["\t", "\n"] : [",", "\r\n"];
  return [head, ...rows].map((cells) => cells.map(cellOf(format)).join(separator) + end).join("");
}

/** A cell that stays one: without tabs and line breaks, quoted where CSV asks for it, and never a formula. */
function cellOf(format: TableFormat): (text: string) => string {
  return (text) => {
    const flat = text.replace(/[\t\r\n]+/g, " ");
    // A name beginning with = + @ would be run by spreadsheets; numbers begin with - at most.
    const safe = /^[=+@]/.test(flat) || /^-(?![\d.])/.test(flat) ? `'${flat}` : flat;
    return format === "csv" && /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
}
