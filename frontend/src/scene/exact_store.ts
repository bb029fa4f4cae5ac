/**
 * Exact shapes of the parts on the table: fetched when a tool asks, small files whole, large ones part by part,
 * kept under a ceiling of bytes. Placements are composed of structure.json in doubles, because those of base.glb
 * are in single precision (at 100 m one step of a float is 8 µm).
 */

import { type EntityRef, WHOLE_PART } from "../state/entities";
import type { Manifest, Structure, Vec3 } from "../state/model";
import { NO_GEOMETRY } from "./draw_list";
import type { Triangles } from "./geometry_store";
import { type Block, type ExactHead, readFaces, readHead, readPart } from "./exact";
import { scaledExact } from "./exact_scale";
import { type Affine, affineOf, inverse, multiply, placePoint, placeVector } from "./kernel/affine";
import { faceAt, faceNear } from "./kernel/locate";
import { type MeshShape, estimatedDeflection } from "./kernel/mesh";
import { Solid } from "./kernel/solid";
import type { Placed } from "./kernel/types";
import { hashOf, type FetchScene } from "./loader";
import type { OpenedModel } from "./opened_model";
import type { Hit } from "./picking";
import { cross, subtract } from "./vector";

export const EXACT_FILE = "exact.bin";
/** Files up to this are fetched whole: one request instead of one for each part. */
const WHOLE_BYTES = 1 << 20;
/** What decoded shapes may weigh together; a decoded part weighs about eight times its block. */
const CEILING_BYTES = 64 << 20;
const DECODED = 8;
/** Placements kept; a hundred thousand of them would be 10 MB. */
const MOST_PLACEMENTS = 4096;
/** Triangles from which the straying of a mesh is estimated. */
const ESTIMATED_FROM = 12_000;
/** Triangles of a coarser level that are asked, one by one, which face they lie on. */
const MOST_ASKED = 6000;

export interface ExactStoreOptions {
  readonly fetchScene: FetchScene;
  /** What is on the table now. */
  readonly model: () => OpenedModel | null;
  readonly structure: () => Structure | null;
  /** A shape that was wanted is here: a picture may show more. */
  readonly changed: () => void;
  /** A shape could not be had; told once for each file or part. */
  readonly failed?: (error: unknown) => void;
  readonly ceilingBytes?: number;
}

interface Held {
  readonly solid: Solid;
  readonly bytes: number;
}

/** Everything of one revision. */
interface Shelf {
  readonly manifest: Manifest;
  head: Promise<ExactHead | null> | null;
  /** Once `head` has arrived. */
  known: ExactHead | null;
  /** The whole file, where it is small. */
  whole: ArrayBuffer | null;
  readonly solids: Map<number, Held>;
  readonly loading: Map<number, Promise<Solid | null>>;
  /** Parts that have no exact shape, or whose shape could not be had. */
  readonly none: Set<number>;
  /** Faces of level-0 triangles by geometry. */
  readonly faces: Map<number, Uint32Array>;
  readonly placements: Map<number, Affine>;
  readonly meshes: Map<string, MeshShape>;
  /** Faces of coarser triangles, and how far they stray, by geometry and level. */
  readonly asked: Map<string, Uint32Array>;
  readonly deflections: Map<string, number>;
  bytes: number;
}

/** See the head of the file. One for each viewer; follows what is on its table. */
export class ExactStore {
  private readonly options: ExactStoreOptions;
  private shelf: Shelf | null = null;

  constructor(options: ExactStoreOptions) {
    this.options = options;
  }

  /** Whether the model has exact shapes at all. */
  get available(): boolean {
    return (this.here()?.manifest.exact?.parts ?? 0) > 0;
  }

  /** The part number of an occurrence, or −1. */
  partOf(occurrence: number): number {
    const model = this.options.model();
    const geometry = model?.occurrences.geometry[occurrence] ?? NO_GEOMETRY;
    const row = this.options.structure()?.rowOfOccurrence(occurrence) ?? -1;
    if (row >= 0) return this.options.structure()?.partNumber(row) ?? -1;
    return geometry === NO_GEOMETRY ? -1 : (model?.manifest.geometries[geometry] ?? -1);
  }

  /** The exact shape of an occurrence's part if it is here; null: not yet, or there is none. */
  exactOf(occurrence: number): Solid | null {
    const shelf = this.here();
    if (!shelf) return null;
    const part = this.partOf(occurrence);
    const held = shelf.solids.get(part);
    if (!held) return null;
    // Used last: the last to go.
    shelf.solids.delete(part);
    shelf.solids.set(part, held);
    return held.solid;
  }

  /** Whether asking again may bring a shape: false once it is known that there is none, or it is here. */
  isPending(occurrence: number): boolean {
    const shelf = this.here();
    if (!shelf || !this.available) return false;
    const part = this.partOf(occurrence);
    return part >= 0 && !shelf.none.has(part) && !shelf.solids.has(part);
  }

  /** The exact shape of an occurrence's part, fetched if need be; null where there is none. */
  async load(occurrence: number): Promise<Solid | null> {
    const known = this.exactOf(occurrence);
    const shelf = this.here();
    if (known || !shelf || !this.isPending(occurrence)) return known;
    const part = this.partOf(occurrence);
    const under = shelf.loading.get(part);
    if (under) return under;
    const work = this.fetchPart(shelf, part)
      .catch((error: unknown) => {
        shelf.none.add(part);
        this.options.failed?.(error);
        return null;
      })
      .finally(() => shelf.loading.delete(part));
    shelf.loading.set(part, work);
    return work;
  }

  /** Asks for a shape in passing; `changed` tells when it is here. */
  want(occurrence: number): void {
    if (!this.isPending(occurrence)) return;
    const shelf = this.here();
    if (shelf?.loading.has(this.partOf(occurrence))) return;
    void this.load(occurrence).then((solid) => {
      if (solid) this.options.changed();
    });
  }

  /** Part frame → model frame (metres relative to `manifest.origin`), as the model stands unexploded. */
  matrixOf(occurrence: number): Affine | null {
    const shelf = this.here();
    const structure = this.options.structure();
    const row = structure?.rowOfOccurrence(occurrence) ?? -1;
    if (!shelf || !structure || row < 0) return null;
    const known = shelf.placements.get(occurrence);
    if (known) return known;
    let matrix: Affine | null = null;
    for (const step of structure.path(row)) {
      const own = structure.file.transform[step];
      if (own) matrix = matrix ? multiply(matrix, affineOf(own)) : affineOf(own);
    }
    const placed = matrix ?? Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
    const { origin } = shelf.manifest;
    for (const axis of [0, 1, 2] as const)
      placed[axis * 4 + 3] = (placed[axis * 4 + 3] ?? 0) - origin[axis];
    if (shelf.placements.size >= MOST_PLACEMENTS) shelf.placements.clear();
    shelf.placements.set(occurrence, placed);
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
    const still = placePoint(matrix, local);
    const none = model.occurrences.unexploded(occurrence, [0, 0, 0]);
    return [still[0] - none[0], still[1] - none[1], still[2] - none[2]];
  }

  /**
   * An entity as the kernel measures it, unexploded, model frame. What has no exact shape (yet), and faces of no
   * elementary kind, are triangles, as fine as they have arrived. Null when nothing of it is here.
   */
  placed(ref: EntityRef): Placed | null {
    const matrix = this.matrixOf(ref.occurrence);
    if (!matrix) return null;
    const solid = this.exactOf(ref.occurrence);
    if (solid) return { type: "entity", solid, kind: ref.kind, index: ref.index, matrix };
    if (ref.kind !== "body") return null;
    return this.placedMesh(ref.occurrence);
  }

  /** All triangles of an occurrence, as fine as they have arrived; for parts without an exact shape. */
  placedMesh(occurrence: number): Placed | null {
    const found = this.meshOf(occurrence);
    if (!found) return null;
    return { type: "mesh", mesh: found.mesh, matrix: found.matrix, tolerance_m: found.tolerance };
  }

  /**
   * The face under a pointer. Not by the number of the triangle: it may be of a coarser level, and the tree that
   * picks sorts its triangles. The point that was hit is held against the exact faces instead: the nearest whose
   * region holds its foot, and of equally near ones the one whose normal is the triangle's. Null while the shape
   * is not here, and where there is none; a cap of a section belongs to no face.
   */
  faceOf(hit: Hit): EntityRef | null {
    if (hit.cap !== null) return null;
    const solid = this.exactOf(hit.occurrence);
    const matrix = this.matrixOf(hit.occurrence);
    const model = this.options.model();
    if (!solid || !matrix || !model) return null;
    const back = inverse(matrix);
    const local = placePoint(back, model.occurrences.unexploded(hit.occurrence, hit.point));
    const normal = placeVector(back, hit.normal);
    const index = faceAt(solid, local, normal, (face) =>
      this.trianglesOfFace(hit.occurrence, face),
    );
    return index < 0 ? null : { occurrence: hit.occurrence, kind: "face", index };
  }

  /** The solid that a face bounds; the whole part when it bounds none. */
  bodyOf(ref: EntityRef): EntityRef {
    const solid = this.exactOf(ref.occurrence);
    if (ref.kind === "body") return ref;
    let face = ref.kind === "face" ? ref.index : -1;
    if (ref.kind === "edge" && solid) face = solid.facesAt(ref.index)[0] ?? -1;
    const index = solid && face >= 0 ? solid.bodyOf(face) : WHOLE_PART;
    return { occurrence: ref.occurrence, kind: "body", index };
  }

  /** The face nearest to a point of the model frame, as shown; for what has no hit (a stored anchor). */
  faceNear(occurrence: number, shown: Vec3): EntityRef | null {
    const solid = this.exactOf(occurrence);
    const local = this.toPart(occurrence, shown);
    if (!solid || !local) return null;
    const index = faceNear(solid, local);
    return index < 0 ? null : { occurrence, kind: "face", index };
  }

  /**
   * The triangles of what an occurrence shows, as fine as can be told apart, and the exact face of each: by the table
   * of exact.bin where the finest level is here, else each triangle by where its middle lies. Null while its exact
   * shape is not here.
   */
  facesOfTriangles(
    occurrence: number,
  ): { readonly triangles: Triangles; readonly faces: Uint32Array } | null {
    const shelf = this.here();
    const model = this.options.model();
    const solid = this.exactOf(occurrence);
    const geometry = model?.occurrences.geometry[occurrence] ?? NO_GEOMETRY;
    if (!shelf || !model || !solid || geometry === NO_GEOMETRY) return null;
    const { ranges } = model.batch.store;
    const finest = ranges.trianglesOf(geometry);
    const table = shelf.faces.get(geometry);
    if (!finest) return null;
    if (table?.length === finest.indices.length / 3) return { triangles: finest, faces: table };
    for (let level = finest.level; level < ranges.levels; level += 1) {
      const triangles = ranges.trianglesOf(geometry, level);
      if (!triangles || triangles.indices.length > 3 * MOST_ASKED) continue;
      const key = `${geometry}:${level}`;
      const found = shelf.asked.get(key) ?? this.askedFaces(occurrence, solid, triangles);
      if (!found) return null;
      shelf.asked.set(key, found);
      return { triangles, faces: found };
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
    const shelf = this.here();
    const model = this.options.model();
    const geometry = model?.occurrences.geometry[occurrence] ?? NO_GEOMETRY;
    const triangles = model?.batch.store.ranges.trianglesOf(geometry);
    if (!shelf || !triangles) return 0;
    const key = `${geometry}:${triangles.level}`;
    let found = shelf.deflections.get(key);
    if (found === undefined) {
      const grid = shelf.manifest.grids[geometry] ?? [0, 0, 0, 1];
      const strays = shelf.manifest.errors?.[geometry]?.[triangles.level] ?? 0;
      found = estimatedDeflection(meshOfSteps(triangles, grid, ESTIMATED_FROM)) + strays;
      shelf.deflections.set(key, found);
    }
    return found;
  }

  dispose(): void {
    this.shelf = null;
  }

  /** Grid steps of what an occurrence shows → its part's own frame; undoes a mirrored variant. */
  private stepsToPart(occurrence: number): Affine | null {
    const matrix = this.matrixOf(occurrence);
    const model = this.options.model();
    if (!matrix || !model) return null;
    const { matrices } = model.occurrences;
    const shown = Float64Array.from(matrices.subarray(occurrence * 12, occurrence * 12 + 12));
    return multiply(inverse(matrix), shown);
  }

  /** The face that the middle of each triangle lies on. */
  private askedFaces(occurrence: number, solid: Solid, triangles: Triangles): Uint32Array | null {
    const toPart = this.stepsToPart(occurrence);
    if (!toPart) return null;
    return Uint32Array.from({ length: triangles.indices.length / 3 }, (_, triangle) => {
      const [a, b, c] = cornersOf(triangles, triangle, toPart);
      const middle: Vec3 = [
        (a[0] + b[0] + c[0]) / 3,
        (a[1] + b[1] + c[1]) / 3,
        (a[2] + b[2] + c[2]) / 3,
      ];
      const normal = cross(subtract(b, a), subtract(c, a));
      return Math.max(
        0,
        faceAt(solid, middle, normal, () => null),
      );
    });
  }

  private meshOf(
    occurrence: number,
  ): { readonly mesh: MeshShape; readonly tolerance: number; readonly matrix: Affine } | null {
    const shelf = this.here();
    const model = this.options.model();
    const geometry = model?.occurrences.geometry[occurrence] ?? NO_GEOMETRY;
    if (!shelf || !model || geometry === NO_GEOMETRY) return null;
    const triangles = model.batch.store.ranges.trianglesOf(geometry);
    if (!triangles || triangles.indices.length === 0) return null;
    const grid = shelf.manifest.grids[geometry] ?? [0, 0, 0, 1];
    const [x, y, z, step] = grid;
    const key = `${geometry}:${triangles.level}`;
    let mesh = shelf.meshes.get(key);
    if (!mesh) {
      mesh = meshOfSteps(triangles, grid, Infinity);
      if (shelf.meshes.size > 8) shelf.meshes.clear();
      shelf.meshes.set(key, mesh);
    }
    const tolerance = this.deflectionOf(occurrence) + step;
    // Triangles stand where base.glb puts their grid; single precision is far below their tolerance.
    const matrix = Float64Array.from(
      model.occurrences.matrices.subarray(occurrence * 12, occurrence * 12 + 12),
    );
    const fromGrid = Float64Array.of(step, 0, 0, x, 0, step, 0, y, 0, 0, step, z);
    return { mesh, tolerance, matrix: multiply(matrix, inverse(fromGrid)) };
  }

  /** What is kept of the revision on the table now; another revision begins anew. */
  private here(): Shelf | null {
    const manifest = this.options.model()?.manifest ?? null;
    if (!manifest) return null;
    if (this.shelf?.manifest !== manifest)
      this.shelf = {
        manifest,
        head: null,
        known: null,
        whole: null,
        solids: new Map(),
        loading: new Map(),
        none: new Set(),
        faces: new Map(),
        placements: new Map(),
        meshes: new Map(),
        asked: new Map(),
        deflections: new Map(),
        bytes: 0,
      };
    return this.shelf;
  }

  private async fetchPart(shelf: Shelf, part: number): Promise<Solid | null> {
    shelf.head ??= this.fetchHead(shelf);
    const head = await shelf.head.catch((error: unknown) => {
      // The next one to ask may have more luck.
      shelf.head = null;
      throw error;
    });
    const block = head?.parts[part] ?? null;
    if (!head || !block) {
      shelf.none.add(part);
      return null;
    }
    const tables = this.tablesOf(shelf, head, part);
    const end = tables.reduce(
      (most, { at }) => Math.max(most, at.offset + at.bytes),
      block.offset + block.bytes,
    );
    // The tables follow their part: one range for all.
    const range = { offset: block.offset, bytes: end - block.offset };
    const bytes = await this.fetchRange(shelf, range);
    const exact = readPart(bytes.slice(0, block.bytes));
    const solid = new Solid(scaledExact(exact, shelf.manifest.placement?.scale ?? 1));
    for (const { geometry, at } of tables) {
      const from = at.offset - block.offset;
      const table = bytes.slice(from, from + at.bytes);
      shelf.faces.set(geometry, readFaces(table, new DataView(table).getUint32(0, true)));
    }
    this.keep(shelf, part, solid, DECODED * range.bytes);
    return solid;
  }

  /** Blocks of the geometries of a part that stand behind its own. */
  private tablesOf(
    shelf: Shelf,
    head: ExactHead,
    part: number,
  ): { readonly geometry: number; readonly at: Block }[] {
    const found: { geometry: number; at: Block }[] = [];
    shelf.manifest.geometries.forEach((of, geometry) => {
      const at = of === part ? head.geometries[geometry] : null;
      if (at && at.offset > (head.parts[part]?.offset ?? 0)) found.push({ geometry, at });
    });
    return found;
  }

  private keep(shelf: Shelf, part: number, solid: Solid, bytes: number): void {
    shelf.solids.set(part, { solid, bytes });
    shelf.bytes += bytes;
    const ceiling = this.options.ceilingBytes ?? CEILING_BYTES;
    for (const [other, held] of shelf.solids) {
      if (shelf.bytes <= ceiling || other === part) break;
      shelf.solids.delete(other);
      shelf.manifest.geometries.forEach((of, geometry) => {
        if (of === other) shelf.faces.delete(geometry);
      });
      shelf.bytes -= held.bytes;
    }
    const shown = once(() => this.occurrenceOf(part));
    solid.triangles = (face) => {
      const occurrence = shown();
      if (occurrence < 0) return null;
      solid.deflection = this.deflectionOf(occurrence);
      return this.trianglesOfFace(occurrence, face);
    };
    solid.hint = (face) => {
      // Only the table of exact.bin: whoever asks a triangle where it lies needs the answer that is wanted here.
      const table = shelf.faces.get(this.geometryOf(shown()));
      const triangles = this.options
        .model()
        ?.batch.store.ranges.trianglesOf(this.geometryOf(shown()));
      if (!table || triangles?.indices.length !== 3 * table.length) return null;
      const corners = this.trianglesOfFace(shown(), face);
      return corners && middleOfLargest(corners);
    };
  }

  private geometryOf(occurrence: number): number {
    return this.options.model()?.occurrences.geometry[occurrence] ?? NO_GEOMETRY;
  }

  /** Some occurrence of a part, or −1. */
  private occurrenceOf(part: number): number {
    const count = this.options.model()?.occurrences.count ?? 0;
    for (let o = 0; o < count; o += 1) if (this.partOf(o) === part) return o;
    return -1;
  }

  private async fetchHead(shelf: Shelf): Promise<ExactHead | null> {
    const { exact } = shelf.manifest;
    if (!exact) return null;
    const hash = hashOf(shelf.manifest, EXACT_FILE);
    if (exact.bytes <= WHOLE_BYTES) {
      shelf.whole = await this.options.fetchScene(EXACT_FILE, hash);
      shelf.known = readHead(shelf.whole);
    } else {
      shelf.known = readHead(await this.fetchRange(shelf, { offset: 0, bytes: exact.head_bytes }));
    }
    return shelf.known;
  }

  private async fetchRange(shelf: Shelf, range: Block): Promise<ArrayBuffer> {
    const { whole } = shelf;
    if (whole) return whole.slice(range.offset, range.offset + range.bytes);
    const hash = hashOf(shelf.manifest, EXACT_FILE);
    const bytes = await this.options.fetchScene(EXACT_FILE, hash, undefined, range);
    // Whoever cannot answer ranges sends everything.
    return bytes.byteLength > range.bytes
      ? bytes.slice(range.offset, range.offset + range.bytes)
      : bytes;
  }
}

function cornersOf(
  { vertices, indices }: Triangles,
  triangle: number,
  toPart: Affine,
): readonly [Vec3, Vec3, Vec3] {
  const corner = (i: number): Vec3 => {
    const at = 4 * (indices[3 * triangle + i] ?? 0);
    return placePoint(toPart, [vertices[at] ?? 0, vertices[at + 1] ?? 0, vertices[at + 2] ?? 0]);
  };
  return [corner(0), corner(1), corner(2)];
}

/** Asked once, remembered. */
function once(ask: () => number): () => number {
  let known: number | null = null;
  return () => (known ??= ask());
}

/** Triangles in grid steps as a mesh in metres; only the first so many. */
function meshOfSteps(
  { vertices, indices }: Triangles,
  [x, y, z, step]: Manifest["grids"][number],
  most: number,
): MeshShape {
  const used = indices.subarray(0, Math.min(indices.length, 3 * most));
  const numbers = new Map<number, number>();
  const points: number[] = [];
  const triangles = used.map((vertex) => {
    const known = numbers.get(vertex);
    if (known !== undefined) return known;
    const at = 4 * vertex;
    points.push(
      x + step * (vertices[at] ?? 0),
      y + step * (vertices[at + 1] ?? 0),
      z + step * (vertices[at + 2] ?? 0),
    );
    numbers.set(vertex, numbers.size);
    return numbers.size - 1;
  });
  return { points: Float64Array.from(points), triangles };
}

/** corners: nine numbers for each triangle. */
function middleOfLargest(corners: Float64Array): Vec3 | null {
  let [most, best]: [number, Vec3 | null] = [0, null];
  for (let i = 0; i + 8 < corners.length; i += 9) {
    const at = (corner: number): Vec3 => [
      corners[i + 3 * corner] ?? 0,
      corners[i + 3 * corner + 1] ?? 0,
      corners[i + 3 * corner + 2] ?? 0,
    ];
    const [a, b, c] = [at(0), at(1), at(2)];
    const [p, q] = [
      [b[0] - a[0], b[1] - a[1], b[2] - a[2]] as const,
      [c[0] - a[0], c[1] - a[1], c[2] - a[2]] as const,
    ];
    const size = Math.hypot(
      p[1] * q[2] - p[2] * q[1],
      p[2] * q[0] - p[0] * q[2],
      p[0] * q[1] - p[1] * q[0],
    );
    if (size > most) {
      most = size;
      best = [(a[0] + b[0] + c[0]) / 3, (a[1] + b[1] + c[1]) / 3, (a[2] + b[2] + c[2]) / 3];
    }
  }
  return best;
}
