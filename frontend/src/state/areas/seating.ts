/** How one sits in a headset (UX.md §4.6 and §4.7): what is comfortable, at which scale one stands, what is told there. */

import type { Vec3 } from "../model";
import { Store } from "../store";

export const COMFORT_PRESETS = ["comfortable", "balanced", "expert"] as const;
export type ComfortPreset = (typeof COMFORT_PRESETS)[number];
export const TURNS = [15, 30, 45, 90, "smooth"] as const;
export type Turn = (typeof TURNS)[number];
export const SCALE_MODES = ["table", "one_to_one", "miniature", "free"] as const;
export type ScaleMode = (typeof SCALE_MODES)[number];
/** Choices of what points when no hand is there. */
export const GAZES = ["auto", "dwell", "off"] as const;
export type Gaze = (typeof GAZES)[number];

/** What a person chose; kept on the device. */
export interface Comfort {
  /** null: not asked yet; the usual ones hold. */
  readonly preset: ComfortPreset | null;
  /** Degrees of one push of the stick. */
  readonly turn: Turn;
  /** How long the picture is dark while one teleports, milliseconds. */
  readonly blink_ms: number;
  /** 0: none, to 3: narrow, while one glides. */
  readonly vignette: number;
  /** The other stick glides. */
  readonly smoothMove: boolean;
  /** Metres of the user per second. */
  readonly speed_mps: number;
  /** Metres of one step up or down. */
  readonly step_m: number;
  /** Added to the height of who sits, metres. */
  readonly seatedOffset_m: number;
  /** Says after thirty minutes that it was thirty minutes. */
  readonly breakReminder: boolean;
  /** People nearer than 0.5 m fade to their outline. */
  readonly personalSpace: boolean;
  /** auto: the gaze points once no hand is seen; dwell: it always does; off: never. */
  readonly gaze: Gaze;
}

/** What can be chosen between, metres, milliseconds and steps. */
export const COMFORT_LIMITS = {
  blink_ms: { least: 0, most: 300 },
  vignette: { least: 0, most: 3 },
  speed_mps: { least: 0.5, most: 4 },
  step_m: { least: 0.1, most: 2 },
  seatedOffset_m: { least: -0.5, most: 0.8 },
} as const;

const COMMON = {
  step_m: 0.5,
  seatedOffset_m: 0,
  breakReminder: true,
  personalSpace: true,
  gaze: "auto",
} as const;

/** What each preset sets; the rest stays as it is. */
export const PRESETS: Readonly<
  Record<
    ComfortPreset,
    Pick<Comfort, "turn" | "blink_ms" | "vignette" | "smoothMove" | "speed_mps">
  >
> = {
  comfortable: { turn: 30, blink_ms: 150, vignette: 2, smoothMove: false, speed_mps: 1.4 },
  balanced: { turn: 45, blink_ms: 150, vignette: 2, smoothMove: true, speed_mps: 1.4 },
  expert: { turn: "smooth", blink_ms: 0, vignette: 0, smoothMove: true, speed_mps: 2 },
};

export const USUAL_COMFORT: Comfort = { ...COMMON, ...PRESETS.comfortable, preset: null };

/** A named way to say that something is not as wished, in the headset. */
export const SEAT_TROUBLES = [
  "offline",
  "reconnecting",
  "tracking",
  "noFloor",
  "noHands",
  "noHitTest",
  "noController",
  "asleep",
] as const;
export type SeatTrouble = (typeof SEAT_TROUBLES)[number];

/** The placement of a model in a real room. */
export interface RoomPlacement {
  readonly placed: boolean;
  /** Grips and nudges leave it alone. */
  readonly locked: boolean;
  /** 0: the room as it is, to 0.9: nearly dark. */
  readonly dim: number;
  /** Pairs of points of which model and room are known, 0 to 2; null: not being aligned. */
  readonly aligning: { readonly model: readonly Vec3[]; readonly room: readonly Vec3[] } | null;
}

/** Where I am in the headset. */
export interface SeatState {
  readonly kind: "vr" | "ar";
  readonly mode: ScaleMode;
  /** Model metres per metre of the user: 20 is 1:20. */
  readonly scale: number;
  readonly seated: boolean;
  /** The question of the presets is open. */
  readonly asking: boolean;
  /** In the plain room, muted. */
  readonly safe: boolean;
  /** What the buttons do is written beside them. */
  readonly buttons: boolean;
  /** It was thirty minutes. */
  readonly breakDue: boolean;
  readonly troubles: readonly SeatTrouble[];
  /** null: in VR. */
  readonly room: RoomPlacement | null;
}

export const NEW_SEAT: SeatState = {
  kind: "vr",
  mode: "table",
  scale: 1,
  seated: false,
  asking: false,
  safe: false,
  buttons: false,
  breakDue: false,
  troubles: [],
  room: null,
};

export interface Seating {
  readonly comfort: Store<Comfort>;
  /** null: not in a headset. Written by the headset alone. */
  readonly seat: Store<SeatState | null>;
  /** A model can be put into the room of who is here. */
  readonly arReady: Store<boolean>;
}

export function createSeating(): Seating {
  return {
    comfort: new Store(USUAL_COMFORT),
    seat: new Store<SeatState | null>(null),
    arReady: new Store(false),
  };
}

/** Choices as they were kept or asked for; what is missing or makes no sense is the usual. */
export function readComfort(kept: unknown): Comfort {
  const raw: Readonly<Record<string, unknown>> =
    typeof kept === "object" && kept !== null ? Object.fromEntries(Object.entries(kept)) : {};
  const usual = USUAL_COMFORT;
  const bool = (key: "smoothMove" | "breakReminder" | "personalSpace"): boolean => {
    const value = raw[key];
    return typeof value === "boolean" ? value : usual[key];
  };
  const within = (key: keyof typeof COMFORT_LIMITS): number => {
    const value = raw[key];
    const { least, most } = COMFORT_LIMITS[key];
    if (typeof value !== "number" || !Number.isFinite(value)) return usual[key];
    return Math.min(most, Math.max(least, value));
  };
  return {
    preset: COMFORT_PRESETS.find((name) => name === raw["preset"]) ?? null,
    turn: TURNS.find((turn) => turn === raw["turn"]) ?? usual.turn,
    blink_ms: within("blink_ms"),
    vignette: Math.round(within("vignette")),
    smoothMove: bool("smoothMove"),
    speed_mps: within("speed_mps"),
    step_m: within("step_m"),
    seatedOffset_m: within("seatedOffset_m"),
    breakReminder: bool("breakReminder"),
    personalSpace: bool("personalSpace"),
    gaze: GAZES.find((gaze) => gaze === raw["gaze"]) ?? usual.gaze,
  };
}
