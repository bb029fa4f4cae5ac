/**
 * Classes of scanned points (ASPRS LAS 1.4 R15, table 17): names and colours. The colours lie far apart in lightness or
 * hue for eyes without red or green cones, too; what the table does not name gets a grey of its own.
 */

import { isMessageKey, t } from "./messages";

/** sRGB `#rrggbb` of the classes that scans have most often; Okabe and Ito's palette, ordered by what one expects. */
const COLOURS: Readonly<Record<number, string>> = {
  0: "#a9aeb4",
  1: "#c3c8ce",
  2: "#a06a32",
  3: "#c9dd6a",
  4: "#5fb65a",
  5: "#006b4e",
  6: "#d55e00",
  7: "#ff2fa0",
  8: "#f7f7f7",
  9: "#0072b2",
  10: "#5b2a86",
  11: "#4a4f57",
  12: "#8c93c9",
  13: "#f0e442",
  14: "#e69f00",
  15: "#b3232b",
  16: "#ffd98a",
  17: "#56b4e9",
  18: "#cc79a7",
  19: "#7a5c8e",
  20: "#6d4a24",
  21: "#e6f3ff",
  22: "#33363b",
};

/** Number of entries of `classPalette`. */
export const CLASSES = 256;

/** Colour of a class, sRGB `#rrggbb`. */
export function classColour(code: number): string {
  const own = COLOURS[code];
  if (own) return own;
  // Users' classes from 64 on: eight steps of grey blue, so that neighbours differ.
  const step = 90 + ((code * 5) % 8) * 18;
  return `#${[step, step + 6, Math.min(255, step + 20)].map((v) => v.toString(16).padStart(2, "0")).join("")}`;
}

/** What a class is called. */
export function className(code: number): string {
  const key = `points.class.${code}`;
  return isMessageKey(key) ? t(key) : t("points.class.other", { code });
}
