/** An exact shape whose file said the wrong unit: every number in the corrected one. */

import { EDGE, EDGE_COLUMNS, FACE, FACE_COLUMNS, type ExactPart } from "./exact";

/** scale: of `manifest.placement`. */
export function scaledExact(part: ExactPart, scale: number): ExactPart {
  if (scale === 1) return part;
  const by = (values: Float64Array, factor: number): Float64Array =>
    values.map((value) => value * factor);
  const edges = part.edges.parameters.slice();
  for (let edge = 0; edge < part.edges.count; edge += 1) {
    const row = EDGE_COLUMNS * edge;
    grow(edges, row, 3, scale);
    if (part.edges.kinds[edge] !== EDGE.line) grow(edges, row + 9, 2, scale);
  }
  const faces = part.faces.parameters.slice();
  for (let face = 0; face < part.faces.count; face += 1) {
    const row = FACE_COLUMNS * face;
    grow(faces, row, 3, scale);
    // A cone's second number is an angle.
    grow(faces, row + 9, part.faces.kinds[face] === FACE.cone ? 1 : 2, scale);
  }
  return {
    tolerance: part.tolerance * scale,
    vertices: by(part.vertices, scale),
    edges: {
      ...part.edges,
      parameters: edges,
      lengths: by(part.edges.lengths, scale),
      points: by(part.edges.points, scale),
    },
    faces: { ...part.faces, parameters: faces, areas: by(part.faces.areas, scale ** 2) },
    bodies: {
      count: part.bodies.count,
      volumes: by(part.bodies.volumes, scale ** 3),
      centres: by(part.bodies.centres, scale),
      inertias: by(part.bodies.inertias, scale ** 5),
    },
  };
}

function grow(values: Float64Array, at: number, count: number, factor: number): void {
  for (let i = at; i < at + count; i += 1) values[i] = (values[i] ?? 0) * factor;
}
