/** What an edge or a face of an exact part is, by name: the circle of a rim, the cylinder of a bore. */

import { EDGE, EDGE_COLUMNS, FACE, FACE_COLUMNS, type ExactPart, type FaceKind } from "./exact";

export type Vector = readonly [number, number, number];

/** A line edge. */
export interface Line {
  readonly point: Vector;
  readonly direction: Vector;
  readonly length: number;
}

/** A circle or an arc of one, from the first angle to the last. */
export interface Circle {
  readonly centre: Vector;
  readonly axis: Vector;
  readonly x: Vector;
  readonly radius: number;
  readonly first: number;
  readonly last: number;
  /** The edge goes all the way round. */
  readonly whole: boolean;
}

/** An ellipse or an arc of one; `x` points along the major radius. */
export interface Ellipse extends Omit<Circle, "radius"> {
  readonly major: number;
  readonly minor: number;
}

/** A surface about an axis: what every elementary face has. */
export interface Axial {
  readonly origin: Vector;
  readonly axis: Vector;
  readonly x: Vector;
  /** The material lies outside, as around a bore. */
  readonly hole: boolean;
}

/** The line of an edge; null for an edge of another kind. */
export function lineOf(part: ExactPart, edge: number): Line | null {
  if (part.edges.kinds[edge] !== EDGE.line) return null;
  const row = EDGE_COLUMNS * edge;
  const { parameters, lengths } = part.edges;
  return {
    point: vector(parameters, row),
    direction: vector(parameters, row + 3),
    length: lengths[edge] ?? 0,
  };
}

/** The circle of an edge; null for an edge of another kind. */
export function circleOf(part: ExactPart, edge: number): Circle | null {
  if (part.edges.kinds[edge] !== EDGE.circle) return null;
  return { ...round(part, edge), radius: part.edges.parameters[EDGE_COLUMNS * edge + 9] ?? 0 };
}

/** The ellipse of an edge; null for an edge of another kind. */
export function ellipseOf(part: ExactPart, edge: number): Ellipse | null {
  if (part.edges.kinds[edge] !== EDGE.ellipse) return null;
  const row = EDGE_COLUMNS * edge;
  const { parameters } = part.edges;
  return {
    ...round(part, edge),
    major: parameters[row + 9] ?? 0,
    minor: parameters[row + 10] ?? 0,
  };
}

/** x, y, z of the points along an edge of no elementary kind; empty for others. */
export function polylineOf(part: ExactPart, edge: number): Float64Array {
  const { pointStarts, points } = part.edges;
  return points.subarray(3 * (pointStarts[edge] ?? 0), 3 * (pointStarts[edge + 1] ?? 0));
}

/** The plane of a face, its axis out of the material; null for a face of another kind. */
export function planeOf(part: ExactPart, face: number): Axial | null {
  return axial(part, face, FACE.plane);
}

/** The cylinder of a face; null for a face of another kind. */
export function cylinderOf(part: ExactPart, face: number): (Axial & { radius: number }) | null {
  return withRadius(part, face, FACE.cylinder);
}

/** The sphere of a face; null for a face of another kind. */
export function sphereOf(part: ExactPart, face: number): (Axial & { radius: number }) | null {
  return withRadius(part, face, FACE.sphere);
}

/** The cone of a face, with its radius at the origin; null for a face of another kind. */
export function coneOf(
  part: ExactPart,
  face: number,
): (Axial & { radius: number; halfAngle: number }) | null {
  const found = withRadius(part, face, FACE.cone);
  return found && { ...found, halfAngle: part.faces.parameters[FACE_COLUMNS * face + 10] ?? 0 };
}

/** The torus of a face: `radius` of the ring and of its tube; null for a face of another kind. */
export function torusOf(
  part: ExactPart,
  face: number,
): (Axial & { radius: number; tube: number }) | null {
  const found = withRadius(part, face, FACE.torus);
  return found && { ...found, tube: part.faces.parameters[FACE_COLUMNS * face + 10] ?? 0 };
}

/** Numbers of the edges around a face. */
export function edgesAround(part: ExactPart, face: number): Uint32Array {
  const { edgeStarts, edges } = part.faces;
  return edges.subarray(edgeStarts[face] ?? 0, edgeStarts[face + 1] ?? 0);
}

/** Numbers of the faces at each edge, in one pass: `faces.subarray(starts[e], starts[e + 1])`. */
export function facesAtEdges(part: ExactPart): { starts: Uint32Array; faces: Uint32Array } {
  const { edgeStarts, edges, count } = part.faces;
  const starts = new Uint32Array(part.edges.count + 1);
  for (const edge of edges) starts[edge + 1] = (starts[edge + 1] ?? 0) + 1;
  for (let edge = 0; edge < part.edges.count; edge += 1)
    starts[edge + 1] = (starts[edge + 1] ?? 0) + (starts[edge] ?? 0);
  const next = starts.slice();
  const faces = new Uint32Array(edges.length);
  for (let face = 0; face < count; face += 1)
    for (let at = edgeStarts[face] ?? 0; at < (edgeStarts[face + 1] ?? 0); at += 1) {
      const edge = edges[at] ?? 0;
      faces[next[edge] ?? 0] = face;
      next[edge] = (next[edge] ?? 0) + 1;
    }
  return { starts, faces };
}

function vector(values: Float64Array, at: number): Vector {
  return [values[at] ?? 0, values[at + 1] ?? 0, values[at + 2] ?? 0];
}

function round(part: ExactPart, edge: number): Omit<Circle, "radius"> {
  const { parameters } = part.edges;
  const row = EDGE_COLUMNS * edge;
  const [first, last] = [parameters[row + 11] ?? 0, parameters[row + 12] ?? 0];
  return {
    centre: vector(parameters, row),
    axis: vector(parameters, row + 3),
    x: vector(parameters, row + 6),
    first,
    last,
    whole: last - first > 2 * Math.PI - 1e-9,
  };
}

function axial(part: ExactPart, face: number, kind: FaceKind): Axial | null {
  if (part.faces.kinds[face] !== kind) return null;
  const { parameters } = part.faces;
  const row = FACE_COLUMNS * face;
  return {
    origin: vector(parameters, row),
    axis: vector(parameters, row + 3),
    x: vector(parameters, row + 6),
    hole: parameters[row + 11] === 1,
  };
}

function withRadius(
  part: ExactPart,
  face: number,
  kind: FaceKind,
): (Axial & { radius: number }) | null {
  const found = axial(part, face, kind);
  return found && { ...found, radius: part.faces.parameters[FACE_COLUMNS * face + 9] ?? 0 };
}
