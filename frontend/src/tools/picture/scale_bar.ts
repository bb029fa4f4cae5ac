/** The scale bar of a picture: a round length in the unit of the person, at most a quarter of the picture wide. */

import { formatNumber } from "../../state/messages";
import { type DisplayUnit, METRES_PER } from "../../state/units";
import type { Shape } from "./shapes";

/** How lengths are written on the bar: fractions make no round numbers. */
const SYMBOLS: Readonly<Record<DisplayUnit, string>> = {
  um: "µm",
  mm: "mm",
  cm: "cm",
  m: "m",
  km: "km",
  in: "in",
  "in-frac": "in",
  ft: "ft",
  "ft-in": "in",
};
const MARGIN = 16;
const HEIGHT = 6;
const WIDEST = 0.25;

/** The longest of 1, 2, 5 times a power of ten, in the unit, that fits; metres. */
export function roundLength(longest_m: number, unit: DisplayUnit): number {
  const metres = METRES_PER[unit];
  const decade = 10 ** Math.floor(Math.log10(longest_m / metres));
  const lead = longest_m / metres / decade;
  return (lead >= 5 ? 5 : lead >= 2 ? 2 : 1) * decade * metres;
}

export interface ScaleBar {
  readonly metres: number;
  readonly pixels: number;
  readonly text: string;
}

/** metresPerPixel: at the middle of what is looked at; exact: everywhere, as in an orthographic picture. */
export function scaleBar(
  metresPerPixel: number,
  width: number,
  unit: DisplayUnit,
  exact: boolean,
): ScaleBar | null {
  if (!(metresPerPixel > 0) || width < 80) return null;
  const metres = roundLength(metresPerPixel * width * WIDEST, unit);
  return {
    metres,
    pixels: metres / metresPerPixel,
    text: `${exact ? "" : "≈ "}${formatNumber(metres / METRES_PER[unit])} ${SYMBOLS[unit]}`,
  };
}

/** The bar in the lower left corner, above whatever stands there. */
export function scaleBarShapes(
  bar: ScaleBar,
  height: number,
  ink: string,
  paper: string,
  family: string,
): Shape[] {
  const y = height - MARGIN - HEIGHT;
  const box = { kind: "box", y, height: HEIGHT, radius: 0, opacity: 1 } as const;
  const plain = { stroke: "none", strokeWidth: 0 } as const;
  return [
    {
      ...box,
      ...plain,
      x: MARGIN - 2,
      y: y - 2,
      height: HEIGHT + 4,
      width: bar.pixels + 4,
      fill: paper,
    },
    { ...box, x: MARGIN, width: bar.pixels, fill: paper, stroke: ink, strokeWidth: 1 },
    { ...box, ...plain, x: MARGIN, width: bar.pixels / 2, fill: ink },
    {
      kind: "text",
      text: bar.text,
      x: MARGIN,
      y: y - 7,
      angle: 0,
      size: 12,
      weight: "600",
      family,
      fill: ink,
      opacity: 1,
    },
  ];
}
