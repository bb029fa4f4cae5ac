import { describe, expect, it, test } from "vitest";
import { parseAngle, parseLength } from "./typed_numbers";
import {
  DISPLAY_UNITS,
  FRACTIONS,
  METRES_PER,
  type NumberStyle,
  USUAL_NUMBERS,
  decimalsOf,
  formatLength,
  hasFractions,
} from "./units";

const near = (text: string, metres: number, locale = "en-GB"): void => {
  const found = parseLength(text, "mm", locale);
  expect(found, text).not.toBeNull();
  expect(found, text).toBeCloseTo(metres, 12);
};

describe("a typed length", () => {
  it("is read with its own unit or the displayed one", () => {
    expect(parseLength("25.4", "mm")).toBeCloseTo(0.0254, 12);
    expect(parseLength("25.4 mm", "in")).toBeCloseTo(0.0254, 12);
    near(" 1 in ", 0.0254);
    near('2"', 0.0508);
    near(".5m", 0.5);
    near("20 µm", 2e-5);
    near("1.5 km", 1500);
    near("10 thou", 0.000254);
    near("3 FEET", 0.9144);
  });

  it("may be in feet, inches and fractions", () => {
    near("1' 2 3/4\"", 0.37465);
    near("1'-2 3/4\"", 0.37465);
    near("1′ 2 3/4″", 0.37465);
    near("1 ft 2 3/4 in", 0.37465);
    near("1' 2", 0.3556);
    near('3/4"', 0.01905);
    near('-1 1/2"', -0.0381);
    near("1 m 20 cm", 1.2);
    expect(parseLength("2 3/8", "in-frac")).toBeCloseTo(0.060325, 12);
  });

  it("follows the language where its marks could mean two things", () => {
    near("1,204.31", 1.20431);
    near("1,204", 1.204);
    near("1.204", 0.001204);
    near("2,5 cm", 0.025);
    near("−3,5", -0.0035);
    near("1.204,31", 1.20431, "de-DE");
    near("1.204", 1.204, "de-DE");
    near("2,5 cm", 0.025, "de-DE");
    near("25.4 mm", 0.0254, "de-DE");
    near("0.125", 0.000125, "de-DE");
    near("1 204,5", 1.2045, "fr-FR");
  });

  it("that is none is null, not zero", () => {
    const wrong = ["", "abc", "1 2", "5 parsec", "1e999", "-", "mm", "1/0 in", "2 in 1 ft"];
    for (const text of [...wrong, "1..2", "1,2,3", "1 mm 2", "9".repeat(40), "1'' 2''"])
      expect(parseLength(text, "mm"), text).toBeNull();
  });

  it("is what was written, in every unit, precision and language", () => {
    for (const locale of ["en-GB", "de-DE", "fr-FR"])
      for (const unit of DISPLAY_UNITS)
        for (let at = 0; at < 40; at += 1) {
          const fraction = FRACTIONS[at % FRACTIONS.length] ?? 16;
          const style: NumberStyle = {
            ...USUAL_NUMBERS,
            unit,
            fraction,
            decimals: at % 2 ? null : at % 7,
          };
          const metres = Math.sin(at * 12.9898) * 10 ** ((at % 9) - 4);
          const text = formatLength(metres, style, { locale });
          const back = parseLength(text, style, locale);
          const step = hasFractions(unit)
            ? 0.0254 / fraction
            : METRES_PER[unit] * 10 ** -decimalsOf(style);
          expect(back, `${text} in ${locale}`).not.toBeNull();
          expect(Math.abs((back ?? NaN) - metres), text).toBeLessThanOrEqual(step * 0.500001);
        }
  });
});

test("a typed angle is read in degrees, minutes, seconds or radians", () => {
  const degrees = (text: string): number => ((parseAngle(text, "mm") ?? NaN) * 180) / Math.PI;
  expect(degrees("45")).toBeCloseTo(45, 12);
  expect(degrees("45°")).toBeCloseTo(45, 12);
  expect(degrees("-12.5 deg")).toBeCloseTo(-12.5, 12);
  expect(degrees("30° 30' 15\"")).toBeCloseTo(30.504166666666666, 12);
  expect(parseAngle("0.5 rad", "mm")).toBe(0.5);
  expect(parseAngle("0.5", { ...USUAL_NUMBERS, unit: "mm", angle: "rad" })).toBe(0.5);
  for (const text of ["", "x", "1 2", "°"]) expect(parseAngle(text, "mm")).toBeNull();
});
