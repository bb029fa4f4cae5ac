/** Values of a property as the page shows them: numbers with their unit in the person's choice, and colourings. */

import type { PropertyValues } from "../../../api/parts";
import type { Colouring } from "../../../state/areas/colouring";
import { colourBins, colourWords } from "../../../state/colour_by";
import { formatNumber } from "../../../state/messages";
import { formatMass } from "../../../state/quantities";
import { RangeSet } from "../../../state/ranges";
import { type Style, formatArea, formatLength, formatVolume } from "../../../state/units";

/** Bins of a legend of numbers. */
export const LEGEND_BINS = 7;

/** An SI number of the server with a unit that people read. */
export function formatAmount(value: number, unit: string, style: Style): string {
  switch (unit) {
    case "m":
      return formatLength(value, style);
    case "m²":
      return formatArea(value, style);
    case "m³":
      return formatVolume(value, style);
    case "kg":
      return formatMass(value, style);
    default: {
      const rounded = Number(value.toPrecision(6));
      return unit ? `${formatNumber(rounded)} ${unit}` : formatNumber(rounded);
    }
  }
}

/** A colouring by the values of a property of the file; null when nothing has a value. */
export function colouringOfValues(
  title: string,
  property: string,
  values: PropertyValues,
  style: Style,
): Colouring | null {
  const missing = RangeSet.parse(values.missing);
  const groups =
    values.kind === "number"
      ? colourBins(
          values.items.map(({ low, high, ranges }) => ({
            low: low ?? 0,
            high: high ?? 0,
            ranges: RangeSet.parse(ranges),
          })),
          missing,
          (value) => formatAmount(value, values.unit, style),
        )
      : colourWords([
          ...values.items.map(({ label, ranges }) => ({ label, ranges: RangeSet.parse(ranges) })),
          { label: "", ranges: missing },
        ]);
  return groups.length > 0 ? { title, property, groups } : null;
}

/** `Pset_WallCommon/FireRating` → FireRating. */
export function propertyTitle(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}
