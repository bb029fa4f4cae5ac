/** What is cut: planes, a box, the parts that are spared, and which of them has the gizmo. */

import type { Vec3 } from "../model";
import { RangeSet, type Range } from "../ranges";
import { Store } from "../store";

/** A cutting plane. Kept side: dot(normal, p) >= offset_m; p absolute, metres, y up. */
export interface Section {
  readonly id: string;
  readonly name: string;
  /** Unit vector. */
  readonly normal: Vec3;
  readonly offset_m: number;
  readonly enabled: boolean;
  /** Fill the cut. */
  readonly cap: boolean;
}

/** x, y, z, w of a turn. */
export type Quaternion = readonly [x: number, y: number, z: number, w: number];

/** What lies in the box is kept. Planes and box cut together: only what all of them keep is shown. */
export interface SectionBox {
  /** Absolute metres, y up. */
  readonly centre: Vec3;
  /** Half its length along each of its own axes, metres; above zero. */
  readonly half: Vec3;
  /** From its own axes to the model's; unit. */
  readonly rotation: Quaternion;
  readonly enabled: boolean;
  /** Fill the cuts. */
  readonly cap: boolean;
}

/** What a click of the section tool means. */
export type SectionPick = "face" | "square" | "points";

/** Another plane that the last click may have meant. */
export interface SectionOffer {
  readonly kind: "through" | "square" | "tangent";
  readonly normal: Vec3;
  readonly offset_m: number;
}

/** How far the exact cuts of the present planes are. */
export interface SectionReport {
  readonly state: "none" | "waiting" | "working" | "done" | "failed";
  /** Occurrences cut so far, and all of them, over all planes. */
  readonly done: number;
  readonly total: number;
  /** Occurrences that a plane meets and that have no cap, because their surface is open. */
  readonly open: RangeSet;
  /** Milliseconds from rest to the last cap. */
  readonly ms: number | null;
  /** Why cuts are missing, in words; null when none is. */
  readonly problem: string | null;
}

/** The cut areas of one plane, as columns; one row for each part that it cuts. */
export interface SectionAreas {
  /** Id of the section, or `box/0` to `box/5`. */
  readonly plane: string;
  readonly occurrences: Uint32Array;
  /** Square metres, inside all the other planes. */
  readonly areas: Float64Array;
  /** Absolute metres, three for each row. */
  readonly centroids: Float64Array;
}

/** Id of the box among sections, where one of them is chosen. */
export const BOX = "box";

export interface Sectioning {
  readonly sections: Store<readonly Section[]>;
  readonly sectionBox: Store<SectionBox | null>;
  /** Occurrences that nothing cuts. */
  readonly uncut: Store<RangeSet>;
  /** Id of the section with the gizmo, `BOX` for the box. */
  readonly activeSection: Store<string | null>;
  readonly sectionPick: Store<SectionPick>;
  /** Points of a plane in the making, absolute metres. */
  readonly sectionPoints: Store<readonly Vec3[]>;
  /** What else the section `id` may be. */
  readonly sectionOffers: Store<{
    readonly id: string;
    readonly offers: readonly SectionOffer[];
  } | null>;
  readonly sectionReport: Store<SectionReport>;
  readonly sectionAreas: Store<readonly SectionAreas[]>;
}

export const NO_REPORT: SectionReport = {
  state: "none",
  done: 0,
  total: 0,
  open: RangeSet.empty,
  ms: null,
  problem: null,
};

export function createSectioning(): Sectioning {
  return {
    sections: new Store<readonly Section[]>([]),
    sectionBox: new Store<SectionBox | null>(null),
    uncut: new Store(RangeSet.empty),
    activeSection: new Store<string | null>(null),
    sectionPick: new Store<SectionPick>("face"),
    sectionPoints: new Store<readonly Vec3[]>([]),
    sectionOffers: new Store<{
      readonly id: string;
      readonly offers: readonly SectionOffer[];
    } | null>(null),
    sectionReport: new Store(NO_REPORT),
    sectionAreas: new Store<readonly SectionAreas[]>([]),
  };
}

/** As when a model is put on the table. */
export function resetSectioning(state: Sectioning): void {
  state.sections.set([]);
  state.sectionBox.set(null);
  state.uncut.set(RangeSet.empty);
  state.activeSection.set(null);
  state.sectionPoints.set([]);
  state.sectionOffers.set(null);
}

/** What a viewpoint keeps. */
export interface SectioningView {
  readonly sections: readonly Section[];
  readonly box: SectionBox | null;
  readonly uncut: readonly Range[];
}

export function captureSectioning(state: Sectioning): SectioningView {
  return {
    sections: state.sections.get(),
    box: state.sectionBox.get(),
    uncut: state.uncut.get().toJSON(),
  };
}

/** Shows what was kept; what is no section is left out, so that an old or damaged view never cuts at random. */
export function restoreSectioning(state: Sectioning, value: unknown): void {
  const view = record(value);
  const listed: readonly unknown[] = Array.isArray(view["sections"]) ? view["sections"] : [];
  state.sectionPoints.set([]);
  state.sectionOffers.set(null);
  state.sections.set(listed.flatMap((one) => readSection(one) ?? []).slice(0, MAX_SECTIONS));
  state.sectionBox.set(readBox(view["box"]));
  state.uncut.set(RangeSet.parse(view["uncut"]));
  state.activeSection.set(null);
}

/** Six planes and the six sides of the box are what the section shader takes. */
export const MAX_SECTIONS = 6;

/** A section from plain data, or null when it is none. */
export function readSection(value: unknown): Section | null {
  const { id, name, normal, offset_m, enabled, cap } = record(value);
  const direction = readVector(normal);
  if (typeof id !== "string" || !direction || typeof offset_m !== "number") return null;
  const length = Math.hypot(...direction);
  if (!Number.isFinite(offset_m) || Math.abs(length - 1) > 1e-3) return null;
  return {
    id,
    name: typeof name === "string" ? name : "",
    normal: direction,
    offset_m,
    enabled: enabled !== false,
    cap: cap !== false,
  };
}

/** A box from plain data, or null when it is none. */
export function readBox(value: unknown): SectionBox | null {
  const { centre, half, rotation, enabled, cap } = record(value);
  const [middle, size] = [readVector(centre), readVector(half)];
  if (!middle || !size || !size.every((side) => side > 0)) return null;
  if (!Array.isArray(rotation) || rotation.length !== 4) return null;
  const [x, y, z, w]: readonly unknown[] = rotation;
  if (![x, y, z, w].every((part) => typeof part === "number" && Number.isFinite(part))) return null;
  const length = Math.hypot(Number(x), Number(y), Number(z), Number(w));
  if (Math.abs(length - 1) > 1e-3) return null;
  return {
    centre: middle,
    half: size,
    rotation: [Number(x), Number(y), Number(z), Number(w)],
    enabled: enabled !== false,
    cap: cap !== false,
  };
}

function readVector(value: unknown): Vec3 | null {
  if (!Array.isArray(value) || value.length !== 3) return null;
  const [x, y, z]: readonly unknown[] = value;
  const isNumber = (part: unknown): part is number =>
    typeof part === "number" && Number.isFinite(part);
  return isNumber(x) && isNumber(y) && isNumber(z) ? [x, y, z] : null;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}
