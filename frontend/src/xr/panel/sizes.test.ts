import { describe, expect, it } from "vitest";
import { MAIN } from "../menu/placement";
import { GAP, LEAST, TARGET, TEXT, angleBetween, metresPerUnit, unitsOf } from "./sizes";

describe("sizes of boards", () => {
  it("calls one degree at the middle one unit", () => {
    expect(angleBetween([0, 0, 0], [-0.01, 0, -1], [0.01, 0, -1])).toBeCloseTo(1.146, 3);
    expect(metresPerUnit(1.2)).toBeCloseTo(0.02095, 5);
    expect(unitsOf(1)).toBeCloseTo(1, 3);
    expect(2 * Math.atan((MAIN.width / 2) * metresPerUnit(1))).toBeCloseTo((32 * Math.PI) / 180, 9);
  });

  it("keeps letters and targets large enough in the corners of the main panel", () => {
    const unit = metresPerUnit(MAIN.distance);
    const [x, y] = [(MAIN.width / 2) * unit, (MAIN.height / 2) * unit];
    const seen = (units: number): number =>
      Math.min(
        angleBetween([0, 0, MAIN.distance], [x, y, 0], [x, y - units * unit, 0]),
        angleBetween([0, 0, MAIN.distance], [x, y, 0], [x - units * unit, y, 0]),
      );
    const tall = (units: number): number =>
      angleBetween([0, 0, MAIN.distance], [x, y, 0], [x, y - units * unit, 0]);
    expect(tall(TEXT.small)).toBeGreaterThanOrEqual(LEAST.text);
    expect(tall(TEXT.body)).toBeGreaterThanOrEqual(LEAST.body);
    expect(tall(TARGET)).toBeGreaterThanOrEqual(LEAST.target);
    expect(seen(GAP)).toBeGreaterThan(0.47);
  });
});
