/**
 * PDF sheets, drawn by pdf.js in a worker of our own origin. Loaded when the first PDF is opened: it is a chunk of its
 * own. The legacy build, since the other one needs functions that browsers have had for months only.
 */

import { GlobalWorkerOptions, getDocument, version } from "pdfjs-dist/legacy/build/pdf.mjs";
import workerUrl from "pdfjs-dist/legacy/build/pdf.worker.min.mjs?url";
import type { SheetDrawing, SheetSource } from "./source";

GlobalWorkerOptions.workerSrc = workerUrl;
/** What a PDF may need and does not hold; see pdf_files.ts. */
const FILES = import.meta.env.DEV
  ? "/node_modules/pdfjs-dist/"
  : `${import.meta.env.BASE_URL}assets/pdfjs-${version}/`;

/** Opens a PDF; only the ranges that its sheets need are fetched. */
export async function openPdf(url: string): Promise<SheetSource> {
  const task = getDocument({
    url,
    cMapUrl: `${FILES}cmaps/`,
    cMapPacked: true,
    standardFontDataUrl: `${FILES}standard_fonts/`,
    wasmUrl: `${FILES}wasm/`,
    iccUrl: `${FILES}iccs/`,
    disableAutoFetch: true,
    enableXfa: false,
  });
  try {
    const document = await task.promise;
    return {
      draw: (drawing) => draw(document, drawing),
      close: () => void task.destroy(),
    };
  } catch (error) {
    await task.destroy();
    throw error;
  }
}

async function draw(
  document: Awaited<ReturnType<typeof getDocument>["promise"]>,
  { page: number, canvas, sheet, scale, part, ratio, signal }: SheetDrawing,
): Promise<void> {
  const page = await document.getPage(number + 1);
  if (signal.aborted) return;
  canvas.width = Math.max(1, Math.round(part.width * ratio));
  canvas.height = Math.max(1, Math.round(part.height * ratio));
  const viewport = page.getViewport({
    // By the width that the server read, whatever unit a page's own user space has.
    scale: (sheet.width * scale * ratio) / page.getViewport({ scale: 1 }).width,
    offsetX: -part.left * ratio,
    offsetY: -part.top * ratio,
  });
  const task = page.render({ canvas, viewport });
  const stop = (): void => task.cancel();
  signal.addEventListener("abort", stop);
  try {
    await task.promise;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
