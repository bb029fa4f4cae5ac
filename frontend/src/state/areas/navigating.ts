/** How I move through the model: preset, views I came from, walking, keyboard pick mode, context menu. Mine alone. */

import type { KeyOverrides } from "../keys";
import type { Vec3 } from "../model";
import type { PresetName } from "../navigation_presets";
import { NO_POSES, type PoseHistory } from "../pose_history";
import { Store } from "../store";

/** What I chose once and for all models, on this device. */
export interface NavigationChoices {
  readonly preset: PresetName;
  readonly reverseWheel: boolean;
  /** turntable keeps the vertical upright; free turns over. */
  readonly turning: "turntable" | "free";
  /** What orbiting turns about. */
  readonly about: "cursor" | "selection" | "centre";
  /** Walking keeps the eye above the floor and stops at walls. */
  readonly gravity: boolean;
  /** A 3Dconnexion device, where the browser shows it as a gamepad, moves the camera. */
  readonly spaceMouse: boolean;
}

export const USUAL_NAVIGATION: NavigationChoices = {
  preset: "web",
  reverseWheel: false,
  turning: "turntable",
  about: "cursor",
  gravity: false,
  spaceMouse: true,
};

export const WALK_DIRECTIONS = ["forward", "back", "left", "right", "up", "down", "fast"] as const;
export type WalkDirection = (typeof WALK_DIRECTIONS)[number];

/** Walking in the first person. */
export interface Walk {
  /** Keys and on-screen arrows that are held down. */
  readonly held: ReadonlySet<WalkDirection>;
  /** Metres per second. */
  readonly speed: number;
}

/** Keyboard pick mode (UX.md §5.6): the reticle is a mouse without a mouse. */
export interface PickMode {
  /** CSS pixels in the canvas. */
  readonly reticle: { readonly x: number; readonly y: number };
  /** The part stepped to. */
  readonly occurrence: number | null;
  /** Its place among the visible parts, from 1, nearest first, and how many there are. */
  readonly place: { readonly at: number; readonly count: number } | null;
}

/** A context menu that is open, and what it is about. */
export interface MenuAt {
  /** CSS pixels in the page. */
  readonly clientX: number;
  readonly clientY: number;
  /** CSS pixels in the canvas. */
  readonly place: { readonly x: number; readonly y: number };
  /** What is under it; null: nothing. */
  readonly under: {
    readonly occurrence: number;
    /** Absolute metres, y up, as shown. */
    readonly point: Vec3;
    /** Unit, toward the eye. */
    readonly normal: Vec3;
  } | null;
  /** The part of another revision on the table that is under it; `under` is then null. */
  readonly layer?: { readonly revisionId: string; readonly occurrence: number };
}

export interface Navigating {
  readonly navigation: Store<NavigationChoices>;
  /** Keys that I gave to commands instead of the usual ones. */
  readonly keys: Store<KeyOverrides>;
  readonly poseHistory: Store<PoseHistory>;
  readonly walk: Store<Walk | null>;
  readonly pickMode: Store<PickMode | null>;
  readonly menu: Store<MenuAt | null>;
}

export function createNavigating(): Navigating {
  return {
    navigation: new Store(USUAL_NAVIGATION),
    keys: new Store<KeyOverrides>({}),
    poseHistory: new Store(NO_POSES),
    walk: new Store<Walk | null>(null),
    pickMode: new Store<PickMode | null>(null),
    menu: new Store<MenuAt | null>(null),
  };
}

/** As when a model is put on the table. */
export function resetNavigating(state: Navigating): void {
  state.poseHistory.set(NO_POSES);
  state.walk.set(null);
  state.pickMode.set(null);
  state.menu.set(null);
}

/** Choices as they were kept; what is missing or unknown is the usual. */
export function readChoices(kept: unknown, presets: readonly PresetName[]): NavigationChoices {
  const raw: Readonly<Record<string, unknown>> =
    typeof kept === "object" && kept !== null ? Object.fromEntries(Object.entries(kept)) : {};
  const usual = USUAL_NAVIGATION;
  const bool = (key: "reverseWheel" | "gravity" | "spaceMouse"): boolean => {
    const value = raw[key];
    return typeof value === "boolean" ? value : usual[key];
  };
  return {
    preset: presets.find((name) => name === raw["preset"]) ?? usual.preset,
    reverseWheel: bool("reverseWheel"),
    turning: raw["turning"] === "free" ? "free" : "turntable",
    about: raw["about"] === "selection" || raw["about"] === "centre" ? raw["about"] : usual.about,
    gravity: bool("gravity"),
    spaceMouse: bool("spaceMouse"),
  };
}
