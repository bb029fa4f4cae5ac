/** The areas of a cut as text: for the clipboard, in full precision with its units. */

import type { SectionAreas } from "./areas/sectioning";
import { t } from "./messages";
import { joinNumbers, withDecimalMark } from "./number_marks";
import { type Manifest, type Vec3, toFileAxes } from "./model";
import { type DisplayUnit, METRES_PER } from "./units";

/** Units that drawings and tables use: fractions and feet with inches are written as decimals. */
export type PlainUnit = "um" | "mm" | "cm" | "m" | "km" | "in" | "ft";

/** One part's cut. */
export interface CutRow {
  readonly occurrence: number;
  /** Square metres. */
  readonly area: number;
  /** Absolute metres, y up. */
  readonly centroid: Vec3;
}

export function plainUnit(unit: DisplayUnit): PlainUnit {
  if (unit === "in-frac") return "in";
  return unit === "ft-in" ? "ft" : unit;
}

/** The first rows of a plane's areas. */
export function cutRows({ occurrences, areas, centroids }: SectionAreas, most: number): CutRow[] {
  return Array.from(occurrences.subarray(0, most), (occurrence, i) => ({
    occurrence,
    area: areas[i] ?? 0,
    centroid: [centroids[i * 3] ?? 0, centroids[i * 3 + 1] ?? 0, centroids[i * 3 + 2] ?? 0],
  }));
}

/** Names of parts, the unit of the numbers and the axes of the coordinates. */
export interface TableWords {
  readonly nameOf: (occurrence: number) => string;
  readonly unit: DisplayUnit;
  readonly source: Manifest["source"];
}

/** All rows of a plane with tabs between the columns, as spreadsheets paste it. */
export function cutTable(areas: SectionAreas, words: TableWords): string {
  const unit = plainUnit(words.unit);
  const head = [
    t("section.part"),
    `${t("section.area")} ${unit}²`,
    ...["X", "Y", "Z"].map((axis) => `${t("section.centroid")} ${axis} ${unit}`),
  ];
  const rows = cutRows(areas, areas.areas.length).map((row) => cutRow(row, words));
  return [head, ...rows].map((cells) => `${cells.join("\t")}\n`).join("");
}

function cutRow({ occurrence, area, centroid }: CutRow, words: TableWords): string[] {
  const perUnit = METRES_PER[plainUnit(words.unit)];
  const number = (value: number): string => withDecimalMark(String(Number(value.toPrecision(9))));
  return [
    words.nameOf(occurrence).replaceAll(/[\t\r\n]+/g, " "),
    number(area / perUnit ** 2),
    ...toFileAxes(centroid, words.source).map((value) => number(value / perUnit)),
  ];
}

/** One row as a sentence that can stand in a message. */
export function cutRowText(row: CutRow, words: TableWords): string {
  const unit = plainUnit(words.unit);
  const [name = "", area = "", ...centroid] = cutRow(row, words);
  return t("section.rowText", {
    name,
    area: `${area} ${unit}²`,
    centroid: joinNumbers(centroid),
    unit,
  });
}
