/** Placements in double precision: rows of a 3 × 4 matrix. */

import type { Matrix4, Vec3 } from "../../state/model";

/** 12 numbers, row by row: turn and stretch in columns 0 to 2, shift in column 3. */
export type Affine = Float64Array;

export const IDENTITY: Affine = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
/** Columns count as equally long and square to each other within this. */
const SIMILAR = 1e-9;

/** Column-major 4 × 4, as structure.json has it, as rows. */
export function affineOf(matrix: Matrix4): Affine {
  const out = new Float64Array(12);
  for (let row = 0; row < 3; row += 1)
    for (let column = 0; column < 4; column += 1)
      out[row * 4 + column] = matrix[column * 4 + row] ?? 0;
  return out;
}

/** First b, then a. */
export function multiply(a: Affine, b: Affine): Affine {
  const out = new Float64Array(12);
  for (let row = 0; row < 3; row += 1)
    for (let column = 0; column < 4; column += 1) {
      let sum = column === 3 ? (a[row * 4 + 3] ?? 0) : 0;
      for (let k = 0; k < 3; k += 1) sum += (a[row * 4 + k] ?? 0) * (b[k * 4 + column] ?? 0);
      out[row * 4 + column] = sum;
    }
  return out;
}

/** The way back; a flat placement gives zeros. */
export function inverse(m: Affine): Affine {
  const v = (i: number): number => m[i] ?? 0;
  const [a, b, c] = [v(0), v(1), v(2)];
  const [d, e, f] = [v(4), v(5), v(6)];
  const [g, h, k] = [v(8), v(9), v(10)];
  const det = a * (e * k - f * h) - b * (d * k - f * g) + c * (d * h - e * g);
  const s = det === 0 ? 0 : 1 / det;
  const out = new Float64Array(12);
  const rows = [
    [e * k - f * h, c * h - b * k, b * f - c * e],
    [f * g - d * k, a * k - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  rows.forEach(([x = 0, y = 0, z = 0], row) => {
    out.set([x * s, y * s, z * s], row * 4);
    out[row * 4 + 3] = -(x * v(3) + y * v(7) + z * v(11)) * s;
  });
  return out;
}

export function placePoint(m: Affine, [x, y, z]: Vec3): Vec3 {
  const row = (r: number): number =>
    (m[r] ?? 0) * x + (m[r + 1] ?? 0) * y + (m[r + 2] ?? 0) * z + (m[r + 3] ?? 0);
  return [row(0), row(4), row(8)];
}

/** A difference of points: not shifted, not made a unit vector. */
export function placeVector(m: Affine, [x, y, z]: Vec3): Vec3 {
  const row = (r: number): number => (m[r] ?? 0) * x + (m[r + 1] ?? 0) * y + (m[r + 2] ?? 0) * z;
  return [row(0), row(4), row(8)];
}

/** Shifted. */
export function shifted(m: Affine, [x, y, z]: Vec3): Affine {
  const out = m.slice();
  out[3] = (out[3] ?? 0) + x;
  out[7] = (out[7] ?? 0) + y;
  out[11] = (out[11] ?? 0) + z;
  return out;
}

/** What a placement does to shapes: a circle stays one only where it stretches all ways alike. */
export interface Likeness {
  /** Stretch of the first axis. */
  readonly scale: number;
  readonly mirrored: boolean;
  /** Turned, mirrored and stretched all ways alike: elementary shapes stay what they are. */
  readonly similar: boolean;
}

export function likenessOf(m: Affine): Likeness {
  const column = (c: number): Vec3 => [m[c] ?? 0, m[4 + c] ?? 0, m[8 + c] ?? 0];
  const [x, y, z] = [column(0), column(1), column(2)];
  const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const squares = [dot(x, x), dot(y, y), dot(z, z)] as const;
  const most = Math.max(...squares);
  const even = most - Math.min(...squares) <= SIMILAR * most;
  const square =
    Math.max(Math.abs(dot(x, y)), Math.abs(dot(y, z)), Math.abs(dot(z, x))) <= SIMILAR * most;
  const det =
    x[0] * (y[1] * z[2] - y[2] * z[1]) -
    y[0] * (x[1] * z[2] - x[2] * z[1]) +
    z[0] * (x[1] * y[2] - x[2] * y[1]);
  const scale = Math.cbrt(Math.abs(det));
  return { scale, mirrored: det < 0, similar: even && square && most > 0 };
}
