/** How the model is drawn, for me alone: shading, edges, shadow, background, point clouds; and the photoreal still. */

import { Store } from "../store";

export const SHADINGS = ["shaded", "materials", "wireframe", "hiddenLine", "ghost"] as const;
/** shaded: in its colours; materials: as its materials really look; hiddenLine: ink on paper; ghost: all of glass. */
export type Shading = (typeof SHADINGS)[number];
/** auto: where the graphics card draws it quickly enough. */
export const OCCLUSIONS = ["auto", "on", "off"] as const;
export type Occlusion = (typeof OCCLUSIONS)[number];
export const BACKGROUNDS = ["flat", "gradient", "white"] as const;
export type Background = (typeof BACKGROUNDS)[number];

/** How the model is drawn. */
export interface Display {
  readonly shading: Shading;
  readonly edges: boolean;
  /** Edges that the file gives a colour show it. */
  readonly ownEdges: boolean;
  /** A soft shadow on the ground under the model. */
  readonly shadow: boolean;
  readonly grid: boolean;
  /** Corners and gaps are darker than open faces. */
  readonly occlusion: Occlusion;
  readonly background: Background;
  /** The file's own dimensions, tolerances and notes. */
  readonly pmi: boolean;
  readonly projection: "perspective" | "orthographic";
}

export const USUAL_DISPLAY: Display = {
  shading: "shaded",
  edges: true,
  ownEdges: false,
  shadow: true,
  grid: false,
  occlusion: "auto",
  background: "flat",
  pmi: false,
  projection: "perspective",
};

/** The six pictures of the Display menu: each is a shading with or without edges. */
export const DISPLAY_MODES = [
  "edges",
  "shaded",
  "wireframe",
  "hiddenLine",
  "materials",
  "ghost",
] as const;
export type DisplayMode = (typeof DISPLAY_MODES)[number];

const OF_MODE: Readonly<Record<DisplayMode, Pick<Display, "shading" | "edges">>> = {
  edges: { shading: "shaded", edges: true },
  shaded: { shading: "shaded", edges: false },
  wireframe: { shading: "wireframe", edges: true },
  hiddenLine: { shading: "hiddenLine", edges: true },
  materials: { shading: "materials", edges: false },
  ghost: { shading: "ghost", edges: true },
};

/** The display in another mode, the rest as it was. */
export function inMode(display: Display, mode: DisplayMode): Display {
  return { ...display, ...OF_MODE[mode] };
}

/** The mode that a display is in, whatever its edges are beyond that. */
export function modeOf({ shading, edges }: Display): DisplayMode {
  if (shading === "shaded") return edges ? "edges" : "shaded";
  return shading;
}

export const POINT_SIZES = ["adaptive", "pixels", "metres"] as const;
/** adaptive: as wide as the gaps; pixels: the same everywhere; metres: as a disc of that size would look. */
export type PointSize = (typeof POINT_SIZES)[number];
export const POINT_COLOURS = ["natural", "intensity", "height", "class", "plain"] as const;
export type PointColours = (typeof POINT_COLOURS)[number];

/** How point clouds are drawn. */
export interface PointLook {
  readonly size: PointSize;
  /** CSS pixels; of `pixels`, and of `adaptive` the least. */
  readonly pixels: number;
  readonly metres: number;
  readonly colours: PointColours;
  /** ASPRS codes (LAS 1.4 R15 table 17) that are not drawn. */
  readonly hiddenClasses: readonly number[];
  /** Eye-dome lighting: points stand out from what lies behind them. */
  readonly relief: boolean;
}

export const USUAL_POINTS: PointLook = {
  size: "adaptive",
  pixels: 2,
  metres: 0.05,
  colours: "natural",
  hiddenClasses: [],
  relief: true,
};
export const LEAST_POINT_PX = 1;
export const MOST_POINT_PX = 12;
export const LEAST_POINT_M = 0.001;
export const MOST_POINT_M = 10;

/** A still that is being traced in place of the picture. */
export interface Photoreal {
  readonly phase: "preparing" | "tracing" | "done" | "refused";
  /** Preparing: 0 to 1. */
  readonly fraction: number;
  readonly samples: number;
  /** When the picture counts as finished. */
  readonly target: number;
  /** Device pixels. */
  readonly width: number;
  readonly height: number;
  readonly scale: 1 | 2;
  readonly triangles: number;
  /** Why not, when refused. */
  readonly reason: PhotorealReason | null;
  /** What the library said, when it failed. */
  readonly detail: string | null;
  /** The picture differs from the view: closed cuts are open in it. */
  readonly openCuts: boolean;
}

/** software: no graphics card; triangles: too many at this level; empty: nothing to be seen; failed: the library. */
export type PhotorealReason = "software" | "triangles" | "empty" | "failed";

/** What drawing found out about this machine, for the Display menu to say. */
export interface LookReport {
  /** A processor draws. */
  readonly software: boolean;
  /** Milliseconds that ambient occlusion took last; null: not drawn yet. */
  readonly occlusionMs: number | null;
  /** It took too long and is left out until it is asked for again. */
  readonly occlusionYielded: boolean;
  /** Metres between the lines of the grid; null without a grid. */
  readonly gridStep_m: number | null;
  /** The file gives some edges colours of their own. */
  readonly ownEdges: boolean;
  /** Of the clouds on the table, null without any. */
  readonly points: PointsReport | null;
}

export interface PointsReport {
  readonly hasColours: boolean;
  readonly hasIntensities: boolean;
  /** Code and number of points, most first. */
  readonly classes: readonly { readonly code: number; readonly points: number }[];
  /** Metres along the file's up axis, absolute. */
  readonly heights: readonly [number, number];
}

export interface Displaying {
  readonly display: Store<Display>;
  readonly points: Store<PointLook>;
  readonly photoreal: Store<Photoreal | null>;
  readonly looks: Store<LookReport>;
}

export function createDisplaying(): Displaying {
  return {
    display: new Store<Display>(USUAL_DISPLAY),
    points: new Store<PointLook>(USUAL_POINTS),
    photoreal: new Store<Photoreal | null>(null),
    looks: new Store<LookReport>({
      software: false,
      occlusionMs: null,
      occlusionYielded: false,
      gridStep_m: null,
      ownEdges: false,
      points: null,
    }),
  };
}

/** What a viewpoint keeps: what decides the look of a picture; not the projection, which its camera says. */
export interface DisplayingView extends Omit<Display, "projection"> {
  readonly points: PointLook;
}

export function captureDisplaying({ display, points }: Displaying): DisplayingView {
  const { shading, edges, ownEdges, shadow, grid, occlusion, background, pmi } = display.get();
  return {
    shading,
    edges,
    ownEdges,
    shadow,
    grid,
    occlusion,
    background,
    pmi,
    points: points.get(),
  };
}

/** Shows what was kept; what is missing or makes no sense is as usual. */
export function restoreDisplaying(state: Displaying, value: unknown): void {
  const said = fieldsOf(value);
  const flag = (name: string, usual: boolean): boolean =>
    typeof said[name] === "boolean" ? said[name] : usual;
  state.display.update((now) => ({
    shading: oneOf(said["shading"], SHADINGS, USUAL_DISPLAY.shading),
    edges: flag("edges", USUAL_DISPLAY.edges),
    ownEdges: flag("ownEdges", USUAL_DISPLAY.ownEdges),
    shadow: flag("shadow", USUAL_DISPLAY.shadow),
    grid: flag("grid", USUAL_DISPLAY.grid),
    occlusion: oneOf(said["occlusion"], OCCLUSIONS, USUAL_DISPLAY.occlusion),
    background: oneOf(said["background"], BACKGROUNDS, USUAL_DISPLAY.background),
    pmi: flag("pmi", USUAL_DISPLAY.pmi),
    projection: now.projection,
  }));
  state.points.set(readPointLook(said["points"]));
}

/** A look of points from plain data. */
export function readPointLook(value: unknown): PointLook {
  const said = fieldsOf(value);
  const classes = Array.isArray(said["hiddenClasses"]) ? said["hiddenClasses"] : [];
  return {
    size: oneOf(said["size"], POINT_SIZES, USUAL_POINTS.size),
    pixels: within(said["pixels"], LEAST_POINT_PX, MOST_POINT_PX, USUAL_POINTS.pixels),
    metres: within(said["metres"], LEAST_POINT_M, MOST_POINT_M, USUAL_POINTS.metres),
    colours: oneOf(said["colours"], POINT_COLOURS, USUAL_POINTS.colours),
    hiddenClasses: hiddenOf(classes),
    relief: typeof said["relief"] === "boolean" ? said["relief"] : USUAL_POINTS.relief,
  };
}

/** Class codes in order, each once. */
export function hiddenOf(codes: readonly unknown[]): number[] {
  const known = codes.filter(
    (code): code is number =>
      typeof code === "number" && Number.isInteger(code) && code >= 0 && code < 256,
  );
  return [...new Set(known)].sort((a, b) => a - b);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function oneOf<T extends string>(value: unknown, values: readonly T[], usual: T): T {
  return values.find((candidate) => candidate === value) ?? usual;
}

function within(value: unknown, least: number, most: number, usual: number): number {
  if (typeof value !== "number" || !Number.isFinite(value)) return usual;
  return Math.min(most, Math.max(least, value));
}
