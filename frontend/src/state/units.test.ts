import { describe, expect, it, test } from "vitest";
import {
  DISPLAY_UNITS,
  FRACTIONS,
  METRES_PER,
  type NumberStyle,
  USUAL_NUMBERS,
  formatArea,
  formatLength,
  formatTolerance,
  formatValue,
  formatVolume,
  secondStyle,
  styleOf,
  unitOfFile,
} from "./units";

const style = (changes: Partial<NumberStyle>): NumberStyle => ({
  ...USUAL_NUMBERS,
  unit: "mm",
  ...changes,
});

test("a length always has a unit, tabular decimals and a true minus sign", () => {
  expect(formatLength(0.0254, "mm")).toBe("25.40 mm");
  expect(formatLength(0.0254, "in")).toBe("1.0000 in");
  expect(formatLength(-0.08802, "mm")).toBe("−88.02 mm");
  expect(formatLength(1.20431, "mm")).toBe("1,204.31 mm");
  expect(formatLength(0.00002, "um")).toBe("20 µm");
  expect(formatLength(1500, "km")).toBe("1.500000 km");
});

test("no unit ever prints a bare number or a hyphen for a minus", () => {
  for (const unit of DISPLAY_UNITS)
    for (const metres of [0, 1e-9, -0.3, 12.3456, -1e4])
      for (const write of [formatLength, formatArea, formatVolume]) {
        const text = write(metres, unit);
        expect(text).toMatch(/(µm|mm|cm|m|km|in|ft|″)[²³]?$/);
        expect(text).not.toContain("-");
      }
});

test("what rounds to zero has no sign", () => {
  expect(formatLength(-1e-9, "mm")).toBe("0.00 mm");
  expect(formatLength(-1e-9, "ft-in")).toBe("0″");
  expect(formatLength(-1e-9, "in-frac")).toBe("0 in");
});

test("decimals are the person's choice", () => {
  expect(formatLength(0.0254, style({ decimals: 0 }))).toBe("25 mm");
  expect(formatLength(0.004, style({ decimals: 3 }))).toBe("4.000 mm");
  expect(formatLength(0.004, style({ decimals: 6 }))).toBe("4.000000 mm");
});

test("numbers follow the language's marks", () => {
  expect(formatLength(1.20431, "mm", { locale: "de-DE" })).toBe("1.204,31 mm");
  expect(formatArea(0.0001, "mm", "de-DE")).toBe("100,0 mm²");
});

test("a length from a mesh says so, with its tolerance and its cause", () => {
  expect(formatLength(0.02537, "mm", { exact: false })).toBe("≈ 25.37 mm");
  expect(formatLength(0.02537, "mm", { exact: false, tolerance: 5e-5, cause: "mesh" })).toBe(
    "≈ 25.37 mm ±0.05 mesh",
  );
  expect(formatLength(0.02537, "mm", { exact: true, tolerance: 5e-5, cause: "mesh" })).toBe(
    "25.37 mm",
  );
});

test("a tolerance never promises more than it keeps", () => {
  expect(formatTolerance(0.05)).toBe("0.05");
  expect(formatTolerance(0.051)).toBe("0.06");
  expect(formatTolerance(0.0994)).toBe("0.10");
  expect(formatTolerance(0.3)).toBe("0.3");
  expect(formatTolerance(12)).toBe("20");
  for (let at = 0; at < 200; at += 1) {
    const value = 10 ** (-8 + at / 20);
    expect(Number(formatTolerance(value).replaceAll(",", ""))).toBeGreaterThanOrEqual(
      value * (1 - 1e-8),
    );
  }
});

describe("fractions of an inch", () => {
  it("are reduced, mixed, and carried into the next inch and foot", () => {
    const inches = (value: number, fraction: NumberStyle["fraction"] = 16): string =>
      formatLength(value * 0.0254, style({ unit: "in-frac", fraction }));
    expect(inches(1.1875)).toBe("1 3/16 in");
    expect(inches(0.5)).toBe("1/2 in");
    expect(inches(0.99)).toBe("1 in");
    expect(inches(-2.25)).toBe("−2 1/4 in");
    expect(inches(0.015625, 64)).toBe("1/64 in");
    expect(inches(0.3, 2)).toBe("1/2 in");
    const feet = (value: number): string => formatLength(value * 0.0254, "ft-in");
    expect(feet(14.75)).toBe("1′ 2 3/4″");
    expect(feet(11.99)).toBe("1′ 0″");
    expect(feet(-14.75)).toBe("−1′ 2 3/4″");
    expect(feet(0.75)).toBe("3/4″");
    expect(feet(12_000 * 12)).toBe("12,000′ 0″");
  });

  it("are at most half a fraction off", () => {
    for (const fraction of FRACTIONS)
      for (let at = 0; at < 50; at += 1) {
        const metres = Math.sin(at * 7.31) * 3;
        const text = formatValue(metres, style({ unit: "in-frac", fraction }));
        const [, sign, whole, above, below] =
          /^(−?)([\d,]+)?(?: ?(\d+)\/(\d+))?$/.exec(text.replace(/^(−?)(\d+\/)/, "$10 $2")) ?? [];
        const value =
          Number((whole ?? "0").replaceAll(",", "")) + Number(above ?? 0) / Number(below ?? 1);
        const back = (sign ? -1 : 1) * value * 0.0254;
        expect(Math.abs(back - metres), text).toBeLessThanOrEqual(0.0127 / fraction + 1e-12);
      }
  });
});

test("areas and volumes scale with the unit's powers and show four digits that count", () => {
  expect(formatArea(0.0001, "mm")).toBe("100.0 mm²");
  expect(formatVolume(0.000001, "cm")).toBe("1.000 cm³");
  expect(formatVolume(1.2345e-5, "m")).toBe("0.00001235 m³");
  expect(formatArea(0.00064516, "in-frac")).toBe("1.000 in²");
  expect(formatArea(0.09290304, "ft-in")).toBe("1.000 ft²");
  expect(formatArea(0.0001, "mm", { exact: false, tolerance: 2e-7, cause: "mesh" })).toBe(
    "≈ 100.0 mm² ±0.2 mesh",
  );
});

test("the second unit is of the other system, unless the person says which", () => {
  expect(formatLength(0.0254, secondStyle(styleOf("mm")))).toBe("1.000 in");
  expect(formatLength(0.0254, secondStyle(styleOf("in-frac")))).toBe("25.40 mm");
  expect(formatLength(0.0254, secondStyle(style({ second: "cm" })))).toBe("2.540 cm");
});

test("a file without a unit is shown in millimetres", () => {
  expect(unitOfFile("in")).toBe("in");
  expect(unitOfFile(null)).toBe("mm");
  expect(unitOfFile("parsec")).toBe("mm");
});

test("units of feet are those of their inches", () => {
  expect(METRES_PER.ft).toBeCloseTo(12 * METRES_PER.in, 15);
});
