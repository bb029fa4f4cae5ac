/** The scene package's manifest and structure as the viewer, the tree and the tools read them. */

import type { Placement } from "./placement";
import { RangeSet, type Range } from "./ranges";

/** metres, y up, unless a comment says otherwise. */
export type Vec3 = readonly [x: number, y: number, z: number];
/** Column-major. */
export type Matrix4 = readonly number[];

/** Axis-aligned, metres. */
export interface Bounds {
  readonly min: Vec3;
  readonly max: Vec3;
}

/** `manifest.json` of a scene package (DESIGN.md §6). */
export interface Manifest {
  readonly format: string;
  readonly source: {
    readonly name: string;
    readonly sha256: string;
    readonly bytes: number;
    readonly kind: string;
    /** null: the file names none; it was read as millimetres. */
    readonly length_unit: string | null;
    readonly up_axis: "y" | "z" | null;
  };
  /** Absolute metres, y up. */
  readonly bounds: Bounds;
  /** Absolute metres of the package's zero. */
  readonly origin: Vec3;
  readonly counts: {
    /** Shown when first opened; the dense numbers go on with the hidden ones. */
    readonly occurrences: number;
    readonly hidden?: number;
    readonly assemblies: number;
    readonly parts: number;
    readonly materials: number;
    readonly triangles: number;
    readonly points: number;
  };
  readonly levels: readonly {
    readonly level: number;
    readonly triangles: number;
    readonly bytes: number;
    readonly draw_calls: number;
    readonly sub_draws: number;
  }[];
  /** In load order. */
  readonly chunks: readonly {
    readonly file: string;
    readonly level: number;
    readonly bytes: number;
    /** Geometry numbers held by this chunk. */
    readonly parts: readonly number[];
    readonly bounds: Bounds;
    readonly sha256?: string;
  }[];
  /** Part number of each geometry. */
  readonly geometries: readonly number[];
  /** Per geometry: 1 where its part is a closed solid, whose section has a cap. */
  readonly closed: readonly number[];
  /** Per geometry: min x, y, z and step of the quantisation grid, metres, part frame. */
  readonly grids: readonly (readonly [number, number, number, number])[];
  /** Per geometry and level: metres it may stray from level 0. */
  readonly errors?: readonly (readonly number[])[];
  /**
   * Geometries too large for one range: their finer levels stand as geometries `first`, `first` + 1 …, one for
   * each box (min and max x, y, z in grid steps).
   */
  readonly pieces?: Readonly<
    Record<string, { readonly first: number; readonly boxes: readonly (readonly number[])[] }>
  >;
  /**
   * Geometries that are copies: they show the ranges of `geometry`, in whose frame grid and placements are;
   * motion: 16 numbers column by column, rigid, from that frame to their own part's.
   */
  readonly shared?: Readonly<
    Record<string, { readonly geometry: number; readonly motion: readonly number[] }>
  >;
  /** exact.bin: its bytes, those of its head, and how many parts have an exact shape (docs/formats/exact.md). */
  readonly exact?: { readonly bytes: number; readonly head_bytes: number; readonly parts: number };
  /** Where on Earth the model stands, as far as the file says; keys in docs/formats/scene-package.md. */
  readonly georeference?: Readonly<Record<string, unknown>>;
  /** A correction of unit and axis, not part of the file: what base.glb's placements go through. */
  readonly placement?: Placement;
  /** sRGB `#rrggbbaa`; 0 stands for the occurrence's own colour. */
  readonly palette: readonly string[];
  /** Levels and files of point clouds (docs/formats/points.md). */
  readonly points?: PointsManifest;
  /** What the file says of itself in dimensions, tolerances, datums and notes; `presentations` are drawn. */
  readonly pmi?: {
    readonly dimensions: number;
    readonly tolerances: number;
    readonly datums: number;
    readonly presentations?: number;
    readonly notes?: number;
    readonly views?: number;
  };
  /** Files of textured parts, most visible first (docs/formats/surfaces.md). */
  readonly surfaces?: readonly {
    readonly file: string;
    readonly bytes: number;
    readonly parts: readonly number[];
    readonly bounds: Bounds;
  }[];
  readonly headset?: {
    readonly level: number;
    readonly triangles: number;
    readonly draw_calls: number;
    readonly sub_draws: number;
    readonly passes: boolean;
  };
  readonly warnings: readonly {
    readonly code: string;
    readonly count: number;
    readonly detail: string;
  }[];
  /** sha256 of the other files, for immutable addresses. */
  readonly files?: Readonly<
    Record<string, string | { readonly sha256: string; readonly bytes: number }>
  >;
}

/** `points` of manifest.json; levels add up, 0 is the finest. */
export interface PointsManifest {
  readonly count: number;
  readonly coarsest: number;
  readonly levels: readonly {
    readonly level: number;
    readonly spacing_m: number;
    readonly points: number;
    readonly bytes: number;
  }[];
  /** ASPRS class → points. */
  readonly classes: Readonly<Record<string, number>>;
  readonly has: readonly string[];
  /** In load order. */
  readonly chunks: readonly {
    readonly file: string;
    readonly level: number;
    readonly bytes: number;
    readonly points: number;
    readonly geometry: number;
    /** Min x, y, z and step of the chunk's own grid, metres, part frame. */
    readonly grid: readonly [number, number, number, number];
    /** Largest grid number on each axis. */
    readonly size: readonly [number, number, number];
    readonly bounds: Bounds;
  }[];
}

/** One part of structure.json's `parts`, in the part's own frame. */
export interface Part {
  readonly name: string;
  readonly triangles: number;
  /** Watertight: its cut may be filled, its volume is true. */
  readonly closed: boolean;
  readonly volume_m3: number | null;
  readonly area_m2: number | null;
  /** Where volume and area come from; "open": the surface encloses nothing. */
  readonly mass_method?: "exact" | "mesh" | "open" | null;
  /** Edges of triangles that do not join two of them; null when they were not counted. */
  readonly open_edges?: number | null;
  /** Of its material; null or absent when the file names none. */
  readonly density_kg_m3?: number | null;
  readonly bounds: Bounds;
}

/** `structure.json`: columns of equal length, one row per node, parents before children. */
export interface StructureFile {
  readonly format: string;
  readonly count: number;
  readonly id: readonly string[];
  /** Row of the parent, or -1. */
  readonly parent: readonly number[];
  readonly name: readonly string[];
  readonly kind: readonly string[];
  /** Part number, or -1 for an assembly. */
  readonly part: readonly number[];
  /** Parent-relative, column-major, metres, y up; null is identity. */
  readonly transform: readonly (Matrix4 | null)[];
  /** `#rrggbbaa`; null inherits. */
  readonly colour: readonly (string | null)[];
  readonly layer: readonly (string | null)[];
  /** How the id was made: file, named or ranked. */
  readonly identity: readonly string[];
  readonly hidden: readonly boolean[];
  readonly parts: readonly Part[];
  readonly palette: readonly string[];
}

/** Colour of an occurrence that neither it nor an ancestor colours; sRGB. */
export const DEFAULT_COLOUR = "#b4bac2ff";

const NO_ROWS: readonly number[] = [];

/**
 * The model's tree. A *row* is a node of structure.json; an *occurrence* (dense number) is the rank
 * among the rows that have a part, in row order, and is what chunks, selections and visibility use.
 */
export class Structure {
  readonly file: StructureFile;
  /** Number of rows. */
  readonly count: number;
  /** Number of occurrences. */
  readonly occurrenceCount: number;
  readonly parts: readonly Part[];
  /** Rows without a parent. */
  readonly roots: readonly number[];
  /** Occurrences that the file itself hides. */
  readonly hiddenByFile: RangeSet;
  /** Rows under each row, one after the other; those of row r from `firstChild[r]` to `firstChild[r + 1]`. */
  private readonly childRows: Int32Array;
  private readonly firstChild: Int32Array;
  private readonly rowOf: Int32Array;
  private readonly occurrenceOf: Int32Array;
  private readonly colours: readonly string[];
  /** Occurrences at and under each row. */
  private readonly under: Int32Array;
  /** Smallest and largest occurrence at or under each row, or -1. */
  private readonly firstUnder: Int32Array;
  private readonly lastUnder: Int32Array;
  /** Made when first asked: of 100,000 rows it takes 6 MB, and most visits never name one. */
  private rowById: ReadonlyMap<string, number> | null = null;

  constructor(file: StructureFile) {
    this.file = file;
    this.count = file.count;
    this.parts = file.parts;
    // Two passes over flat arrays: a list for each of 100,000 rows takes 8 MB and most are empty.
    this.firstChild = new Int32Array(file.count + 2);
    for (let row = 0; row < file.count; row += 1) {
      const parent = file.parent[row] ?? -1;
      if (parent >= 0) this.firstChild[parent + 2] = (this.firstChild[parent + 2] ?? 0) + 1;
    }
    for (let row = 2; row < file.count + 2; row += 1)
      this.firstChild[row] = (this.firstChild[row] ?? 0) + (this.firstChild[row - 1] ?? 0);
    this.childRows = new Int32Array(this.firstChild[file.count + 1] ?? 0);
    const roots: number[] = [];
    const colours: string[] = [];
    const hidden: boolean[] = [];
    const rows: number[] = [];
    const hiddenOccurrences: Range[] = [];
    this.occurrenceOf = new Int32Array(file.count).fill(-1);
    this.under = new Int32Array(file.count);
    for (let row = 0; row < file.count; row += 1) {
      const parent = file.parent[row] ?? -1;
      if (parent < 0) roots.push(row);
      else {
        // Until here the entry behind a row's own says where its next child goes; afterwards, where they end.
        const at = this.firstChild[parent + 1] ?? 0;
        this.childRows[at] = row;
        this.firstChild[parent + 1] = at + 1;
      }
      colours.push(file.colour[row] ?? colours[parent] ?? DEFAULT_COLOUR);
      hidden.push(Boolean(file.hidden[row]) || hidden[parent] === true);
      if ((file.part[row] ?? -1) >= 0) {
        if (hidden[row]) hiddenOccurrences.push([rows.length, rows.length]);
        this.occurrenceOf[row] = rows.length;
        rows.push(row);
        this.under[row] = 1;
      }
    }
    this.firstUnder = this.occurrenceOf.slice();
    this.lastUnder = this.occurrenceOf.slice();
    for (let row = file.count - 1; row >= 0; row -= 1) {
      const parent = file.parent[row] ?? -1;
      const first = this.firstUnder[row] ?? -1;
      if (parent < 0 || first < 0) continue;
      this.under[parent] = (this.under[parent] ?? 0) + (this.under[row] ?? 0);
      const known = this.firstUnder[parent] ?? -1;
      this.firstUnder[parent] = known < 0 ? first : Math.min(known, first);
      this.lastUnder[parent] = Math.max(this.lastUnder[parent] ?? -1, this.lastUnder[row] ?? -1);
    }
    this.roots = roots;
    this.colours = colours;
    this.rowOf = Int32Array.from(rows);
    this.occurrenceCount = rows.length;
    this.hiddenByFile = RangeSet.fromRanges(hiddenOccurrences);
  }

  id(row: number): string {
    return this.file.id[row] ?? "";
  }

  /** A name to show: never empty. */
  name(row: number): string {
    const own = this.file.name[row];
    if (own) return own;
    const part = this.file.part[row] ?? -1;
    return this.parts[part]?.name || `#${row + 1}`;
  }

  kind(row: number): string {
    return this.file.kind[row] ?? "";
  }

  /** Row of the parent, or -1. */
  parent(row: number): number {
    return this.file.parent[row] ?? -1;
  }

  children(row: number): readonly number[] {
    const first = this.firstChild[row] ?? 0;
    const end = this.firstChild[row + 1] ?? first;
    return first === end ? NO_ROWS : Array.from(this.childRows.subarray(first, end));
  }

  /** Part number, or -1. */
  partNumber(row: number): number {
    return this.file.part[row] ?? -1;
  }

  part(row: number): Part | null {
    return this.parts[this.partNumber(row)] ?? null;
  }

  /** sRGB `#rrggbbaa`, inherited where the row has none. */
  colour(row: number): string {
    return this.colours[row] ?? DEFAULT_COLOUR;
  }

  /** Row of an occurrence, or -1. */
  rowOfOccurrence(occurrence: number): number {
    return this.rowOf[occurrence] ?? -1;
  }

  /** Occurrence of a row, or -1 for an assembly. */
  occurrenceOfRow(row: number): number {
    return this.occurrenceOf[row] ?? -1;
  }

  /** Row with this id, or -1. */
  rowOfId(id: string): number {
    this.rowById ??= new Map(this.file.id.map((own, row) => [own, row]));
    return this.rowById.get(id) ?? -1;
  }

  /** How many occurrences are at or under a row. */
  occurrenceCountUnder(row: number): number {
    return this.under[row] ?? 0;
  }

  /**
   * The occurrences at or under a row. In depth-first files, which is nearly all, they are one run
   * and cost nothing; otherwise the subtree is walked.
   */
  occurrencesUnder(row: number): RangeSet {
    const first = this.firstUnder[row] ?? -1;
    const last = this.lastUnder[row] ?? -1;
    if (first < 0) return RangeSet.empty;
    if (last - first + 1 === this.under[row]) return RangeSet.span(first, last);
    const found: number[] = [];
    const open = [row];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const occurrence = this.occurrenceOfRow(next);
      if (occurrence >= 0) found.push(occurrence);
      for (const child of this.children(next)) open.push(child);
    }
    return RangeSet.from(found);
  }

  /** Rows from the root to this row, both included. */
  path(row: number): readonly number[] {
    const rows: number[] = [];
    for (let next = row; next >= 0; next = this.parent(next)) rows.unshift(next);
    return rows;
  }

  /** Number of edges from the root. */
  depth(row: number): number {
    let depth = 0;
    for (let next = this.parent(row); next >= 0; next = this.parent(next)) depth += 1;
    return depth;
  }

  /** All occurrences of the same part as this occurrence, itself included. */
  identical(occurrence: number): RangeSet {
    const part = this.partNumber(this.rowOfOccurrence(occurrence));
    const found: number[] = [];
    this.rowOf.forEach((row, other) => {
      if (this.partNumber(row) === part) found.push(other);
    });
    return RangeSet.from(found);
  }

  /** The row whose subtree is exactly these occurrences and that is highest, or -1. */
  rowOfSet(occurrences: RangeSet): number {
    const first = occurrences.first;
    if (first === null) return -1;
    let row = this.rowOfOccurrence(first);
    let found = -1;
    while (row >= 0 && this.occurrenceCountUnder(row) <= occurrences.size) {
      if (this.occurrencesUnder(row).equals(occurrences)) found = row;
      row = this.parent(row);
    }
    return found;
  }

  /** All occurrences. */
  all(): RangeSet {
    return this.occurrenceCount === 0 ? RangeSet.empty : RangeSet.span(0, this.occurrenceCount - 1);
  }
}

/** sha256 of the structure that dense numbers belong to; null in packages that do not name it. */
export function structureHash(manifest: Manifest): string | null {
  const entry = manifest.files?.["structure.json"];
  return (typeof entry === "string" ? entry : entry?.sha256) ?? null;
}

/** A point or direction in the file's own axes; inside everything is y up. Null up-axis means z, for OBJ y. */
export function toFileAxes(vector: Vec3, source: Manifest["source"]): Vec3 {
  const [x, y, z] = vector;
  return isZUp(source) ? [x, -z, y] : [x, y, z];
}

/** Unit vector, y up, of an axis as the file names it. */
export function fileAxis(axis: "x" | "y" | "z", source: Manifest["source"] | null): Vec3 {
  if (axis === "x") return [1, 0, 0];
  const zUp = source !== null && isZUp(source);
  if (axis === "y") return zUp ? [0, 0, -1] : [0, 1, 0];
  return zUp ? [0, 1, 0] : [0, 0, 1];
}

/** Whether z is up in the file. */
export function isZUp(source: Manifest["source"]): boolean {
  return (source.up_axis ?? (source.kind === "obj" ? "y" : "z")) === "z";
}
