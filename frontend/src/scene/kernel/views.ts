/** Faces and edges of a part as they stand in another frame; made when first asked for, kept. */

import type { Vec3 } from "../../state/model";
import { cross, dot, normalize, subtract } from "../vector";
import { type Affine, inverse, likenessOf, placePoint } from "./affine";
import { type Box, placedBox } from "./boxes";
import { type Curve, placedCurve } from "./curves";
import { type Solid, type SolidFace } from "./solid";
import { type Surface, apexHeight, placedSurface, surfaceOf, surfacePoint } from "./surfaces";

/** An edge. */
export interface EdgeView {
  readonly curve: Curve;
  readonly box: Box;
  /** How far it may lie from what the file has there, metres. */
  readonly stray: number;
}

/** A face with a surface. */
export interface FaceView {
  readonly surface: Surface;
  readonly edges: readonly EdgeView[];
  readonly box: Box;
  readonly stray: number;
  /** Points that no edge ends at but that may be nearest: a cone's tip. */
  readonly tips: readonly Vec3[];
  /** Ranges of u and v of its edges; v of lengths in the part's own measure. */
  readonly spans: {
    readonly u: readonly [number, number];
    readonly v: readonly [number, number];
  } | null;
  /** Stretch of the placement. */
  readonly scale: number;
  contains(p: Vec3): boolean;
}

/** A part in another frame, to which a placement leads that keeps circles circles. */
export class SolidView {
  readonly solid: Solid;
  private readonly matrix: Affine | null;
  private readonly back: Affine | null;
  private readonly scale: number;
  private readonly edges = new Map<number, EdgeView | null>();
  private readonly faces = new Map<number, FaceView | null>();

  /** matrix: null for the part's own frame. */
  constructor(solid: Solid, matrix: Affine | null) {
    this.solid = solid;
    this.matrix = matrix;
    this.back = matrix && inverse(matrix);
    this.scale = matrix ? likenessOf(matrix).scale : 1;
  }

  vertex(index: number): Vec3 | null {
    const p = this.solid.vertex(index);
    return p && this.placed(p);
  }

  edge(index: number): EdgeView | null {
    let view = this.edges.get(index);
    if (view === undefined) {
      view = this.makeEdge(index);
      this.edges.set(index, view);
    }
    return view;
  }

  /** null: of no elementary kind, or its region is not certain. */
  face(index: number): FaceView | null {
    let view = this.faces.get(index);
    if (view === undefined) {
      const face = this.solid.face(index);
      view = face ? this.makeFace(face) : null;
      this.faces.set(index, view);
    }
    return view;
  }

  boxOfFace(index: number): Box | null {
    const box = this.solid.face(index)?.box;
    return box ? this.boxed(box) : null;
  }

  /** Corners of the triangles of a face without a surface, nine numbers each; null: they are not here. */
  triangles(index: number): Float64Array | null {
    const corners = this.solid.triangles?.(index);
    if (!corners) return null;
    if (!this.matrix) return corners;
    const out = new Float64Array(corners.length);
    for (let i = 0; i < corners.length; i += 3)
      out.set(this.placed([corners[i] ?? 0, corners[i + 1] ?? 0, corners[i + 2] ?? 0]), i);
    return out;
  }

  /** How far those may stray. */
  get deflection(): number {
    return this.solid.deflection * this.scale;
  }

  private makeEdge(index: number): EdgeView | null {
    const curve = this.solid.curve(index);
    if (!curve) return null;
    return {
      curve: this.matrix ? placedCurve(curve, this.matrix) : curve,
      box: this.boxed(this.solid.edgeBox(index)),
      stray: this.solid.strayOf(index) * this.scale,
    };
  }

  private makeFace(face: SolidFace): FaceView | null {
    const { surface, trim } = face;
    if (!surface || !trim?.trusted) return null;
    const edges: EdgeView[] = [];
    for (const edge of face.edges) {
      const view = this.edge(edge);
      if (view) edges.push(view);
    }
    const tips: Vec3[] = [];
    if (surface.kind === "cone") {
      const tip = surfacePoint(surface, 0, apexHeight(surface));
      if (edges.length === 0 || trim.contains(tip)) tips.push(this.placed(tip));
    }
    const { back, scale } = this;
    return {
      surface: this.matrix ? placedSurface(surface, this.matrix) : surface,
      edges,
      box: this.boxed(face.box),
      stray: this.solid.strayOfFace(face.index) * scale,
      tips,
      spans: trim.spans,
      scale,
      contains: back ? (p) => trim.contains(placePoint(back, p)) : (p) => trim.contains(p),
    };
  }

  private placed(p: Vec3): Vec3 {
    return this.matrix ? placePoint(this.matrix, p) : p;
  }

  private boxed(box: Box): Box {
    return this.matrix ? placedBox(box, this.matrix) : box;
  }
}

/** A triangle as a face. */
export function triangleView(a: Vec3, b: Vec3, c: Vec3, stray: number): FaceView | null {
  const square = cross(subtract(b, a), subtract(c, a));
  const size = Math.hypot(square[0], square[1], square[2]);
  if (size === 0) return null;
  const axis: Vec3 = [square[0] / size, square[1] / size, square[2] / size];
  const corners = [a, b, c] as const;
  const edges = corners.map((from, i): EdgeView => {
    const to = corners[(i + 1) % 3] ?? a;
    const way = subtract(to, from);
    const last = Math.hypot(way[0], way[1], way[2]);
    return {
      curve: { kind: "line", point: from, direction: normalize(way), first: 0, last },
      box: boxAround([from, to]),
      stray,
    };
  });
  return {
    surface: surfaceOf("plane", { origin: a, axis, x: normalize(subtract(b, a)) }),
    edges,
    box: boxAround(corners),
    stray,
    tips: [],
    spans: null,
    scale: 1,
    contains: (p) =>
      corners.every((from, i) => {
        const to = corners[(i + 1) % 3] ?? a;
        return dot(cross(subtract(to, from), subtract(p, from)), axis) >= 0;
      }),
  };
}

export function boxAround(points: readonly Vec3[]): Box {
  const low = (i: 0 | 1 | 2): number => Math.min(...points.map((p) => p[i]));
  const high = (i: 0 | 1 | 2): number => Math.max(...points.map((p) => p[i]));
  return [low(0), low(1), low(2), high(0), high(1), high(2)];
}
