/** Finished measurements, which are objects, and the one in progress. */

import { type EntityRef, isEntityRef } from "../entities";
import type { Matrix4, Vec3 } from "../model";
import { Store } from "../store";

export const SNAP_KINDS = ["vertex", "middle", "centre", "edge", "face", "axis", "none"] as const;
/** What a pointer snapped to; each has a glyph of its own shape (UX.md §2.9). */
export type SnapKind = (typeof SNAP_KINDS)[number];

export const MEASURE_KINDS = [
  "distance",
  "length",
  "angle",
  "radius",
  "thickness",
  "area",
  "volume",
  "position",
  "path",
  "box",
] as const;
export type MeasureKind = (typeof MEASURE_KINDS)[number];

/** What the next clicks measure; *smart* offers what makes sense of what they hit. */
export type MeasureTask = "smart" | MeasureKind;
export const MEASURE_TASKS: readonly MeasureTask[] = ["smart", ...MEASURE_KINDS];

export const MEASURE_MODES = [
  "plain",
  "points",
  "minimum",
  "centres",
  "parallel",
  "diameter",
  "radius",
  "inner",
  "outer",
] as const;
/**
 * How a value is taken where there are several ways: a distance between the points clicked, the nearest points,
 * centres and axes, or parallel faces; a circle's diameter or radius; an angle up to a half turn or the rest of it.
 */
export type MeasureMode = (typeof MEASURE_MODES)[number];

/** A part of another revision on the table, by its dense number there. */
export interface OtherPart {
  readonly revision_id: string;
  readonly number: number;
}

/** A point that goes with its part. */
export interface Mark {
  /** Absolute metres, y up, as the model stands unexploded and another revision stood when it was taken. */
  readonly position: Vec3;
  /** null in the air, and on another revision: whoever knows the active one alone has a point that stands still. */
  readonly occurrence: number | null;
  /** Metres, part frame; null without a part. */
  readonly local: Vec3 | null;
  /** The part, when it is another revision's. */
  readonly other?: OtherPart;
}

/** What somebody clicked. */
export interface MeasurePoint extends Mark {
  readonly snap: SnapKind;
  /** What of the part's exact shape was hit; null on a mesh and in the air. */
  readonly entity: EntityRef | null;
  /** The same of the part `other`. */
  readonly feature?: Pick<EntityRef, "kind" | "index">;
  /** Metres that the point itself may be off; 0: it is exact. */
  readonly tolerance_m: number;
}

/** A kind and a way of taking it: what a label can be switched to. */
export interface ReadingChoice {
  readonly kind: MeasureKind;
  readonly mode: MeasureMode;
}

/** What was found between or at the points clicked. */
export interface Reading extends ReadingChoice {
  /** SI: metres, radians, m², m³. */
  readonly value: number;
  /**
   * SI numbers beside the value. Distance: X, Y, Z from the first to the second point; position: X, Y, Z; box: sizes
   * along X, Y, Z, all in the FILE's axes. Path: each leg. Radius: nothing.
   */
  readonly components: readonly number[];
  /** Where it is drawn: ends of the line, corners of the path, apex and legs of an angle, corners of a box. */
  readonly points: readonly Mark[];
  /** false: shown with ≈. */
  readonly exact: boolean;
  /** How far the value may be off, in its own unit. */
  readonly tolerance: number;
  /** Triangles had a part in it. */
  readonly mesh: boolean;
}

/** Where another revision stood. */
export interface Stood {
  readonly revision_id: string;
  /** As `TableLayer.transform`. */
  readonly transform: Matrix4 | null;
}

/** A measurement: listed, named, in viewpoints and screenshots. */
export interface Measurement extends Reading {
  readonly id: string;
  readonly name: string;
  readonly anchors: readonly MeasurePoint[];
  /** Other readings of the same points, for the chip on the label; the present one included. */
  readonly choices: readonly ReadingChoice[];
  /** Nobody moves or removes it by accident. */
  readonly locked: boolean;
  readonly shown: boolean;
  /** Where the other revisions stood of which parts were measured; none: it is about the active one alone. */
  readonly stood?: readonly Stood[];
  /** Where the label was dragged to, CSS pixels from where it would stand. */
  readonly label_offset: readonly [x: number, y: number] | null;
}

export interface Measuring {
  readonly measures: Store<readonly Measurement[]>;
  /** What was clicked of the measurement in progress; null: nothing. */
  readonly pendingMeasure: Store<readonly MeasurePoint[] | null>;
  readonly measureTask: Store<MeasureTask>;
  /** The measurement whose ends can be dragged. */
  readonly activeMeasure: Store<string | null>;
  /** How near a pointer must come to snap, CSS pixels, 6 to 24. */
  readonly snapRadius: Store<number>;
  /** How many things near the pointer could be meant. */
  readonly snapChoices: Store<number>;
}

export const SNAP_RADIUS = { usual: 12, least: 6, most: 24 } as const;

export function createMeasuring(): Measuring {
  return {
    measures: new Store<readonly Measurement[]>([]),
    pendingMeasure: new Store<readonly MeasurePoint[] | null>(null),
    measureTask: new Store<MeasureTask>("smart"),
    activeMeasure: new Store<string | null>(null),
    snapRadius: new Store<number>(SNAP_RADIUS.usual),
    snapChoices: new Store(0),
  };
}

/** As when a model is put on the table. */
export function resetMeasuring(state: Measuring): void {
  state.measures.set([]);
  state.pendingMeasure.set(null);
  state.activeMeasure.set(null);
}

/** What a viewpoint keeps. */
export interface MeasuringView {
  readonly measures: readonly Measurement[];
}

export function captureMeasuring(state: Measuring): MeasuringView {
  return { measures: state.measures.get() };
}

/** Shows what was kept; what is no measurement is left out. */
export function restoreMeasuring(state: Measuring, value: unknown): void {
  const listed = fieldsOf(value)["measures"];
  state.pendingMeasure.set(null);
  state.activeMeasure.set(null);
  state.measures.set(listOf(listed).flatMap((one) => readMeasurement(one) ?? []));
}

/** As `restoreMeasuring`, where others' measurements are, too: what is here stays, what is not is added. */
export function addMeasuring(state: Measuring, value: unknown): void {
  const here = state.measures.get();
  const listed = listOf(fieldsOf(value)["measures"]).flatMap((one) => readMeasurement(one) ?? []);
  const added = listed.filter(({ id }) => !here.some((measure) => measure.id === id));
  if (added.length > 0) state.measures.set([...here, ...added]);
}

/** A measurement from plain data, or null when it is none. */
export function readMeasurement(value: unknown): Measurement | null {
  const raw = fieldsOf(value);
  const { id, name, label_offset: offset } = raw;
  const reading = readReading(raw);
  const anchors = listOf(raw["anchors"]).map(readAnchor);
  if (typeof id !== "string" || id === "" || typeof name !== "string" || !reading) return null;
  if (anchors.length > MOST_POINTS || !anchors.every((anchor) => anchor !== null)) return null;
  const pair = listOf(offset);
  const [x, y] = pair;
  return {
    id,
    name,
    ...reading,
    anchors,
    choices: listOf(raw["choices"])
      .slice(0, MOST_CHOICES)
      .flatMap((one) => readChoice(one) ?? []),
    ...readStood(raw["stood"]),
    locked: raw["locked"] === true,
    shown: raw["shown"] !== false,
    label_offset: pair.length === 2 && isNumber(x) && isNumber(y) ? [x, y] : null,
  };
}

/** A reading from plain data, or null when it is none. */
export function readReading(value: unknown): Reading | null {
  const raw = fieldsOf(value);
  const choice = readChoice(raw);
  const { value: number, tolerance } = raw;
  const components = listOf(raw["components"]);
  const points = listOf(raw["points"]).map(readMark);
  if (!choice || !isNumber(number) || !components.every(isNumber)) return null;
  if (points.length > MOST_POINTS || !points.every((point) => point !== null)) return null;
  return {
    ...choice,
    value: number,
    components,
    points,
    exact: raw["exact"] === true,
    tolerance: isNumber(tolerance) && tolerance >= 0 ? tolerance : 0,
    mesh: raw["mesh"] === true,
  };
}

/** A path of so many corners is a mistake, or an attack. */
const MOST_POINTS = 1000;
const MOST_CHOICES = 12;

/** A clicked point from plain data, or null when it is none. */
export function readAnchor(value: unknown): MeasurePoint | null {
  const raw = fieldsOf(value);
  const mark = readMark(value);
  const snap = SNAP_KINDS.find((kind) => kind === raw["snap"]);
  const { entity, tolerance_m: tolerance } = raw;
  if (!mark || !snap) return null;
  return {
    ...mark,
    snap,
    entity: isEntityRef(entity) ? entity : null,
    ...(mark.other ? readFeature(raw["feature"]) : {}),
    tolerance_m: isNumber(tolerance) && tolerance >= 0 ? tolerance : 0,
  };
}

function readChoice(value: unknown): ReadingChoice | null {
  const raw = fieldsOf(value);
  const kind = MEASURE_KINDS.find((each) => each === raw["kind"]);
  const mode = MEASURE_MODES.find((each) => each === raw["mode"]);
  return kind && mode ? { kind, mode } : null;
}

function readMark(value: unknown): Mark | null {
  const raw = fieldsOf(value);
  const position = readVector(raw["position"]);
  const { occurrence } = raw;
  if (!position) return null;
  const placed = isDense(occurrence);
  const local = readVector(raw["local"]);
  const { revision_id: id, number } = fieldsOf(raw["other"]);
  if (!placed && typeof id === "string" && isDense(number))
    return { position, occurrence: null, local, other: { revision_id: id, number } };
  return { position, occurrence: placed ? occurrence : null, local: placed ? local : null };
}

function readFeature(value: unknown): Pick<MeasurePoint, "feature"> {
  const { kind, index } = fieldsOf(value);
  const found = { occurrence: 0, kind, index };
  return isEntityRef(found) ? { feature: { kind: found.kind, index: found.index } } : {};
}

function readStood(value: unknown): Pick<Measurement, "stood"> {
  const stood = listOf(value).flatMap((one): Stood[] => {
    const { revision_id: id, transform } = fieldsOf(one);
    if (typeof id !== "string") return [];
    const numbers = listOf(transform);
    const placed = numbers.length === 16 && numbers.every(isNumber);
    return [{ revision_id: id, transform: placed ? numbers : null }];
  });
  return stood.length > 0 ? { stood } : {};
}

function isDense(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function readVector(value: unknown): Vec3 | null {
  const [x, y, z] = listOf(value);
  return isNumber(x) && isNumber(y) && isNumber(z) && listOf(value).length === 3 ? [x, y, z] : null;
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}
