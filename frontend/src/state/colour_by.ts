/** Makes a colouring out of values: a few words each with its colour, or numbers in bins along a ramp. */

import type { ColourGroup, Colouring } from "./areas/colouring";
import {
  type NumberFacet,
  facetTitle,
  groupsOf,
  isNumberFacet,
  isWordFacet,
  numberOfPart,
} from "./facets";
import { formatNumber, t } from "./messages";
import type { Structure } from "./model";
import { formatMass } from "./quantities";
import { RangeSet } from "./ranges";
import { type Style, formatArea, formatLength, formatVolume } from "./units";

/**
 * Twelve colours that people with any colour vision tell apart as well as twelve can be: Okabe and Ito's
 * eight [S52] without black, then lighter and darker ones of other lightness.
 */
export const WORD_COLOURS: readonly string[] = [
  "#0072b2",
  "#e69f00",
  "#009e73",
  "#cc79a7",
  "#56b4e9",
  "#d55e00",
  "#f0e442",
  "#5b2a86",
  "#8c564b",
  "#004d40",
  "#b2df8a",
  "#fb9a99",
];
export const OTHER_COLOUR = "#9aa3ad";
/** Dark blue to yellow with even steps in lightness, the same for all colour vision (after cividis). */
const RAMP: readonly (readonly [number, number, number])[] = [
  [0, 34, 78],
  [35, 62, 108],
  [87, 92, 109],
  [124, 123, 120],
  [166, 157, 117],
  [211, 193, 100],
  [254, 232, 56],
];
const MOST_BINS = 7;

/** Occurrences that share a word. */
export interface WordValue {
  readonly label: string;
  readonly ranges: RangeSet;
}

/** Occurrences between two numbers. */
export interface NumberBin {
  readonly low: number;
  readonly high: number;
  readonly ranges: RangeSet;
}

/** The colouring by what the structure knows; null when it does not know this property. */
export function colouringOf(
  structure: Structure,
  property: string,
  style: Style,
): Colouring | null {
  if (isWordFacet(property)) {
    const groups = groupsOf(structure, property);
    if (property === "colour")
      return {
        title: facetTitle(property),
        property,
        groups: groups.map(({ label, ranges }) => ({ label, colour: label, ranges })),
      };
    return { title: facetTitle(property), property, groups: colourWords(groups) };
  }
  if (!isNumberFacet(property)) return null;
  const read = numberOfPart(structure, property);
  const byPart = structure.parts.map((_, number) => read(number));
  const values = new Float64Array(structure.occurrenceCount).fill(NaN);
  for (let occurrence = 0; occurrence < values.length; occurrence += 1)
    values[occurrence] = byPart[structure.partNumber(structure.rowOfOccurrence(occurrence))] ?? NaN;
  const whole = property === "triangles";
  const { bins, missing } = binned(values, whole);
  const groups = colourBins(bins, missing, (value) => formatFacet(property, value, style));
  return { title: facetTitle(property), property, groups };
}

/** At most twelve words, the most frequent first; the rest is one group. */
export function colourWords(values: readonly WordValue[]): ColourGroup[] {
  const named = values.filter(({ label }) => label !== "");
  const nameless = values.filter(({ label }) => label === "").map(({ ranges }) => ranges);
  const order = [...named].sort((a, b) => b.ranges.size - a.ranges.size);
  const groups: ColourGroup[] = order
    .slice(0, WORD_COLOURS.length)
    .map(({ label, ranges }, at) => ({
      label,
      colour: WORD_COLOURS[at] ?? OTHER_COLOUR,
      ranges,
    }));
  const rest = order.slice(WORD_COLOURS.length);
  if (rest.length > 0)
    groups.push({
      label: t("colours.other", { count: rest.length }),
      colour: OTHER_COLOUR,
      ranges: unionOf(rest.map(({ ranges }) => ranges)),
    });
  const none = unionOf(nameless);
  if (!none.isEmpty && groups.length > 0)
    groups.push({ label: t("colours.none"), colour: "#5f6975", ranges: none });
  return groups;
}

/** Colours of bins along the ramp, low first. */
export function colourBins(
  bins: readonly NumberBin[],
  missing: RangeSet,
  write: (value: number) => string,
): ColourGroup[] {
  const groups = bins.map(({ low, high, ranges }, at): ColourGroup => ({
    label: low === high ? write(low) : t("colours.bin", { low: write(low), high: write(high) }),
    colour: rampColour(bins.length === 1 ? 0.5 : at / (bins.length - 1)),
    ranges,
  }));
  if (!missing.isEmpty && groups.length > 0)
    groups.push({ label: t("colours.none"), colour: OTHER_COLOUR, ranges: missing });
  return groups;
}

/**
 * Numbers in at most seven bins of equal width between the 2nd and 98th percentile, so that one giant does not
 * leave all others in one bin; few distinct numbers get a bin each. NaN is missing.
 */
export function binned(
  values: Float64Array,
  whole = false,
): { bins: NumberBin[]; missing: RangeSet } {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  const missing = where(values, (value) => Number.isNaN(value));
  if (known.length === 0) return { bins: [], missing };
  const distinct = distinctUpTo(known, MOST_BINS + 1);
  if (distinct.length <= MOST_BINS)
    return {
      bins: distinct.map((value) => ({
        low: value,
        high: value,
        ranges: where(values, (each) => each === value),
      })),
      missing,
    };
  const at = (share: number): number => known[Math.round((known.length - 1) * share)] ?? 0;
  const [lowest, highest] = [at(0), at(1)];
  let [from, to] = [at(0.02), at(0.98)];
  if (from === to) [from, to] = [lowest, highest];
  const width = (to - from) / MOST_BINS;
  const edges = Array.from({ length: MOST_BINS - 1 }, (_, edge) => {
    const value = from + width * (edge + 1);
    return whole ? Math.round(value) : value;
  });
  const binOf = (value: number): number => edges.filter((edge) => value >= edge).length;
  const lists: number[][] = Array.from({ length: MOST_BINS }, () => []);
  values.forEach((value, occurrence) => {
    if (!Number.isNaN(value)) lists[binOf(value)]?.push(occurrence);
  });
  const bins = lists.flatMap((list, bin): NumberBin[] => {
    if (list.length === 0) return [];
    const low = bin === 0 ? lowest : (edges[bin - 1] ?? lowest);
    const high = bin === MOST_BINS - 1 ? highest : (edges[bin] ?? highest);
    return [{ low, high, ranges: RangeSet.fromAscending(list) }];
  });
  return { bins, missing };
}

/** A number of a facet with its unit. */
export function formatFacet(facet: NumberFacet, value: number, style: Style): string {
  switch (facet) {
    case "mass":
      return formatMass(value, style);
    case "volume":
      return formatVolume(value, style);
    case "area":
      return formatArea(value, style);
    case "size":
      return formatLength(value, style, { decimals: 1 });
    case "density":
      return `${formatNumber(value)} kg/m³`;
    case "triangles":
      return formatNumber(value);
  }
}

/** A colour of the ramp, 0 to 1. */
export function rampColour(share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (RAMP.length - 1);
  const low = RAMP[Math.floor(place)] ?? [0, 0, 0];
  const high = RAMP[Math.ceil(place)] ?? low;
  const part = place - Math.floor(place);
  return `#${[0, 1, 2]
    .map((at) => {
      const value = (low[at] ?? 0) + ((high[at] ?? 0) - (low[at] ?? 0)) * part;
      return Math.round(value).toString(16).padStart(2, "0");
    })
    .join("")}`;
}

function distinctUpTo(sorted: Float64Array, most: number): number[] {
  const found: number[] = [];
  for (const value of sorted) {
    if (found.at(-1) === value) continue;
    found.push(value);
    if (found.length === most) break;
  }
  return found;
}

function where(values: Float64Array, wanted: (value: number) => boolean): RangeSet {
  const found: number[] = [];
  values.forEach((value, occurrence) => {
    if (wanted(value)) found.push(occurrence);
  });
  return RangeSet.fromAscending(found);
}

function unionOf(sets: readonly RangeSet[]): RangeSet {
  return RangeSet.fromRanges(sets.flatMap((set) => [...set.toJSON()]));
}
