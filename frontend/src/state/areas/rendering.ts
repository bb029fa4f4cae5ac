/** How well the picture can be drawn on this machine, and what of the model could not be had. Mine alone. */

import { Store } from "../store";

/** What somebody asked of this machine; kept for the tab, not for the person: another machine is another matter. */
export interface Quality {
  /** 1: as the machine allows; below: that share of its triangles and pixels. */
  readonly detail: number;
  /** Bytes of triangles on the graphics card at most; null: as the machine allows. */
  readonly memoryBytes: number | null;
}

export const FULL_QUALITY: Quality = { detail: 1, memoryBytes: null };
/** Lower than this nothing can be recognised any more. */
export const LEAST_DETAIL = 1 / 16;

/**
 * Why the picture at rest shows less than it could: the triangles of one picture, the memory, or somebody's wish.
 */
export type Reduction = "none" | "triangles" | "memory" | "lowered";

/** A file of the model that could not be had; the rest is shown. */
export interface MissingFile {
  readonly file: string;
  readonly code: "damaged_chunk" | "not_loaded" | "no_access" | "no_memory";
  readonly detail: string;
}

export interface Rendering {
  readonly quality: Store<Quality>;
  readonly reduction: Store<Reduction>;
  readonly missing: Store<readonly MissingFile[]>;
  /** revoked: the server no longer lets us see this revision; what is here stays. */
  readonly access: Store<"granted" | "revoked">;
  /** The graphics memory ran out: only what is selected may be refined, if somebody wants that. */
  readonly memoryRanOut: Store<boolean>;
}

export function createRendering(): Rendering {
  return {
    quality: new Store(FULL_QUALITY),
    reduction: new Store<Reduction>("none"),
    missing: new Store<readonly MissingFile[]>([]),
    access: new Store<"granted" | "revoked">("granted"),
    memoryRanOut: new Store(false),
  };
}

/** As when a model is put on the table; the quality stays. */
export function resetRendering(state: Rendering): void {
  state.reduction.set("none");
  state.missing.set([]);
  state.access.set("granted");
  state.memoryRanOut.set(false);
}

/** Half as good, but never less than recognisable. */
export function lowerQuality({ detail, memoryBytes }: Quality): Quality {
  return { detail: Math.max(LEAST_DETAIL, detail / 2), memoryBytes };
}

/** A quality from what a tab kept; anything else is full quality. */
export function readQuality(value: unknown): Quality {
  if (typeof value !== "object" || value === null) return FULL_QUALITY;
  const detail = "detail" in value && typeof value.detail === "number" ? value.detail : 1;
  const bytes = "memoryBytes" in value ? value.memoryBytes : null;
  return {
    detail: Number.isFinite(detail) ? Math.min(1, Math.max(LEAST_DETAIL, detail)) : 1,
    memoryBytes: typeof bytes === "number" && bytes > 0 ? bytes : null,
  };
}
