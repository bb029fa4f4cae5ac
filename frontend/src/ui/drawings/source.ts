/** Where the pixels of sheets come from. */

import type { Size } from "./sheet_view";

/** What is to be drawn of a sheet. */
export interface SheetDrawing {
  /** From 0. */
  readonly page: number;
  readonly canvas: HTMLCanvasElement;
  /** At scale 1, CSS pixels. */
  readonly sheet: Size;
  readonly scale: number;
  /** Of the scaled sheet, CSS pixels. */
  readonly part: Size & { readonly left: number; readonly top: number };
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
  readonly signal: AbortSignal;
}

export interface SheetSource {
  /** Resolves when it is drawn, or given up by its signal. */
  draw(drawing: SheetDrawing): Promise<void>;
  close(): void;
}
