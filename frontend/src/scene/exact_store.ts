/**
 * Exact shapes of the parts on the table, for whoever points at them, measures or highlights. Placements are composed
 * of structure.json in doubles, because those of base.glb are in single precision (at 100 m one step of a float is 8 µm).
 */

import { type EntityRef, WHOLE_PART } from "../state/entities";
import type { Manifest, Matrix4, Structure, Vec3 } from "../state/model";
import { NO_GEOMETRY } from "./draw_list";
import { ExactShelf } from "./exact_shelf";
import { cornersOf, meshOfSteps, middleOf, middleOfLargest } from "./exact_triangles";
import type { Triangles } from "./geometry_store";
import {
  type Affine,
  IDENTITY,
  affineOf,
  inverse,
  multiply,
  placePoint,
  placeVector,
  shifted,
} from "./kernel/affine";
import { faceAt, faceNear } from "./kernel/locate";
import { type MeshShape, estimatedDeflection } from "./kernel/mesh";
import type { Solid } from "./kernel/solid";
import type { Placed } from "./kernel/types";
import type { FetchScene } from "./loader";
import type { OpenedModel } from "./opened_model";
import type { Hit } from "./picking";
import { cross, scale, subtract } from "./vector";

const CEILING_BYTES = 64 << 20;
/** Placements kept; a hundred thousand of them would be 10 MB. */
const MOST_PLACEMENTS = 4096;
const MOST_MESHES = 8;
/** Triangles from which the straying of a mesh is estimated. */
const ESTIMATED_FROM = 12_000;
/** Triangles of a coarser level that are asked, one by one, which face they lie on. */
const MOST_ASKED = 6000;

export interface ExactStoreOptions {
  readonly fetchScene: FetchScene;
  /** What is on the table now. */
  readonly model: () => OpenedModel | null;
  readonly structure: () => Structure | null;
  /** Of a revision that is laid elsewhere than its file says: how, in absolute metres. */
  readonly motion?: () => Matrix4 | null;
  /** A shape that was wanted is here: a picture may show more. */
  readonly changed: () => void;
  /** A shape could not be had; told once for each part. */
  readonly failed?: (error: unknown) => void;
  readonly ceilingBytes?: number;
}

/** Everything that is kept of one revision. */
interface Kept {
  readonly manifest: Manifest;
  readonly shelf: ExactShelf;
  readonly placements: Map<number, Affine>;
  /** By geometry and level. */
  readonly meshes: Map<string, MeshShape>;
  /** Faces of the triangles of coarser levels. */
  readonly asked: Map<string, Uint32Array>;
  /** How far triangles stray. */
  readonly deflections: Map<string, number>;
}

/** See the head of the file. One for each viewer; follows what is on its table. */
export class ExactStore {
  private readonly options: ExactStoreOptions;
  private kept: Kept | null = null;
  /** What the placements that are kept were moved by. */
  private moved: Matrix4 | null = null;

  constructor(options: ExactStoreOptions) {
    this.options = options;
  }

  /** Whether the model has exact shapes at all. */
  get available(): boolean {
    return (this.options.model()?.manifest.exact?.parts ?? 0) > 0;
  }

  /** The part number of an occurrence, or −1. */
  partOf(occurrence: number): number {
    const structure = this.options.structure();
    const row = structure?.rowOfOccurrence(occurrence) ?? -1;
    if (structure && row >= 0) return structure.partNumber(row);
    const geometry = this.geometryOf(occurrence);
    return this.options.model()?.manifest.geometries[geometry] ?? -1;
  }

  /** The exact shape of an occurrence's part if it is here; null: not yet, or there is none. */
  exactOf(occurrence: number): Solid | null {
    return this.here()?.shelf.get(this.partOf(occurrence)) ?? null;
  }

  /** Whether asking again may bring a shape: false once it is known that there is none, or it is here. */
  isPending(occurrence: number): boolean {
    return this.here()?.shelf.isPending(this.partOf(occurrence)) ?? false;
  }

  /** The exact shape of an occurrence's part, fetched if need be; null where there is none. Never fails. */
  async load(occurrence: number): Promise<Solid | null> {
    return this.here()?.shelf.load(this.partOf(occurrence)) ?? null;
  }

  /** Asks for a shape in passing; `changed` tells when it is here. */
  want(occurrence: number): void {
    const part = this.partOf(occurrence);
    const shelf = this.here()?.shelf;
    if (!shelf?.isPending(part) || shelf.isLoading(part)) return;
    void shelf.load(part).then((solid) => {
      if (solid) this.options.changed();
    });
  }

  /** Part frame → model frame (metres relative to `manifest.origin`), as the model stands unexploded. */
  matrixOf(occurrence: number): Affine | null {
    const kept = this.here();
    const structure = this.options.structure();
    const row = structure?.rowOfOccurrence(occurrence) ?? -1;
    if (!kept || !structure || row < 0) return null;
    const motion = this.options.motion?.() ?? null;
    if (motion !== this.moved) kept.placements.clear();
    this.moved = motion;
    const known = kept.placements.get(occurrence);
    if (known) return known;
    let matrix = motion ? affineOf(motion) : IDENTITY;
    for (const step of structure.path(row)) {
      const own = structure.file.transform[step];
      if (own) matrix = multiply(matrix, affineOf(own));
    }
    const placed = shifted(matrix, scale(kept.manifest.origin, -1));
    if (kept.placements.size >= MOST_PLACEMENTS) kept.placements.clear();
    kept.placements.set(occurrence, placed);
    return placed;
  }

  /** A point of the model frame, as shown (exploded), in the part's own frame: also of mirrored placements. */
  toPart(occurrence: number, shown: Vec3): Vec3 | null {
    const matrix = this.matrixOf(occurrence);
    const model = this.options.model();
    if (!matrix || !model) return null;
    return placePoint(inverse(matrix), model.occurrences.unexploded(occurrence, shown));
  }

  /** A point of the part's own frame in the model frame, as shown. */
  toShown(occurrence: number, local: Vec3): Vec3 | null {
    const matrix = this.matrixOf(occurrence);
    const model = this.options.model();
    if (!matrix || !model) return null;
    return subtract(placePoint(matrix, local), model.occurrences.unexploded(occurrence, [0, 0, 0]));
  }

  /**
   * An entity as the kernel measures it, unexploded, model frame. What has no exact shape (yet) is triangles, as fine
   * as they have arrived. Null when nothing of it is here.
   */
  placed(ref: EntityRef): Placed | null {
    const matrix = this.matrixOf(ref.occurrence);
    if (!matrix) return null;
    const solid = this.exactOf(ref.occurrence);
    if (solid) return { type: "entity", solid, kind: ref.kind, index: ref.index, matrix };
    return ref.kind === "body" ? this.placedMesh(ref.occurrence) : null;
  }

  /** All triangles of an occurrence, as fine as they have arrived; for parts without an exact shape. */
  placedMesh(occurrence: number): Placed | null {
    const kept = this.here();
    const model = this.options.model();
    const geometry = this.geometryOf(occurrence);
    const triangles = model?.batch.store.ranges.trianglesOf(geometry);
    if (!kept || !model || !triangles || triangles.indices.length === 0) return null;
    const grid = kept.manifest.grids[geometry] ?? [0, 0, 0, 1];
    const [x, y, z, step] = grid;
    const key = `${geometry}:${triangles.level}`;
    let mesh = kept.meshes.get(key);
    if (!mesh) {
      mesh = meshOfSteps(triangles, grid, Infinity);
      if (kept.meshes.size >= MOST_MESHES) kept.meshes.clear();
      kept.meshes.set(key, mesh);
    }
    // Triangles stand where base.glb puts their grid; single precision is far below their tolerance.
    const fromGrid = Float64Array.of(step, 0, 0, x, 0, step, 0, y, 0, 0, step, z);
    const matrix = multiply(this.shownSteps(model, occurrence), inverse(fromGrid));
    const tolerance_m = this.deflectionOf(occurrence) + model.occurrences.stepLength(occurrence);
    return { type: "mesh", mesh, matrix, tolerance_m };
  }

  /**
   * The face under a pointer. Not by the number of the triangle: it may be of a coarser level, and the tree that
   * picks sorts its triangles. The point that was hit is held against the exact faces instead: the nearest whose
   * region holds its foot, and of equally near ones the one whose normal is the triangle's. Null while the shape
   * is not here, and where there is none; a cap of a section belongs to no face.
   */
  faceOf(hit: Hit): EntityRef | null {
    if (hit.cap !== null) return null;
    const { occurrence } = hit;
    const solid = this.exactOf(occurrence);
    const matrix = this.matrixOf(occurrence);
    const model = this.options.model();
    if (!solid || !matrix || !model) return null;
    const back = inverse(matrix);
    const local = placePoint(back, model.occurrences.unexploded(occurrence, hit.point));
    const normal = placeVector(back, hit.normal);
    const index = faceAt(solid, local, normal, (face) => this.trianglesOfFace(occurrence, face));
    return index < 0 ? null : { occurrence, kind: "face", index };
  }

  /** The face nearest to a point of the model frame, as shown; for what has no hit (a stored anchor). */
  faceNear(occurrence: number, shown: Vec3): EntityRef | null {
    const solid = this.exactOf(occurrence);
    const local = this.toPart(occurrence, shown);
    if (!solid || !local) return null;
    const index = faceNear(solid, local);
    return index < 0 ? null : { occurrence, kind: "face", index };
  }

  /** The solid that a face or edge bounds; the whole part when it bounds none. */
  bodyOf(ref: EntityRef): EntityRef {
    if (ref.kind === "body") return ref;
    const solid = this.exactOf(ref.occurrence);
    let face = ref.kind === "face" ? ref.index : -1;
    if (ref.kind === "edge" && solid) face = solid.facesAt(ref.index)[0] ?? -1;
    const index = solid && face >= 0 ? solid.bodyOf(face) : WHOLE_PART;
    return { occurrence: ref.occurrence, kind: "body", index };
  }

  /**
   * The triangles of what an occurrence shows, as fine as can be told apart, and the exact face of each: by the table
   * of exact.bin where the finest level is here, else each triangle by where its middle lies. Null while its exact
   * shape is not here.
   */
  facesOfTriangles(
    occurrence: number,
  ): { readonly triangles: Triangles; readonly faces: Uint32Array } | null {
    const kept = this.here();
    const solid = this.exactOf(occurrence);
    const geometry = this.geometryOf(occurrence);
    const ranges = this.options.model()?.batch.store.ranges;
    const finest = ranges?.trianglesOf(geometry);
    if (!kept || !solid || !ranges || !finest) return null;
    const table = kept.shelf.facesOf(geometry);
    if (table?.length === finest.indices.length / 3) return { triangles: finest, faces: table };
    for (let level = finest.level; level < ranges.levels; level += 1) {
      const triangles = ranges.trianglesOf(geometry, level);
      if (!triangles || triangles.indices.length > 3 * MOST_ASKED) continue;
      const key = `${geometry}:${level}`;
      const faces = kept.asked.get(key) ?? this.askedFaces(occurrence, solid, triangles);
      if (!faces) return null;
      kept.asked.set(key, faces);
      return { triangles, faces };
    }
    return null;
  }

  /** x, y, z of the corners of a face's triangles, part frame; null while there are none. */
  trianglesOfFace(occurrence: number, face: number): Float64Array | null {
    const found = this.facesOfTriangles(occurrence);
    const toPart = this.stepsToPart(occurrence);
    if (!found || !toPart) return null;
    const out: number[] = [];
    found.faces.forEach((of, triangle) => {
      if (of === face) for (const p of cornersOf(found.triangles, triangle, toPart)) out.push(...p);
    });
    return out.length > 0 ? Float64Array.from(out) : null;
  }

  /** How far an occurrence's triangles stray from the shape they stand for, metres; estimated once for each level. */
  deflectionOf(occurrence: number): number {
    const kept = this.here();
    const geometry = this.geometryOf(occurrence);
    const triangles = this.options.model()?.batch.store.ranges.trianglesOf(geometry);
    if (!kept || !triangles) return 0;
    const key = `${geometry}:${triangles.level}`;
    let found = kept.deflections.get(key);
    if (found === undefined) {
      const grid = kept.manifest.grids[geometry] ?? [0, 0, 0, 1];
      const strays = kept.manifest.errors?.[geometry]?.[triangles.level] ?? 0;
      found = estimatedDeflection(meshOfSteps(triangles, grid, ESTIMATED_FROM)) + strays;
      kept.deflections.set(key, found);
    }
    return found;
  }

  dispose(): void {
    this.kept = null;
  }

  private geometryOf(occurrence: number): number {
    return this.options.model()?.occurrences.geometry[occurrence] ?? NO_GEOMETRY;
  }

  private shownSteps(model: OpenedModel, occurrence: number): Affine {
    const { matrices } = model.occurrences;
    return Float64Array.from(matrices.subarray(occurrence * 12, occurrence * 12 + 12));
  }

  /** Grid steps of what an occurrence shows → its part's own frame; undoes a mirrored variant. */
  private stepsToPart(occurrence: number): Affine | null {
    const matrix = this.matrixOf(occurrence);
    const model = this.options.model();
    return matrix && model ? multiply(inverse(matrix), this.shownSteps(model, occurrence)) : null;
  }

  /** The face that the middle of each triangle lies on. */
  private askedFaces(occurrence: number, solid: Solid, triangles: Triangles): Uint32Array | null {
    const toPart = this.stepsToPart(occurrence);
    if (!toPart) return null;
    return Uint32Array.from({ length: triangles.indices.length / 3 }, (_, triangle) => {
      const corners = cornersOf(triangles, triangle, toPart);
      const [a, b, c] = corners;
      const normal = cross(subtract(b, a), subtract(c, a));
      return Math.max(
        0,
        faceAt(solid, middleOf(corners), normal, () => null),
      );
    });
  }

  /** Gives a shape what only its triangles can tell: free faces, and which half of a ball is meant. */
  private complete(part: number, solid: Solid): void {
    const shown = once(() => this.occurrenceOf(part));
    solid.triangles = (face) => {
      if (shown() < 0) return null;
      solid.deflection = this.deflectionOf(shown());
      return this.trianglesOfFace(shown(), face);
    };
    solid.hint = (face) => {
      // Only by the table of exact.bin: asking triangles where they lie needs the answer that is wanted here.
      const geometry = this.geometryOf(shown());
      const table = this.here()?.shelf.facesOf(geometry);
      const triangles = this.options.model()?.batch.store.ranges.trianglesOf(geometry);
      if (!table || triangles?.indices.length !== 3 * table.length) return null;
      const corners = this.trianglesOfFace(shown(), face);
      return corners && middleOfLargest(corners);
    };
  }

  /** Some occurrence of a part, or −1. */
  private occurrenceOf(part: number): number {
    const count = this.options.model()?.occurrences.count ?? 0;
    for (let o = 0; o < count; o += 1) if (this.partOf(o) === part) return o;
    return -1;
  }

  /** What is kept of the revision on the table now; another revision begins anew. */
  private here(): Kept | null {
    const manifest = this.options.model()?.manifest ?? null;
    if (!manifest) return null;
    if (this.kept?.manifest !== manifest)
      this.kept = {
        manifest,
        shelf: new ExactShelf({
          manifest,
          fetchScene: this.options.fetchScene,
          ceilingBytes: this.options.ceilingBytes ?? CEILING_BYTES,
          made: (part, solid) => this.complete(part, solid),
          failed: (error) => this.options.failed?.(error),
        }),
        placements: new Map(),
        meshes: new Map(),
        asked: new Map(),
        deflections: new Map(),
      };
    return this.kept;
  }
}

/** Asked once, remembered. */
function once(ask: () => number): () => number {
  let known: number | null = null;
  return () => (known ??= ask());
}
