/**
 * What participants add for all: measurements and drawings, one key each, with an owner (rooms/SPEC.md C9).
 *
 * Whether I show a measurement is mine alone; that it exists, its name and where its label stands are everybody's.
 */

import type { Json } from "../protocol/messages";
import type { MarkPoint, ModelMark, Sheet, SheetMark } from "../state/areas/marking";
import { type Measurement, readMeasurement } from "../state/areas/measuring";
import { markupKey, measureKey, type ObjectOwner } from "../state/areas/owning";
import { originOf, toCamera, toPose } from "../state/viewpoint";
import { t } from "../state/messages";
import type { Workspace } from "../state/workspace";
import type { Readable } from "../state/store";
import { keptPoints } from "./simplify";

/** What the server takes, bytes of JSON (rooms/keys.py). */
export const OBJECT_BYTES = { measurement: 16_384, markup: 32_768 } as const;
/** Half a pixel of a picture a thousand pixels high; then coarser until it fits. */
const FINEST = 5e-4;
const COARSEST = 0.02;

/** Who I am, and the name of a principal as far as it is known. */
export interface Names {
  me(): string;
  nameOf(principalId: string, key: string): string;
}

/** Nobody is me, and nobody's name is known: a recording. */
export const NOBODY: Names = { me: () => "", nameOf: () => t("people.someone") };

type Fields = Readonly<Record<string, Json>>;

/** Reads and shows the objects of one revision. */
export class SharedObjects {
  readonly stores: readonly Readable<unknown>[];
  private readonly workspace: Workspace;
  private readonly revisionId: string;
  private readonly names: Names;
  /** Each object's wire form, as long as it is the same object. */
  private readonly encoded = new WeakMap<object, Json>();

  constructor(workspace: Workspace, revisionId: string, names: Names) {
    this.workspace = workspace;
    this.revisionId = revisionId;
    this.names = names;
    const { measures, sheets, modelMarks, drawing } = workspace;
    this.stores = [measures, sheets, modelMarks, drawing];
  }

  static isKey(key: string): boolean {
    return key.startsWith("measurement/") || key.startsWith("markup/");
  }

  /** Bytes that the room takes of a key. */
  static maxBytes(key: string): number {
    return key.startsWith("measurement/") ? OBJECT_BYTES.measurement : OBJECT_BYTES.markup;
  }

  /** What the stores say, by key. */
  read(): ReadonlyMap<string, Json> {
    const { measures, sheets, modelMarks, drawing } = this.workspace;
    const values = new Map<string, Json>();
    const put = (key: string, body: Fields): void => {
      const owner = this.workspace.owners.get().get(key)?.principalId ?? this.names.me();
      values.set(key, { owner, revision_id: this.revisionId, ...body });
    };
    for (const measure of measures.get())
      put(measureKey(measure.id), { measurement: this.of(measure, encodeMeasure) });
    for (const sheet of sheets.get())
      put(markupKey(sheet.id), { sheet: this.of(sheet, (one) => this.encodeSheet(one)) });
    for (const mark of modelMarks.get())
      put(markupKey(mark.id), { mark: this.of(mark, encodeMark) });
    const stroke = drawing.get();
    if (stroke?.on === "model")
      put(markupKey(stroke.key), { mark: encodeMark({ id: stroke.key, ...stroke.mark }) });
    else if (stroke) {
      const { key, camera, name, mark } = stroke;
      const sheet = sheets.get().find(({ id }) => id === key) ?? {
        id: key,
        name,
        camera,
        marks: [],
      };
      const marks = [...sheet.marks, { id: `${key}-pen`.slice(-64), ...mark }];
      put(markupKey(key), { sheet: this.encodeSheet({ ...sheet, marks }) });
    }
    return values;
  }

  /**
   * Puts the room's values of these keys into the stores. Returns whose objects are of another revision, which this
   * page has not open: they cannot be shown.
   */
  show(values: ReadonlyMap<string, Json>): readonly ObjectOwner[] {
    const { workspace } = this;
    const elsewhere: ObjectOwner[] = [];
    const owners = new Map(workspace.owners.get());
    let measures = workspace.measures.get();
    let sheets = workspace.sheets.get();
    let marks = workspace.modelMarks.get();
    const now = this.read();
    for (const [key, value] of values) {
      const said = record(value);
      const id = key.slice(key.indexOf("/") + 1);
      const owner = said?.["owner"];
      if (said && typeof owner === "string") {
        const mine = owner === this.names.me();
        const known = owners.get(key);
        const name = known?.name ?? this.names.nameOf(owner, key);
        owners.set(key, { principalId: owner, name, mine });
      } else owners.delete(key);
      const here = said?.["revision_id"] === this.revisionId;
      if (said && !here) {
        const whose = owners.get(key);
        if (whose) elsewhere.push(whose);
      }
      // The same already: what I have may be finer than what was sent.
      if (here && same(now.get(key), value)) continue;
      const body = here ? said : null;
      if (key.startsWith("measurement/")) {
        const shown = measures.find((each) => each.id === id)?.shown ?? true;
        const measure = readMeasurement(body?.["measurement"]);
        measures = replaced(measures, id, measure && { ...measure, id, shown });
      } else {
        sheets = replaced(sheets, id, readSheet(workspace, id, body?.["sheet"]));
        marks = replaced(marks, id, readMark(id, body?.["mark"]));
      }
    }
    // Owners first: who looks at the lists looks there, too.
    if (!sameOwners(owners, workspace.owners.get())) workspace.owners.set(owners);
    if (measures !== workspace.measures.get()) this.setMeasures(measures);
    if (sheets !== workspace.sheets.get()) this.setSheets(sheets);
    if (marks !== workspace.modelMarks.get()) workspace.modelMarks.set(marks);
    return elsewhere;
  }

  private setMeasures(measures: readonly Measurement[]): void {
    const { activeMeasure } = this.workspace;
    this.workspace.measures.set(measures);
    const active = activeMeasure.get();
    if (active !== null && !measures.some(({ id }) => id === active)) activeMeasure.set(null);
  }

  private setSheets(sheets: readonly Sheet[]): void {
    const { openSheet } = this.workspace;
    const open = openSheet.get();
    if (open !== null && !sheets.some(({ id }) => id === open)) openSheet.set(null);
    this.workspace.sheets.set(sheets);
  }

  private of<T extends object>(object: T, encode: (object: T) => Json): Json {
    const known = this.encoded.get(object);
    if (known !== undefined) return known;
    const value = encode(object);
    this.encoded.set(object, value);
    return value;
  }

  private encodeSheet(sheet: Sheet): Json {
    const { id, name, camera } = sheet;
    const place = toCamera(camera, originOf(this.workspace));
    const encode = (tolerance: number): Json => ({
      id,
      name,
      camera: { ...place },
      marks: sheet.marks.map((mark) => encodeSheetMark(mark, tolerance)),
    });
    return fitting(encode);
  }
}

/** `shown` is mine; the room holds that it is there. */
function encodeMeasure(measure: Measurement): Json {
  // Plain data through and through; the viewpoint holds it as it is.
  return JSON.parse(JSON.stringify({ ...measure, shown: true })) as Json;
}

function encodeSheetMark({ points, ...rest }: SheetMark, tolerance: number): Json {
  const kept = keptPoints(points, tolerance).flatMap((index) => points[index] ?? []);
  const flat = kept.map((number) => Number(number.toFixed(5)));
  return { ...rest, points: pairs(flat) };
}

function encodeMark(mark: ModelMark): Json {
  const places = mark.points.map(({ position }) => position);
  const size = Math.max(1e-6, ...places.map((place) => distance(place, places[0] ?? place)));
  const encode = (tolerance: number): Json => ({
    ...mark,
    points: keptPoints(places, tolerance * size)
      .flatMap((index) => mark.points[index] ?? [])
      .map(({ position, occurrence, local }) => ({
        position: [...position],
        occurrence,
        local: local && [...local],
      })),
  });
  return fitting(encode);
}

/** As fine as the room takes it: the rest of the value is small beside the points. */
function fitting(encode: (tolerance: number) => Json): Json {
  for (let tolerance = FINEST; ; tolerance *= 2) {
    const value = encode(tolerance);
    const length = JSON.stringify(value).length;
    if (length <= OBJECT_BYTES.markup - 256 || tolerance > COARSEST) return value;
  }
}

function readSheet(workspace: Workspace, id: string, value: Json | undefined): Sheet | null {
  const said = record(value);
  if (!said) return null;
  // What the room holds was checked by the server; this page reads the fields it draws.
  const { camera, name, marks } = said as unknown as {
    camera: Parameters<typeof toPose>[0];
    name: string;
    marks: readonly (Omit<SheetMark, "text"> & { text?: string })[];
  };
  return {
    id,
    name,
    camera: toPose(camera, originOf(workspace)),
    marks: marks.map((mark) => ({ ...mark, text: mark.text ?? "" })),
  };
}

function readMark(id: string, value: Json | undefined): ModelMark | null {
  const said = record(value);
  if (!said) return null;
  // As above.
  const mark = said as unknown as Omit<ModelMark, "text" | "points"> & {
    text?: string;
    points: readonly (Pick<MarkPoint, "position"> & Partial<MarkPoint>)[];
  };
  return {
    ...mark,
    id,
    text: mark.text ?? "",
    points: mark.points.map(({ position, occurrence, local }) => ({
      position,
      occurrence: occurrence ?? null,
      local: local ?? null,
    })),
  };
}

/** The list with one of it replaced, added at the end, or (null) left out; the same list when nothing differs. */
function replaced<T extends { readonly id: string }>(
  list: readonly T[],
  id: string,
  next: T | null,
): readonly T[] {
  const at = list.findIndex((one) => one.id === id);
  if (at < 0) return next ? [...list, next] : list;
  return list.flatMap((one, index) => (index !== at ? [one] : next ? [next] : []));
}

function pairs(flat: readonly number[]): Json {
  const made: Json[] = [];
  for (let index = 0; index + 1 < flat.length; index += 2)
    made.push([flat[index] ?? 0, flat[index + 1] ?? 0]);
  return made;
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...a.map((value, axis) => value - (b[axis] ?? 0)));
}

function sameOwners(
  a: ReadonlyMap<string, ObjectOwner>,
  b: ReadonlyMap<string, ObjectOwner>,
): boolean {
  return JSON.stringify([...a]) === JSON.stringify([...b]);
}

function same(a: Json | undefined, b: Json): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b);
}

function record(value: Json | undefined): Fields | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return value as Fields; // Array.isArray does not narrow readonly arrays
}
