/** Takes pictures when asked and brings them to the clipboard or into a file. */

import type { Viewer } from "../../scene/viewer";
import { t } from "../../state/messages";
import { type Shot, takeShot } from "./screenshot";

/** Registers `picture.take`. Returns the way to stop. */
export function takePictures(viewer: Viewer): () => void {
  const { commands, workspace } = viewer;
  return commands.register("picture.take", ({ to = "clipboard", ...change }) => {
    workspace.pictureChoice.update((before) => ({ ...before, ...change }));
    const taking = takeShot(viewer, workspace.pictureChoice.get(), location.href);
    deliver(taking, to).then(
      (said) => workspace.announce(said),
      (error: unknown) =>
        workspace.announce(
          t("shot.failed", { reason: error instanceof Error ? error.message : String(error) }),
          { assertive: true },
        ),
    );
  });
}

async function deliver(taking: Promise<Shot>, to: "clipboard" | "file"): Promise<string> {
  // Over plain HTTP, and for SVG, browsers keep the clipboard to themselves.
  if (to === "clipboard" && typeof ClipboardItem !== "undefined" && "clipboard" in navigator) {
    const png = taking.then(({ blob }) => blob);
    const shot = await taking;
    if (shot.blob.type === "image/png") {
      try {
        await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
        return t("shot.copied", { width: shot.width, height: shot.height });
      } catch {
        return download(shot, t("shot.downloadedInstead", { name: shot.name }));
      }
    }
  }
  const shot = await taking;
  return download(shot, t("shot.downloaded", { name: shot.name }));
}

function download({ blob, name }: Shot, said: string): string {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after this turn.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return said;
}
