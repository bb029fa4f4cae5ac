import { expect, test } from "vitest";
import { colouringOfValues, formatAmount, propertyTitle } from "./values";

test("numbers of the server are shown in the person's unit", () => {
  expect(formatAmount(0.24, "m", "mm")).toBe("240.00 mm");
  expect(formatAmount(1600000, "Pa", "mm")).toBe("1,600,000 Pa");
  expect(formatAmount(3, "", "mm")).toBe("3");
  expect(formatAmount(12, "kg", "mm")).toMatch(/kg$/);
});

test("values become groups of one colour each, those without a value included", () => {
  const words = colouringOfValues(
    "FireRating",
    "Pset/FireRating",
    {
      kind: "text",
      unit: "",
      items: [
        { label: "F90", low: null, high: null, count: 2, ranges: [[0, 1]] },
        { label: "F30", low: null, high: null, count: 1, ranges: [[2, 2]] },
      ],
      missing: [[3, 9]],
      more: false,
    },
    "mm",
  );
  expect(words?.groups.map(({ label, ranges }) => [label, ranges.size])).toEqual([
    ["F90", 2],
    ["F30", 1],
    ["No value", 7],
  ]);
  const numbers = colouringOfValues(
    "Width",
    "Width",
    {
      kind: "number",
      unit: "m",
      items: [
        { label: "", low: 0.1, high: 0.2, count: 1, ranges: [[0, 0]] },
        { label: "", low: 0.3, high: 0.3, count: 1, ranges: [[1, 1]] },
      ],
      missing: [],
      more: false,
    },
    "mm",
  );
  expect(numbers?.groups.map(({ label }) => label)).toEqual([
    "100.00 mm to 200.00 mm",
    "300.00 mm",
  ]);
  const none = { kind: "text", unit: "", items: [], missing: [[0, 9]], more: false } as const;
  expect(colouringOfValues("X", "X", none, "mm")).toBeNull();
  expect(propertyTitle("Pset_WallCommon/FireRating")).toBe("FireRating");
});
