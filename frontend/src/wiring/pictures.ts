/** Pictures of a viewer for the pages: thumbnails of saved views, screenshots for embedding pages. */

import { snapshot } from "../scene/snapshot";
import type { Viewer } from "../scene/viewer";
import type { Running } from "../ui/ports";
import { toPose } from "../state/viewpoint";

/** What a running viewer offers besides drawing. */
export function pictures(viewer: Viewer): Required<Pick<Running, "thumbnail" | "screenshot">> {
  return {
    thumbnail: async (width, height) => {
      const eye = viewer.workspace.eye.get();
      const seen = await eye?.picture();
      if (eye && !(seen instanceof Blob)) throw new Error("The headset gives no picture.");
      if (seen instanceof Blob) return fitted(await createImageBitmap(seen), width, height);
      return fitted(snapshot(viewer, { scale: 1 }), width, height);
    },
    screenshot: (options) =>
      new Promise((resolve, reject) => {
        snapshot(viewer, options).toBlob((blob) => {
          if (blob) resolve(blob);
          else reject(new Error("The picture is too large for this browser."));
        }, "image/png");
      }),
  };
}

/** The middle of a picture, at other proportions. */
async function fitted(
  whole: HTMLCanvasElement | ImageBitmap,
  width: number,
  height: number,
): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("The browser gives no canvas for the picture.");
  const scale = Math.min(whole.width / width, whole.height / height);
  const [across, down] = [width * scale, height * scale];
  context.imageSmoothingQuality = "high";
  const [left, top] = [(whole.width - across) / 2, (whole.height - down) / 2];
  context.drawImage(whole, left, top, across, down, 0, 0, width, height);
  return canvas.convertToBlob({ type: "image/webp", quality: 0.82 });
}

/** Moves the camera as the person sees it, instead of jumping. Returns the way to stop. */
export function animateCamera(viewer: Viewer): () => void {
  return viewer.commands.register("view.camera", ({ camera, animate = true }) =>
    viewer.setCameraPose(toPose(camera, viewer.origin), { animate }),
  );
}
