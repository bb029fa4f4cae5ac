/** The product's font on canvases, where text in VR is drawn: shipped with the page (Inter, OFL 1.1), never fetched elsewhere. */

/** For `CanvasRenderingContext2D.font`. */
export const CANVAS_FONT = '"Inter Variable", system-ui, sans-serif';

/**
 * Loads what canvases draw with; a canvas does not wait for a font as a page does, and draws the system's instead.
 * Never rejects: without it, text stays readable.
 */
export async function loadCanvasFont(fonts: Pick<FontFaceSet, "load">): Promise<boolean> {
  try {
    const loaded = await Promise.all(
      ["400", "600"].map((weight) => fonts.load(`${weight} 32px "Inter Variable"`, "Aäß0 →")),
    );
    return loaded.every((faces) => faces.length > 0);
  } catch {
    return false; // a file that did not come: the system's font stands in
  }
}
