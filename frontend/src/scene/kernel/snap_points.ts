/** What of an exact shape a pointer may snap to: vertices, middles, centres, axes and edges near a ray. */

import type { EntityKind } from "../../state/entities";
import type { Vec3 } from "../../state/model";
import { along, dot, length, subtract } from "../vector";
import { BoxTree } from "./box_tree";
import { type Curve, isWhole, knotsOf, middleOf, pointAt, reachOfCurve } from "./curves";
import type { Solid } from "./solid";

export type ExactSnapKind = "vertex" | "middle" | "centre" | "axis" | "edge";

/** Something near a ray; frame of the part. */
export interface NearRay {
  readonly kind: ExactSnapKind;
  readonly entity: { readonly kind: EntityKind; readonly index: number };
  readonly point: Vec3;
  /** Metres from the ray, and along it. */
  readonly aside: number;
  readonly ahead: number;
  /** Of the centre of edges: these. */
  readonly rims: readonly number[];
}

/** A ray as a pointer casts it: it widens by `slope` metres for each metre ahead, from `width` at its origin. */
export interface Cone {
  readonly origin: Vec3;
  /** Unit. */
  readonly direction: Vec3;
  readonly width: number;
  readonly slope: number;
}

interface Feature {
  readonly kind: "vertex" | "middle" | "centre" | "edge";
  readonly entity: NearRay["entity"];
  /** Of points. */
  readonly point: Vec3;
  /** Of edges. */
  readonly curve: Curve | null;
  readonly rims: number[];
}

type OfRay = Pick<NearRay, "point" | "aside" | "ahead">;

/** Of a face with an axis: from where to where it is offered, a little beyond the face. */
const BEYOND = 0.1;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** The features of one part, in a tree. */
export class SnapPoints {
  private readonly solid: Solid;
  private readonly features: Feature[] = [];
  private readonly tree: BoxTree;

  constructor(solid: Solid) {
    this.solid = solid;
    const boxes: number[] = [];
    const point = (
      kind: Feature["kind"],
      entity: NearRay["entity"],
      at: Vec3,
      rims: number[] = [],
    ): void => {
      this.features.push({ kind, entity, point: at, curve: null, rims });
      boxes.push(...at, ...at);
    };
    for (let vertex = 0; vertex < solid.vertexCount; vertex += 1) {
      const at = solid.vertex(vertex);
      if (at) point("vertex", { kind: "vertex", index: vertex }, at);
    }
    const centres = new Map<string, number[]>();
    for (let edge = 0; edge < solid.part.edges.count; edge += 1) {
      const curve = solid.curve(edge);
      if (!curve) continue;
      const entity = { kind: "edge", index: edge } as const;
      this.features.push({ kind: "edge", entity, point: [0, 0, 0], curve, rims: [] });
      boxes.push(...solid.edgeBox(edge));
      if (!isWhole(curve)) point("middle", entity, middleOf(curve));
      if (curve.kind === "line" || curve.kind === "polyline") continue;
      // Both halves of a rim have one centre.
      const key = curve.centre.map((value) => (value / solid.size).toFixed(9)).join();
      const rims = centres.get(key);
      if (rims) rims.push(edge);
      else {
        const own = [edge];
        centres.set(key, own);
        point("centre", entity, curve.centre, own);
      }
    }
    for (let face = 0; face < solid.part.faces.count; face += 1) {
      const surface = solid.face(face)?.surface;
      if (surface?.kind === "sphere")
        point("centre", { kind: "face", index: face }, surface.origin);
    }
    this.tree = new BoxTree(Float64Array.from(boxes));
  }

  /** Everything inside a cone, in no order. face: the one pointed at; its axis and those of its neighbours are offered. */
  near(cone: Cone, face: number): NearRay[] {
    const found: NearRay[] = [];
    this.walk(cone, (item) => {
      const feature = this.features[item];
      if (!feature) return;
      const near = feature.curve ? nearestToRay(feature.curve, cone) : beside(feature.point, cone);
      const { kind, entity, rims } = feature;
      if (near) found.push({ kind, entity, rims, ...near });
    });
    if (face >= 0) this.axes(cone, face, found);
    return found;
  }

  private walk(cone: Cone, tell: (item: number) => void): void {
    const { tree } = this;
    if (tree.isEmpty) return;
    const open = [0];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (!mayMeet(tree.nodes, node, cone)) continue;
      const count = tree.links[2 * node + 1] ?? 0;
      const link = tree.links[2 * node] ?? 0;
      if (count === 0) open.push(node + 1, -1 - link);
      for (let i = link; i < link + count; i += 1) {
        const item = tree.items[i] ?? 0;
        if (mayMeet(tree.boxes, item, cone)) tell(item);
      }
    }
  }

  private axes(cone: Cone, face: number, found: NearRay[]): void {
    const { solid } = this;
    const faces = new Set<number>([face]);
    for (const edge of solid.face(face)?.edges ?? [])
      for (const neighbour of solid.facesAt(edge)) faces.add(neighbour);
    const seen = new Set<string>();
    for (const index of faces) {
      const segment = axisOf(solid, index);
      if (!segment) continue;
      const key = segment.map((p) => p.map((v) => (v / solid.size).toFixed(7)).join()).join();
      if (seen.has(key)) continue;
      seen.add(key);
      const [from, to] = segment;
      const way = subtract(to, from);
      const size = length(way);
      if (size === 0) continue;
      const direction: Vec3 = [way[0] / size, way[1] / size, way[2] / size];
      const near = nearestToRay(
        { kind: "line", point: from, direction, first: 0, last: size },
        cone,
      );
      if (near) found.push({ kind: "axis", entity: { kind: "face", index }, rims: [], ...near });
    }
  }
}

/** The axis of a cylinder, cone or torus as far as its face goes and a little beyond; null of other faces. */
export function axisOf(solid: Solid, face: number): readonly [Vec3, Vec3] | null {
  const found = solid.face(face);
  const surface = found?.surface;
  if (!found || !surface || surface.kind === "plane" || surface.kind === "sphere") return null;
  const { axis, origin, tube } = surface;
  let [low, high] = [Infinity, -Infinity];
  for (const edge of found.edges) {
    const curve = solid.curve(edge);
    if (!curve) continue;
    const [from, to] = reachOfCurve(curve, axis);
    low = Math.min(low, from);
    high = Math.max(high, to);
  }
  const at = dot(origin, axis);
  if (low > high) [low, high] = [at - tube, at + tube];
  const more = BEYOND * Math.max(high - low, surface.radius);
  return [along(origin, axis, low - at - more), along(origin, axis, high - at + more)];
}

/** Whether the ball around a box comes into a cone. */
function mayMeet(boxes: Float64Array, at: number, cone: Cone): boolean {
  const v = (i: number): number => boxes[6 * at + i] ?? 0;
  const radius = Math.hypot(v(3) - v(0), v(4) - v(1), v(5) - v(2)) / 2;
  const { origin, direction, width, slope } = cone;
  const x = (v(0) + v(3)) / 2 - origin[0];
  const y = (v(1) + v(4)) / 2 - origin[1];
  const z = (v(2) + v(5)) / 2 - origin[2];
  const ahead = x * direction[0] + y * direction[1] + z * direction[2];
  if (ahead < -radius) return false;
  const squared = x * x + y * y + z * z - ahead * ahead;
  const reach = radius + width + slope * (ahead + radius);
  return squared <= reach * reach;
}

function beside(p: Vec3, cone: Cone): OfRay | null {
  const from = subtract(p, cone.origin);
  const ahead = dot(from, cone.direction);
  if (ahead <= 0) return null;
  const aside = length(along(from, cone.direction, -ahead));
  return aside <= cone.width + cone.slope * ahead ? { point: p, aside, ahead } : null;
}

/** The point of a curve that comes nearest to a ray as it widens. */
function nearestToRay(curve: Curve, cone: Cone): OfRay | null {
  const off = (t: number): number => {
    const from = subtract(pointAt(curve, t), cone.origin);
    const ahead = dot(from, cone.direction);
    if (ahead <= 0) return Infinity;
    return length(along(from, cone.direction, -ahead)) / (cone.width + cone.slope * ahead);
  };
  if (curve.kind === "line" && cone.slope === 0) return beside(onLine(curve, cone), cone);
  const knots =
    curve.kind === "line"
      ? sampled(curve, 4)
      : curve.kind === "polyline"
        ? knotsOf(curve)
        : sampled(curve, 24);
  let [best, least] = [0, Infinity];
  knots.forEach((t, i) => {
    const value = off(t);
    if (value < least) [best, least] = [i, value];
  });
  let [a, b] = [knots[best - 1] ?? curve.first, knots[best + 1] ?? curve.last];
  let [c, d] = [b - GOLDEN * (b - a), a + GOLDEN * (b - a)];
  let [fc, fd] = [off(c), off(d)];
  for (let step = 0; step < 26; step += 1) {
    if (fc < fd) {
      b = d;
      [d, fd] = [c, fc];
      c = b - GOLDEN * (b - a);
      fc = off(c);
    } else {
      a = c;
      [c, fc] = [d, fd];
      d = a + GOLDEN * (b - a);
      fd = off(d);
    }
  }
  return beside(pointAt(curve, (a + b) / 2), cone);
}

function onLine(curve: Extract<Curve, { kind: "line" }>, { origin, direction }: Cone): Vec3 {
  const from = subtract(curve.point, origin);
  const f = dot(curve.direction, direction);
  const rest = 1 - f * f;
  if (rest < 1e-12) return curve.point;
  const t = (f * dot(direction, from) - dot(curve.direction, from)) / rest;
  return pointAt(curve, Math.max(0, Math.min(curve.last, t)));
}

function sampled(curve: Curve, pieces: number): Float64Array {
  return Float64Array.from(
    { length: pieces + 1 },
    (_, i) => curve.first + ((curve.last - curve.first) * i) / pieces,
  );
}
