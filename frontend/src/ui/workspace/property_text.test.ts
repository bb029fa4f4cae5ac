import { afterEach, expect, test } from "vitest";
import { speak } from "../../state/messages";
import { de } from "../../state/messages/de";
import { en } from "../../state/messages/en";
import { propertyName, propertyNumber } from "./property_text";

afterEach(() => speak("en", en));

test("our own names are spelled out with their unit, a file's stay", () => {
  expect(propertyName("volume_m3")).toBe("Volume (m³)");
  expect(propertyName("centroid_x_m")).toBe("Centroid x (m)");
  expect(propertyName("density_kg_m3")).toBe("Density (kg/m³)");
  expect(propertyName("product")).toBe("Product");
  expect(propertyName("FireRating")).toBe("FireRating");
  expect(propertyName("Modeled By")).toBe("Modeled By");
});

test("numbers keep six digits whatever their size", () => {
  expect(propertyNumber(0)).toBe("0");
  expect(propertyNumber(1821)).toBe("1,821");
  expect(propertyNumber(0.0079346123)).toBe("0.00793461");
  expect(propertyNumber(1.70367e-5)).toBe("1.70367 × 10⁻⁵");
  expect(propertyNumber(-2.5e12)).toBe("−2.5 × 10¹²");
  expect(propertyNumber(90.123456789)).toBe("90.1235");
  expect(propertyNumber(NaN)).toBe("–");
});

test("numbers of a file are written as the language does", () => {
  speak("de", de);
  expect(propertyNumber(1821)).toBe("1.821");
  expect(propertyNumber(90.123456789)).toBe("90,1235");
  expect(propertyNumber(1.70367e-5)).toBe("1,70367 × 10⁻⁵");
});
