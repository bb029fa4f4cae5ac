import { expect, test } from "vitest";
import { MANIFEST } from "./model_fixture.test-data";
import { cutRowText, cutRows, cutTable, plainUnit } from "./section_table";

const AREAS = {
  plane: "a",
  occurrences: Uint32Array.of(4, 2),
  areas: Float64Array.of(0.002, 0.0005),
  centroids: Float64Array.of(0.1, 0.2, -0.3, 1, 2, 3),
};
const WORDS = {
  nameOf: (o: number) => `Part\t${o}`,
  unit: "mm" as const,
  source: { ...MANIFEST.source, up_axis: "z" as const },
};

test("a table of areas has its units in the head and the file's own axes", () => {
  expect(cutTable(AREAS, WORDS)).toBe(
    "Part\tArea mm²\tCentroid X mm\tCentroid Y mm\tCentroid Z mm\n" +
      "Part 4\t2000\t100\t300\t200\nPart 2\t500\t1000\t-3000\t2000\n",
  );
});

test("fractions of an inch are decimals in tables", () => {
  expect(plainUnit("in-frac")).toBe("in");
  const [, first] = cutTable(AREAS, { ...WORDS, unit: "in-frac" }).split("\n");
  expect(Number(first?.split("\t")[1])).toBeCloseTo(0.002 / 0.0254 ** 2, 6);
});

test("one row says area and centroid with their units", () => {
  const [row] = cutRows(AREAS, 1);
  if (!row) throw new Error("no row");
  expect(cutRowText(row, WORDS)).toBe("Part 4: area 2000 mm², centroid 100, 300, 200 mm");
});
