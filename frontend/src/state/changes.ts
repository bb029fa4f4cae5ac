/** What became of the occurrences of two revisions: kinds, their colours and badges (UX.md §2.11), the change tour. */

import type { Vec3 } from "./model";
import type { Theme } from "./workspace";

/** By their codes in docs/formats/compare.md. */
export const CHANGE_KINDS = [
  "unchanged",
  "added",
  "removed",
  "shape",
  "moved",
  "appearance",
  "properties",
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];
/** What something can have become besides nothing. */
export type RealChange = Exclude<ChangeKind, "unchanged">;
export const REAL_CHANGES: readonly RealChange[] = [
  "added",
  "removed",
  "shape",
  "moved",
  "appearance",
  "properties",
];

/** How the panel and the palette sort them. */
export const CHANGE_STATES = ["added", "removed", "modified", "moved", "unchanged"] as const;
export type ChangeState = (typeof CHANGE_STATES)[number];

/** Geometry: where and what parts are. Data: what is said of them, their looks included. */
export const GEOMETRY_CHANGES: readonly RealChange[] = ["added", "removed", "shape", "moved"];
export const DATA_CHANGES: readonly RealChange[] = ["appearance", "properties"];

export function stateOf(kind: ChangeKind): ChangeState {
  return kind === "shape" || kind === "appearance" || kind === "properties" ? "modified" : kind;
}

/** Shapes that repeat what the colours say. */
export const BADGES: Readonly<Record<ChangeState, string>> = {
  added: "＋",
  removed: "−",
  modified: "△",
  moved: "→",
  unchanged: "",
};

/** Measured in UX.md §2.11: no two nearer than CIEDE2000 16 for any eye. sRGB. */
export const CHANGE_COLOURS: Readonly<Record<Theme, Readonly<Record<ChangeState, string>>>> = {
  light: {
    added: "#2b7bd6",
    removed: "#c9510c",
    modified: "#f2c230",
    moved: "#5b2a86",
    unchanged: "#d5d9de",
  },
  dark: {
    added: "#2f86e6",
    removed: "#db5a10",
    modified: "#f7d761",
    moved: "#d3b8ff",
    unchanged: "#4e555e",
  },
};
/** The outline of everything that changed: what stands out from both viewports. */
export const CHANGE_INK: Readonly<Record<Theme, string>> = { light: "#14181d", dark: "#f2f4f7" };

/** What reads on one of them: white or ink. */
export function signColour(colour: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    Number.parseInt(colour.slice(at, at + 2), 16),
  );
  return 0.299 * red + 0.587 * green + 0.114 * blue < 140 ? "#ffffff" : "#14181d";
}

/** Codes and partners of all occurrences, by the dense numbers of both revisions. */
export interface ChangeColumns {
  /** (occurrences of the old one) codes. */
  readonly from: Uint8Array;
  /** (occurrences of the new one) codes. */
  readonly to: Uint8Array;
  /** (occurrences of the old one) the partner in the new one, −1 without. */
  readonly partnersTo: Int32Array;
  /** (occurrences of the new one) the partner in the old one, −1 without. */
  readonly partnersFrom: Int32Array;
}

/** One change in an engineer's words, as data; SI units. */
export interface ChangeRemark {
  readonly kind: string;
  readonly unit: string;
  readonly count: number;
  readonly from?: number | null | undefined;
  readonly to?: number | null | undefined;
  readonly by?: number | null | undefined;
  readonly vector?: readonly number[] | null | undefined;
  readonly approximate: boolean;
  /** In English, for kinds that this page does not know. */
  readonly text: string;
}

export interface ChangeMove {
  /** Metres, y up. */
  readonly vector: readonly number[];
  readonly distance_m: number;
  readonly angle_rad: number;
}

/** What a stop says besides its shape: of its first change. */
export interface ChangeDetail {
  readonly reasons: readonly RealChange[];
  readonly properties: readonly {
    readonly group: string;
    readonly name: string;
    readonly from?: unknown;
    readonly to?: unknown;
  }[];
  readonly colours: Readonly<Record<string, string>> | null;
}

/** A stop of the change tour: equal changes of one part, wherever they are. */
export interface ChangeStop {
  readonly stop: number;
  readonly kind: RealChange;
  readonly name: string;
  readonly count: number;
  /** Number of the changed part; null without a changed shape. */
  readonly part: number | null;
  /** The sub-assembly that moved as a whole. */
  readonly group: string | null;
  readonly move: ChangeMove | null;
  readonly remarks: readonly ChangeRemark[];
  /** Dense numbers on each side. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** Of both sides together, metres, the frame of the new revision. */
  readonly bounds: { readonly min: Vec3; readonly max: Vec3 };
  readonly approximate: boolean;
  readonly detail: ChangeDetail | null;
}

/** The codes as they are drawn: kinds that are not wanted look unchanged. Sent to the shader as they are. */
export function shownCodes(codes: Uint8Array, kinds: readonly RealChange[]): Uint8Array {
  const kept = CHANGE_KINDS.map((kind) => kind !== "unchanged" && kinds.includes(kind));
  return codes.map((code) => (kept[code] === true ? code : 0));
}
