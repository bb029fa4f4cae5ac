/** The cut of one plane as a drawing: outlines part by part, in units, ready to be written as a file. */

import type { Structure } from "../../state/model";
import type { PlainUnit } from "../../state/section_table";
import { METRES_PER } from "../../state/units";
import type { Outline } from "./clip_region";
import type { PartCut } from "./outlines";

/** One part of a drawing. */
export interface DrawnPart {
  readonly name: string;
  /** Part number of the model: what shares a layer. */
  readonly part: number;
  /** sRGB `#rrggbb`. */
  readonly colour: string;
  /** Number of a hatch of `hatch.ts`. */
  readonly hatch: number;
  /** In units, x to the right, y up; material on the left. */
  readonly outlines: readonly Outline[];
  /** Runs that do not close. */
  readonly open: readonly Outline[];
}

/** A drawing 1:1. */
export interface Drawing {
  readonly title: string;
  readonly unit: PlainUnit;
  readonly parts: readonly DrawnPart[];
  /** Smallest and largest x and y, in units. */
  readonly box: readonly [x0: number, y0: number, x1: number, y1: number];
  /** What the outlines are worth, in words. */
  readonly note: string;
}

/** Brings cuts into a drawing; null when nothing was cut. colours: per occurrence and palette index, `#rrggbb…`. */
export function drawingOf(
  cuts: Iterable<PartCut>,
  structure: Structure,
  colours: { readonly palette: readonly string[] },
  words: { readonly title: string; readonly note: string; readonly unit: PlainUnit },
): Drawing | null {
  const perUnit = METRES_PER[words.unit];
  const scaled = (outlines: readonly Outline[]): Outline[] =>
    outlines.map((outline) => outline.map((value) => value / perUnit));
  const parts: DrawnPart[] = [];
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { occurrence, material, hatch, outlines, open } of cuts) {
    const row = structure.rowOfOccurrence(occurrence);
    const own = material > 0 ? colours.palette[material] : undefined;
    const part: DrawnPart = {
      name: structure.name(row),
      part: structure.partNumber(row),
      colour: (own ?? structure.colour(row)).slice(0, 7).toLowerCase(),
      hatch,
      outlines: scaled(outlines),
      open: scaled(open),
    };
    for (const outline of [...part.outlines, ...part.open])
      for (let i = 0; i < outline.length; i += 2) {
        const [x, y] = [outline[i] ?? 0, outline[i + 1] ?? 0];
        x0 = Math.min(x0, x);
        x1 = Math.max(x1, x);
        y0 = Math.min(y0, y);
        y1 = Math.max(y1, y);
      }
    parts.push(part);
  }
  if (parts.length === 0) return null;
  return { ...words, parts, box: [x0, y0, x1, y1] };
}

/** Numbers as files want them: plain, with as many digits as a tenth of a micrometre needs. */
export function plainNumber(value: number, unit: PlainUnit): string {
  const decimals = Math.max(0, Math.ceil(Math.log10(METRES_PER[unit] / 1e-7)));
  const text = value.toFixed(decimals);
  const short = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  return short === "-0" || short === "" ? "0" : short;
}
