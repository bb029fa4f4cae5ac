import { describe, expect, it } from "vitest";
import { HEAT_RAMP, heatGradient, heatReach } from "./heat_ramp";

describe("the ramp of displacements", () => {
  it.each(["light", "dark"] as const)("has five colours from inwards to outwards, %s", (theme) => {
    expect(new Set(HEAT_RAMP[theme]).size).toBe(5);
    for (const colour of HEAT_RAMP[theme]) expect(colour).toMatch(/^#[0-9a-f]{6}$/);
  });

  it("shows how much of it counts as none", () => {
    expect(heatGradient("light", 0.1)).toContain("center / 10.0% 100%");
    expect(heatGradient("light", 7)).toContain("center / 100.0% 100%");
    expect(heatGradient("dark", -1)).toContain("center / 0.0% 100%");
  });

  it("reaches as far on both sides", () => {
    expect(heatReach(-0.002, 0.0005)).toBe(0.002);
    expect(heatReach(0, 0)).toBeGreaterThan(0);
  });
});
