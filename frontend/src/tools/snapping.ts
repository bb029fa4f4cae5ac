/**
 * What a measuring pointer means: a vertex, a middle, a centre, an axis, an edge or just the face under it. From the
 * exact shape where it is here, else from the edges of the picture, with how far those may be off.
 */

import type { SnapKind } from "../state/areas/measuring";
import type { EntityRef } from "../state/entities";
import type { Vec3 } from "../state/model";
import type { ExactStore } from "../scene/exact_store";
import { inverse, likenessOf, placePoint, placeVector } from "../scene/kernel/affine";
import { knotsOf, pointAt } from "../scene/kernel/curves";
import { SnapPoints, axisOf, type NearRay } from "../scene/kernel/snap_points";
import type { Solid } from "../scene/kernel/solid";
import { footOn } from "../scene/kernel/surfaces";
import type { OpenedModel } from "../scene/opened_model";
import type { Hit } from "../scene/picking";
import type { Pointer } from "../scene/pointer";
import { distance, dot, length, normalize, scale, subtract } from "../scene/vector";
import { capPoint } from "./snap_caps";
import { type EdgeTable, corner, nearestOnSegment, readEdges } from "./snap_edges";

/** UX.md §2.9. */
const SNAP_PX = 12;
/** By how many pixels more each may be farther than an edge: edges pass through every vertex. */
const BIAS_PX: Readonly<Record<SnapKind, number>> = {
  vertex: 4,
  middle: 2,
  centre: 2,
  edge: 0,
  axis: -2,
  face: 0,
  none: 0,
};
/** Where to look beside the pointer; a share of the reach. */
const RING_SHARE = 2 / 3;
const RING = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
  [0.7, 0.7],
  [-0.7, 0.7],
  [0.7, -0.7],
  [-0.7, -0.7],
] as const;
/** How far behind a surface something may be to count as on it: triangles cut off rounded edges. */
const BEHIND_PX = 2;
/** Points of an edge that are looked at for whether any of it can be seen, and of all with one centre. */
const RIM_LOOKS = 8;
const MOST_RIM_LOOKS = 24;
/** Candidates looked at for whether they can be seen. */
const MOST_LOOKS = 12;
/** The farthest a grid of quantisation moves a point, in steps: half its diagonal. */
const HALF_STEP = 0.87;

/** A snapped point; model frame, as shown. */
export interface Snap {
  readonly kind: SnapKind;
  readonly point: Vec3;
  readonly occurrence: number;
  /** Metres, frame of the part (of the structure). */
  readonly local: Vec3;
  /** What of the exact shape it belongs to: of a middle or centre its edge, of an axis its face. */
  readonly entity: EntityRef | null;
  /** Computed from exact geometry. */
  readonly exact: boolean;
  /** How far the point may be off, metres; 0 of exact ones. */
  readonly tolerance_m: number;
  /** The edge that was snapped to, as pairs of points to highlight; empty for faces. */
  readonly edge: readonly (readonly [Vec3, Vec3])[];
  /** The axis that was snapped to, from end to end. */
  readonly axis: readonly [Vec3, Vec3] | null;
}

/** Metres along a ray, model frame, to what is seen first; null: nothing. */
type Sight = (origin: Vec3, direction: Vec3) => number | null;

/** Something to snap to before it is known whether it can be seen. */
interface Candidate {
  readonly kind: SnapKind;
  readonly point: Vec3;
  readonly hit: Hit;
  /** Pixels from the pointer, less what its kind is given. */
  readonly score: number;
  readonly ahead: number;
  readonly make: () => Snap;
  /** Of a centre: points of what it is the centre of; model frame, as shown. */
  readonly rim?: () => readonly Vec3[];
}

/** Snaps on one model; keeps the tables of the geometries it was asked about. */
export class Snapper {
  private readonly model: OpenedModel;
  private readonly exact: ExactStore | null;
  private readonly radius: () => number;
  private readonly inFront: Sight;
  private readonly tables = new Map<number, EdgeTable>();
  private readonly points = new WeakMap<Solid, SnapPoints>();
  private edgeVersion: Uint16Array | null = null;

  /**
   * exact: null snaps to the picture's edges alone. radius: CSS pixels. inFront: what hides points; default: the model
   * itself.
   */
  constructor(
    model: OpenedModel,
    exact: ExactStore | null = null,
    radius: () => number = () => SNAP_PX,
    inFront: Sight = (origin, direction) => model.pick(origin, direction)?.distance ?? null,
  ) {
    this.model = model;
    this.exact = exact;
    this.radius = radius;
    this.inFront = inFront;
  }

  /**
   * The best candidate near a pointer: on the part under it, else on one a few pixels beside it, so that the
   * corner of an outline can be had although half of its pixels miss the part. Null over nothing.
   */
  aim(pointer: Pointer): Snap | null {
    const hit = this.model.pick(pointer.origin, pointer.direction);
    const own = hit ? this.snap(pointer, hit) : null;
    if (own && own.kind !== "face") return own;
    if (pointer.alt) return own;
    for (const near of this.beside(pointer, hit)) {
      const snap = this.snap(pointer, near);
      if (snap.kind !== "face") return snap;
    }
    return own;
  }

  /**
   * Everything that could be meant, the best first and the face last; each place once. hit: what of the model is under
   * the pointer. before: metres at which another model is hit.
   */
  candidates(
    pointer: Pointer,
    hit = this.model.pick(pointer.origin, pointer.direction),
    before = hit?.distance ?? Infinity,
  ): readonly Snap[] {
    const hits = pointer.alt ? [] : this.beside(pointer, hit, before);
    const found = [...(hit ? [hit] : []), ...hits].flatMap((each) =>
      pointer.alt ? [] : this.around(pointer, each),
    );
    const snaps: Snap[] = [];
    for (const candidate of this.seen(pointer, found)) {
      const twin = snaps.some(
        ({ kind, point }) => kind === candidate.kind && distance(point, candidate.point) < 1e-9,
      );
      if (!twin) snaps.push(candidate.make());
    }
    if (hit) snaps.push(this.free(hit));
    return snaps;
  }

  /** The best candidate near a hit; the hit itself when nothing is near, or with Alt held. */
  snap(pointer: Pointer, hit: Hit): Snap {
    if (pointer.alt) return this.free(hit);
    const [best] = this.seen(pointer, this.around(pointer, hit), 1);
    return best?.make() ?? this.free(hit);
  }

  /** Parts a few pixels beside a pointer that do not lie behind what it hits, of this model or another one. */
  beside(pointer: Pointer, hit: Hit | null, before = hit?.distance ?? Infinity): Hit[] {
    const found: Hit[] = [];
    const asked = new Set<number>(hit ? [hit.occurrence] : []);
    const ring = this.radius() * RING_SHARE;
    for (const [right, down] of RING) {
      const { origin, direction } = pointer.beside(right * ring, down * ring);
      const near = this.model.pick(origin, direction);
      if (!near || asked.has(near.occurrence)) continue;
      asked.add(near.occurrence);
      if (near.distance <= before) found.push(near);
    }
    return found;
  }

  /** The candidates that can be seen, best first. */
  private seen(pointer: Pointer, candidates: readonly Candidate[], most = MOST_LOOKS): Candidate[] {
    const sorted = [...candidates].sort((a, b) => a.score - b.score || a.ahead - b.ahead);
    const found: Candidate[] = [];
    for (const candidate of sorted.slice(0, MOST_LOOKS)) {
      if (!this.isShown(pointer, candidate)) continue;
      found.push(candidate);
      if (found.length >= most) break;
    }
    return found;
  }

  /**
   * Not cut away, and nothing in front of it. Centres and axes lie in the air or in the material, so nothing hides them;
   * but a centre is that of something that can be seen.
   */
  private isShown(pointer: Pointer, { kind, point, hit, rim }: Candidate): boolean {
    if (this.isCutAway(pointer, point, hit)) return false;
    if (kind === "axis") return true;
    if (kind !== "centre") return this.isSeen(pointer, point);
    const rims = rim?.() ?? [];
    return (
      rims.length === 0 ||
      rims.some((at) => !this.isCutAway(pointer, at, hit) && this.isSeen(pointer, at))
    );
  }

  private isCutAway(pointer: Pointer, point: Vec3, { occurrence }: Hit): boolean {
    const { planes, uncut } = this.model;
    if (uncut.has(occurrence)) return false;
    const reach = pointer.reach(point, 0.5);
    return planes.some(({ normal, offset }) => dot(normal, point) - offset < -reach);
  }

  private isSeen(pointer: Pointer, point: Vec3): boolean {
    const { origin, direction } = between(pointer, point);
    const inFront = this.inFront(origin, direction);
    const away = distance(origin, point);
    return inFront === null || inFront >= away - pointer.reach(point, BEHIND_PX);
  }

  /** What lies within reach on the part that was hit. */
  private around(pointer: Pointer, hit: Hit): Candidate[] {
    if (hit.triangle < 0 && hit.cap === null) return [];
    const solid = this.exact?.exactOf(hit.occurrence);
    const own = solid ? this.exactAround(pointer, hit, solid) : this.edgesAround(pointer, hit);
    return [...this.capAround(pointer, hit), ...own];
  }

  /** The outline of the cut that was hit: as fine as the triangles it is cut from. */
  private capAround(pointer: Pointer, hit: Hit): Candidate[] {
    const reach = pointer.reach(hit.point, this.radius());
    const bias = pointer.reach(hit.point, BIAS_PX.vertex);
    const found = capPoint(this.model, hit, reach, bias);
    if (!found) return [];
    const { kind, point, edge, aside } = found;
    const score = (this.radius() * aside) / reach - BIAS_PX[kind];
    const make = (): Snap => ({
      ...this.free({ ...hit, point }),
      kind,
      point,
      edge: kind === "edge" ? [edge] : [],
    });
    return [{ kind, point, hit, score, ahead: hit.distance, make }];
  }

  private exactAround(pointer: Pointer, hit: Hit, solid: Solid): Candidate[] {
    const { exact } = this;
    const matrix = exact?.matrixOf(hit.occurrence);
    if (!exact || !matrix) return [];
    let points = this.points.get(solid);
    if (!points) this.points.set(solid, (points = new SnapPoints(solid)));
    const back = inverse(matrix);
    const { scale: shrink } = likenessOf(back);
    const unexploded = this.model.occurrences.unexploded(hit.occurrence, pointer.origin);
    // Near and far, a pixel covers more or as much: both kinds of cameras widen evenly.
    const [near, far] = [
      this.reachAt(pointer, hit.distance),
      this.reachAt(pointer, 2 * hit.distance),
    ];
    const slope = Math.max(0, (far - near) / hit.distance);
    const cone = {
      origin: placePoint(back, unexploded),
      direction: normalize(placeVector(back, pointer.direction)),
      width: Math.max(0, near - slope * hit.distance) * shrink,
      slope,
    };
    const face = exact.faceOf(hit)?.index ?? -1;
    const pixel = this.radius();
    return points.near(cone, face).map((found) => {
      const { kind, aside, ahead } = found;
      const pixels = (pixel * aside) / (cone.width + cone.slope * ahead);
      const point = exact.toShown(hit.occurrence, found.point) ?? hit.point;
      const make = (): Snap => this.snapOf(hit, solid, found, point);
      const rim = (): Vec3[] =>
        spreadOver(solid, found.rims).map((at) => exact.toShown(hit.occurrence, at) ?? at);
      return { kind, point, hit, score: pixels - BIAS_PX[kind], ahead, make, rim };
    });
  }

  private reachAt(pointer: Pointer, ahead: number): number {
    const { origin, direction } = pointer;
    const at: Vec3 = [
      origin[0] + direction[0] * ahead,
      origin[1] + direction[1] * ahead,
      origin[2] + direction[2] * ahead,
    ];
    return pointer.reach(at, this.radius());
  }

  private snapOf(hit: Hit, solid: Solid, found: NearRay, point: Vec3): Snap {
    const { occurrence } = hit;
    const shown = (p: Vec3): Vec3 => this.exact?.toShown(occurrence, p) ?? p;
    const { kind, entity } = found;
    const stray =
      entity.kind === "edge"
        ? solid.strayOf(entity.index)
        : entity.kind === "face"
          ? solid.strayOfFace(entity.index)
          : 0;
    const axis = kind === "axis" ? axisOf(solid, entity.index) : null;
    return {
      kind,
      point,
      occurrence,
      local: found.point,
      entity: { occurrence, ...entity },
      exact: stray <= solid.part.tolerance / 2,
      tolerance_m: stray <= solid.part.tolerance / 2 ? 0 : stray,
      edge:
        entity.kind === "edge"
          ? pairsOf(solid, entity.index).map(([a, b]) => [shown(a), shown(b)] as const)
          : [],
      axis: axis && [shown(axis[0]), shown(axis[1])],
    };
  }

  /** The point that was hit; brought onto its exact face where that is known. */
  private free(hit: Hit): Snap {
    const { occurrence } = hit;
    const { exact, model } = this;
    const base = { kind: "face" as const, occurrence, edge: [], axis: null };
    const step = model.occurrences.stepLength(occurrence);
    if (hit.triangle < 0 && hit.cap === null)
      return {
        ...base,
        // A point of a cloud is what was measured; it can be no more exact than its grid.
        kind: "vertex",
        point: hit.point,
        local: this.localOf(hit),
        entity: null,
        exact: false,
        tolerance_m: HALF_STEP * step,
      };
    const entity = exact?.faceOf(hit) ?? null;
    const solid = exact?.exactOf(occurrence) ?? null;
    const local = this.localOf(hit);
    const surface = entity ? solid?.face(entity.index)?.surface : null;
    if (entity && solid && surface) {
      const foot = footOn(surface, local);
      const point = exact?.toShown(occurrence, foot) ?? hit.point;
      return { ...base, point, local: foot, entity, exact: true, tolerance_m: 0 };
    }
    const tolerance = HALF_STEP * step + (exact?.deflectionOf(occurrence) ?? 0);
    return { ...base, point: hit.point, local, entity, exact: false, tolerance_m: tolerance };
  }

  private localOf(hit: Hit): Vec3 {
    return this.exact?.toPart(hit.occurrence, hit.point) ?? hit.local;
  }

  /** From the picture's edges, in the part's grid: one transformed ray instead of thousands of points. */
  private edgesAround(pointer: Pointer, hit: Hit): Candidate[] {
    const { occurrences } = this.model;
    const { occurrence } = hit;
    const table = this.tableOf(occurrences.geometry[occurrence] ?? 0);
    if (!table || hit.cap !== null) return [];
    const place = (at: Vec3): Vec3 => occurrences.fromSteps(occurrence, at[0], at[1], at[2]);
    const origin = occurrences.toSteps(occurrence, pointer.origin);
    const direction = normalize(occurrences.directionToSteps(occurrence, pointer.direction));
    const metres = Math.max(occurrences.stepLength(occurrence), 1e-12);
    const pixel = this.radius();
    const reach = pointer.reach(hit.point, pixel) / metres;
    const found: Candidate[] = [];
    const offer = (at: Vec3, kind: "vertex" | "middle" | "centre" | "edge", edge: number): void => {
      const from = subtract(at, origin);
      const ahead = dot(from, direction);
      if (ahead <= 0) return;
      const aside = length(subtract(from, scale(direction, ahead)));
      if (aside > reach) return;
      const point = place(at);
      found.push({
        kind,
        point,
        hit,
        score: (pixel * aside) / reach - BIAS_PX[kind],
        ahead: ahead * metres,
        make: () => this.edgeSnap(kind, point, hit, table, edge),
        rim: () => rimOf(table, edge).map(place),
      });
    };
    for (const { kind, at, edge } of table.points) offer(at, kind, edge);
    const { segments, edgeOf } = table;
    for (let s = 0; s < edgeOf.length; s += 1)
      offer(nearestOnSegment(segments, s, origin, direction), "edge", edgeOf[s] ?? 0);
    return found;
  }

  private edgeSnap(
    kind: "vertex" | "middle" | "centre" | "edge",
    point: Vec3,
    hit: Hit,
    { segments, edgeOf }: EdgeTable,
    number: number,
  ): Snap {
    const { occurrences } = this.model;
    const { occurrence } = hit;
    const place = (at: Vec3): Vec3 => occurrences.fromSteps(occurrence, at[0], at[1], at[2]);
    const edge: [Vec3, Vec3][] = [];
    for (let s = 0; s < edgeOf.length; s += 1)
      if (edgeOf[s] === number)
        edge.push([place(corner(segments, s, 0)), place(corner(segments, s, 1))]);
    const rounding = HALF_STEP * occurrences.stepLength(occurrence);
    // A corner is where the file has it; what is taken from rounded edges strays with their chords.
    const chords =
      kind === "vertex" || edge.length === 1 ? 0 : (this.exact?.deflectionOf(occurrence) ?? 0);
    return {
      kind,
      point,
      occurrence,
      local: this.exact?.toPart(occurrence, point) ?? occurrences.toPart(occurrence, point),
      entity: null,
      exact: false,
      tolerance_m: rounding + chords,
      edge,
      axis: null,
    };
  }

  private tableOf(geometry: number): EdgeTable | null {
    const { edges, edgeVertices } = this.model.batch.store.ranges;
    if (edgeVertices !== this.edgeVersion) {
      this.tables.clear();
      this.edgeVersion = edgeVertices;
    }
    const known = this.tables.get(geometry);
    if (known) return known;
    const count = edges.count[geometry] ?? 0;
    if (count === 0) return null;
    const table = readEdges(edgeVertices, edges.first[geometry] ?? 0, count);
    this.tables.set(geometry, table);
    return table;
  }
}

/** The ray from a pointer's origin through a point; good for eyes, and for parallel rays through the point itself. */
function between(pointer: Pointer, point: Vec3): Pick<Pointer, "origin" | "direction"> {
  const way = subtract(point, pointer.origin);
  const ahead = dot(way, pointer.direction);
  const [near, far] = [pointer.reach(pointer.origin, 1), pointer.reach(point, 1)];
  // As many metres to a pixel near as far: parallel rays.
  if (near >= far * 0.999)
    return {
      origin: subtract(point, scale(pointer.direction, ahead)),
      direction: pointer.direction,
    };
  return { origin: pointer.origin, direction: normalize(way) };
}

/** Points all over exact edges; a wheel has hundreds about one centre. */
function spreadOver(solid: Solid, edges: readonly number[]): Vec3[] {
  const all = edges.length * RIM_LOOKS;
  const stride = Math.max(1, all / MOST_RIM_LOOKS);
  const found: Vec3[] = [];
  for (let look = 0; look < all; look += stride) {
    const at = Math.floor(look);
    const curve = solid.curve(edges[Math.floor(at / RIM_LOOKS)] ?? -1);
    const share = ((at % RIM_LOOKS) + 0.5) / RIM_LOOKS;
    if (curve) found.push(pointAt(curve, curve.first + (curve.last - curve.first) * share));
  }
  return found;
}

/** Points all over an edge of the picture. */
function rimOf({ segments, edgeOf }: EdgeTable, number: number): Vec3[] {
  const own = [...edgeOf.keys()].filter((segment) => edgeOf[segment] === number);
  const step = Math.max(1, Math.floor(own.length / RIM_LOOKS));
  return own.filter((_, i) => i % step === 0).map((segment) => corner(segments, segment, 0));
}

/** An exact edge as chords to draw. */
function pairsOf(solid: Solid, edge: number): (readonly [Vec3, Vec3])[] {
  const curve = solid.curve(edge);
  if (!curve) return [];
  const fine = curve.kind === "circle" || curve.kind === "ellipse" ? 48 : 1;
  const knots =
    fine > 1
      ? Float64Array.from(
          { length: fine + 1 },
          (_, i) => curve.first + ((curve.last - curve.first) * i) / fine,
        )
      : knotsOf(curve);
  const points = [...knots].map((t) => pointAt(curve, t));
  return points.slice(1).map((p, i) => [points[i] ?? p, p] as const);
}
