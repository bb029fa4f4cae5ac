import { expect, test } from "vitest";
import { MEASURE_KINDS } from "./areas/measuring";
import { detailsOf, fullText, measureTable, secondText, valueText } from "./measure_text";
import { measurement } from "./measures.test-data";
import { type NumberStyle, USUAL_NUMBERS } from "./units";

const MM: NumberStyle = { ...USUAL_NUMBERS, unit: "mm" };

test("an exact value stands alone, one of a mesh with ≈ and its tolerance", () => {
  expect(valueText(measurement(), MM)).toBe("25.40 mm");
  const near = measurement({ exact: false, tolerance: 5e-5, mesh: true });
  expect(valueText(near, MM)).toBe("≈ 25.40 mm ±0.05 mesh");
  expect(fullText({ ...near, value: 0.0253712345 }, MM)).toBe("≈ 25.3712345 mm ±0.05 mesh");
});

test("every kind is written with a unit", () => {
  for (const kind of MEASURE_KINDS) {
    const reading = measurement({ kind, value: 0.5, components: [0.1, -0.2, 0.3] });
    for (const text of [valueText(reading, MM), fullText(reading, MM)])
      expect(text, kind).toMatch(/(mm[²³]?|°)$/);
  }
});

test("a bore is written by its diameter, or its radius", () => {
  const bore = measurement({ kind: "radius", mode: "diameter", value: 0.008 });
  expect(valueText(bore, { ...MM, decimals: 3 })).toBe("⌀ 8.000 mm");
  expect(valueText({ ...bore, mode: "radius", value: 0.004 }, MM)).toBe("R 4.00 mm");
});

test("the second unit is beneath, but not of angles", () => {
  expect(secondText(measurement(), MM)).toBe("1.000 in");
  expect(secondText(measurement({ kind: "angle" }), MM)).toBeNull();
  const near = measurement({ exact: false, tolerance: 5e-5, mesh: true });
  expect(secondText(near, MM)).toBe("≈ 1.000 in");
});

test("a distance has its components, a box its sizes", () => {
  const details = detailsOf(measurement({ components: [0.003, -0.004, 0] }), MM);
  expect(details).toEqual([
    { name: "ΔX", text: "3.00 mm" },
    { name: "ΔY", text: "−4.00 mm" },
    { name: "ΔZ", text: "0.00 mm" },
  ]);
  const box = measurement({ kind: "box", mode: "plain", components: [0.01, 0.02, 0.02] });
  expect(valueText({ ...box, value: 0.03 }, MM)).toBe("10.00 × 20.00 × 20.00 mm");
  expect(detailsOf({ ...box, value: 0.03 }, MM).at(-1)).toEqual({
    name: "Diagonal",
    text: "30.00 mm",
  });
});

test("the table has full precision and a unit in each row", () => {
  const table = measureTable(
    [
      measurement({ value: 0.0253712345678, components: [0.0253712345678, 0, -0.001] }),
      measurement({
        name: 'He said "9"',
        kind: "angle",
        mode: "inner",
        value: Math.PI / 3,
        components: [],
        exact: false,
        tolerance: Math.PI / 1800,
      }),
    ],
    MM,
    "csv",
  );
  expect(table.split("\r\n")).toEqual([
    "Name,Kind,Value,Unit,X,Y,Z,Exact,Tolerance",
    "Distance 1,Points,25.3712345678,mm,25.3712345678,0,-1,yes,",
    '"He said ""9""",Angle,60,°,,,,≈,0.1',
    "",
  ]);
});

test("no cell of a table is a formula or breaks the row", () => {
  const table = measureTable([measurement({ name: "=1+1\tx\ny" })], MM, "tsv");
  expect(table.split("\n")).toHaveLength(3);
  expect(table).toContain("\n'=1+1 x y\t");
});
