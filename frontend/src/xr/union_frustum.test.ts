import { PerspectiveCamera, Quaternion, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import type { Vec3 } from "../state/model";
import { eyeAngles, unionFrustum, unionOf } from "./union_frustum";

/** Degrees to each side, as of an eye that sees further outwards than to the nose. */
function projection(left: number, right: number, up: number, down: number): number[] {
  const camera = new PerspectiveCamera();
  const tan = (degrees: number): number => Math.tan((degrees * Math.PI) / 180) * 0.1;
  camera.projectionMatrix.makePerspective(
    -tan(left),
    tan(right),
    tan(up),
    -tan(down),
    0.1,
    100,
    camera.coordinateSystem,
  );
  return camera.projectionMatrix.elements;
}

const EYES = [projection(50, 40, 45, 50), projection(40, 50, 45, 50)].map(eyeAngles);

function sees(planes: Float32Array, [x, y, z]: Vec3): boolean {
  for (let i = 0; i < 24; i += 4) {
    const [a = 0, b = 0, c = 0, d = 0] = planes.subarray(i, i + 4);
    if (a * x + b * y + c * z + d < -1e-6) return false;
  }
  return true;
}

/** A point so many degrees to the right and up of an eye that looks along -z. */
function at(eye: Vec3, degrees: number, up: number, away: number): Vec3 {
  const [a, b] = [(degrees * Math.PI) / 180, (up * Math.PI) / 180];
  return [eye[0] + Math.tan(a) * away, eye[1] + Math.tan(b) * away, eye[2] - away];
}

describe("what two eyes see together", () => {
  it("reads an eye's angles from its projection", () => {
    const [left] = EYES;
    const degrees = (tangent = 0): number => (Math.atan(tangent) * 180) / Math.PI;
    expect(degrees(left?.left)).toBeCloseTo(50);
    expect(degrees(left?.right)).toBeCloseTo(40);
    expect(degrees(left?.up)).toBeCloseTo(45);
    expect(degrees(left?.down)).toBeCloseTo(50);
  });

  it("holds all that either eye sees, close up and far away, and nothing beyond", () => {
    const planes = unionFrustum([0, 1.6, 0], new Quaternion(), unionOf(EYES), 0.064, 0);
    const [left, right]: [Vec3, Vec3] = [
      [-0.032, 1.6, 0],
      [0.032, 1.6, 0],
    ];
    for (const away of [0.01, 1, 5000]) {
      expect(sees(planes, at(left, -49.9, 44.9, away))).toBe(true);
      expect(sees(planes, at(right, 49.9, -49.9, away))).toBe(true);
      expect(sees(planes, at(left, -50.1, 0, away))).toBe(false);
      expect(sees(planes, at(right, 50.1, 0, away))).toBe(false);
      expect(sees(planes, at(right, 0, 45.1, away))).toBe(false);
      expect(sees(planes, at(right, 0, -50.1, away))).toBe(false);
    }
    expect(sees(planes, [0, 1.6, 1])).toBe(false);
  });

  it("turns with the head, and the margin lets it turn on before the next choice", () => {
    const turned = new Quaternion().setFromAxisAngle(new Vector3(0, 1, 0), Math.PI / 2);
    const planes = unionFrustum([2, 0, 0], turned, unionOf(EYES), 0, (10 * Math.PI) / 180);
    expect(sees(planes, [-3, 0, 0])).toBe(true); // a quarter turn to the left looks along -x
    expect(sees(planes, [3, 0, 0])).toBe(false);
    const aside = (degrees: number): Vec3 => [1, 0, Math.tan((degrees * Math.PI) / 180)];
    expect(sees(planes, aside(59))).toBe(true);
    expect(sees(planes, aside(61))).toBe(false);
  });

  it("never looks behind, however wide the margin", () => {
    const planes = unionFrustum([0, 0, 0], new Quaternion(), unionOf(EYES), 0, 2);
    expect(sees(planes, [0, 0, 0.1])).toBe(false);
    expect(sees(planes, [0, 0, -0.1])).toBe(true);
  });
});
