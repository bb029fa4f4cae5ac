/** Edges of the meshes on the table, as the kernel measures them. */

import type { MeasurePoint } from "../state/areas/measuring";
import type { Vec3 } from "../state/model";
import type { PlacedMesh } from "../scene/kernel/types";
import type { PlacedModel } from "../scene/viewer_sight";
import { ownerOf } from "../state/measure_owner";
import { chainThrough, nearestSegment } from "./mesh_rims";

/** More creases than this would take a visible moment; their points are measured all the same. */
const MOST_SEGMENTS = 60_000;
/** A clicked point lies this near to its crease, in grid steps, or the crease has gone. */
const ON_STEPS = 4;
/** The farthest a grid of quantisation moves a point, in steps: half its diagonal. */
const HALF_STEP = 0.87;
const MOST_KEPT = 64;

/** Of one model: see the head of the file. */
export class MeshRims {
  private readonly at: () => PlacedModel | null;
  private readonly kept = new Map<string, PlacedMesh | null>();
  private keptOf: object | null = null;
  private standing = 0;

  /** at: the model as it is now; null while it is not here. */
  constructor(at: () => PlacedModel | null) {
    this.at = at;
  }

  /** The crease through a clicked point, model frame, unexploded; null where there is none. */
  placed(anchor: MeasurePoint): PlacedMesh | null {
    const { local } = anchor;
    const occurrence = ownerOf(anchor)?.occurrence ?? null;
    const { model } = this.at() ?? {};
    if (!model || occurrence === null || !local) return null;
    const { edgeVertices } = model.batch.store.ranges;
    const { standing } = model.occurrences;
    if (this.keptOf !== edgeVertices || this.standing !== standing) this.kept.clear();
    this.keptOf = edgeVertices;
    this.standing = standing;
    const key = `${occurrence} ${local.join()}`;
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    if (this.kept.size >= MOST_KEPT) this.kept.clear();
    const found = this.find(occurrence, local);
    this.kept.set(key, found);
    return found;
  }

  private find(occurrence: number, local: Vec3): PlacedMesh | null {
    const at = this.at();
    const shown = at?.exact.toShown(occurrence, local);
    if (!at || !shown) return null;
    const { model, exact } = at;
    const { occurrences } = model;
    const { edges, edgeVertices } = model.batch.store.ranges;
    const geometry = occurrences.geometry[occurrence] ?? 0;
    const count = (edges.count[geometry] ?? 0) / 2;
    if (count === 0 || count > MOST_SEGMENTS) return null;
    const first = edges.first[geometry] ?? 0;
    const segments = new Float64Array(6 * count);
    for (let corner = 0; corner < 2 * count; corner += 1)
      for (let axis = 0; axis < 3; axis += 1)
        segments[3 * corner + axis] = edgeVertices[4 * (first + corner) + axis] ?? 0;
    const steps = occurrences.toSteps(occurrence, shown);
    const segment = nearestSegment(segments, steps);
    if (segment < 0) return null;
    const chain = chainThrough(segments, segment);
    if (Math.min(...chain.slice(1).map((p, i) => away(steps, chain[i] ?? p, p))) > ON_STEPS)
      return null;
    const points = Float64Array.from(chain.flat());
    return {
      type: "mesh",
      mesh: { points, triangles: new Uint32Array(0) },
      matrix: Float64Array.from(
        occurrences.matrices.subarray(occurrence * 12, occurrence * 12 + 12),
      ),
      tolerance_m: HALF_STEP * occurrences.stepLength(occurrence) + exact.deflectionOf(occurrence),
    };
  }
}

/** From a point to a segment. */
function away(p: Vec3, a: Vec3, b: Vec3): number {
  const way: Vec3 = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const size = way[0] ** 2 + way[1] ** 2 + way[2] ** 2 || 1;
  const along = ((p[0] - a[0]) * way[0] + (p[1] - a[1]) * way[1] + (p[2] - a[2]) * way[2]) / size;
  const t = Math.max(0, Math.min(1, along));
  return Math.hypot(a[0] + way[0] * t - p[0], a[1] + way[1] * t - p[1], a[2] + way[2] * t - p[2]);
}
