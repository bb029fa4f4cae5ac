import { expect, test } from "vitest";
import { cutOut, possibleScale } from "./snapshot";

const pixels = (...rgba: number[]): ImageData =>
  ({ data: Uint8ClampedArray.from(rgba), width: rgba.length / 4, height: 1 }) as ImageData;

test("a pixel that is the same over black and white is opaque, one that is the background is not there", () => {
  const black = pixels(10, 20, 30, 255, 0, 0, 0, 255);
  const white = pixels(10, 20, 30, 255, 255, 255, 255, 255);
  expect([...cutOut(black, white).data]).toEqual([10, 20, 30, 255, 0, 0, 0, 0]);
});

test("half of the background shining through is half an alpha, and the colour is the model's own", () => {
  // A red of 200 at alpha 0.5: over black 100, over white 100 + 127.5.
  const result = cutOut(pixels(100, 0, 0, 255), pixels(228, 128, 128, 255)).data;
  expect(result[3]).toBe(127);
  expect(result[0]).toBeCloseTo(200, -1);
  expect(result[1]).toBe(0);
});

test("a picture never asks for more pixels on a side than can be drawn", () => {
  expect(possibleScale(4, 900, 600)).toBe(4);
  expect(possibleScale(4, 4096, 600)).toBe(2);
  expect(possibleScale(2, 900, 600, 900)).toBe(1);
});
