import { describe, expect, it } from "vitest";
import { tidy } from "./section";

describe("a section from a face", () => {
  it("has an axis' exact normal when the face is square to it but for noise", () => {
    expect(tidy([1e-8, -0.9999999, 2e-8])).toEqual([0, -1, 0]);
  });

  it("keeps the normal of a slanted face, as a unit vector", () => {
    tidy([3, 4, 0]).forEach((value, axis) =>
      expect(value).toBeCloseTo([0.6, 0.8, 0][axis] ?? 0, 12),
    );
  });
});
