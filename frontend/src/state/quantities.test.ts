import { expect, test } from "vitest";
import { formatAngle, formatMass, fullLength, fullNumber, inUnit } from "./quantities";
import { type NumberStyle, USUAL_NUMBERS } from "./units";

const style = (changes: Partial<NumberStyle>): NumberStyle => ({
  ...USUAL_NUMBERS,
  unit: "mm",
  ...changes,
});
const DEGREE = Math.PI / 180;

test("angles are in degrees, minutes and seconds, or radians", () => {
  expect(formatAngle(45 * DEGREE, "mm")).toBe("45.00°");
  expect(formatAngle(-0.5 * DEGREE, "mm")).toBe("−0.50°");
  expect(formatAngle(Math.PI / 4, style({ angle: "rad" }))).toBe("0.7854 rad");
  expect(formatAngle(30.504166 * DEGREE, style({ angle: "dms" }))).toBe("30° 30′ 15″");
  expect(formatAngle(59.99999 * DEGREE, style({ angle: "dms" }))).toBe("60° 00′ 00″");
});

test("an angle of a mesh says so", () => {
  const near = { exact: false, tolerance: 0.2 * DEGREE, cause: "mesh" };
  expect(formatAngle(45 * DEGREE, "mm", near)).toBe("≈ 45.00° ±0.2 mesh");
  expect(formatAngle(45 * DEGREE, style({ angle: "dms" }), near)).toBe("≈ 45° 00′ 00″ ±0.2° mesh");
});

test("a mass is in a unit that fits its size and the person's system", () => {
  expect(formatMass(0.00785, "mm")).toBe("7.850 g");
  expect(formatMass(12.4, "mm")).toBe("12.40 kg");
  expect(formatMass(12_400, "mm")).toBe("12.40 t");
  expect(formatMass(0.45359237, "in")).toBe("1.000 lb");
  expect(formatMass(2, style({ mass: "g" }))).toBe("2,000 g");
});

test("full precision keeps every digit that counts and no noise of doubles", () => {
  expect(fullNumber(0.1 + 0.2)).toBe("0.3");
  expect(fullNumber(-0)).toBe("0");
  expect(fullLength(0.02540000123456, "mm", 1, "en-GB")).toBe("25.40000123456 mm");
  expect(fullLength(-1.2345678, "mm", 1, "de-DE")).toBe("-1234,5678 mm");
  expect(fullLength(0.0254, "ft-in", 1, "en-GB")).toBe("1 in");
  expect(fullLength(1e-6, "mm", 3, "en-GB")).toBe("1000 mm³");
});

test("a value in a unit goes back to the same metres", () => {
  for (let at = 1; at < 100; at += 1) {
    const metres = Math.exp(Math.sin(at) * 9);
    const { value } = inUnit(metres, "in");
    expect(value * 0.0254).toBeCloseTo(metres, 9);
  }
});
