/** Rigid motions as 4 × 4 matrices, column by column; how one model is laid upon another. Metres, y up. */

import type { Matrix4, Vec3 } from "./model";

export const IDENTITY: Matrix4 = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** Of a rotation's columns and rows, how far from rigid is still rigid: people type and files round. */
const RIGID_WITHIN = 1e-4;
/** Three points nearer to a line than this, of their distance, fix no turn. */
const FLAT = 1e-3;

/** first, then second: second · first. */
export function compose(first: Matrix4, second: Matrix4): Matrix4 {
  const out = new Array<number>(16).fill(0);
  for (let column = 0; column < 4; column += 1)
    for (let row = 0; row < 4; row += 1)
      for (let k = 0; k < 4; k += 1)
        out[column * 4 + row] =
          (out[column * 4 + row] ?? 0) + (second[k * 4 + row] ?? 0) * (first[column * 4 + k] ?? 0);
  return out;
}

export function translation([x, y, z]: Vec3): Matrix4 {
  return [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, z, 1];
}

/** About an axis through a point; right-handed, radians. */
export function rotation(axis: Vec3, angle: number, about: Vec3 = [0, 0, 0]): Matrix4 {
  const [x, y, z] = unit(axis);
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const t = 1 - c;
  const turn: Matrix4 = [
    t * x * x + c,
    t * x * y + s * z,
    t * x * z - s * y,
    0,
    t * x * y - s * z,
    t * y * y + c,
    t * y * z + s * x,
    0,
    t * x * z + s * y,
    t * y * z - s * x,
    t * z * z + c,
    0,
    0,
    0,
    0,
    1,
  ];
  const [ax, ay, az] = about;
  return compose(compose(translation([-ax, -ay, -az]), turn), translation(about));
}

/** The way back of a rigid motion. */
export function inverseRigid(m: Matrix4): Matrix4 {
  const at = (i: number): number => m[i] ?? 0;
  const [x, y, z] = [at(12), at(13), at(14)];
  return [
    at(0),
    at(4),
    at(8),
    0,
    at(1),
    at(5),
    at(9),
    0,
    at(2),
    at(6),
    at(10),
    0,
    -(at(0) * x + at(1) * y + at(2) * z),
    -(at(4) * x + at(5) * y + at(6) * z),
    -(at(8) * x + at(9) * y + at(10) * z),
    1,
  ];
}

export function apply(m: Matrix4, [x, y, z]: Vec3): Vec3 {
  const row = (r: number): number =>
    (m[r] ?? 0) * x + (m[4 + r] ?? 0) * y + (m[8 + r] ?? 0) * z + (m[12 + r] ?? 0);
  return [row(0), row(1), row(2)];
}

/** Whether a matrix turns and moves, and does nothing else. */
export function isRigid(m: Matrix4): boolean {
  if (m.length !== 16 || !m.every(Number.isFinite)) return false;
  const column = (c: number): Vec3 => [m[c * 4] ?? 0, m[c * 4 + 1] ?? 0, m[c * 4 + 2] ?? 0];
  const [a, b, c] = [column(0), column(1), column(2)];
  const near = (value: number, wanted: number): boolean => Math.abs(value - wanted) < RIGID_WITHIN;
  return (
    [a, b, c].every((v) => near(dot(v, v), 1)) &&
    near(dot(a, b), 0) &&
    near(dot(b, c), 0) &&
    near(dot(a, c), 0) &&
    near(dot(cross(a, b), c), 1) &&
    near(m[3] ?? 0, 0) &&
    near(m[7] ?? 0, 0) &&
    near(m[11] ?? 0, 0) &&
    near(m[15] ?? 0, 1)
  );
}

export type ThreePoints = readonly [Vec3, Vec3, Vec3];

/**
 * The motion that brings the first of three points upon the first of the others, the second into its direction and
 * the third into its half plane; null when three of them lie on one line.
 */
export function byThreePoints(from: ThreePoints, to: ThreePoints): Matrix4 | null {
  const a = frame(from);
  const b = frame(to);
  return a && b ? compose(inverseRigid(a), b) : null;
}

function frame([origin, along, beside]: ThreePoints): Matrix4 | null {
  const first = subtract(along, origin);
  const second = subtract(beside, origin);
  const area = cross(first, second);
  const reach = Math.max(length(first), length(second));
  if (!(length(area) > FLAT * reach * reach)) return null;
  const x = unit(first);
  const z = unit(area);
  const y = cross(z, x);
  return [...x, 0, ...y, 0, ...z, 0, ...origin, 1];
}

/** `manifest.georeference`, as far as placing needs it (docs/formats/scene-package.md). */
export interface Georeference {
  readonly crs?: string;
  readonly eastings_m?: number;
  readonly northings_m?: number;
  readonly height_m?: number;
  readonly x_axis_abscissa?: number;
  readonly x_axis_ordinate?: number;
  readonly scale?: number;
  readonly factor_x?: number;
  readonly factor_y?: number;
  readonly factor_z?: number;
}

/** The numbers of a manifest's georeference, as far as they are numbers. */
export function readGeoreference(
  raw: Readonly<Record<string, unknown>> | undefined,
): Georeference | undefined {
  if (!raw) return undefined;
  const kept = Object.entries(raw).filter(
    ([key, value]) =>
      (key === "crs" && typeof value === "string") ||
      (typeof value === "number" && Number.isFinite(value)),
  );
  return Object.fromEntries(kept);
}

/** Why two models cannot be placed by their georeferences. */
export type NoGeoreference = "missing" | "other-crs" | "scaled";

/**
 * The motion from one model's scene to another's by the map coordinates that both state, in one coordinate system.
 * Scales of a map projection, near 1, are kept where both have the same; else one model would have to be scaled.
 */
export function byGeoreference(
  from: Georeference | undefined,
  to: Georeference | undefined,
): Matrix4 | NoGeoreference {
  const a = from ? mapFrame(from) : null;
  const b = to ? mapFrame(to) : null;
  if (!from || !to || !a || !b) return "missing";
  if (from.crs !== to.crs) return "other-crs";
  if (Math.abs(a.scale / b.scale - 1) > 1e-6 || a.skewed || b.skewed) return "scaled";
  // Scene → map → the other scene; both maps carry the same scale, so it cancels but for the distance between them.
  const moved: Vec3 = [
    (a.origin[0] - b.origin[0]) / b.scale,
    (a.origin[1] - b.origin[1]) / b.scale,
    (a.origin[2] - b.origin[2]) / b.scale,
  ];
  return compose(compose(a.turn, translation(moved)), inverseRigid(b.turn));
}

/** The map as a right-handed y-up frame: x easting, y height, z south. */
function mapFrame(g: Georeference): {
  readonly turn: Matrix4;
  readonly origin: Vec3;
  readonly scale: number;
  readonly skewed: boolean;
} | null {
  if (g.eastings_m === undefined || g.northings_m === undefined) return null;
  const a = g.x_axis_abscissa ?? 1;
  const b = g.x_axis_ordinate ?? 0;
  const size = Math.hypot(a, b);
  if (size === 0) return null;
  const factors = [g.factor_x ?? 1, g.factor_y ?? 1, g.factor_z ?? 1];
  const [c, s] = [a / size, b / size];
  return {
    // easting = c x + s z, south = −northing = −s x + c z.
    turn: [c, 0, -s, 0, 0, 1, 0, 0, s, 0, c, 0, 0, 0, 0, 1],
    origin: [g.eastings_m, g.height_m ?? 0, -g.northings_m],
    scale: (g.scale ?? 1) * size,
    skewed: factors.some((factor) => Math.abs(factor - 1) > 1e-9),
  };
}

function subtract(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function length(a: Vec3): number {
  return Math.hypot(a[0], a[1], a[2]);
}

function unit(a: Vec3): Vec3 {
  const size = length(a);
  return [a[0] / size, a[1] / size, a[2] / size];
}
