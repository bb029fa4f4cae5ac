/** Closed triangle meshes with known cuts, on a grid, for tests of the slicer. */

import { type MeshPiece, type SliceMesh, weld } from "./mesh";

type Point = readonly [number, number, number];

/** Triangles as chunks hold them: no corner is shared. */
export function piece(
  triangles: readonly (readonly [Point, Point, Point])[],
  material = 0,
): MeshPiece {
  const vertices = new Uint16Array(triangles.length * 12);
  triangles.flat().forEach(([x, y, z], i) => vertices.set([x, y, z, material], i * 4));
  return { vertices, indices: Uint32Array.from({ length: triangles.length * 3 }, (_, i) => i) };
}

export function meshOf(...parts: (readonly (readonly [Point, Point, Point])[])[]): SliceMesh {
  return weld(parts.map((triangles) => piece(triangles)));
}

type Triangles = [Point, Point, Point][];

/** A box from one corner to the other. */
export function boxOf(low: Point, high: Point): Triangles {
  const corner = (bits: number): Point => [
    bits & 1 ? high[0] : low[0],
    bits & 2 ? high[1] : low[1],
    bits & 4 ? high[2] : low[2],
  ];
  const quads = [
    [0, 4, 6, 2],
    [1, 3, 7, 5],
    [0, 1, 5, 4],
    [2, 6, 7, 3],
    [0, 2, 3, 1],
    [4, 5, 7, 6],
  ] as const;
  return quads.flatMap(([a, b, c, d]): Triangles => [
    [corner(a), corner(b), corner(c)],
    [corner(a), corner(c), corner(d)],
  ]);
}

/** Inside out: a cavity. */
export function inverted(triangles: readonly (readonly [Point, Point, Point])[]): Triangles {
  return triangles.map(([a, b, c]) => [a, c, b]);
}

/** A regular prism along z. */
export function prism(
  centre: readonly [number, number],
  radius: number,
  z: readonly [number, number],
  sides = 64,
): Triangles {
  const at = (i: number, height: number): Point => {
    const angle = (2 * Math.PI * (i % sides)) / sides;
    return [
      Math.round(centre[0] + radius * Math.cos(angle)),
      Math.round(centre[1] + radius * Math.sin(angle)),
      height,
    ];
  };
  const out: Triangles = [];
  const [low, high] = z;
  for (let i = 0; i < sides; i += 1) {
    out.push(
      [at(i, low), at(i + 1, low), at(i + 1, high)],
      [at(i, low), at(i + 1, high), at(i, high)],
    );
    if (i > 0 && i < sides - 1)
      out.push(
        [at(0, high), at(i, high), at(i + 1, high)],
        [at(0, low), at(i + 1, low), at(i, low)],
      );
  }
  return out;
}

/** A tube along z. */
export function tube(
  centre: readonly [number, number],
  outer: number,
  inner: number,
  z: readonly [number, number],
  sides = 64,
): Triangles {
  const walls = prism(centre, outer, z, sides).filter(isWall);
  const bore = inverted(prism(centre, inner, z, sides).filter(isWall));
  const ring = (height: number, up: boolean): Triangles => {
    const at = (i: number, radius: number): Point => {
      const angle = (2 * Math.PI * (i % sides)) / sides;
      return [
        Math.round(centre[0] + radius * Math.cos(angle)),
        Math.round(centre[1] + radius * Math.sin(angle)),
        height,
      ];
    };
    const out: Triangles = [];
    for (let i = 0; i < sides; i += 1)
      out.push(
        [at(i, inner), at(i, outer), at(i + 1, outer)],
        [at(i, inner), at(i + 1, outer), at(i + 1, inner)],
      );
    return up ? out : inverted(out);
  };
  return [...walls, ...bore, ...ring(z[1], true), ...ring(z[0], false)];
}

function isWall([a, b, c]: readonly [Point, Point, Point]): boolean {
  return a[2] !== b[2] || b[2] !== c[2];
}

/** A sphere of rings and segments about a middle; closed, its poles included. */
export function sphere(middle: Point, radius: number, rings: number, segments: number): Triangles {
  const at = (ring: number, segment: number): Point => {
    const theta = (Math.PI * ring) / rings;
    const phi = (2 * Math.PI * (segment % segments)) / segments;
    return [
      Math.round(middle[0] + radius * Math.sin(theta) * Math.cos(phi)),
      Math.round(middle[1] + radius * Math.sin(theta) * Math.sin(phi)),
      Math.round(middle[2] + radius * Math.cos(theta)),
    ];
  };
  const out: Triangles = [];
  for (let r = 0; r < rings; r += 1)
    for (let s = 0; s < segments; s += 1) {
      if (r > 0) out.push([at(r, s), at(r + 1, s), at(r, s + 1)]);
      if (r < rings - 1) out.push([at(r, s + 1), at(r + 1, s), at(r + 1, s + 1)]);
    }
  return out;
}
