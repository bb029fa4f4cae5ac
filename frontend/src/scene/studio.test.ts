import { describe, expect, it } from "vitest";
import { irradiance, irradiancePolynomial, radiance, studioAxes } from "./studio";

const polynomial = irradiancePolynomial();
const lit = (x: number, y: number, z: number): number => {
  const length = Math.hypot(x, y, z);
  return irradiance(polynomial, x / length, y / length, z / length);
};

describe("the studio", () => {
  it("shows a face towards the camera in its own colour", () => {
    expect(lit(0, 0, 1)).toBeGreaterThan(0.85);
    expect(lit(0, 0.57, 0.82)).toBeGreaterThan(0.95);
    expect(lit(0, 0.57, 0.82)).toBeLessThan(1.25);
  });

  it("tells the three sides of a box apart", () => {
    expect(lit(0, 1, 0)).toBeGreaterThan(lit(-1, 0, 1) + 0.1);
    expect(lit(-1, 0, 1)).toBeGreaterThan(lit(1, 0, 1) + 0.15);
  });

  it("leaves no side black", () => {
    for (const [x, y, z] of [
      [0, -1, 0],
      [0, 0, -1],
      [1, 0, 0],
      [-1, 0, 0],
    ] as const)
      expect(lit(x, y, z)).toBeGreaterThan(0.22);
  });

  it("gives as irradiance the mean of its radiance over the hemisphere", () => {
    let sum = 0;
    let weight = 0;
    for (let i = 0; i < 200; i += 1)
      for (let j = 0; j < 200; j += 1) {
        const cosine = Math.sqrt((i + 0.5) / 200); // even in projected area
        const sine = Math.sqrt(1 - cosine * cosine);
        const turn = ((j + 0.5) / 200) * 2 * Math.PI;
        sum += radiance(sine * Math.cos(turn), cosine, sine * Math.sin(turn));
        weight += 1;
      }
    expect(lit(0, 1, 0)).toBeCloseTo(sum / weight, 1);
  });
});

describe("where the studio stands", () => {
  const times = (m: readonly number[], v: readonly number[]): number[] =>
    [0, 3, 6].map((row) => [0, 1, 2].reduce((sum, k) => sum + (m[row + k] ?? 0) * (v[k] ?? 0), 0));

  it("is before the camera, whichever way that looks", () => {
    const axes = studioAxes([1, 0, 0], [0, 1, 0]);
    expect(times(axes, [-1, 0, 0]).map((v) => Math.round(v))).toEqual([0, 0, 1]);
    expect(times(axes, [0, 1, 0]).map((v) => Math.round(v))).toEqual([0, 1, 0]);
  });

  it("is a turn and nothing else", () => {
    for (const [forward, up] of [
      [
        [0.6, -0.8, 0],
        [0.8, 0.6, 0],
      ],
      [
        [0, -1, 0],
        [0, 0, -1],
      ],
      [
        [0, 1, 0],
        [0, 0, 1],
      ],
    ] as const) {
      const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = studioAxes(
        forward,
        up,
      );
      const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
      expect(determinant).toBeCloseTo(1, 9);
      expect(a * d + b * e + c * f).toBeCloseTo(0, 9);
      expect(Math.hypot(g, h, i)).toBeCloseTo(1, 9);
    }
  });
});
