/**
 * What a ray hits: a tree of boxes over the occurrences, then a tree of triangles per geometry, built
 * when first needed. Hidden parts and ghosts are passed, sections cut the ray as they cut the picture:
 * where a closed solid was cut open, its cap is hit.
 */

import {
  Box3,
  BufferAttribute,
  BufferGeometry,
  DoubleSide,
  InterleavedBuffer,
  InterleavedBufferAttribute,
  Ray,
  Vector3,
} from "three";
import { MeshBVH } from "three-mesh-bvh";
import type { Vec3 } from "../state/model";
import type { CutPlane } from "./batch_materials";
import type { GeometryRanges, Triangles } from "./geometry_store";
import { OccurrenceBvh } from "./occurrence_bvh";
import type { Occurrences } from "./occurrences";
import type { Run } from "./pieces";

/** A point on the model. */
export interface Hit {
  readonly occurrence: number;
  /** Metres from the ray's origin. */
  readonly distance: number;
  /** Model frame, as shown (exploded). */
  readonly point: Vec3;
  /** Metres, part frame. */
  readonly local: Vec3;
  /** Unit, model frame, toward the ray's origin. */
  readonly normal: Vec3;
  /** Geometry that was hit: the occurrence's own or a piece of it. */
  readonly geometry: number;
  /** Number of the triangle in that geometry and level; -1 on a cap. */
  readonly triangle: number;
  readonly level: number;
  /** Index of the plane whose cap was hit, else null. */
  readonly cap: number | null;
}

/** What of the picture decides what can be hit. */
export interface PickState {
  /** (occurrences) 1: drawn. */
  readonly visible: Uint8Array;
  readonly isGhost: (occurrence: number) => boolean;
  readonly isUncut: (occurrence: number) => boolean;
  readonly planes: readonly CutPlane[];
}

/** A geometry this large is not indexed while somebody waits: a coarser level answers meanwhile. */
const LARGE_TRIANGLES = 60_000;

/** What a ray meets of one occurrence. */
interface Met {
  readonly distance: number;
  readonly normal: Vec3;
  readonly back: boolean;
  readonly geometry: number;
  readonly triangle: number;
  readonly level: number;
}

interface Indexed {
  readonly bvh: MeshBVH;
  readonly geometry: BufferGeometry;
  readonly level: number;
  readonly bytes: number;
}

/** Bytes of a triangle in a tree: its copied indices, and nodes of 32 bytes for eight triangles and their parents. */
const TREE_BYTES = 20;
/** Trees made in idle time end here; picking makes what it still needs. */
const IDLE_BYTES = 24e6;
/** Trees kept: of a model of 20,000 parts all of them would be 200 MB. */
const MOST_BYTES = 64e6;

const _ray = new Ray();

/** Answers rays for one model. */
export class Picker {
  readonly bvh: OccurrenceBvh;
  private readonly occurrences: Occurrences;
  private readonly ranges: GeometryRanges;
  /** By geometry; the one used longest ago stands first. */
  private readonly indexed = new Map<number, Indexed>();
  private treeBytes = 0;
  /** Geometry that idle time looks at next, and the state of the store it began with. */
  private idleAt = 0;
  private idleVersion = -1;
  private explodeOfBvh = 0;

  constructor(occurrences: Occurrences, ranges: GeometryRanges) {
    this.occurrences = occurrences;
    this.ranges = ranges;
    this.bvh = new OccurrenceBvh(occurrences);
  }

  /**
   * The first thing along a ray, or null.
   *
   * origin: model frame, metres. direction: unit.
   * except: an occurrence to look through, for what lies behind it.
   */
  pick(origin: Vec3, direction: Vec3, state: PickState, except: number | null = null): Hit | null {
    this.followExplode();
    const cut = clipRay(origin, direction, state.planes);
    let best: Hit | null = null;
    this.bvh.raycast(origin, direction, 0, Infinity, (occurrence, enters, limit) => {
      if (enters > limit || (state.visible[occurrence] ?? 0) === 0 || state.isGhost(occurrence))
        return limit;
      if (occurrence === except) return limit;
      const uncut = state.planes.length === 0 || state.isUncut(occurrence);
      const near = uncut ? 0 : cut.near;
      const end = uncut ? limit : Math.min(limit, cut.far);
      if (near > end) return limit;
      const hit = this.hitOccurrence(occurrence, origin, direction, near, end);
      if (!hit) return limit;
      const plane = state.planes[cut.by];
      const capped =
        !uncut &&
        hit.back &&
        plane?.cap === true &&
        (this.occurrences.closed[occurrence] ?? 0) !== 0;
      if (capped && plane) {
        const cap = { ...hit, distance: cut.near, normal: negate(plane.normal), triangle: -1 };
        best = this.describe(occurrence, origin, direction, cap, cut.by);
        return cut.near;
      }
      best = this.describe(occurrence, origin, direction, hit, null);
      return hit.distance;
    });
    return best;
  }

  /** Indexes one more geometry in idle time; false when all are, or as many as may be kept. */
  indexNext(): boolean {
    if (this.idleVersion !== this.ranges.version) {
      this.idleVersion = this.ranges.version;
      this.idleAt = 0;
    }
    while (this.idleAt < this.ranges.geometries && this.treeBytes < IDLE_BYTES) {
      const geometry = this.idleAt;
      this.idleAt += 1;
      const finest = this.ranges.trianglesOf(geometry);
      const have = this.indexed.get(geometry);
      if (!finest || finest.indices.length === 0 || (have && have.level <= finest.level)) continue;
      this.index(geometry, finest);
      return true;
    }
    return false;
  }

  /** Forgets the trees of triangles that are here no longer. slots: geometries × levels. */
  forget(slots: Int32Array): void {
    const { levels } = this.ranges;
    for (const slot of slots) {
      const geometry = Math.floor(slot / levels);
      if (this.indexed.get(geometry)?.level === slot % levels) this.drop(geometry);
    }
  }

  dispose(): void {
    for (const geometry of [...this.indexed.keys()]) this.drop(geometry);
  }

  private drop(geometry: number): void {
    const have = this.indexed.get(geometry);
    if (!have) return;
    this.indexed.delete(geometry);
    this.treeBytes -= have.bytes;
    have.geometry.dispose();
  }

  private followExplode(): void {
    if (this.explodeOfBvh === this.occurrences.standing) return;
    this.explodeOfBvh = this.occurrences.standing;
    this.bvh.refit();
  }

  private hitOccurrence(
    occurrence: number,
    origin: Vec3,
    direction: Vec3,
    near: number,
    far: number,
  ): Met | null {
    const geometry = this.occurrences.geometry[occurrence] ?? 0;
    const from = this.occurrences.toSteps(occurrence, origin);
    const along = this.occurrences.directionToSteps(occurrence, direction);
    const length = Math.hypot(along[0], along[1], along[2]);
    if (length === 0) return null;
    _ray.origin.set(from[0], from[1], from[2]);
    _ray.direction.set(along[0] / length, along[1] / length, along[2] / length);
    const run = this.pieces(geometry);
    let best: Met | null = null;
    let limit = far * length;
    for (
      let g = run?.first ?? geometry;
      g <= (run ? run.first + run.count - 1 : geometry);
      g += 1
    ) {
      if (run && !this.entersBox(g)) continue;
      const indexed = this.indexedOf(g);
      const hit = indexed?.bvh.raycastFirst(_ray, DoubleSide, near * length, limit);
      if (!indexed || !hit || hit.faceIndex === undefined || hit.faceIndex === null) continue;
      limit = hit.distance;
      const normal = this.triangleNormal(occurrence, indexed, hit.faceIndex);
      const facing = normal[0] * direction[0] + normal[1] * direction[1] + normal[2] * direction[2];
      best = {
        distance: hit.distance / length,
        back: facing > 0,
        normal: facing > 0 ? negate(normal) : normal,
        geometry: g,
        triangle: hit.faceIndex,
        level: indexed.level,
      };
    }
    return best;
  }

  /** The pieces of a geometry when all of them have arrived; else the whole answers. */
  private pieces(geometry: number): Run | null {
    const run = this.occurrences.pieces.geometries.get(geometry);
    if (!run) return null;
    for (let g = run.first; g < run.first + run.count; g += 1)
      if (!this.ranges.trianglesOf(g)) return null;
    return run;
  }

  /** Whether `_ray`, in grid steps, enters the box of a geometry. */
  private entersBox(geometry: number): boolean {
    const { extents } = this.ranges;
    const at = geometry * 6;
    _box.min.set(extents[at] ?? 0, extents[at + 1] ?? 0, extents[at + 2] ?? 0);
    _box.max.set(extents[at + 3] ?? 0, extents[at + 4] ?? 0, extents[at + 5] ?? 0);
    return _ray.intersectsBox(_box);
  }

  private describe(
    occurrence: number,
    origin: Vec3,
    direction: Vec3,
    { distance, normal, geometry, triangle, level }: Met,
    cap: number | null,
  ): Hit {
    const point: Vec3 = [
      origin[0] + direction[0] * distance,
      origin[1] + direction[1] * distance,
      origin[2] + direction[2] * distance,
    ];
    const local = this.occurrences.toPart(occurrence, point);
    return { occurrence, distance, point, local, normal, geometry, triangle, level, cap };
  }

  /** The corners of a triangle of a hit, model frame, as shown. */
  corners(hit: Hit): readonly [Vec3, Vec3, Vec3] | null {
    const indexed = this.indexed.get(hit.geometry);
    if (!indexed || hit.triangle < 0 || indexed.level !== hit.level) return null;
    return this.triangleCorners(hit.occurrence, indexed, hit.triangle);
  }

  private triangleCorners(
    occurrence: number,
    { geometry }: Indexed,
    triangle: number,
  ): [Vec3, Vec3, Vec3] {
    const position = geometry.getAttribute("position");
    const corner = (i: number): Vec3 => {
      const vertex = geometry.index?.getX(triangle * 3 + i) ?? 0;
      return this.occurrences.fromSteps(
        occurrence,
        position.getX(vertex),
        position.getY(vertex),
        position.getZ(vertex),
      );
    };
    return [corner(0), corner(1), corner(2)];
  }

  private triangleNormal(occurrence: number, indexed: Indexed, triangle: number): Vec3 {
    const [a, b, c] = this.triangleCorners(occurrence, indexed, triangle);
    _ab.set(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
    _ac.set(c[0] - a[0], c[1] - a[1], c[2] - a[2]);
    _ab.cross(_ac).normalize();
    return [_ab.x, _ab.y, _ab.z];
  }

  private indexedOf(geometry: number): Indexed | null {
    const have = this.indexed.get(geometry);
    const finest = this.ranges.trianglesOf(geometry);
    if (!finest || finest.indices.length === 0) return null;
    if (have && have.level <= finest.level) return have;
    if (finest.indices.length / 3 <= LARGE_TRIANGLES) return this.index(geometry, finest);
    if (have) return have;
    // Nothing yet for a large part: the finest level that is quick to index, else the coarsest there is.
    let choice = finest;
    for (let level = finest.level + 1; level < this.ranges.levels; level += 1) {
      const coarser = this.ranges.trianglesOf(geometry, level);
      if (!coarser || coarser.indices.length === 0) continue;
      choice = coarser;
      if (coarser.indices.length / 3 <= LARGE_TRIANGLES) break;
    }
    return this.index(geometry, choice);
  }

  private index(geometry: number, triangles: Triangles): Indexed {
    this.drop(geometry);
    const buffers = new BufferGeometry();
    // Interleaved: of a plain attribute the tree believes that three numbers follow one another.
    const vertices = new InterleavedBuffer(triangles.vertices, 4);
    buffers.setAttribute("position", new InterleavedBufferAttribute(vertices, 3, 0));
    // A copy: the tree sorts the triangles in place.
    buffers.setIndex(new BufferAttribute(triangles.indices.slice(), 1));
    const indexed = {
      bvh: new MeshBVH(buffers, { targetLeafSize: 8 }),
      geometry: buffers,
      level: triangles.level,
      bytes: (triangles.indices.length / 3) * TREE_BYTES,
    };
    this.indexed.set(geometry, indexed);
    this.treeBytes += indexed.bytes;
    for (const oldest of this.indexed.keys()) {
      if (this.treeBytes <= MOST_BYTES || oldest === geometry) break;
      this.drop(oldest);
    }
    return indexed;
  }
}

const _box = new Box3();
const _ab = new Vector3();
const _ac = new Vector3();

/** The part of a ray inside all kept half-spaces; `by`: index of the plane it enters through, or -1. */
export function clipRay(
  origin: Vec3,
  direction: Vec3,
  planes: readonly CutPlane[],
): { readonly near: number; readonly far: number; readonly by: number } {
  let near = 0;
  let far = Infinity;
  let by = -1;
  planes.forEach(({ normal, offset }, i) => {
    const height = normal[0] * origin[0] + normal[1] * origin[1] + normal[2] * origin[2] - offset;
    const climb = normal[0] * direction[0] + normal[1] * direction[1] + normal[2] * direction[2];
    if (Math.abs(climb) < 1e-12) {
      if (height < 0) far = -Infinity;
      return;
    }
    const at = -height / climb;
    if (climb > 0 && at > near) {
      near = at;
      by = i;
    } else if (climb < 0 && at < far) far = at;
  });
  return { near, far, by };
}

function negate(v: Vec3): Vec3 {
  return [-v[0], -v[1], -v[2]];
}
