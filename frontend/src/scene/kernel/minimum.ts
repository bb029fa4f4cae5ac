/** The least distance of any two things. */

import { distance } from "../vector";
import type { Best } from "./best";
import type { Vec3 } from "../../state/model";
import { BoxTree, nearPairs } from "./box_tree";
import { gapBetween } from "./boxes";
import { edgeToEdge, edgeToFace, faceToFace, pointToEdge, pointToFace } from "./face_pairs";
import { pointAt } from "./curves";
import { surfacePoint } from "./surfaces";
import { isInside } from "./inside";
import { nearestOnTriangle } from "./mesh";
import { faceOfTriangle, type Piece, type Thing } from "./things";
import { type Triangles, triangleToTriangle, trianglesOfCurve } from "./triangles";

/** Offers the nearest points of two things in one frame; 0 where one lies inside the other. */
export function nearest(a: Thing, b: Thing, best: Best): void {
  nearPairs(
    a.tree,
    b.tree,
    () => best.distance,
    (i, j) => {
      const [one, other] = [a.pieces[i], b.pieces[j]];
      if (one && other && best.distance > 0) pieceToPiece(one, other, best);
    },
  );
  if (best.distance > 0) {
    within(a, b, best);
    best.turned(() => within(b, a, best));
  }
}

/** A thing all inside a solid touches it everywhere. */
function within(a: Thing, b: Thing, best: Best): void {
  const first = a.pieces[0];
  if (!b.solid || !first) return;
  // Its surface is not met by that of the solid: any one point tells for all.
  const probe = pointOf(first);
  if (isInside(b.solid.view, b.solid.faces, probe)) best.offer(0, probe, probe);
}

/** Some point of a piece. */
function pointOf(piece: Piece): Vec3 {
  switch (piece.type) {
    case "point":
      return piece.point;
    case "edge":
      return pointAt(piece.edge.curve, piece.edge.curve.first);
    case "triangles":
      return piece.triangles.corner(0, 0);
    case "face": {
      const [edge] = piece.face.edges;
      return edge ? pointAt(edge.curve, edge.curve.first) : surfacePoint(piece.face.surface, 0, 0);
    }
  }
}

const ORDER: readonly Piece["type"][] = ["point", "edge", "face", "triangles"];

function pieceToPiece(a: Piece, b: Piece, best: Best): void {
  if (ORDER.indexOf(a.type) > ORDER.indexOf(b.type)) {
    best.turned(() => pieceToPiece(b, a, best));
    return;
  }
  if (gapBetween(a.box, b.box) > best.distance) return;
  if (a.type === "point") {
    const { point } = a;
    if (b.type === "point") best.offer(distance(point, b.point), point, b.point, a.stray + b.stray);
    else if (b.type === "edge") pointToEdge(point, b.edge, best);
    else if (b.type === "face") pointToFace(point, b.face, best);
    else pointToTriangles(a, b.triangles, best);
    return;
  }
  if (b.type === "triangles") {
    if (a.type === "triangles") soupToSoup(a.triangles, b.triangles, best);
    else if (a.type === "edge")
      soupToSoup(trianglesOfCurve(a.edge.curve, a.edge.stray), b.triangles, best);
    else faceToSoup(a, b.triangles, best);
    return;
  }
  if (a.type === "edge" && b.type === "edge") edgeToEdge(a.edge, b.edge, best);
  else if (a.type === "edge" && b.type === "face") edgeToFace(a.edge, b.face, best);
  else if (a.type === "face" && b.type === "face") faceToFace(a.face, b.face, best);
}

function pointToTriangles(
  { point, stray, box }: Extract<Piece, { type: "point" }>,
  triangles: Triangles,
  best: Best,
): void {
  nearPairs(
    new BoxTree(Float64Array.from(box)),
    triangles.tree,
    () => best.distance,
    (_, t) => {
      const foot = nearestOnTriangle(
        point,
        triangles.corner(t, 0),
        triangles.corner(t, 1),
        triangles.corner(t, 2),
      );
      best.offer(distance(point, foot), point, foot, stray + triangles.stray);
    },
  );
}

function soupToSoup(a: Triangles, b: Triangles, best: Best): void {
  nearPairs(
    a.tree,
    b.tree,
    () => best.distance,
    (i, j) => {
      if (best.distance > 0) triangleToTriangle(a, i, b, j, best);
    },
  );
}

function faceToSoup(
  { face, box }: Extract<Piece, { type: "face" }>,
  triangles: Triangles,
  best: Best,
): void {
  nearPairs(
    new BoxTree(Float64Array.from(box)),
    triangles.tree,
    () => best.distance,
    (_, t) => {
      const other = faceOfTriangle(triangles, t);
      if (other && best.distance > 0) faceToFace(face, other, best);
    },
  );
}
