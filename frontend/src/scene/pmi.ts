/**
 * pmi.json and pmi.bin: what a model says of itself in words, the drawing of those words, and the
 * views its designer saved. docs/formats/pmi.md specifies both files; `tests/vectors/pmi.json` and
 * `pmi.bin` pin them for both languages.
 *
 * A file is a stranger's: every type, number and range is checked here, and trusted afterwards.
 */

import type { Vector } from "./exact_geometry";

const MAGIC = 0x4d505448; // "HTPM"
const VERSION = 1;
const HEAD_BYTES = 20;
const FORMAT = "holotable-pmi/1";
const KINDS = ["dimension", "tolerance", "datum", "note"] as const;

export const PMI_FILE = "pmi.json";
export const PMI_DRAWINGS_FILE = "pmi.bin";

/** The file contradicts itself, is cut short or of a version that this viewer does not know. */
export class DamagedPmi extends Error {
  readonly code = "damaged_pmi";
}

export type AnnotationKind = (typeof KINDS)[number];

/** Faces and edges of one part, by the numbers of exact.bin. */
export interface ShapeReference {
  readonly part: number;
  readonly faces: readonly number[];
  readonly edges: readonly number[];
}

/** One dimension, geometric tolerance, datum or note. Values are SI: metres, radians. */
export interface Annotation {
  readonly id: string;
  readonly kind: AnnotationKind;
  /** "diameter", "position", "datum target", … */
  readonly type: string;
  readonly name: string;
  /** What a person reads: "⌖ ⌀0.75 Ⓜ | A | B". */
  readonly text: string;
  readonly value: number | null;
  /** Deviations from the value, with signs. */
  readonly upper: number | null;
  readonly lower: number | null;
  /** The part whose frame the drawing stands in; −1: the scene. Each of its occurrences has it. */
  readonly part: number;
  /** What it is about; the first entry is of `part`. */
  readonly shapes: readonly ShapeReference[];
  readonly datums: readonly string[];
  /** Names of the saved views that show it. */
  readonly views: readonly string[];
  readonly properties: Readonly<Record<string, string | number | boolean | null>>;
  /** First polyline and how many. */
  readonly lines: Range;
  /** First triangle and how many. */
  readonly triangles: Range;
}

export interface Range {
  readonly first: number;
  readonly count: number;
}

/** A camera; metres, y up, the scene's frame. */
export interface SavedView {
  readonly name: string;
  readonly position: Vector;
  readonly target: Vector;
  readonly up: Vector;
  /** What an orthographic view shows from top to bottom; null: perspective. */
  readonly height: number | null;
  /** a x + b y + c z + d ≥ 0 is kept. */
  readonly plane: readonly [number, number, number, number] | null;
}

export interface Pmi {
  readonly annotations: readonly Annotation[];
  readonly views: readonly SavedView[];
}

/** Polylines and triangles of all annotations. */
export interface PmiDrawings {
  /** Index of each polyline's first point, then the number of points. */
  readonly starts: Uint32Array;
  /** x, y, z of each point. */
  readonly points: Float32Array;
  /** Nine numbers a triangle. */
  readonly triangles: Float32Array;
}

/** Read pmi.bin. Throws DamagedPmi. */
export function readPmiDrawings(content: ArrayBuffer): PmiDrawings {
  const view = new DataView(content);
  if (content.byteLength < HEAD_BYTES || view.getUint32(0, true) !== MAGIC) {
    throw new DamagedPmi("The drawings of the annotations are no such file.");
  }
  if (view.getUint32(4, true) !== VERSION) {
    throw new DamagedPmi("The drawings of the annotations are of an unknown version.");
  }
  const polylines = view.getUint32(8, true);
  const pointCount = view.getUint32(12, true);
  const triangleCount = view.getUint32(16, true);
  const startsBytes = 4 * (polylines + 1);
  if (HEAD_BYTES + startsBytes + 12 * pointCount + 36 * triangleCount !== content.byteLength) {
    throw new DamagedPmi("The drawings of the annotations are cut short.");
  }
  const starts = new Uint32Array(content, HEAD_BYTES, polylines + 1);
  const points = new Float32Array(content, HEAD_BYTES + startsBytes, 3 * pointCount);
  const triangles = new Float32Array(
    content,
    HEAD_BYTES + startsBytes + 12 * pointCount,
    9 * triangleCount,
  );
  let last = 0;
  for (const start of starts) {
    if (start < last) throw new DamagedPmi("A polyline of the annotations ends before it begins.");
    last = start;
  }
  if (starts[0] !== 0 || last !== pointCount) {
    throw new DamagedPmi("The polylines of the annotations are not all the points.");
  }
  return { starts, points, triangles };
}

/**
 * Read pmi.json. `drawings` null: ranges into pmi.bin are not checked, none is to be drawn.
 * Throws DamagedPmi.
 */
export function readPmi(document: unknown, drawings: PmiDrawings | null): Pmi {
  const root = record(document);
  if (root["format"] !== FORMAT) throw new DamagedPmi("The annotations are of an unknown format.");
  const polylines = drawings ? drawings.starts.length - 1 : Infinity;
  const triangles = drawings ? drawings.triangles.length / 9 : Infinity;
  return {
    annotations: list(root["annotations"]).map((row) =>
      annotation(record(row), polylines, triangles),
    ),
    views: list(root["views"]).map((row) => savedView(record(row))),
  };
}

/** Pairs of points to draw as line segments: x, y, z each, of a range of polylines. */
export function segmentsOf(drawings: PmiDrawings, range: Range): Float32Array {
  const { starts, points } = drawings;
  let count = 0;
  for (let i = range.first; i < range.first + range.count; i++) {
    count += Math.max(0, (starts[i + 1] ?? 0) - (starts[i] ?? 0) - 1);
  }
  const segments = new Float32Array(6 * count);
  let at = 0;
  for (let i = range.first; i < range.first + range.count; i++) {
    for (let point = starts[i] ?? 0; point + 1 < (starts[i + 1] ?? 0); point++) {
      segments.set(points.subarray(3 * point, 3 * point + 6), at);
      at += 6;
    }
  }
  return segments;
}

/** The filled triangles of a range, nine numbers each. */
export function trianglesOf(drawings: PmiDrawings, range: Range): Float32Array {
  return drawings.triangles.subarray(9 * range.first, 9 * (range.first + range.count));
}

function annotation(
  row: Record<string, unknown>,
  polylines: number,
  triangles: number,
): Annotation {
  const kind = KINDS.find((known) => known === row["kind"]);
  if (!kind) throw new DamagedPmi("An annotation is of an unknown kind.");
  const part = whole(row["part"], -1);
  return {
    id: text(row["id"]),
    kind,
    type: text(row["type"]),
    name: text(row["name"]),
    text: text(row["text"]),
    value: optional(row["value"]),
    upper: optional(row["upper"]),
    lower: optional(row["lower"]),
    part,
    shapes: [
      { part, faces: wholes(row["faces"]), edges: wholes(row["edges"]) },
      ...list(row["elsewhere"]).map((other) => shape(record(other))),
    ],
    datums: list(row["datums"]).map(text),
    views: list(row["views"]).map(text),
    properties: properties(row["properties"]),
    lines: range(row["lines"], polylines),
    triangles: range(row["triangles"], triangles),
  };
}

function savedView(row: Record<string, unknown>): SavedView {
  const plane = row["plane"] === undefined ? null : list(row["plane"]).map(number);
  const [a, b, c, d] = plane ?? [];
  return {
    name: text(row["name"]),
    position: vector(row["position"]),
    target: vector(row["target"]),
    up: vector(row["up"]),
    height: optional(row["height_m"]),
    plane:
      a === undefined || b === undefined || c === undefined || d === undefined
        ? null
        : [a, b, c, d],
  };
}

function shape(row: Record<string, unknown>): ShapeReference {
  return { part: whole(row["part"], 0), faces: wholes(row["faces"]), edges: wholes(row["edges"]) };
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new DamagedPmi("The annotations hold something that is no object.");
  }
  return value as Record<string, unknown>; // checked: JSON knows no other kind of object
}

/** A list, empty when the key is left out. */
function list(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value))
    throw new DamagedPmi("The annotations hold something that is no list.");
  return value;
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new DamagedPmi("An annotation holds no text where one is.");
  return value;
}

function number(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new DamagedPmi("An annotation holds something that is no number.");
  }
  return value;
}

function optional(value: unknown): number | null {
  return value === undefined || value === null ? null : number(value);
}

function whole(value: unknown, least: number): number {
  const found = number(value);
  if (!Number.isInteger(found) || found < least) {
    throw new DamagedPmi("An annotation counts what cannot be counted so.");
  }
  return found;
}

function wholes(value: unknown): readonly number[] {
  return list(value).map((one) => whole(one, 0));
}

function vector(value: unknown): Vector {
  const [x, y, z] = list(value).map(number);
  if (x === undefined || y === undefined || z === undefined) {
    throw new DamagedPmi("A saved view has a point without three coordinates.");
  }
  return [x, y, z];
}

function range(value: unknown, most: number): Range {
  if (value === undefined) return { first: 0, count: 0 };
  const [first, count] = wholes(value);
  if (first === undefined || count === undefined || first + count > most) {
    throw new DamagedPmi("An annotation draws what is not there.");
  }
  return { first, count };
}

function properties(value: unknown): Annotation["properties"] {
  const found: Record<string, string | number | boolean | null> = {};
  for (const [name, one] of Object.entries(value === undefined ? {} : record(value))) {
    if (
      one === null ||
      typeof one === "string" ||
      typeof one === "number" ||
      typeof one === "boolean"
    ) {
      found[name] = one;
    }
  }
  return found;
}
