/** The picture as it is, at any resolution, as pixels of its own. */

import type { Viewer } from "./viewer";

/** What a picture may not exceed on any side: above it drivers fail without saying so. */
const LONGEST_SIDE = 8192;

/** The largest scale up to a wish at which a picture of this size can be drawn. */
export function possibleScale(
  wanted: number,
  width: number,
  height: number,
  limit = LONGEST_SIDE,
): number {
  return Math.min(wanted, limit / Math.max(width, height, 1));
}

export interface SnapshotOptions {
  /** Pixels per CSS pixel. */
  readonly scale: number;
  /** Nothing behind the model instead of the background. */
  readonly transparent?: boolean;
}

/** Draws the viewer's picture on a canvas of its own; what lies over it is not part of it. */
export function snapshot(viewer: Viewer, options: SnapshotOptions): HTMLCanvasElement {
  const { clientWidth, clientHeight } = viewer.canvas;
  const scale = possibleScale(options.scale, clientWidth, clientHeight, textureLimit(viewer));
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: options.transparent === true });
  if (!context) throw new Error("The browser gives no canvas for the picture.");
  const copy = (): ImageData | null => {
    viewer.drawAt(scale, (drawn) => {
      canvas.width = drawn.width;
      canvas.height = drawn.height;
      context.drawImage(drawn, 0, 0);
    });
    return options.transparent ? context.getImageData(0, 0, canvas.width, canvas.height) : null;
  };
  if (!options.transparent) {
    copy();
    return canvas;
  }
  viewer.setBackdropOverride("#000000");
  const onBlack = copy();
  viewer.setBackdropOverride("#ffffff");
  const onWhite = copy();
  viewer.setBackdropOverride(null);
  viewer.invalidate();
  if (onBlack && onWhite) context.putImageData(cutOut(onBlack, onWhite), 0, 0);
  return canvas;
}

/** The same picture over black and over white tells how opaque each pixel is. */
export function cutOut(onBlack: ImageData, onWhite: ImageData): ImageData {
  const { data: black } = onBlack;
  const { data: white } = onWhite;
  for (let i = 0; i < black.length; i += 4) {
    const through = Math.max(
      (white[i] ?? 0) - (black[i] ?? 0),
      (white[i + 1] ?? 0) - (black[i + 1] ?? 0),
      (white[i + 2] ?? 0) - (black[i + 2] ?? 0),
      0,
    );
    const alpha = 255 - through;
    for (let c = 0; c < 3; c += 1)
      black[i + c] = alpha === 0 ? 0 : Math.min(255, ((black[i + c] ?? 0) * 255) / alpha);
    black[i + 3] = alpha;
  }
  return onBlack;
}

function textureLimit(viewer: Viewer): number {
  const gl = viewer.renderer.getContext();
  const side: unknown = gl.getParameter(gl.MAX_RENDERBUFFER_SIZE);
  return typeof side === "number" ? Math.min(side, LONGEST_SIDE) : LONGEST_SIDE;
}
