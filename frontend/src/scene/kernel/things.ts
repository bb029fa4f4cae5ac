/** What was asked about, brought into one frame and taken apart into points, edges, faces and triangles. */

import type { Vec3 } from "../../state/model";
import { type Affine, IDENTITY, inverse, likenessOf, multiply, placePoint } from "./affine";
import { type Box, boxOfPoint, grown } from "./boxes";
import { BoxTree } from "./box_tree";
import { type EdgeView, type FaceView, SolidView, triangleView } from "./views";
import { Triangles, trianglesOf, trianglesOfCurve } from "./triangles";
import type { Placed } from "./types";

/** A piece of a thing. */
export type Piece =
  | { readonly type: "point"; readonly point: Vec3; readonly stray: number; readonly box: Box }
  | { readonly type: "edge"; readonly edge: EdgeView; readonly box: Box }
  | { readonly type: "face"; readonly face: FaceView; readonly box: Box }
  | { readonly type: "triangles"; readonly triangles: Triangles; readonly box: Box };

/** A thing as pieces in the frame of computing. */
export interface Thing {
  readonly pieces: readonly Piece[];
  readonly tree: BoxTree;
  /** Of a whole solid: for what lies inside of what. */
  readonly solid: { readonly view: SolidView; readonly faces: readonly number[] } | null;
}

/** The frame in which two things are computed with: that of the first one's part, in its own measure. */
export function frameOf(placed: Placed): Affine {
  return placed.type !== "point" && likenessOf(placed.matrix).similar ? placed.matrix : IDENTITY;
}

/** null: nothing of it is known here (a face without triangles), or it has no such entity. */
export function thingOf(placed: Placed, frame: Affine): Thing | null {
  const back = inverse(frame);
  const stretch = likenessOf(back).scale;
  if (placed.type === "point") {
    const point = placePoint(back, placed.point);
    const stray = placed.tolerance_m * stretch;
    return made([{ type: "point", point, stray, box: boxOfPoint(point) }]);
  }
  const relative = multiply(back, placed.matrix);
  if (placed.type === "mesh") {
    const triangles = trianglesOf(placed.mesh, relative, placed.tolerance_m * stretch);
    return triangles.count > 0 ? made([soup(triangles)]) : null;
  }
  const { solid, kind, index } = placed;
  const { similar } = likenessOf(relative);
  const isOwn = isIdentity(relative);
  const view = new SolidView(solid, isOwn ? null : relative);
  if (kind === "vertex") {
    const point = view.vertex(index);
    return point && made([{ type: "point", point, stray: 0, box: boxOfPoint(point) }]);
  }
  if (kind === "edge") {
    const piece = edgePiece(view, index, similar, relative);
    return piece && made([piece]);
  }
  const faces = kind === "face" ? [index] : solid.facesOf(index);
  const pieces: Piece[] = [];
  for (const face of faces) {
    const piece = facePiece(view, face, similar);
    if (piece) pieces.push(piece);
    else pieces.push(...outline(view, face));
  }
  if (pieces.length === 0) return null;
  const whole = kind === "body" && pieces.every(({ type }) => type === "face");
  return made(pieces, whole ? { view, faces } : null);
}

function made(pieces: readonly Piece[], solid: Thing["solid"] = null): Thing {
  const boxes = new Float64Array(6 * pieces.length);
  pieces.forEach(({ box }, i) => boxes.set(box, 6 * i));
  return { pieces, tree: new BoxTree(boxes), solid };
}

function edgePiece(view: SolidView, index: number, similar: boolean, matrix: Affine): Piece | null {
  if (similar) {
    const edge = view.edge(index);
    return edge && { type: "edge", edge, box: edge.box };
  }
  // Stretched one way only, a circle is none any more: its chords are moved instead.
  const curve = view.solid.curve(index);
  if (!curve) return null;
  const fine = trianglesOfCurve(curve, view.solid.strayOf(index));
  const stretch = stretchOf(matrix);
  return soup(new Triangles(movedCorners(fine.corners, matrix), fine.stray * stretch));
}

function facePiece(view: SolidView, index: number, similar: boolean): Piece | null {
  if (similar) {
    const face = view.face(index);
    if (face) return { type: "face", face, box: face.box };
  }
  const corners = view.triangles(index);
  if (!corners || corners.length === 0) return null;
  return soup(new Triangles(corners, Math.max(view.deflection, 1e-9 * view.solid.size)));
}

/**
 * The edges of a face of which nothing else is here. It may bulge between them by half its extent, for all that is
 * known: so far they stray.
 */
function outline(view: SolidView, index: number): Piece[] {
  const box = view.boxOfFace(index);
  const bulge = box ? Math.hypot(box[3] - box[0], box[4] - box[1], box[5] - box[2]) / 2 : 0;
  const found: Piece[] = [];
  for (const number of view.solid.face(index)?.edges ?? []) {
    const edge = view.edge(number);
    if (!edge) continue;
    const stray = edge.stray + bulge;
    found.push({ type: "edge", edge: { ...edge, stray }, box: grown(edge.box, bulge) });
  }
  return found;
}

function soup(triangles: Triangles): Piece {
  const { nodes } = triangles.tree;
  const at = (i: number): number => nodes[i] ?? 0;
  return { type: "triangles", triangles, box: [at(0), at(1), at(2), at(3), at(4), at(5)] };
}

function movedCorners(corners: Float64Array, matrix: Affine): Float64Array {
  const out = new Float64Array(corners.length);
  for (let i = 0; i < corners.length; i += 3)
    out.set(placePoint(matrix, [corners[i] ?? 0, corners[i + 1] ?? 0, corners[i + 2] ?? 0]), i);
  return out;
}

/** The most that a placement stretches anything. */
function stretchOf(m: Affine): number {
  let sum = 0;
  for (const i of [0, 1, 2, 4, 5, 6, 8, 9, 10]) sum += (m[i] ?? 0) ** 2;
  return Math.sqrt(sum);
}

function isIdentity(m: Affine): boolean {
  return m.every((value, i) => Math.abs(value - (IDENTITY[i] ?? 0)) < 1e-15);
}

/** A triangle as a face, for what it is held against. */
export function faceOfTriangle(triangles: Triangles, index: number): FaceView | null {
  return triangleView(
    triangles.corner(index, 0),
    triangles.corner(index, 1),
    triangles.corner(index, 2),
    triangles.stray,
  );
}
