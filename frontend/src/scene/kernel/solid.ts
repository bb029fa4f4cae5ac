/** One part's exact shape, ready to be computed with: curves, surfaces, trims and boxes, made when first asked for. */

import { EDGE, FACE, type ExactPart, type FaceKind } from "../exact";
import {
  circleOf,
  coneOf,
  cylinderOf,
  edgesAround,
  ellipseOf,
  facesAtEdges,
  lineOf,
  planeOf,
  polylineOf,
  sphereOf,
  torusOf,
} from "../exact_geometry";
import type { Vec3 } from "../../state/model";
import { cross, dot } from "../vector";
import { type Curve, type RoundCurve, reachOfCurve } from "./curves";
import { type Box, boxOfReach, joinBoxes } from "./boxes";
import { type Surface, apexHeight, surfaceOf, surfacePoint } from "./surfaces";
import type { Border } from "./borders";
import { Trim } from "./trim";

/** docs/formats/exact.md: what was recognised lies this near. */
export const RECOGNITION_M = 1e-7;

/** One face: what it lies on and where it ends. Its region is worked out when first asked for. */
export class SolidFace {
  readonly index: number;
  /** null: of no elementary kind; only its triangles are known. */
  readonly surface: Surface | null;
  readonly edges: Uint32Array;
  readonly area: number;
  /** Around its edges and all that its whole surface may bulge out between them. */
  readonly box: Box;
  private readonly region: () => Trim | null;
  private made: Trim | null | undefined;

  constructor(
    index: number,
    surface: Surface | null,
    edges: Uint32Array,
    area: number,
    box: Box,
    region: () => Trim | null,
  ) {
    this.index = index;
    this.surface = surface;
    this.edges = edges;
    this.area = area;
    this.box = box;
    this.region = region;
  }

  /** null with the surface. */
  get trim(): Trim | null {
    if (this.made === undefined) this.made = this.region();
    return this.made;
  }

  /** Its surface and region are exactly known. */
  get exact(): boolean {
    return this.trim?.trusted ?? false;
  }
}

/** See the head of the file. Frame: the part's. */
export class Solid {
  readonly part: ExactPart;
  /** Diagonal of the box of its vertices and edges; a length to compare rounding with. */
  readonly size: number;
  /** A point inside a face, where its area leaves two answers; from its triangles. */
  hint: ((face: number) => Vec3 | null) | null = null;
  /** Corners of a face's triangles, nine numbers each, where they are known; for faces of no elementary kind. */
  triangles: ((face: number) => Float64Array | null) | null = null;
  /** How far those may stray from the face, metres. */
  deflection = 0;
  private readonly curves: (Curve | null | undefined)[];
  private readonly solidFaces: (SolidFace | undefined)[];
  private readonly edgeBoxes: (Box | undefined)[];
  private around: { readonly starts: Uint32Array; readonly faces: Uint32Array } | null = null;

  constructor(part: ExactPart) {
    this.part = part;
    this.curves = new Array<Curve | null | undefined>(part.edges.count);
    this.solidFaces = new Array<SolidFace | undefined>(part.faces.count);
    this.edgeBoxes = new Array<Box | undefined>(part.edges.count);
    let box: Box | null = null;
    for (let e = 0; e < part.edges.count; e += 1)
      if (this.curve(e)) box = joinBoxes(box, this.edgeBox(e));
    this.size = box
      ? Math.max(1e-9, Math.hypot(box[3] - box[0], box[4] - box[1], box[5] - box[2]))
      : this.sizeWithoutEdges();
  }

  get vertexCount(): number {
    return this.part.vertices.length / 3;
  }

  vertex(index: number): Vec3 | null {
    const { vertices } = this.part;
    if (index < 0 || 3 * index + 2 >= vertices.length) return null;
    return [vertices[3 * index] ?? 0, vertices[3 * index + 1] ?? 0, vertices[3 * index + 2] ?? 0];
  }

  /** null: an edge without extent (a pole) or without end. */
  curve(edge: number): Curve | null {
    if (edge < 0 || edge >= this.part.edges.count) return null;
    const known = this.curves[edge];
    if (known !== undefined) return known;
    const made = curveOf(this.part, edge);
    this.curves[edge] = made;
    return made;
  }

  face(index: number): SolidFace | null {
    if (index < 0 || index >= this.part.faces.count) return null;
    return (this.solidFaces[index] ??= this.makeFace(index));
  }

  /** Numbers of the faces that list an edge. */
  facesAt(edge: number): Uint32Array {
    this.around ??= facesAtEdges(this.part);
    const { starts, faces } = this.around;
    return faces.subarray(starts[edge] ?? 0, starts[edge + 1] ?? 0);
  }

  /** Faces of a body; of −1 all. */
  facesOf(body: number): number[] {
    const found: number[] = [];
    const { bodies, count } = this.part.faces;
    for (let face = 0; face < count; face += 1)
      if (body < 0 || bodies[face] === body) found.push(face);
    return found;
  }

  bodyOf(face: number): number {
    return this.part.faces.bodies[face] ?? -1;
  }

  edgeBox(edge: number): Box {
    return (this.edgeBoxes[edge] ??= this.boxOfEdge(edge));
  }

  /** Least and greatest of direction · p over a face. direction: unit. */
  reachOfFace(face: SolidFace, direction: Vec3): readonly [number, number] {
    const { trim } = face;
    return this.reachOf(face.edges, face.surface, direction, (p) => trim?.contains(p) ?? false);
  }

  private reachOf(
    edges: Uint32Array,
    surface: Surface | null,
    direction: Vec3,
    holds: (p: Vec3) => boolean,
  ): readonly [number, number] {
    let [low, high] = [Infinity, -Infinity];
    const take = (value: number): void => {
      low = Math.min(low, value);
      high = Math.max(high, value);
    };
    for (const edge of edges) {
      const curve = this.curve(edge);
      if (curve) reachOfCurve(curve, direction).forEach(take);
    }
    if (surface)
      for (const p of extremes(surface, direction)) if (holds(p)) take(dot(p, direction));
    if (low > high) this.sizelessReach(direction).forEach(take);
    return [low, high];
  }

  /** How far a face's surface may lie from what the file has there, metres. */
  strayOfFace(face: number): number {
    return this.part.faces.recognised[face] ? RECOGNITION_M : 0;
  }

  /** How far an edge may lie from what the file has there, metres. */
  strayOf(edge: number): number {
    if (this.part.edges.kinds[edge] === EDGE.curve) return this.part.tolerance;
    return this.part.edges.recognised[edge] ? RECOGNITION_M : 0;
  }

  private boxOfEdge(edge: number): Box {
    const curve = this.curve(edge);
    if (!curve) {
      const at = this.vertex(this.part.edges.vertices[2 * edge] ?? -1);
      return at ? [...at, ...at] : [0, 0, 0, 0, 0, 0];
    }
    return boxOfReach((direction) => reachOfCurve(curve, direction));
  }

  private makeFace(index: number): SolidFace {
    const { part } = this;
    const edges = edgesAround(part, index);
    const area = part.faces.areas[index] ?? 0;
    const surface = surfaceOfFace(part, index);
    const box = boxOfReach((direction) => this.reachOf(edges, surface, direction, () => true));
    const region = (): Trim | null => surface && this.trimOf(index, surface, edges, area);
    return new SolidFace(index, surface, edges, area, box, region);
  }

  private trimOf(index: number, surface: Surface, edges: Uint32Array, area: number): Trim {
    const closed = this.bodyOf(index) >= 0;
    const borders: Border[] = [];
    let slack = 0;
    for (const edge of edges) {
      const curve = this.curve(edge);
      if (!curve) continue;
      const alone = this.facesAt(edge).length === 1;
      const { vertices } = this.part.edges;
      const ends = [
        this.vertex(vertices[2 * edge] ?? -1),
        this.vertex(vertices[2 * edge + 1] ?? -1),
      ] as const;
      borders.push({ curve, seam: !alone ? "no" : closed ? "yes" : "maybe", ends });
      // Edges of real files miss the corners that they share by about this much.
      slack += 2 * this.part.tolerance * (this.part.edges.lengths[edge] ?? 0);
    }
    return Trim.of(surface, borders, area, slack, this.hint?.(index) ?? null);
  }

  /** A ball or a ring has no edges but seams. */
  private sizeWithoutEdges(): number {
    let size = 0;
    for (let face = 0; face < this.part.faces.count; face += 1) {
      const surface = surfaceOfFace(this.part, face);
      if (surface) size = Math.max(size, 2 * (surface.radius + surface.tube));
    }
    return Math.max(size, 1e-9);
  }

  private sizelessReach(direction: Vec3): readonly [number, number] {
    const at = this.vertex(0) ?? [0, 0, 0];
    return [dot(at, direction), dot(at, direction)];
  }
}

/** Points of a surface where it turns round along a direction. */
function extremes(surface: Surface, direction: Vec3): Vec3[] {
  const { kind, origin, axis, radius, tube } = surface;
  if (kind === "sphere")
    return [1, -1].map((sign): Vec3 => [
      origin[0] + sign * radius * direction[0],
      origin[1] + sign * radius * direction[1],
      origin[2] + sign * radius * direction[2],
    ]);
  if (kind === "cone") return [surfacePoint(surface, 0, apexHeight(surface))];
  if (kind !== "torus") return [];
  const along = dot(direction, axis);
  const across = Math.hypot(dot(direction, surface.x), dot(direction, surface.y));
  const v = Math.atan2(along, across);
  const u = Math.atan2(dot(direction, surface.y), dot(direction, surface.x));
  const found: Vec3[] = [];
  // Across the axis a whole circle is highest: some points of it tell whether any of it is in the face.
  const turns = across > 1e-12 ? [u] : Array.from({ length: 12 }, (_, i) => (i * Math.PI) / 6);
  for (const turn of turns)
    found.push(
      surfacePoint(surface, turn, v),
      surfacePoint(surface, turn, v + Math.PI),
      surfacePoint(surface, turn + Math.PI, Math.PI - v),
      surfacePoint(surface, turn + Math.PI, -v),
    );
  return tube > 0 ? found : [];
}

/** The curve of an edge; null of one without extent. */
function curveOf(part: ExactPart, edge: number): Curve | null {
  const line = lineOf(part, edge);
  if (line) {
    const { point, direction, length } = line;
    return { kind: "line", point, direction, first: 0, last: length };
  }
  const circle = circleOf(part, edge);
  if (circle) return roundCurve("circle", circle, circle.radius, circle.radius);
  const ellipse = ellipseOf(part, edge);
  if (ellipse) return roundCurve("ellipse", ellipse, ellipse.major, ellipse.minor);
  const points = polylineOf(part, edge);
  if (points.length < 6 || part.edges.lengths[edge] === 0) return null;
  return {
    kind: "polyline",
    points,
    first: 0,
    last: points.length / 3 - 1,
    tolerance: part.tolerance,
  };
}

function roundCurve(
  kind: RoundCurve["kind"],
  { centre, axis, x, first, last }: Pick<RoundCurve, "centre" | "axis" | "x" | "first" | "last">,
  major: number,
  minor: number,
): RoundCurve {
  return { kind, centre, axis, x, y: cross(axis, x), major, minor, first, last };
}

/** The surface of a face; null of one of no elementary kind. */
export function surfaceOfFace(part: ExactPart, face: number): Surface | null {
  const kind = (part.faces.kinds[face] ?? FACE.surface) as FaceKind; // the reader refuses other numbers
  switch (kind) {
    case FACE.plane: {
      const found = planeOf(part, face);
      return found && surfaceOf("plane", found);
    }
    case FACE.cylinder: {
      const found = cylinderOf(part, face);
      return found && surfaceOf("cylinder", found, found.radius, 0, found.hole);
    }
    case FACE.cone: {
      const found = coneOf(part, face);
      return found && surfaceOf("cone", found, found.radius, found.halfAngle, found.hole);
    }
    case FACE.sphere: {
      const found = sphereOf(part, face);
      return found && surfaceOf("sphere", found, found.radius, 0, found.hole);
    }
    case FACE.torus: {
      const found = torusOf(part, face);
      return found && surfaceOf("torus", found, found.radius, found.tube, found.hole);
    }
    case FACE.surface:
      return null;
  }
}
