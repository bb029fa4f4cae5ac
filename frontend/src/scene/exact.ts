/**
 * exact.bin: the exact shape of parts, for measuring. docs/formats/exact.md specifies it, and
 * `tests/vectors/exact.bin` pins it for both languages.
 *
 * Everything is metres and radians in the part's own frame, in double precision. A file is a
 * stranger's: each count, offset and index is checked before it is followed.
 */

import { Reader, demand } from "./exact_bytes";

const MAGIC = 0x58455448; // "HTEX"
const VERSION = 1;
const STRAIGHT = 0x40;
const HOLE = 0x40;
const RECOGNISED = 0x80;

export type EdgeKind = 0 | 1 | 2 | 3;
export type FaceKind = 0 | 1 | 2 | 3 | 4 | 5;

/** Kinds as they stand in the file. */
export const EDGE = { line: 0, circle: 1, ellipse: 2, curve: 3 } as const;
export const FACE = { plane: 0, cylinder: 1, cone: 2, sphere: 3, torus: 4, surface: 5 } as const;

/** Columns of one edge's or face's parameters. */
export const EDGE_COLUMNS = 13;
export const FACE_COLUMNS = 12;

/** A range of the file: ask for it by HTTP. */
export interface Block {
  readonly offset: number;
  readonly bytes: number;
}

/** Where each block stands; null: the part has no exact shape, the geometry no faces. */
export interface ExactHead {
  readonly parts: readonly (Block | null)[];
  readonly geometries: readonly (Block | null)[];
}

/** One part's shape as columns; edges and faces are named by number. */
export interface ExactPart {
  /** How far a polyline may stray from its curve. */
  readonly tolerance: number;
  /** x, y, z of each vertex. */
  readonly vertices: Float64Array;
  readonly edges: {
    readonly count: number;
    readonly kinds: Uint8Array;
    /** First and last vertex of each edge, −1 for none. */
    readonly vertices: Int32Array;
    /**
     * 13 numbers each: centre or point, axis or direction, x direction, major and minor radius,
     * first and last angle; unused ones are 0.
     */
    readonly parameters: Float64Array;
    readonly lengths: Float64Array;
    /** 1 where the file has a spline that is this kind. */
    readonly recognised: Uint8Array;
    /** Of each edge's polyline in `points`, and one past the last. */
    readonly pointStarts: Uint32Array;
    readonly points: Float64Array;
  };
  readonly faces: {
    readonly count: number;
    readonly kinds: Uint8Array;
    /** 12 numbers each: origin, axis or outward normal, x direction, radius, second radius or half angle, hole. */
    readonly parameters: Float64Array;
    readonly areas: Float64Array;
    /** The body that each face bounds, −1 for none. */
    readonly bodies: Int32Array;
    readonly recognised: Uint8Array;
    /** Of each face's edges in `edges`, and one past the last. */
    readonly edgeStarts: Uint32Array;
    readonly edges: Uint32Array;
  };
  readonly bodies: {
    readonly count: number;
    readonly volumes: Float64Array;
    readonly centres: Float64Array;
    /** 3 × 3 each, about the centre at density 1. */
    readonly inertias: Float64Array;
  };
}

/** Reads the head; `buffer` may hold more than that. */
export function readHead(buffer: ArrayBuffer): ExactHead {
  const view = new DataView(buffer);
  demand(view.byteLength >= 16, "The head of the exact shapes is cut short.");
  demand(view.getUint32(0, true) === MAGIC, "This is no file of exact shapes.");
  const version = view.getUint32(4, true);
  demand(version === VERSION, `Exact shapes of version ${version} are not known here.`);
  const partCount = view.getUint32(8, true);
  const geometryCount = view.getUint32(12, true);
  const end = 16 + 8 * (partCount + geometryCount);
  demand(end <= view.byteLength, "The head of the exact shapes is cut short.");
  const block = (row: number): Block | null => {
    const offset = view.getUint32(16 + 8 * row, true);
    const bytes = view.getUint32(20 + 8 * row, true);
    if (bytes === 0) return null;
    demand(offset >= end, "A block of the exact shapes lies in the head.");
    return { offset, bytes };
  };
  return {
    parts: Array.from({ length: partCount }, (_, row) => block(row)),
    geometries: Array.from({ length: geometryCount }, (_, row) => block(partCount + row)),
  };
}

/** Reads the block of one part. */
export function readPart(block: ArrayBuffer): ExactPart {
  const reader = new Reader(block);
  const head = Array.from({ length: 10 }, () => reader.u32());
  const [numberCount = 0, vertexCount = 0, pointCount = 0, directionCount = 0] = head;
  const [edgeCount = 0, faceCount = 0, around = 0, bodyCount = 0] = head.slice(4);
  const [linePoints = 0, lineBytes = 0] = head.slice(8);
  demand(vertexCount <= pointCount, "The exact shape has fewer points than vertices.");
  const [tolerance = 0, step = 0, ...corner] = reader.doubles(5);
  demand(tolerance >= 0 && step > 0, "The exact shape's tolerance is no length.");

  const pool = reader.doubles(numberCount);
  for (let at = 0; at < numberCount; at += 1)
    demand((pool[at] ?? -1) >= 0, "A number of the exact shape is damaged.");
  const bodyRows = reader.doubles(10 * bodyCount);
  const numbers = (count: number): Float64Array => {
    const references = reader.column(count, 2 * numberCount, false);
    const values = new Float64Array(count);
    for (let at = 0; at < count; at += 1) {
      const reference = references[at] ?? 0;
      const value = pool[reference >>> 1] ?? 0;
      values[at] = reference & 1 ? -value : value;
    }
    return values;
  };
  const points = numbers(3 * pointCount);
  const directions = numbers(3 * directionCount);

  const kinds = reader.bytes(edgeCount);
  const ends = reader.column(2 * edgeCount, vertexCount, true);
  let placed = 0;
  let turned = 0;
  let measured = 0;
  let curves = 0;
  for (const byte of kinds) {
    const kind = byte & 7;
    demand(kind <= EDGE.curve, "An edge of the exact shape is of no known kind.");
    const round = kind === EDGE.circle || kind === EDGE.ellipse;
    const straight = kind === EDGE.line && (byte & STRAIGHT) !== 0;
    if (kind !== EDGE.curve && !straight) placed += 1;
    turned += round ? 2 : kind === EDGE.line && !straight ? 1 : 0;
    measured += kind === EDGE.circle ? 3 : kind === EDGE.ellipse ? 5 : straight ? 0 : 1;
    if (kind === EDGE.curve) curves += 1;
  }
  const edgePoints = reader.column(placed, pointCount, false);
  const edgeDirections = reader.column(turned, directionCount, false);
  const edgeNumbers = numbers(measured);

  const faceBytes = reader.bytes(faceCount);
  const areas = numbers(faceCount);
  const faceBodies = reader.column(faceCount, bodyCount, true);
  let known = 0;
  let radii = 0;
  for (const byte of faceBytes) {
    const kind = byte & 7;
    demand(kind <= FACE.surface, "A face of the exact shape is of no known kind.");
    if (kind !== FACE.surface) known += 1;
    radii += radiiOf(kind);
  }
  const facePoints = reader.column(known, pointCount, false);
  const faceDirections = reader.column(2 * known, directionCount, false);
  const faceNumbers = numbers(radii);
  const faceEdgeCounts = reader.column(faceCount, around + 1, false);
  const faceEdges = reader.column(around, edgeCount, false);
  const lineCounts = reader.column(curves, linePoints + 1, false);
  demand(3 * linePoints <= lineBytes, "The polylines of the exact shape are cut short.");

  const parameters = new Float64Array(EDGE_COLUMNS * edgeCount);
  const lengths = new Float64Array(edgeCount);
  const recognised = new Uint8Array(edgeCount);
  const pointStarts = new Uint32Array(edgeCount + 1);
  const [atPoint, atDirection, atNumber] = [
    cursor(edgePoints),
    cursor(edgeDirections),
    cursor(edgeNumbers),
  ];
  const atLine = cursor(lineCounts);
  for (let edge = 0; edge < edgeCount; edge += 1) {
    const byte = kinds[edge] ?? 0;
    const kind = byte & 7;
    const row = EDGE_COLUMNS * edge;
    kinds[edge] = kind;
    recognised[edge] = byte & RECOGNISED ? 1 : 0;
    pointStarts[edge + 1] = pointStarts[edge] ?? 0;
    if (kind === EDGE.curve) {
      lengths[edge] = atNumber();
      pointStarts[edge + 1] = (pointStarts[edge] ?? 0) + atLine();
      continue;
    }
    if (kind === EDGE.line && byte & STRAIGHT) {
      lengths[edge] = fillStraight(parameters, row, points, ends, edge);
      continue;
    }
    copy3(parameters, row, points, atPoint());
    copy3(parameters, row + 3, directions, atDirection());
    if (kind === EDGE.line) {
      lengths[edge] = atNumber();
      continue;
    }
    copy3(parameters, row + 6, directions, atDirection());
    const radius = atNumber();
    parameters[row + 9] = radius;
    parameters[row + 10] = kind === EDGE.circle ? radius : atNumber();
    const [first, last] = [atNumber(), atNumber()];
    parameters[row + 11] = first;
    parameters[row + 12] = last;
    lengths[edge] = kind === EDGE.circle ? radius * (last - first) : atNumber();
  }
  demand(pointStarts[edgeCount] === linePoints, "The polylines of the exact shape do not add up.");

  const faceParameters = new Float64Array(FACE_COLUMNS * faceCount);
  const faceRecognised = new Uint8Array(faceCount);
  const edgeStarts = new Uint32Array(faceCount + 1);
  const [onPoint, onDirection, onNumber] = [
    cursor(facePoints),
    cursor(faceDirections),
    cursor(faceNumbers),
  ];
  for (let face = 0; face < faceCount; face += 1) {
    const byte = faceBytes[face] ?? 0;
    const kind = byte & 7;
    const row = FACE_COLUMNS * face;
    faceBytes[face] = kind;
    faceRecognised[face] = byte & RECOGNISED ? 1 : 0;
    edgeStarts[face + 1] = (edgeStarts[face] ?? 0) + (faceEdgeCounts[face] ?? 0);
    if (kind === FACE.surface) continue;
    copy3(faceParameters, row, points, onPoint());
    copy3(faceParameters, row + 3, directions, onDirection());
    copy3(faceParameters, row + 6, directions, onDirection());
    for (let radius = 0; radius < radiiOf(kind); radius += 1)
      faceParameters[row + 9 + radius] = onNumber();
    faceParameters[row + 11] = byte & HOLE ? 1 : 0;
  }
  demand(edgeStarts[faceCount] === around, "The edges around the faces do not add up.");

  const end = reader.at + lineBytes;
  const polylines = readPolylines(reader, pointStarts, linePoints, step, corner);
  demand(reader.at === end, "The polylines of the exact shape do not add up.");
  reader.finish();
  return {
    tolerance,
    vertices: points.slice(0, 3 * vertexCount),
    edges: {
      count: edgeCount,
      kinds,
      vertices: Int32Array.from(ends),
      parameters,
      lengths,
      recognised,
      pointStarts,
      points: polylines,
    },
    faces: {
      count: faceCount,
      kinds: faceBytes,
      parameters: faceParameters,
      areas,
      bodies: Int32Array.from(faceBodies),
      recognised: faceRecognised,
      edgeStarts,
      edges: Uint32Array.from(faceEdges),
    },
    bodies: bodiesOf(bodyRows, bodyCount),
  };
}

/** The exact face of each triangle of a geometry's finest level, which has `triangles` of them. */
export function readFaces(block: ArrayBuffer, triangles: number): Uint32Array {
  const reader = new Reader(block);
  demand(reader.u32() === triangles, "The faces are those of another number of triangles.");
  const runs = reader.u32();
  const faces = new Uint32Array(triangles);
  let [face, at] = [0, 0];
  for (let run = 0; run < runs; run += 1) {
    face += reader.signed();
    const end = at + reader.varint() + 1;
    demand(face >= 0 && face < 2 ** 32, "A triangle lies on no face.");
    demand(end <= triangles, "The faces are those of more triangles.");
    faces.fill(face, at, end);
    at = end;
  }
  demand(at === triangles, "The faces are those of fewer triangles.");
  reader.finish();
  return faces;
}

function radiiOf(kind: number): number {
  if (kind === FACE.cone || kind === FACE.torus) return 2;
  return kind === FACE.cylinder || kind === FACE.sphere ? 1 : 0;
}

/** Hands out a column's values one after the other. */
function cursor(column: Float64Array): () => number {
  let at = 0;
  return () => column[at++] ?? 0;
}

function copy3(to: Float64Array, at: number, from: Float64Array, row: number): void {
  for (let axis = 0; axis < 3; axis += 1) to[at + axis] = from[3 * row + axis] ?? 0;
}

/** Point and direction of a line between its two vertices; its length. */
function fillStraight(
  parameters: Float64Array,
  row: number,
  points: Float64Array,
  ends: Float64Array,
  edge: number,
): number {
  const [first, last] = [ends[2 * edge] ?? -1, ends[2 * edge + 1] ?? -1];
  demand(first >= 0 && last >= 0, "A straight edge of the exact shape has no ends.");
  copy3(parameters, row, points, first);
  const chord = [0, 1, 2].map(
    (axis) => (points[3 * last + axis] ?? 0) - (points[3 * first + axis] ?? 0),
  );
  const length = Math.hypot(...chord);
  demand(length > 0, "A straight edge of the exact shape has no length.");
  chord.forEach((span, axis) => {
    parameters[row + 3 + axis] = span / length;
  });
  return length;
}

function readPolylines(
  reader: Reader,
  starts: Uint32Array,
  count: number,
  step: number,
  corner: readonly number[],
): Float64Array {
  const points = new Float64Array(3 * count);
  const [place, move] = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  for (let edge = 0; edge + 1 < starts.length; edge += 1) {
    const first = starts[edge] ?? 0;
    for (let point = first; point < (starts[edge + 1] ?? 0); point += 1)
      for (let axis = 0; axis < 3; axis += 1) {
        const value = reader.signed();
        if (point === first) {
          place[axis] = value;
        } else {
          move[axis] = (point === first + 1 ? 0 : (move[axis] ?? 0)) + value;
          place[axis] = (place[axis] ?? 0) + (move[axis] ?? 0);
        }
        points[3 * point + axis] = (corner[axis] ?? 0) + step * (place[axis] ?? 0);
      }
  }
  return points;
}

function bodiesOf(rows: Float64Array, count: number): ExactPart["bodies"] {
  const volumes = new Float64Array(count);
  const centres = new Float64Array(3 * count);
  const inertias = new Float64Array(9 * count);
  for (let body = 0; body < count; body += 1) {
    const row = rows.subarray(10 * body, 10 * body + 10);
    const [volume = 0, x = 0, y = 0, z = 0, xx = 0, yy = 0, zz = 0, xy = 0, xz = 0, yz = 0] = row;
    volumes[body] = volume;
    centres.set([x, y, z], 3 * body);
    inertias.set([xx, xy, xz, xy, yy, yz, xz, yz, zz], 9 * body);
  }
  return { count, volumes, centres, inertias };
}
