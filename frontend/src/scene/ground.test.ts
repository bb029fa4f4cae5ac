import { describe, expect, it } from "vitest";
import { gridStep } from "./ground";

describe("the grid", () => {
  it("has a round distance between lines, about a tenth of the model", () => {
    expect(gridStep(0.5)).toBeCloseTo(0.05);
    expect(gridStep(1)).toBeCloseTo(0.1);
    expect(gridStep(3)).toBeCloseTo(0.5);
    expect(gridStep(120)).toBeCloseTo(10);
    for (let size = 0.001; size < 1000; size *= 1.37) {
      const lines = size / gridStep(size);
      expect(lines).toBeGreaterThan(3.5);
      expect(lines).toBeLessThan(13);
    }
  });
});
