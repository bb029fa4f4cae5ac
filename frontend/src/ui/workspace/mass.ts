/** Mass properties as lines of the property panel: what is exact, what is from triangles, what is missing. */

import type { OccurrenceDetail } from "../../api/types";
import { currentLocale, formatNumber, t } from "../../state/messages";
import { joinNumbers, withDecimalMark } from "../../state/number_marks";
import { type Manifest, type Part, toFileAxes } from "../../state/model";
import { DECIMALS, formatArea, formatValue, formatVolume } from "../../state/units";
import type { DisplayUnit } from "../../state/workspace";

/** One line: what, and how much. */
export interface MassLine {
  readonly name: string;
  readonly value: string;
}

type Mass = OccurrenceDetail["mass"];
type Method = Mass["method"];

/** Volume and area of a part as the structure says them, before the server has answered. */
export function shapeLines(part: Part, unit: DisplayUnit): MassLine[] {
  return shape(
    // A package of an older converter does not name the method: its volumes were exact.
    part.mass_method === undefined ? (part.volume_m3 === null ? null : "exact") : part.mass_method,
    part.volume_m3,
    part.area_m2,
    part.open_edges ?? null,
    unit,
  );
}

/** Volume and area of an assembly, added up by the server. */
export function assemblyShapeLines(mass: Mass, unit: DisplayUnit): MassLine[] {
  return shape(mass.method ?? null, mass.volume_m3 ?? null, mass.area_m2 ?? null, null, unit);
}

function shape(
  method: Method,
  volume: number | null,
  area: number | null,
  openEdges: number | null,
  unit: DisplayUnit,
): MassLine[] {
  const lines: MassLine[] = [];
  const nearly = method === "exact" ? "" : "≈ ";
  if (method === "open") lines.push({ name: t("properties.volume"), value: notClosed(openEdges) });
  else if (volume !== null)
    lines.push({
      name: t("properties.volume"),
      value: `${nearly}${formatVolume(volume, unit)}${method === "mesh" ? ` ${t("properties.fromMesh")}` : ""}`,
    });
  if (area !== null)
    lines.push({ name: t("properties.area"), value: nearly + formatArea(area, unit) });
  return lines;
}

function notClosed(openEdges: number | null): string {
  return openEdges === null
    ? t("properties.notClosedUncounted")
    : t("properties.notClosed", { count: openEdges });
}

/** Mass, centre and inertia, and what the sums leave out; places in the order and sign of the file's axes. */
export function massLines(
  mass: Mass,
  unit: DisplayUnit,
  source: Manifest["source"] | null,
): MassLine[] {
  const lines: MassLine[] = [];
  if (typeof mass.density_kg_m3 === "number")
    lines.push({
      name: t("properties.density"),
      value: `${formatNumber(mass.density_kg_m3)} kg/m³`,
    });
  const nearly = mass.method === "exact" ? "" : "≈ ";
  if (typeof mass.mass_kg === "number")
    lines.push({ name: t("properties.massOf"), value: nearly + formatMass(mass.mass_kg) });
  const heavy = mass.centre_of_mass_m ?? null;
  const centre = heavy ?? mass.centroid_m ?? null;
  if (centre)
    lines.push({
      name: heavy ? t("properties.centreOfMass") : t("properties.centroid"),
      value: nearly + place(centre, unit, source),
    });
  const inertia = heavy ? mass.inertia_kg_m2 : mass.inertia_m5;
  if (inertia)
    lines.push({
      name: t("properties.inertia"),
      value: `${nearly}${moments(inertia, source)} ${heavy ? "kg m²" : "m⁵"}`,
    });
  // One part alone says above that it is open or has no density; a sum names what it does not hold.
  if (mass.occurrences > 1 || (mass.volume_m3 ?? null) !== null) {
    leftOut(lines, t("properties.notClosedLeftOut"), mass.open);
    if (mass.weightless.count < mass.occurrences)
      leftOut(lines, t("properties.noDensity"), mass.weightless);
  }
  leftOut(lines, t("properties.noArea"), mass.unmeasured);
  if (mass.hidden > 0)
    lines.push({ name: t("properties.hiddenLeftOut"), value: formatNumber(mass.hidden) });
  return lines;
}

/** Grams below a kilogram, tonnes from a thousand on; four digits. */
export function formatMass(kilograms: number): string {
  const [value, unit] =
    kilograms < 1
      ? [kilograms * 1000, "g"]
      : kilograms < 1000
        ? [kilograms, "kg"]
        : [kilograms / 1000, "t"];
  return `${new Intl.NumberFormat(currentLocale(), { maximumSignificantDigits: 4 }).format(value)} ${unit}`;
}

function place(
  centre: readonly number[],
  unit: DisplayUnit,
  source: Manifest["source"] | null,
): string {
  const [x = 0, y = 0, z = 0] = centre;
  const ordered = source ? toFileAxes([x, y, z], source) : [x, y, z];
  const decimals = DECIMALS[unit];
  return `${joinNumbers(ordered.map((value) => formatValue(value, unit, { decimals })))} ${unit}`;
}

/** The three moments about the file's axes. */
function moments(inertia: readonly number[], source: Manifest["source"] | null): string {
  const [x = 0, y = 0, z = 0] = inertia;
  const ordered = source ? toFileAxes([x, y, z], source).map(Math.abs) : [x, y, z];
  return joinNumbers(ordered.map((value) => withDecimalMark(value.toPrecision(4))));
}

function leftOut(lines: MassLine[], name: string, left: Mass["open"]): void {
  if (left.count === 0) return;
  const shown = left.names.slice(0, 3).join(", ");
  const value =
    left.names.length > 0
      ? `${formatNumber(left.count)} (${shown}${left.names.length > 3 ? "…" : ""})`
      : formatNumber(left.count);
  lines.push({ name, value });
}
