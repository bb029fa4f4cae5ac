/** Markup: drawings on a frozen view (*sheets*) and marks on the model itself. Mine until they are attached. */

import type { CameraPose } from "../workspace";
import type { Vec3 } from "../model";
import { Store } from "../store";

/** What is drawn on a sheet. */
export const SHEET_MARKS = ["pen", "arrow", "box", "cloud", "text", "dimension", "stamp"] as const;
export type SheetMarkKind = (typeof SHEET_MARKS)[number];
/** What is drawn on the model. */
export const MODEL_MARKS = ["pin", "surface", "arrow3d"] as const;
export type ModelMarkKind = (typeof MODEL_MARKS)[number];
export type MarkTool = SheetMarkKind | ModelMarkKind | "eraser";

/** From the middle of the view, right and down, in heights of the view: the same on every screen. */
export type SheetPoint = readonly [x: number, y: number];

export interface SheetMark {
  readonly id: string;
  readonly kind: SheetMarkKind;
  readonly points: readonly SheetPoint[];
  readonly text: string;
  /** `#rrggbb`. */
  readonly colour: string;
  /** CSS pixels. */
  readonly width: number;
}

/** A drawing over one view; shown while the camera stands there. */
export interface Sheet {
  readonly id: string;
  readonly name: string;
  /** As in `Workspace.camera`. */
  readonly camera: CameraPose;
  readonly marks: readonly SheetMark[];
}

/** A place on the model; it goes with its part. */
export interface MarkPoint {
  /** Absolute metres, y up, as the model stands unexploded. */
  readonly position: Vec3;
  readonly occurrence: number | null;
  /** Metres, part frame. */
  readonly local: Vec3 | null;
}

export interface ModelMark {
  readonly id: string;
  readonly kind: ModelMarkKind;
  readonly points: readonly MarkPoint[];
  readonly text: string;
  readonly colour: string;
}

/** A mark that waits for its words. */
export interface PendingText {
  /** CSS pixels in the canvas. */
  readonly x: number;
  readonly y: number;
  readonly mark:
    | { readonly on: "sheet"; readonly kind: SheetMarkKind; readonly points: readonly SheetPoint[] }
    | { readonly on: "model"; readonly kind: ModelMarkKind; readonly points: readonly MarkPoint[] };
}

/** A stroke under way, as others see it until it is finished. */
export type Drawing =
  | { readonly on: "model"; readonly key: string; readonly mark: Omit<ModelMark, "id"> }
  | {
      readonly on: "sheet";
      /** Id of the sheet, which may not be there yet. */
      readonly key: string;
      readonly name: string;
      readonly camera: CameraPose;
      readonly mark: Omit<SheetMark, "id">;
    };

export interface Marking {
  readonly drawing: Store<Drawing | null>;
  readonly sheets: Store<readonly Sheet[]>;
  /** The sheet on the view, which is frozen as long; null: none. */
  readonly openSheet: Store<string | null>;
  readonly modelMarks: Store<readonly ModelMark[]>;
  readonly markTool: Store<MarkTool>;
  /** `#rrggbb`; null: my own colour. */
  readonly markColour: Store<string | null>;
  readonly pendingText: Store<PendingText | null>;
  /** Counts attempts to move a frozen view, so that the way out is shown. */
  readonly frozenKnocks: Store<number>;
}

export function createMarking(): Marking {
  return {
    drawing: new Store<Drawing | null>(null),
    sheets: new Store<readonly Sheet[]>([]),
    openSheet: new Store<string | null>(null),
    modelMarks: new Store<readonly ModelMark[]>([]),
    markTool: new Store<MarkTool>("pen"),
    markColour: new Store<string | null>(null),
    pendingText: new Store<PendingText | null>(null),
    frozenKnocks: new Store(0),
  };
}

/** As when a model is put on the table. */
export function resetMarking(state: Marking): void {
  state.drawing.set(null);
  state.pendingText.set(null);
  state.openSheet.set(null);
  state.sheets.set([]);
  state.modelMarks.set([]);
}

/** What a viewpoint keeps. */
export interface MarkingView {
  readonly sheets: readonly Sheet[];
  readonly open: string | null;
  readonly marks: readonly ModelMark[];
}

export function captureMarking({ sheets, openSheet, modelMarks }: Marking): MarkingView {
  return { sheets: sheets.get(), open: openSheet.get(), marks: modelMarks.get() };
}

/** As `restoreMarking`, where others' drawings are, too: what is here stays, what is not is added. */
export function addMarking(state: Marking, view: MarkingView): void {
  const more = <T extends { readonly id: string }>(here: readonly T[], kept: readonly T[]) => [
    ...here,
    ...kept.filter(({ id }) => !here.some((one) => one.id === id)),
  ];
  restoreMarking(state, {
    sheets: more(state.sheets.get(), view.sheets),
    marks: more(state.modelMarks.get(), view.marks),
    open: view.open,
  });
}

/** Shows what was kept; a sheet that is not there cannot be open. */
export function restoreMarking(state: Marking, view: MarkingView): void {
  state.openSheet.set(null);
  state.sheets.set(view.sheets);
  state.modelMarks.set(view.marks);
  state.openSheet.set(view.sheets.some(({ id }) => id === view.open) ? view.open : null);
}
