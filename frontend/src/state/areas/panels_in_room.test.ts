import { describe, expect, it } from "vitest";
import { readTextScale } from "./panels_in_room";

describe("the size of letters in a headset", () => {
  it.each([
    ["1.2", 1.2],
    [0.1, 0.8],
    [9, 1.6],
    [null, 1],
    ["", 1],
    [Number.NaN, 1],
  ])("reads %s as %s", (kept, share) => {
    expect(readTextScale(kept)).toBe(share);
  });
});
