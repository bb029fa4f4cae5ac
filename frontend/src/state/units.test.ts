import { expect, test } from "vitest";
import { formatArea, formatLength, formatVolume, parseLength, unitOfFile } from "./units";

test("a length always has a unit, tabular decimals and a true minus sign", () => {
  expect(formatLength(0.0254, "mm")).toBe("25.40 mm");
  expect(formatLength(0.0254, "in")).toBe("1.0000 in");
  expect(formatLength(-0.08802, "mm")).toBe("−88.02 mm");
  expect(formatLength(1.20431, "mm")).toBe("1,204.31 mm");
});

test("what rounds to zero has no sign", () => {
  expect(formatLength(-1e-9, "mm")).toBe("0.00 mm");
});

test("an inexact length says so", () => {
  expect(formatLength(0.02537, "mm", { exact: false })).toBe("≈ 25.37 mm");
});

test("areas and volumes scale with the unit's powers", () => {
  expect(formatArea(0.0001, "mm")).toBe("100.0 mm²");
  expect(formatVolume(0.000001, "cm")).toBe("1.0 cm³");
});

test("a typed length is read with its own unit or the displayed one", () => {
  expect(parseLength("25.4", "mm")).toBeCloseTo(0.0254, 12);
  expect(parseLength("25.4 mm", "in")).toBeCloseTo(0.0254, 12);
  expect(parseLength(" 1 in ", "mm")).toBeCloseTo(0.0254, 12);
  expect(parseLength('2"', "mm")).toBeCloseTo(0.0508, 12);
  expect(parseLength("−3,5", "mm")).toBeCloseTo(-0.0035, 12);
  expect(parseLength(".5m", "mm")).toBeCloseTo(0.5, 12);
});

test("what is no length is null, not zero", () => {
  for (const text of ["", "abc", "1 2", "5 parsec", "1e999"])
    expect(parseLength(text, "mm")).toBeNull();
});

test("a file without a unit is shown in millimetres", () => {
  expect(unitOfFile("in")).toBe("in");
  expect(unitOfFile(null)).toBe("mm");
  expect(unitOfFile("parsec")).toBe("mm");
});
