import { describe, expect, it } from "vitest";
import type { Vec3 } from "../../state/model";
import { seeded } from "../fixture";
import { cross, distance, normalize } from "../vector";
import { Best } from "./best";
import type { Curve, RoundCurve } from "./curves";
import { edgeToEdge, edgeToFace, faceToFace, pointToFace } from "./face_pairs";
import { heightOver, surfaceOf, surfacePoint, type Surface } from "./surfaces";
import type { Border } from "./borders";
import { gapOf, Trim } from "./trim";
import { boxAround, triangleView, type EdgeView, type FaceView } from "./views";

const X: Vec3 = [1, 0, 0];
const Y: Vec3 = [0, 1, 0];
const Z: Vec3 = [0, 0, 1];
const HUGE = [-9, -9, -9, 9, 9, 9] as const;

function circle(centre: Vec3, axis: Vec3, radius: number, x: Vec3 = X): RoundCurve {
  const turn = { first: 0, last: 2 * Math.PI };
  return {
    kind: "circle",
    centre,
    axis,
    x,
    y: cross(axis, x),
    major: radius,
    minor: radius,
    ...turn,
  };
}

function line(from: Vec3, to: Vec3): Curve {
  const last = distance(from, to);
  const direction = normalize([to[0] - from[0], to[1] - from[1], to[2] - from[2]]);
  return { kind: "line", point: from, direction, first: 0, last };
}

function edge(curve: Curve): EdgeView {
  return { curve, box: HUGE, stray: 0 };
}

/** A face between whole circles and lines whose area is known. */
function face(surface: Surface, curves: readonly Curve[], area: number): FaceView {
  const borders = curves.map((curve): Border => ({ curve, seam: "no" }));
  const trim = Trim.of(surface, borders, area, 0);
  expect(trim.trusted).toBe(true);
  return {
    surface,
    edges: curves.map(edge),
    box: HUGE,
    stray: 0,
    tips: [],
    spans: trim.spans,
    scale: 1,
    contains: (p) => trim.contains(p),
  };
}

const at = (origin: Vec3, axis: Vec3 = Z, x: Vec3 = X) => ({ origin, axis, x });

function pipe(origin: Vec3, axis: Vec3, radius: number, length: number, x: Vec3 = X): FaceView {
  const surface = surfaceOf("cylinder", at(origin, axis, x), radius);
  const ends = [-0.5, 0.5].map((share): Vec3 => [
    origin[0] + axis[0] * length * share,
    origin[1] + axis[1] * length * share,
    origin[2] + axis[2] * length * share,
  ]);
  const rims = ends.map((end) => circle(end, axis, radius, x));
  return face(surface, rims, 2 * Math.PI * radius * length);
}

function ball(origin: Vec3, radius: number): FaceView {
  return face(surfaceOf("sphere", at(origin), radius), [], 4 * Math.PI * radius * radius);
}

function ring(origin: Vec3, radius: number, tube: number): FaceView {
  const area = 4 * Math.PI * Math.PI * radius * tube;
  return face(surfaceOf("torus", at(origin), radius, tube), [], area);
}

function disc(origin: Vec3, axis: Vec3, radius: number, x: Vec3 = X): FaceView {
  const surface = surfaceOf("plane", at(origin, axis, x));
  return face(surface, [circle(origin, axis, radius, x)], Math.PI * radius * radius);
}

function least(a: FaceView, b: FaceView): Best {
  const best = new Best();
  faceToFace(a, b, best);
  const turned = new Best();
  faceToFace(b, a, turned);
  expect(turned.distance).toBeCloseTo(best.distance, 12);
  if (best.distance > 0) expect(distance(best.from, best.to)).toBeCloseTo(best.distance, 12);
  return best;
}

describe("faces in closed form", () => {
  it("two skew cylinders are as far apart as their axes less their radii", () => {
    const [a, b] = [pipe([0, 0, 0], Z, 0.004, 0.1), pipe([0, 0.02, 0.01], X, 0.003, 0.1, Y)];
    const best = least(a, b);
    expect(best.distance).toBeCloseTo(0.013, 14);
    expect(best.from).toEqual([0, 0.004, 0.01].map((v) => expect.closeTo(v, 12) as number));
  });

  it("parallel cylinders, one inside the other and beside it", () => {
    expect(least(pipe([0, 0, 0], Z, 4, 10), pipe([7, 0, 1], Z, 1, 6)).distance).toBeCloseTo(2, 12);
    expect(least(pipe([0, 0, 0], Z, 4, 10), pipe([1, 0, 0], Z, 1, 6)).distance).toBeCloseTo(2, 12);
    expect(least(pipe([0, 0, 0], Z, 4, 10), pipe([0, 0, 0], Z, 1, 6)).distance).toBeCloseTo(3, 12);
  });

  it("a ball and a ring: outside, in the hole, above", () => {
    expect(least(ball([20, 0, 0], 2), ring([0, 0, 0], 10, 3)).distance).toBeCloseTo(5, 12);
    expect(least(ball([0, 0, 0], 2), ring([0, 0, 0], 10, 3)).distance).toBeCloseTo(5, 12);
    expect(least(ball([0, 8, 6], 1), ring([0, 0, 0], 10, 3)).distance).toBeCloseTo(
      Math.hypot(2, 6) - 4,
      12,
    );
  });

  it("two rings side by side and linked", () => {
    expect(least(ring([0, 0, 0], 10, 1), ring([25, 0, 0], 10, 2)).distance).toBeCloseTo(2, 10);
    const turned = face(
      surfaceOf("torus", at([10, 0, 0], Y, X), 10, 1),
      [],
      4 * Math.PI * Math.PI * 10,
    );
    // Linked like a chain: the circle of each goes through the middle of the other.
    const middle = least(ring([0, 0, 0], 10, 1), turned).distance;
    expect(middle).toBeGreaterThan(7);
    expect(middle).toBeLessThanOrEqual(8 + 1e-12);
  });

  it("a cone and a plane: the rim, the tip and a ruling that lies along it", () => {
    const halfAngle = Math.PI / 6;
    const surface = surfaceOf("cone", at([0, 0, 0]), 1, halfAngle);
    const height = 2;
    const top = 1 + height * Math.tan(halfAngle);
    const rims = [circle([0, 0, 0], Z, 1), circle([0, 0, height], Z, top)];
    const area = (Math.PI * (top * top - 1)) / Math.sin(halfAngle);
    const cone = face(surface, rims, area);
    expect(least(cone, disc([0, 0, 5], Z, 4)).distance).toBeCloseTo(3, 12);
    // Square to the normal of the ruling at u = 0, half a metre away from it.
    const n = normalize([Math.cos(halfAngle), 0, -Math.sin(halfAngle)]);
    const flat = disc([1 + n[0] / 2, 0, n[2] / 2], n, 9, Y);
    expect(least(cone, flat).distance).toBeCloseTo(0.5, 12);
  });

  it("what touches or passes through is 0, with or without an edge in it", () => {
    expect(least(ball([0, 0, 2], 2), disc([0, 0, 0], Z, 5)).distance).toBeCloseTo(0, 12);
    expect(least(ball([0, 0, 1.9], 2), disc([0, 0, 0], Z, 5)).distance).toBe(0);
    // A dimple a millionth deep.
    expect(least(ball([0, 0, 2 - 1e-6], 2), disc([0, 0, 0], Z, 5)).distance).toBe(0);
    expect(least(pipe([0, 0, 0], Z, 1, 9), disc([0, 0, 0], Z, 5)).distance).toBe(0);
    expect(least(pipe([0, 0, 0], Z, 2, 9), pipe([0, 0, 0], X, 1, 9, Y)).distance).toBe(0);
    expect(least(ring([0, 0, 0], 10, 3), pipe([10, 0, 0], X, 1, 30, Y)).distance).toBe(0);
    expect(least(ring([0, 0, 0], 10, 3), ball([10, 0, 3.5], 1)).distance).toBe(0);
  });

  it("a hole in a plate keeps a pin off its edge", () => {
    const plate = face(
      surfaceOf("plane", at([0, 0, 0])),
      [circle([0, 0, 0], Z, 10), circle([0, 0, 0], Z, 4)],
      Math.PI * 84,
    );
    expect(least(plate, pipe([0, 0, 0], Z, 1, 20)).distance).toBeCloseTo(3, 12);
    const best = new Best();
    pointToFace([0, 0, 3], plate, best);
    expect(best.distance).toBeCloseTo(5, 12);
  });
});

describe("edges in closed form", () => {
  it("an ellipse and a line", () => {
    const ellipse: RoundCurve = { ...circle([0, 0, 0], Z, 5), kind: "ellipse", minor: 3 };
    const best = new Best();
    // x / a + y / b = const is nearest where the ellipse has that slope: at distance (c − hypot(5, 3)) / √2.
    edgeToEdge(edge(ellipse), edge(line([20, -8, 0], [-8, 20, 0])), best);
    expect(best.distance).toBeCloseTo((12 - Math.hypot(5, 3)) / Math.SQRT2, 12);
  });

  it("two circles in parallel planes, side by side, inside each other, and concentric", () => {
    const between = (a: Curve, b: Curve): number => {
      const best = new Best();
      edgeToEdge(edge(a), edge(b), best);
      return best.distance;
    };
    const one = circle([0, 0, 0], Z, 5);
    expect(between(one, circle([12, 0, 3], Z, 3))).toBeCloseTo(5, 12);
    expect(between(one, circle([1, 0, 0], Z, 3))).toBeCloseTo(1, 12);
    expect(between(one, circle([0, 0, 4], Z, 2))).toBeCloseTo(5, 12);
    expect(between(one, circle([5, 0, 0], Y, 2))).toBeCloseTo(2, 10);
  });

  it("a line through a ball is 0 from it, and in a bore it is a radius away", () => {
    const through = new Best();
    edgeToFace(edge(line([-9, 0, 0], [9, 0, 0])), ball([0, 0, 0], 2), through);
    expect(through.distance).toBeCloseTo(0, 12);
    const along = new Best();
    edgeToFace(edge(line([0, 0, -1], [0, 0, 1])), pipe([0, 0, 0], Z, 4, 20), along);
    expect(along.distance).toBeCloseTo(4, 12);
  });
});

describe("triangles as faces", () => {
  it("are as far as their planes, edges and corners", () => {
    const view = triangleView([0, 0, 0], [2, 0, 0], [0, 2, 0], 0.1);
    if (!view) throw new Error("It has an area.");
    const best = new Best();
    faceToFace(view, ball([0.5, 0.5, 3], 1), best);
    expect(best.distance).toBeCloseTo(2, 12);
    expect(best.tolerance).toBe(0.1);
    expect(triangleView([0, 0, 0], [1, 0, 0], [2, 0, 0], 0)).toBeNull();
    expect(boxAround([X, Y])).toEqual([0, 0, 0, 1, 1, 0]);
  });
});

describe("regions", () => {
  it("are told by their area: which part of a ball, which of a ring", () => {
    const sphere = surfaceOf("sphere", at([0, 0, 0]), 2);
    const rim = circle([0, 0, 1], Z, Math.sqrt(3));
    const borders: Border[] = [{ curve: rim, seam: "no" }];
    const cap = Trim.of(sphere, borders, 2 * Math.PI * 2 * 1, 0);
    const rest = Trim.of(sphere, borders, 2 * Math.PI * 2 * 3, 0);
    expect([cap.contains([0, 0, 2]), cap.contains([0, 0, -2])]).toEqual([true, false]);
    expect([rest.contains([0, 0, 2]), rest.contains([0, 0, -2])]).toEqual([false, true]);
    const torus = surfaceOf("torus", at([0, 0, 0]), 10, 3);
    const rims: Border[] = [circle([0, 0, 0], Z, 13), circle([0, 0, 0], Z, 7)].map((curve) => ({
      curve,
      seam: "no",
    }));
    // The upper and the lower half have the same area: a point inside tells.
    const half = 2 * Math.PI * Math.PI * 10 * 3;
    const upper = Trim.of(torus, rims, half, 0, [10, 0, 3]);
    const lower = Trim.of(torus, rims, half, 0, [10, 0, -3]);
    expect([upper.contains([0, 10, 3]), upper.contains([0, 10, -3])]).toEqual([true, false]);
    expect([lower.contains([0, 10, 3]), lower.contains([0, 10, -3])]).toEqual([false, true]);
    const outer = Trim.of(
      torus,
      [rims[0], circleBorder(torus)].flatMap((b) => b ?? []),
      1,
      0,
    );
    expect(outer.trusted).toBe(false);
  });

  it("of random sectors of a cylinder hold exactly the points between their borders", () => {
    const random = seeded(7);
    for (let round = 0; round < 200; round += 1) {
      const surface = surfaceOf("cylinder", at([0, 0, 0]), 1);
      const [from, span] = [random() * 20 - 10, 0.2 + random() * 5.8];
      const [low, high] = [random() - 1, random()];
      const corner = (u: number, v: number): Vec3 => surfacePoint(surface, u, v);
      const arc = (v: number): RoundCurve => ({
        ...circle([0, 0, v], Z, 1),
        first: from,
        last: from + span,
      });
      const curves = [
        arc(low),
        arc(high),
        line(corner(from, low), corner(from, high)),
        line(corner(from + span, low), corner(from + span, high)),
      ];
      const borders = curves.map((curve): Border => ({ curve, seam: "no" }));
      const trim = Trim.of(surface, borders, span * (high - low), 0);
      expect(trim.trusted).toBe(true);
      for (let i = 0; i < 20; i += 1) {
        const [u, v] = [from + (random() * 1.5 - 0.25) * span, random() * 2 - 1];
        const turn = 2 * Math.PI;
        const inside = (((u - from) % turn) + turn) % turn < span && v > low && v < high;
        expect(trim.contains(corner(u, v))).toBe(inside);
      }
    }
  });

  it("of a flat face with a hole hold what is between", () => {
    const random = seeded(3);
    const plane = surfaceOf("plane", at([0, 0, 0]));
    const hole = circle([0.3, 0.2, 0], Z, 0.5);
    const corners: Vec3[] = [
      [-1, -1, 0],
      [2, -1, 0],
      [1, 1.5, 0],
      [-1, 1, 0],
    ];
    const sides = corners.map((p, i) => line(p, corners[(i + 1) % 4] ?? p));
    const borders = [hole, ...sides].map((curve): Border => ({ curve, seam: "no" }));
    const whole =
      0.5 *
      Math.abs(
        corners.reduce((sum, p, i) => {
          const q = corners[(i + 1) % 4] ?? p;
          return sum + p[0] * q[1] - q[0] * p[1];
        }, 0),
      );
    const trim = Trim.of(plane, borders, whole - Math.PI * 0.25, 0);
    expect(trim.trusted).toBe(true);
    for (let i = 0; i < 2000; i += 1) {
      const p: Vec3 = [random() * 4 - 2, random() * 4 - 2, 0];
      const left = corners.every((a, j) => {
        const b = corners[(j + 1) % 4] ?? a;
        return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 0;
      });
      const inside = left && Math.hypot(p[0] - 0.3, p[1] - 0.2) > 0.5;
      expect(trim.contains(p)).toBe(inside);
    }
  });

  it("know how far a curve is from being closed", () => {
    expect(gapOf(circle([0, 0, 0], Z, 1))).toBeCloseTo(0, 12);
    expect(gapOf(line([0, 0, 0], [3, 0, 0]))).toBe(3);
  });
});

describe("heights over surfaces", () => {
  it("are 0 on them and grow as points move away", () => {
    const surfaces = [
      surfaceOf("plane", at([1, 2, 3])),
      surfaceOf("cylinder", at([1, 2, 3]), 2),
      surfaceOf("cone", at([1, 2, 3]), 2, 0.4),
      surfaceOf("sphere", at([1, 2, 3]), 2),
      surfaceOf("torus", at([1, 2, 3]), 5, 2),
    ];
    const random = seeded(5);
    for (const surface of surfaces)
      for (let i = 0; i < 50; i += 1)
        expect(
          heightOver(surface, surfacePoint(surface, random() * 6, random() * 2 - 0.5)),
        ).toBeCloseTo(0, 12);
  });
});

/** A circle round the tube. */
function circleBorder(torus: Surface): Border {
  return { curve: circle([torus.radius, 0, 0], Y, torus.tube), seam: "no" };
}
