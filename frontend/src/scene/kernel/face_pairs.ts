/** The least distance between points, edges and faces with surfaces. All in one frame. */

import type { Vec3 } from "../../state/model";
import {
  cross,
  distance,
  dot,
  length,
  normalize,
  perpendicular,
  subtract,
  add,
  scale,
} from "../vector";
import type { Best } from "./best";
import { boxOfPoint, gapBetween } from "./boxes";
import { nearestOfCurves } from "./curve_pairs";
import { crossings, marksOver } from "./curve_surface";
import { type Curve, type RoundCurve, nearestOnCurve, pointAt } from "./curves";
import { facingPairs } from "./surface_pairs";
import {
  type Surface,
  footOn,
  heightOver,
  isAmbiguous,
  parametersOf,
  surfacePoint,
} from "./surfaces";
import type { EdgeView, FaceView } from "./views";

/** Feet tried of a point that has them all round. */
const ROUND = 24;
/** Curves of a surface along which it is tried whether it passes through another. */
const RULINGS = 24;

/** Offers the nearest points of a point and a curve. */
export function pointToEdge(p: Vec3, edge: EdgeView, best: Best): void {
  if (gapBetween(boxOfPoint(p), edge.box) > best.distance) return;
  const near = nearestOnCurve(edge.curve, p);
  best.offer(near.distance, p, near.point, edge.stray);
}

/** Offers the nearest points of a point and a face. */
export function pointToFace(p: Vec3, face: FaceView, best: Best): void {
  if (gapBetween(boxOfPoint(p), face.box) > best.distance) return;
  pointToInside(p, face, best, 0);
  for (const edge of face.edges) pointToEdge(p, edge, best);
  for (const tip of face.tips) best.offer(distance(p, tip), p, tip, face.stray);
}

/** A point against the inside of a face alone. */
function pointToInside(p: Vec3, face: FaceView, best: Best, stray: number): void {
  const { surface } = face;
  const height = Math.abs(heightOver(surface, p));
  const sum = stray + face.stray;
  if (height - sum >= best.distance) return;
  const foot = footOn(surface, p);
  if (face.contains(foot)) {
    best.offer(height, p, foot, sum);
    return;
  }
  if (!isAmbiguous(surface, p, 1e-10 * (surface.radius + surface.tube))) return;
  for (const other of feetAround(surface, p))
    if (face.contains(other)) {
      best.offer(distance(p, other), p, other, sum);
      return;
    }
}

/** Points of a surface that are all nearest to a point of its axis, centre or tube. */
function feetAround(surface: Surface, p: Vec3): Vec3[] {
  const size = 1e-6 * (surface.radius + surface.tube + 1e-9);
  const from = subtract(p, surface.origin);
  const spine = Math.hypot(dot(from, surface.x), dot(from, surface.y));
  let axis = surface.axis;
  if (surface.kind === "torus" && spine > size) axis = normalize(cross(surface.axis, from));
  const ways: Vec3[] = [];
  const rings = surface.kind === "sphere" ? [-1.2, -0.6, 0, 0.6, 1.2] : [0];
  const x = perpendicular(axis);
  const y = cross(axis, x);
  for (const rise of rings)
    for (let i = 0; i < ROUND; i += 1) {
      const u = (i * 2 * Math.PI) / ROUND;
      const flat = add(
        scale(x, Math.cos(u) * Math.cos(rise)),
        scale(y, Math.sin(u) * Math.cos(rise)),
      );
      ways.push(add(flat, scale(axis, Math.sin(rise))));
    }
  return ways.map((way) => footOn(surface, add(p, scale(way, size))));
}

/** Offers the nearest points of two edges. */
export function edgeToEdge(a: EdgeView, b: EdgeView, best: Best): void {
  if (gapBetween(a.box, b.box) > best.distance) return;
  nearestOfCurves(a.curve, b.curve, best, a.stray + b.stray);
}

/** Offers the nearest points of an edge and a face. */
export function edgeToFace(edge: EdgeView, face: FaceView, best: Best): void {
  if (gapBetween(edge.box, face.box) > best.distance) return;
  edgeToInside(edge, face, best);
  for (const border of face.edges) edgeToEdge(edge, border, best);
  best.turned(() => {
    for (const tip of face.tips) pointToEdge(tip, edge, best);
  });
}

/** An edge against the inside of a face alone. */
function edgeToInside(edge: EdgeView, face: FaceView, best: Best): void {
  const { curve } = edge;
  if (gapBetween(edge.box, face.box) > best.distance) return;
  const { surface } = face;
  pointToInside(pointAt(curve, curve.first), face, best, edge.stray);
  pointToInside(pointAt(curve, curve.last), face, best, edge.stray);
  if (farAbove(edge, surface, best.distance)) return;
  for (const t of marksOver(curve, surface))
    pointToInside(pointAt(curve, t), face, best, edge.stray);
}

/** Whether all of an edge is farther from a whole surface than a limit: heights change no faster than points move. */
function farAbove({ curve, box }: EdgeView, surface: Surface, limit: number): boolean {
  const middle: Vec3 = [(box[0] + box[3]) / 2, (box[1] + box[4]) / 2, (box[2] + box[5]) / 2];
  const reach = Math.hypot(box[3] - box[0], box[4] - box[1], box[5] - box[2]) / 2;
  return curve.kind !== "polyline" && Math.abs(heightOver(surface, middle)) - reach > limit;
}

/** Offers the nearest points of two faces. */
export function faceToFace(a: FaceView, b: FaceView, best: Best): void {
  if (gapBetween(a.box, b.box) > best.distance) return;
  const stray = a.stray + b.stray;
  const pairs = facingPairs(a.surface, b.surface);
  for (const [p, q] of pairs) {
    const gap = distance(p, q);
    if (gap < best.distance && a.contains(p) && b.contains(q)) best.offer(gap, p, q, stray);
  }
  for (const tip of a.tips) pointToFace(tip, b, best);
  for (const edge of a.edges) edgeToInside(edge, b, best);
  best.turned(() => {
    for (const tip of b.tips) pointToFace(tip, a, best);
    for (const edge of b.edges) edgeToInside(edge, a, best);
  });
  for (const one of a.edges) {
    if (gapBetween(one.box, b.box) > best.distance) continue;
    for (const other of b.edges) edgeToEdge(one, other, best);
  }
  if (best.distance > 0 && gapBetween(a.box, b.box) === 0) throughInside(a, b, pairs, best, stray);
}

/**
 * Two faces may pass through each other without any edge in it: a pin through a plate. The points where they do form
 * loops; each crosses a ruling or a ring of one of the surfaces, also the small ones around a facing pair.
 */
function throughInside(
  a: FaceView,
  b: FaceView,
  pairs: readonly (readonly [Vec3, Vec3])[],
  best: Best,
  stray: number,
): void {
  if (a.surface.kind === "plane" && b.surface.kind === "plane") return;
  const turn = a.surface.kind === "plane";
  const [one, other] = turn ? [b, a] : [a, b];
  const marks = pairs.map(([p, q]) => parametersOf(one.surface, turn ? q : p));
  for (const curve of netOf(one, marks))
    for (const t of crossings(curve, other.surface)) {
      const p = pointAt(curve, t);
      if (!one.contains(p) || !other.contains(p)) continue;
      best.offer(0, p, p, stray);
      return;
    }
}

/** Rulings of cylinders and cones; rings of balls and tori both ways round. */
function netOf(face: FaceView, marks: readonly (readonly [number, number])[]): Curve[] {
  const { surface, spans, scale: stretch } = face;
  const [low, high] = spans?.u ?? [0, 2 * Math.PI];
  const around = Array.from(
    { length: RULINGS },
    (_, i) => low + ((high - low) * (i + 0.37)) / RULINGS,
  );
  const angles = [...around, ...marks.map(([u]) => u)];
  if (surface.kind === "cylinder" || surface.kind === "cone") {
    if (!spans) return [];
    return angles.map((u) =>
      lineBetween(
        surfacePoint(surface, u, spans.v[0] * stretch),
        surfacePoint(surface, u, spans.v[1] * stretch),
      ),
    );
  }
  if (surface.kind === "plane") return [];
  const rings: Curve[] = [];
  const every = Array.from({ length: RULINGS }, (_, i) => ((i + 0.37) * 2 * Math.PI) / RULINGS);
  for (const u of [...every, ...marks.map(([at]) => at)]) rings.push(meridian(surface, u));
  for (const v of [...every, ...marks.map(([, at]) => at)]) rings.push(parallel(surface, v));
  return rings;
}

function lineBetween(p: Vec3, q: Vec3): Curve {
  const way = subtract(q, p);
  return { kind: "line", point: p, direction: normalize(way), first: 0, last: length(way) };
}

function meridian(surface: Surface, u: number): Curve {
  const out = add(scale(surface.x, Math.cos(u)), scale(surface.y, Math.sin(u)));
  const torus = surface.kind === "torus";
  const centre = torus ? add(surface.origin, scale(out, surface.radius)) : surface.origin;
  return ring(centre, out, surface.axis, torus ? surface.tube : surface.radius);
}

function parallel(surface: Surface, v: number): Curve {
  const tube = surface.kind === "torus" ? surface.tube : surface.radius;
  const away = surface.kind === "torus" ? surface.radius + tube * Math.cos(v) : tube * Math.cos(v);
  const centre = add(surface.origin, scale(surface.axis, tube * Math.sin(v)));
  return ring(centre, surface.x, surface.y, Math.abs(away));
}

function ring(centre: Vec3, x: Vec3, y: Vec3, radius: number): RoundCurve {
  return {
    kind: "circle",
    centre,
    axis: cross(x, y),
    x,
    y,
    major: radius,
    minor: radius,
    first: 0,
    last: 2 * Math.PI,
  };
}
