/** Measurements: taking, changing, listing. */

import {
  MEASURE_KINDS,
  MEASURE_MODES,
  MEASURE_TASKS,
  type MeasurePoint,
  type MeasureTask,
  type Measurement,
  type Reading,
  type ReadingChoice,
  SNAP_RADIUS,
  readAnchor,
  readMeasurement,
  readReading,
} from "../areas/measuring";
import { t } from "../messages";
import {
  BadArguments,
  type Commanding,
  type Fields,
  type NoArgs,
  bool,
  define,
  fields,
  nothing,
  number,
  oneOf,
  preview,
  text,
} from "./define";

/** A measurement without what it gets when it is added. */
export type NewMeasurement = Reading &
  Pick<Measurement, "anchors" | "choices"> & { readonly name?: string };

/** What of a measurement can be changed; a reading comes whole. */
export type MeasureChange = Partial<
  Pick<Measurement, "name" | "locked" | "shown" | "label_offset" | "anchors" | "choices">
> & { readonly reading?: Reading };

export interface MeasuresArgs {
  "measure.add": { measure: NewMeasurement };
  "measure.update": { id: string; change: MeasureChange; preview?: boolean };
  "measure.remove": { id: string };
  "measure.clear": NoArgs;
  /** All of them at once. */
  "measure.showAll": { shown: boolean };
  /** Switches to another reading of the same points. */
  "measure.read": { id: string } & ReadingChoice;
  /** Takes the same points again where they stand now. */
  "measure.again": { id: string };
  "measure.activate": { id: string | null };
  "measure.task": { task: MeasureTask };
  /** Takes what was clicked so far as it is: ends a path, keeps what one thing offers. */
  "measure.finish": NoArgs;
  /** The next or previous thing that the pointer could snap to. */
  "measure.cycle": { step: number };
  /** Of what is selected, without a click. */
  "measure.selection": { kind: "box" | "volume" | "area" };
  "measure.snapRadius": { pixels: number };
}

export const MEASURES_COMMANDS: Commanding<MeasuresArgs> = {
  "measure.add": define(t("command.measure.add"), "object", (raw) => ({
    measure: newMeasurement(raw["measure"]),
  })),
  "measure.update": define(t("command.measure.update"), "object", (raw) => ({
    id: text(raw["id"], "id"),
    change: measureChange(fields(raw["change"])),
    ...preview(raw),
  })),
  "measure.remove": define(t("command.measure.remove"), "object", (raw) => ({
    id: text(raw["id"], "id"),
  })),
  "measure.clear": define(t("command.measure.clear"), "object", nothing),
  "measure.showAll": define(t("command.measure.showAll"), "object", (raw) => ({
    shown: bool(raw["shown"], "shown"),
  })),
  "measure.read": define(t("command.measure.read"), "object", (raw) => ({
    id: text(raw["id"], "id"),
    kind: oneOf(raw["kind"], MEASURE_KINDS, "kind"),
    mode: oneOf(raw["mode"], MEASURE_MODES, "mode"),
  })),
  "measure.again": define(t("command.measure.again"), "object", (raw) => ({
    id: text(raw["id"], "id"),
  })),
  "measure.activate": define(t("command.measure.activate"), "personal", (raw) => ({
    id: raw["id"] === null ? null : text(raw["id"], "id"),
  })),
  "measure.task": define(t("command.measure.task"), "personal", (raw) => ({
    task: oneOf(raw["task"], MEASURE_TASKS, "task"),
  })),
  "measure.finish": define(t("command.measure.finish"), "personal", nothing),
  "measure.cycle": define(t("command.measure.cycle"), "personal", (raw) => ({
    step: number(raw["step"], "step"),
  })),
  "measure.selection": define(t("command.measure.selection"), "object", (raw) => ({
    kind: oneOf(raw["kind"], ["box", "volume", "area"] as const, "kind"),
  })),
  "measure.snapRadius": define(t("command.measure.snapRadius"), "personal", (raw) => {
    const pixels = number(raw["pixels"], "pixels");
    return { pixels: Math.min(SNAP_RADIUS.most, Math.max(SNAP_RADIUS.least, pixels)) };
  }),
};

function newMeasurement(value: unknown): NewMeasurement {
  const raw = fields(value);
  const whole = readMeasurement({ ...raw, id: "new", name: raw["name"] ?? "" });
  if (!whole) throw new BadArguments("measure must be a measurement.");
  const { kind, mode, components, points, exact, tolerance, mesh, anchors, choices } = whole;
  return {
    kind,
    mode,
    value: whole.value,
    components,
    points,
    exact,
    tolerance,
    mesh,
    anchors,
    choices,
    ...(whole.name === "" ? {} : { name: whole.name }),
  };
}

function measureChange(raw: Fields): MeasureChange {
  const { name, locked, shown, label_offset: offset, anchors, choices, reading } = raw;
  return {
    ...(name === undefined ? {} : { name: text(name, "name") }),
    ...(locked === undefined ? {} : { locked: bool(locked, "locked") }),
    ...(shown === undefined ? {} : { shown: bool(shown, "shown") }),
    ...(offset === undefined ? {} : { label_offset: offsetOf(offset) }),
    ...(anchors === undefined ? {} : { anchors: anchorsOf(anchors) }),
    ...(choices === undefined ? {} : { choices: newMeasurement({ ...STUB, choices }).choices }),
    ...(reading === undefined ? {} : { reading: readingOf(reading) }),
  };
}

/** The least that is a measurement, to read parts of one. */
const STUB = { kind: "position", mode: "plain", value: 0, components: [], points: [] };

function offsetOf(value: unknown): readonly [number, number] | null {
  if (value === null) return null;
  if (!Array.isArray(value)) throw new BadArguments("label_offset must be two numbers.");
  return [number(value[0], "label_offset"), number(value[1], "label_offset")];
}

function anchorsOf(value: unknown): readonly MeasurePoint[] {
  if (!Array.isArray(value)) throw new BadArguments("anchors must be a list.");
  return value.map((each: unknown) => {
    const anchor = readAnchor(each);
    if (!anchor) throw new BadArguments("An anchor must be a point.");
    return anchor;
  });
}

function readingOf(value: unknown): Reading {
  const reading = readReading(value);
  if (!reading) throw new BadArguments("reading must be a reading.");
  return reading;
}
