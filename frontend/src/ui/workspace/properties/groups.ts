/** What is known of a selection, as groups of lines: pure, so that panel, search, favourites and copying agree. */

import type { SelectionSums, SharedProperty } from "../../../api/parts";
import type { OccurrenceDetail } from "../../../api/types";
import { formatNumber, t } from "../../../state/messages";
import { type Bounds, type Manifest, type Structure, toFileAxes } from "../../../state/model";
import { DECIMALS, type DisplayUnit, formatValue, unitSymbol } from "../../../state/units";
import { cssColour, formatBytes } from "../../format";
import { assemblyShapeLines, massLines, shapeLines } from "../mass";
import { formatAmount } from "../parts/values";
import { propertyName, propertyNumber } from "../property_text";

/** One line: what, and how much. */
export interface Line {
  readonly name: string;
  readonly value: string;
  readonly swatch?: string;
  /** Several values: shown quieter. */
  readonly varies?: boolean;
  /** Query for all parts that have this value. */
  readonly alike?: string;
}

export interface Group {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** How numbers and axes are shown. */
export interface Shown {
  readonly unit: DisplayUnit;
  readonly source: Manifest["source"] | null;
}

/** In the order and sign of the file's axes. */
export function sizeText(bounds: Bounds, { unit, source }: Shown): string {
  const { min, max } = bounds;
  const spans = [max[0] - min[0], max[1] - min[1], max[2] - min[2]] as const;
  const ordered = source ? toFileAxes(spans, source).map(Math.abs) : spans;
  // The unit once; an overall size needs no hundredth of a millimetre in metres.
  const decimals = Math.min(3, DECIMALS[unit]);
  const written = ordered.map((span) => formatValue(span, unit, { decimals }));
  return `${written.join(" × ")} ${unitSymbol(unit)}`;
}

/** A value of the file as a person reads it. */
export function valueText(value: unknown): string {
  if (typeof value === "number") return propertyNumber(value);
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? t("form.yes") : t("form.no");
  return value === null || value === undefined ? "–" : JSON.stringify(value);
}

/** Of one row of the tree; `detail` once the server has answered. */
export function rowGroups(
  model: Structure,
  row: number,
  identical: number,
  detail: OccurrenceDetail | null,
  shown: Shown,
): Group[] {
  const part = model.part(row);
  const layer = model.file.layer[row];
  const general: Line[] = [
    {
      name: t("properties.kind"),
      value: part ? t("properties.part") : t("properties.assembly"),
    },
    ...(part && part.name && part.name !== model.name(row)
      ? [{ name: t("properties.partName"), value: part.name }]
      : []),
    ...(part
      ? [
          { name: t("properties.identical"), value: formatNumber(identical) },
          {
            name: t("properties.colour"),
            value: cssColour(model.colour(row)).toUpperCase(),
            swatch: cssColour(model.colour(row)),
          },
        ]
      : [
          {
            name: t("properties.contains"),
            value: t("properties.parts", { count: model.occurrenceCountUnder(row) }),
          },
        ]),
    ...(layer ? [{ name: t("properties.layer"), value: layer }] : []),
  ];
  const geometry: Line[] = part
    ? [
        { name: t("properties.size"), value: sizeText(part.bounds, shown) },
        ...shapeLines(part, shown.unit),
        { name: t("properties.triangles"), value: formatNumber(part.triangles) },
        {
          name: t("properties.solid"),
          value: part.closed ? t("properties.closed") : t("properties.open"),
        },
      ]
    : detail
      ? assemblyShapeLines(detail.mass, shown.unit)
      : [];
  return filled([
    { title: t("properties.general"), lines: general },
    { title: t("properties.geometry"), lines: geometry },
    ...fileGroups(detail?.properties),
    massGroup(detail?.mass, shown),
  ]);
}

/** Of several parts: what they have in common, what varies, what adds up. */
export function sharedGroups(
  occurrences: number,
  sums: SelectionSums | null,
  shown: Shown,
): Group[] {
  const general: Line[] = [
    { name: t("properties.selected"), value: formatNumber(occurrences) },
    ...(sums ? [{ name: t("properties.different"), value: formatNumber(sums.parts) }] : []),
  ];
  const byGroup = new Map<string, Line[]>();
  for (const property of sums?.properties ?? []) {
    const title = property.group || t("properties.source");
    const lines = byGroup.get(title) ?? [];
    lines.push(sharedLine(property, occurrences, shown));
    byGroup.set(title, lines);
  }
  return filled([
    { title: t("properties.general"), lines: general },
    {
      title: t("properties.geometry"),
      lines: sums ? assemblyShapeLines(sums.mass, shown.unit) : [],
    },
    massGroup(sums?.mass, shown),
    ...[...byGroup].map(([title, lines]) => ({ title, lines })),
  ]);
}

function sharedLine(property: SharedProperty, occurrences: number, { unit }: Shown): Line {
  const name = propertyName(property.name);
  const missing = occurrences - property.occurrences;
  const some = missing > 0 ? ` ${t("properties.onlySome", { count: property.occurrences })}` : "";
  if (property.distinct === 1) return { name, value: valueText(property.value) + some };
  const varies = t("properties.varies", { count: property.distinct });
  const sum =
    property.total === null
      ? ""
      : `, ${t("properties.sum", { total: formatAmount(property.total, property.unit, unit) })}`;
  return { name, value: varies + sum + some, varies: true };
}

/** Of the whole model, when nothing is selected. */
export function modelGroups(manifest: Manifest, shown: Shown): Group[] {
  const { counts, source, warnings } = manifest;
  return filled([
    {
      title: t("properties.model"),
      lines: [
        { name: t("properties.occurrences"), value: formatNumber(counts.occurrences) },
        { name: t("properties.uniqueParts"), value: formatNumber(counts.parts) },
        { name: t("properties.assemblies"), value: formatNumber(counts.assemblies) },
        { name: t("properties.triangles"), value: formatNumber(counts.triangles) },
        { name: t("properties.size"), value: sizeText(manifest.bounds, shown) },
      ],
    },
    {
      title: t("properties.file"),
      lines: [
        { name: t("form.name"), value: source.name },
        { name: t("help.format"), value: source.kind.toUpperCase() },
        { name: t("properties.bytes"), value: formatBytes(source.bytes) },
        { name: t("properties.unit"), value: source.length_unit ?? t("properties.noUnit") },
        {
          name: t("properties.up"),
          value: source.up_axis?.toUpperCase() ?? t("properties.unknown"),
        },
      ],
    },
    {
      title: t("properties.warnings"),
      lines: warnings.map((warning) => ({
        name: `${warning.code.replaceAll("_", " ")} (${warning.count})`,
        value: warning.detail,
      })),
    },
  ]);
}

/** Groups with lines that hold every word, in name, value or the group's title. */
export function foundIn(groups: readonly Group[], query: string): readonly Group[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return groups;
  return filled(
    groups.map(({ title, lines }) => ({
      title,
      lines: lines.filter(({ name, value }) => {
        const text = `${title} ${name} ${value}`.toLowerCase();
        return words.every((word) => text.includes(word));
      }),
    })),
  );
}

/** How a favourite is remembered: by its group and name, whatever the selection. */
export function favouriteKey(title: string, name: string): string {
  return `${title}\u0000${name}`;
}

/** The favourites that are there, as a group of their own. */
export function favouriteLines(
  groups: readonly Group[],
  keys: ReadonlySet<string>,
): readonly (Line & { readonly title: string })[] {
  return groups.flatMap(({ title, lines }) =>
    lines
      .filter(({ name }) => keys.has(favouriteKey(title, name)))
      .map((line) => ({ ...line, title })),
  );
}

/** Tab-separated, one line each, for spreadsheets. */
export function tableText(groups: readonly Group[]): string {
  return groups
    .flatMap(({ title, lines }) => lines.map(({ name, value }) => rowText(title, name, value)))
    .join("\n");
}

export function rowText(...cells: readonly string[]): string {
  return cells.map((cell) => cell.replace(/[\t\r\n]+/g, " ")).join("\t");
}

function fileGroups(raw: Readonly<Record<string, unknown>> | null | undefined): Group[] {
  const groups: Group[] = [];
  const loose: Line[] = [];
  for (const [name, value] of Object.entries(raw ?? {})) {
    const title = name || t("properties.source");
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      groups.push({
        title,
        lines: Object.entries(value).map(([key, inner]) => ({
          name: propertyName(key),
          value: valueText(inner),
          ...alikeQuery(name ? `${name}/${key}` : key, inner),
        })),
      });
    else loose.push({ name: propertyName(name), value: valueText(value) });
  }
  return [{ title: t("properties.source"), lines: loose }, ...groups];
}

/** A quoted text ends at the next quote: what holds one itself cannot be asked for. */
function alikeQuery(key: string, value: unknown): { readonly alike?: string } {
  const said = typeof value === "string" || typeof value === "number" ? String(value) : value;
  const text = typeof said === "boolean" ? String(said) : said;
  if (typeof text !== "string" || text === "" || `${key}${text}`.includes('"')) return {};
  return { alike: `"${key}"="${text}"` };
}

function massGroup(mass: OccurrenceDetail["mass"] | undefined, shown: Shown): Group {
  return {
    title: t("properties.mass"),
    lines: mass ? massLines(mass, shown.unit, shown.source) : [],
  };
}

function filled(groups: readonly Group[]): Group[] {
  return groups.filter(({ lines }) => lines.length > 0);
}
