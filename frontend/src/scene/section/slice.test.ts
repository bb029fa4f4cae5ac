import { expect, test } from "vitest";
import { clipped, outlinesOf, regionsOf } from "./clip_region";
import { fill, inRegions, momentsOf, nest } from "./regions";
import { scanFill } from "./scan_fill";
import { type SlicePlane, slice } from "./slice";
import { boxOf, inverted, meshOf, prism, sphere, tube } from "./solids.test-data";
import type { SliceMesh } from "./mesh";

type Vector = readonly [number, number, number];

const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const unit = (a: Vector): Vector => {
  const length = Math.hypot(...a);
  return [a[0] / length, a[1] / length, a[2] / length];
};

function plane(normal: Vector, through: Vector): SlicePlane {
  const n = unit(normal);
  const u = unit(cross(n, Math.abs(n[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0]));
  return { normal: n, offset: dot(n, through), u, v: cross(u, n) };
}

const TOLERANCE = 0.55;

function areaOf(mesh: SliceMesh, at: SlicePlane): number {
  const cut = slice(mesh, at, TOLERANCE);
  if (!cut) return 0;
  expect(cut.chains).toHaveLength(0);
  return fill(cut.points, cut.loops).moments.area;
}

/** Area of triangles, each counted by its size. */
function filledArea(points: Float64Array, more: Float64Array, triangles: Uint32Array): number {
  const all = Float64Array.from([...points, ...more]);
  let sum = 0;
  for (let i = 0; i < triangles.length; i += 3) {
    const [a, b, c] = [triangles[i] ?? 0, triangles[i + 1] ?? 0, triangles[i + 2] ?? 0];
    const x = (p: number): number => all[p * 2] ?? 0;
    const y = (p: number): number => all[p * 2 + 1] ?? 0;
    sum += Math.abs((x(b) - x(a)) * (y(c) - y(a)) - (x(c) - x(a)) * (y(b) - y(a))) / 2;
  }
  return sum;
}

/** A repeatable stand-in for randomness: Park and Miller's generator. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

const CUBE = meshOf(boxOf([1000, 1000, 1000], [3000, 3000, 3000]));

test("a cube cut across is a square of its side, seen from where material went", () => {
  const cut = slice(CUBE, plane([0, 0, 1], [0, 0, 1700.3]), TOLERANCE);
  expect(cut?.loops).toHaveLength(1);
  expect(cut?.loops[0]).toHaveLength(4);
  if (!cut) throw new Error("no cut");
  const { moments, regions } = fill(cut.points, cut.loops);
  expect(moments.area).toBeCloseTo(4e6, 6);
  expect(regions[0]?.holes).toHaveLength(0);
});

test("a cube cut across its diagonal is a regular hexagon", () => {
  const cut = slice(CUBE, plane([1, 1, 1], [2000, 2000, 2000]), TOLERANCE);
  if (!cut) throw new Error("no cut");
  expect(cut.loops[0]).toHaveLength(6);
  expect(fill(cut.points, cut.loops).moments.area).toBeCloseTo((3 * Math.sqrt(3) * 2e6) / 2, 3);
});

test("a plane through two opposite edges of a cube gives the diagonal rectangle", () => {
  const cut = slice(CUBE, plane([1, -1, 0], [1000, 1000, 1000]), TOLERANCE);
  if (!cut) throw new Error("no cut");
  expect(cut.loops).toHaveLength(1);
  expect(fill(cut.points, cut.loops).moments.area).toBeCloseTo(4e6 * Math.SQRT2, 3);
});

test("a plane that only touches a corner or an edge cuts nothing", () => {
  for (const sign of [1, -1]) {
    expect(areaOf(CUBE, plane([sign, sign, sign], [1000, 1000, 1000]))).toBe(0);
    expect(areaOf(CUBE, plane([sign, sign, 0], [1000, 1000, 1000]))).toBe(0);
  }
});

test("a plane in a face is no cut, whichever side is kept and half a step to and fro", () => {
  for (const off of [-0.5, 0, 0.5])
    for (const sign of [1, -1]) {
      expect(areaOf(CUBE, plane([0, 0, sign], [0, 0, 1000 + off]))).toBe(0);
      expect(areaOf(CUBE, plane([0, 0, sign], [0, 0, 3000 + off]))).toBe(0);
    }
});

test("of a step in the plane only what goes on below is cut", () => {
  // A block with a smaller block standing on it: the plane lies in the terrace.
  const stepped = meshOf([
    ...boxOf([0, 0, 0], [100, 100, 50]).filter(
      ([a, b, c]) => !(a[2] === 50 && b[2] === 50 && c[2] === 50),
    ),
    ...boxOf([0, 0, 50], [40, 100, 90]).filter(
      ([a, b, c]) => !(a[2] === 50 && b[2] === 50 && c[2] === 50),
    ),
    [
      [40, 0, 50],
      [100, 0, 50],
      [100, 100, 50],
    ],
    [
      [40, 0, 50],
      [100, 100, 50],
      [40, 100, 50],
    ],
    // Walls below meet the terrace at corners that they do not have: the rims are split there.
  ]);
  const kept = slice(stepped, plane([0, 0, 1], [0, 0, 50]), TOLERANCE);
  if (!kept) throw new Error("no cut");
  // Kept above: the small block was cut off its base.
  expect(fill(kept.points, kept.loops).moments.area).toBeCloseTo(4000, 6);
  // Kept below: where the small block stood there is a cut, the terrace is a face.
  const below = slice(stepped, plane([0, 0, -1], [0, 0, 50]), TOLERANCE);
  if (!below) throw new Error("no cut");
  expect(fill(below.points, below.loops).moments.area).toBeCloseTo(4000, 6);
});

test("a tube is a ring with a hole, however the plane goes through its seams", () => {
  const ring = meshOf(tube([2000, 2000], 900, 500, [100, 3000]));
  const polygon = (radius: number): number => (64 / 2) * radius ** 2 * Math.sin((2 * Math.PI) / 64);
  const cut = slice(ring, plane([0, 0, 1], [0, 0, 777.7]), TOLERANCE);
  if (!cut) throw new Error("no cut");
  const { regions, moments } = fill(cut.points, cut.loops);
  expect(regions).toHaveLength(1);
  expect(regions[0]?.holes).toHaveLength(1);
  expect(moments.area / (polygon(900) - polygon(500))).toBeCloseTo(1, 3);
  expect(Math.abs(moments.x ** 2 + moments.y ** 2 - 2 * 2000 ** 2) / 8e6).toBeLessThan(1e-3);
  // Along the axis, through two lines of corners: two rectangles.
  const along = slice(ring, plane([0, 1, 0], [2000, 2000, 0]), TOLERANCE);
  if (!along) throw new Error("no cut");
  const halves = fill(along.points, along.loops);
  expect(halves.regions).toHaveLength(2);
  expect(halves.moments.area).toBeCloseTo(2 * 400 * 2900, 3);
});

test("nested solids and cavities alternate", () => {
  const nested = meshOf(
    prism([2000, 2000], 1500, [0, 3000]),
    inverted(boxOf([1200, 1200, 500], [2800, 2800, 2500])),
    boxOf([1600, 1600, 800], [2400, 2400, 2200]),
  );
  const cut = slice(nested, plane([0, 0, 1], [0, 0, 1500.2]), TOLERANCE);
  if (!cut) throw new Error("no cut");
  const { regions, moments } = fill(cut.points, cut.loops);
  expect(regions.map(({ holes }) => holes.length).sort()).toEqual([0, 1]);
  const polygon = (64 / 2) * 1500 ** 2 * Math.sin((2 * Math.PI) / 64);
  expect(moments.area / (polygon - 1600 ** 2 + 800 ** 2)).toBeCloseTo(1, 3);
});

test("two blocks that share a face in one part are one area", () => {
  const two = meshOf(boxOf([0, 0, 0], [100, 100, 100]), boxOf([100, 0, 0], [200, 100, 100]));
  expect(areaOf(two, plane([0, 0, 1], [0, 0, 33.3]))).toBeCloseTo(20000, 6);
});

test("bodies that run into one another count once where they overlap", () => {
  const two = meshOf(boxOf([0, 0, 0], [100, 100, 100]), boxOf([50, 50, 0], [150, 150, 100]));
  const cut = slice(two, plane([0, 0, 1], [0, 0, 33.3]), TOLERANCE);
  if (!cut) throw new Error("no cut");
  const filled = fill(cut.points, cut.loops);
  expect(filled.crossing).toBe(true);
  expect(filled.moments.area).toBeCloseTo(17500, 3);
  expect(filledArea(cut.points, filled.more, filled.triangles)).toBeCloseTo(17500, 3);
});

test("a solid that is inside out is filled all the same", () => {
  expect(
    areaOf(meshOf(inverted(boxOf([0, 0, 0], [50, 50, 50]))), plane([1, 0, 0], [20, 0, 0])),
  ).toBe(2500);
});

test("blocks that touch along an edge stay two areas that are filled", () => {
  const two = meshOf(boxOf([0, 0, 0], [100, 100, 100]), boxOf([100, 100, 0], [200, 200, 100]));
  expect(areaOf(two, plane([0, 0, 1], [0, 0, 50]))).toBeCloseTo(20000, 6);
});

test("an open shell gives chains and is never taken for closed", () => {
  const open = meshOf(
    boxOf([0, 0, 0], [100, 100, 100]).filter(
      ([a, b, c]) => !(a[0] === 0 && b[0] === 0 && c[0] === 0),
    ),
  );
  const cut = slice(open, plane([0, 0, 1], [0, 0, 50]), TOLERANCE);
  expect(cut?.chains).toHaveLength(1);
  expect(cut?.loops).toHaveLength(0);
});

test("a tear narrower than rounding can make is closed", () => {
  // A sliver without area was left out: one long side against two short ones.
  const torn = meshOf([
    ...boxOf([0, 0, 0], [100, 100, 100]).filter(
      ([a, b, c]) => !(a[2] === 100 && b[2] === 100 && c[2] === 100),
    ),
    [
      [0, 0, 100],
      [100, 0, 100],
      [50, 50, 100],
    ],
    [
      [100, 0, 100],
      [100, 100, 100],
      [50, 50, 100],
    ],
    [
      [100, 100, 100],
      [0, 100, 100],
      [50, 50, 100],
    ],
    [
      [0, 100, 100],
      [0, 50, 100],
      [50, 50, 100],
    ],
    [
      [0, 50, 100],
      [0, 0, 100],
      [50, 50, 100],
    ],
  ]);
  expect(areaOf(torn, plane([0.02, 0, 1], [0, 0, 99.5]))).toBeGreaterThan(0);
  expect(areaOf(torn, plane([0, 1, 0], [0, 30, 0]))).toBeCloseTo(10000, 6);
});

test("random planes through a sphere cut what they would of the round one", () => {
  const random = generator(11);
  const ball = meshOf(sphere([8000, 8000, 8000], 7900, 96, 192));
  for (let i = 0; i < 40; i += 1) {
    const normal: Vector = [random() - 0.5, random() - 0.5, random() - 0.5];
    const height = (random() - 0.5) * 12000;
    const n = unit(normal);
    const at = plane(normal, [8000 + n[0] * height, 8000 + n[1] * height, 8000 + n[2] * height]);
    const expected = Math.PI * (7900 ** 2 - height ** 2);
    expect(Math.abs(areaOf(ball, at) - expected) / expected).toBeLessThan(3e-3);
  }
});

test("planes through rings of corners of a sphere close, too", () => {
  const ball = meshOf(sphere([8000, 8000, 8000], 7900, 96, 192));
  for (const [normal, through] of [
    [
      [0, 0, 1],
      [0, 0, 8000],
    ],
    [
      [0, 1, 0],
      [0, 8000, 0],
    ],
    [
      [1, 1, 0],
      [8000, 8000, 0],
    ],
    [
      [1, 0, 1],
      [8000, 0, 8000],
    ],
  ] as const) {
    const area = areaOf(ball, plane(normal, through));
    expect(Math.abs(area / (Math.PI * 7900 ** 2) - 1)).toBeLessThan(2e-3);
  }
});

test("random solids: the cap holds the points that are in the solid, and its triangles cover it once", () => {
  const random = generator(5);
  const whole = (least: number, most: number): number =>
    Math.floor(least + random() * (most - least));
  for (let round = 0; round < 25; round += 1) {
    const boxes = Array.from({ length: 5 }, () => {
      const low: Vector = [whole(0, 8000), whole(0, 8000), whole(0, 8000)];
      return [
        low,
        [low[0] + whole(1500, 6000), low[1] + whole(1500, 6000), low[2] + whole(1500, 6000)],
      ] as const;
    });
    const mesh = meshOf(...boxes.map(([low, high]) => boxOf(low, high as Vector)));
    const at = plane(
      [random() - 0.5, random() - 0.5, random() - 0.5],
      [whole(3000, 9000), whole(3000, 9000), whole(3000, 9000)],
    );
    const cut = slice(mesh, at, TOLERANCE);
    if (!cut) continue;
    expect(cut.chains).toHaveLength(0);
    const { moments, more, triangles } = fill(cut.points, cut.loops);
    expect(filledArea(cut.points, more, triangles) / Math.max(moments.area, 1)).toBeCloseTo(1, 6);
    // Monte Carlo over the box of the cut.
    const xs = [...cut.points].filter((_, i) => i % 2 === 0);
    const ys = [...cut.points].filter((_, i) => i % 2 === 1);
    const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    let hits = 0;
    const samples = 4000;
    for (let s = 0; s < samples; s += 1) {
      const [x, y] = [x0 + random() * (x1 - x0), y0 + random() * (y1 - y0)];
      const point = ([0, 1, 2] as const).map(
        (a) => at.normal[a] * at.offset + x * at.u[a] + y * at.v[a],
      );
      const within = (low: Vector, high: readonly number[]): boolean =>
        ([0, 1, 2] as const).every(
          (a) => (point[a] ?? 0) >= low[a] && (point[a] ?? 0) <= (high[a] ?? 0),
        );
      if (boxes.some(([low, high]) => within(low, high))) hits += 1;
    }
    const box = (x1 - x0) * (y1 - y0);
    const estimate = (hits / samples) * box;
    expect(Math.abs(moments.area - estimate) / box).toBeLessThan(0.04);
  }
});

test("cutting a region by lines leaves what is on the kept side of all", () => {
  const ring = meshOf(tube([2000, 2000], 900, 500, [0, 3000]));
  const cut = slice(ring, plane([0, 0, -1], [0, 0, 1000.4]), TOLERANCE);
  if (!cut) throw new Error("no cut");
  const whole = outlinesOf(cut.points, nest(cut.points, cut.loops).regions);
  const area = (outlines: readonly Float64Array[]): number => {
    const { points, regions } = regionsOf(outlines);
    return momentsOf(points, regions).area;
  };
  const { x, y } = fill(cut.points, cut.loops).moments;
  const half = clipped(whole, [{ a: 1, b: 0, c: x + 0.25 }]);
  expect(half).toHaveLength(1); // a C: outline and bore are one
  expect(area(half) / area(whole)).toBeCloseTo(0.5, 3);
  const quarter = clipped(half, [{ a: 0, b: 1, c: y + 0.25 }]);
  expect(area(quarter) / area(whole)).toBeCloseTo(0.25, 3);
  // Across both arms, clear of the bore's middle: two separate pieces.
  const arms = clipped(whole, [
    { a: 1, b: 0, c: x },
    { a: 0, b: 1, c: y - 200 },
    { a: 0, b: -1, c: -y - 200 },
  ]);
  expect(arms).toHaveLength(1);
  expect(clipped(whole, [{ a: 1, b: 0, c: x + 5000 }])).toHaveLength(0);
  const { points, regions } = regionsOf(half);
  expect(inRegions(points, regions, x + 700, y)).toBe(true);
  expect(inRegions(points, regions, x + 100, y)).toBe(false);
  expect(inRegions(points, regions, x - 700, y)).toBe(false);
});

test("filling line by line agrees with cutting ears", () => {
  const ring = meshOf(tube([2000, 2000], 900, 500, [0, 3000]), prism([2000, 2000], 300, [0, 2000]));
  const cut = slice(ring, plane([0.1, 0.2, 1], [2000, 2000, 1000]), TOLERANCE);
  if (!cut) throw new Error("no cut");
  const ears = fill(cut.points, cut.loops);
  const scanned = scanFill(cut.points, cut.loops);
  expect(scanned.moments.area / ears.moments.area).toBeCloseTo(1, 9);
  expect(scanned.moments.x).toBeCloseTo(ears.moments.x, 6);
  expect(scanned.moments.y).toBeCloseTo(ears.moments.y, 6);
});

test("the palette entry with most of the outline colours the cap", () => {
  const mesh = meshOf(boxOf([0, 0, 0], [100, 100, 100]));
  const materials = Uint16Array.from(mesh.materials, (_, t) => (t < 10 ? 3 : 1));
  expect(slice({ ...mesh, materials }, plane([1, 0, 0], [50, 0, 0]), TOLERANCE)?.material).toBe(3);
});

test("a hundred thousand triangles are cut in milliseconds", () => {
  const ball = meshOf(sphere([30000, 30000, 30000], 29000, 224, 224));
  expect(ball.materials.length).toBeGreaterThan(99_000);
  const at = plane([0.3, 0.5, 0.8], [30000, 30000, 30000]);
  areaOf(ball, at);
  const started = performance.now();
  areaOf(ball, at);
  // 8 ms here on a quiet core; the ceiling is for a busy one.
  expect(performance.now() - started).toBeLessThan(150);
});
