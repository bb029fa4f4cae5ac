import { describe, expect, it } from "vitest";
import { FULL_QUALITY, LEAST_DETAIL, lowerQuality, readQuality, type Quality } from "./rendering";

describe("the quality of the picture", () => {
  it("halves when it is lowered and never vanishes", () => {
    let quality: Quality = { detail: 1, memoryBytes: 5 };
    quality = lowerQuality(quality);
    expect(quality).toEqual({ detail: 0.5, memoryBytes: 5 });
    for (let i = 0; i < 20; i += 1) quality = lowerQuality(quality);
    expect(quality.detail).toBe(LEAST_DETAIL);
  });

  it("is full after anything that is no quality was kept", () => {
    for (const value of [null, 3, "x", {}, { detail: "much" }, { detail: NaN, memoryBytes: -1 }])
      expect(readQuality(value)).toEqual(FULL_QUALITY);
    expect(readQuality({ detail: 9, memoryBytes: 1e6 })).toEqual({ detail: 1, memoryBytes: 1e6 });
  });
});
