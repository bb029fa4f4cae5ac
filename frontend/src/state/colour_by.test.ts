import { expect, test } from "vitest";
import {
  WORD_COLOURS,
  binned,
  colourBins,
  colourWords,
  colouringOf,
  rampColour,
} from "./colour_by";
import { skid } from "./model_fixture.test-data";
import { RangeSet } from "./ranges";

test("parts are coloured by a word, the most frequent first, each part once", () => {
  const found = colouringOf(skid(), "part", "mm");
  expect(found?.groups.map(({ label, ranges }) => [label, ranges.toJSON()])).toEqual([
    ["Beam", [[0, 1]]],
    ["Valve", [[2, 2]]],
    ["Cover", [[3, 3]]],
  ]);
});

test("beyond twelve words the rest is one group", () => {
  const words = Array.from({ length: 20 }, (_, at) => ({
    label: `W${at}`,
    ranges: RangeSet.span(at * 10, at * 10 + 9 - (at % 3)),
  }));
  const groups = colourWords([...words, { label: "", ranges: RangeSet.of(999) }]);
  expect(groups).toHaveLength(14);
  expect(groups[12]?.label).toBe("8 others");
  expect(groups[13]?.ranges.toJSON()).toEqual([[999, 999]]);
  expect(new Set(groups.slice(0, 12).map(({ colour }) => colour)).size).toBe(12);
});

test("numbers fall into bins that hold every part once, and one giant hides nobody", () => {
  const values = Float64Array.from({ length: 1000 }, (_, at) => (at === 999 ? 1e6 : at / 10));
  values[0] = NaN;
  const { bins, missing } = binned(values);
  expect(missing.toJSON()).toEqual([[0, 0]]);
  expect(bins.reduce((sum, { ranges }) => sum + ranges.size, 0)).toBe(999);
  expect(bins.length).toBeGreaterThan(4);
  const groups = colourBins(bins, missing, (value) => `${value.toFixed(1)} kg`);
  expect(groups[0]?.label).toMatch(/^0\.1 kg to \d+\.\d kg$/);
});

test("few different numbers get a bin each", () => {
  const { bins } = binned(Float64Array.of(3, 1, 3, 2));
  expect(bins.map(({ low, ranges }) => [low, ranges.toJSON()])).toEqual([
    [1, [[1, 1]]],
    [2, [[3, 3]]],
    [
      3,
      [
        [0, 0],
        [2, 2],
      ],
    ],
  ]);
});

/** Relative luminance (WCAG 2.2). */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

test("the ramp only grows lighter, so that it reads without colour vision", () => {
  const steps = Array.from({ length: 21 }, (_, at) => luminance(rampColour(at / 20)));
  for (let at = 1; at < steps.length; at += 1)
    expect(steps[at]).toBeGreaterThan(steps[at - 1] ?? 1);
});

test("a model without masses is not coloured by mass, and unknown properties not at all", () => {
  expect(colouringOf(skid(), "mass", "mm")?.groups).toEqual([]);
  expect(colouringOf(skid(), "Pset/Grade", "mm")).toBeNull();
  expect(WORD_COLOURS).toHaveLength(12);
});
