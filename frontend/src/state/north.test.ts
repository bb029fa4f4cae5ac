import { expect, test } from "vitest";
import { northOf } from "./north";

const close = (found: readonly number[] | null, wanted: readonly number[]): void =>
  wanted.forEach((value, axis) => expect(found?.[axis]).toBeCloseTo(value, 9));

test("true north is turned from -z, counter-clockwise seen from above", () => {
  close(northOf({ georeference: { true_north_rad: 0 } }), [0, 0, -1]);
  close(northOf({ georeference: { true_north_rad: Math.PI / 2 } }), [-1, 0, 0]);
});

test("without it north is where the map's northing grows", () => {
  close(northOf({ georeference: { x_axis_abscissa: 1, x_axis_ordinate: 0 } }), [0, 0, -1]);
  close(northOf({ georeference: { x_axis_abscissa: 0, x_axis_ordinate: 1 } }), [1, 0, 0]);
});

test("a model that does not say has none", () => {
  expect(northOf(null)).toBeNull();
  expect(northOf({})).toBeNull();
  expect(northOf({ georeference: { latitude: 49.1 } })).toBeNull();
});
