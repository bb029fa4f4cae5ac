/** Triangles of the picture, which stand in grid steps, as numbers to compute with. */

import type { Manifest, Vec3 } from "../state/model";
import type { Triangles } from "./geometry_store";
import { type Affine, placePoint } from "./kernel/affine";
import type { MeshShape } from "./kernel/mesh";
import { cornersAt, cross, length, subtract } from "./vector";

/** Corners of one triangle under a placement of grid steps. */
export function cornersOf(
  { vertices, indices }: Triangles,
  triangle: number,
  placement: Affine,
): readonly [Vec3, Vec3, Vec3] {
  const corner = (i: number): Vec3 => {
    const at = 4 * (indices[3 * triangle + i] ?? 0);
    return placePoint(placement, [vertices[at] ?? 0, vertices[at + 1] ?? 0, vertices[at + 2] ?? 0]);
  };
  return [corner(0), corner(1), corner(2)];
}

/** Triangles as a mesh in metres; only the first so many. */
export function meshOfSteps(
  { vertices, indices }: Triangles,
  [x, y, z, step]: Manifest["grids"][number],
  most: number,
): MeshShape {
  const used = indices.subarray(0, Math.min(indices.length, 3 * most));
  const numbers = new Map<number, number>();
  const points: number[] = [];
  const triangles = used.map((vertex) => {
    const known = numbers.get(vertex);
    if (known !== undefined) return known;
    const at = 4 * vertex;
    points.push(
      x + step * (vertices[at] ?? 0),
      y + step * (vertices[at + 1] ?? 0),
      z + step * (vertices[at + 2] ?? 0),
    );
    numbers.set(vertex, numbers.size);
    return numbers.size - 1;
  });
  return { points: Float64Array.from(points), triangles };
}

/** The middle of the largest of some triangles, nine numbers each; null of none. */
export function middleOfLargest(corners: Float64Array): Vec3 | null {
  let [most, best]: [number, Vec3 | null] = [0, null];
  for (let i = 0; i + 8 < corners.length; i += 9) {
    const [a, b, c] = cornersAt(corners, i);
    const size = length(cross(subtract(b, a), subtract(c, a)));
    if (size <= most) continue;
    most = size;
    best = middleOf([a, b, c]);
  }
  return best;
}

export function middleOf([a, b, c]: readonly [Vec3, Vec3, Vec3]): Vec3 {
  return [(a[0] + b[0] + c[0]) / 3, (a[1] + b[1] + c[1]) / 3, (a[2] + b[2] + c[2]) / 3];
}
