/** The WebGL context: made, measured, lost and given back. */

import { NoToneMapping, SRGBColorSpace, WebGLRenderer } from "three";
import type { Commands } from "../state/commands";
import { t } from "../state/messages";
import type { Workspace } from "../state/workspace";
import { isSoftwareContext, isSoftwareMachine } from "./software";

/** The browser gives no WebGL 2 context. */
export class GraphicsUnavailable extends Error {
  readonly code = "graphics_unavailable";
}

/** A renderer on the canvas. @throws GraphicsUnavailable without WebGL 2. */
export function makeRenderer(canvas: HTMLCanvasElement, workspace: Workspace): WebGLRenderer {
  try {
    const renderer = new WebGLRenderer({
      canvas,
      // Four samples of a pixel cost a processor as much again as everything else in the picture.
      antialias: !isSoftwareMachine(),
      stencil: true, // caps are marked in it (batch_materials.ts)
      powerPreference: "high-performance",
    });
    renderer.outputColorSpace = SRGBColorSpace;
    renderer.toneMapping = NoToneMapping;
    renderer.info.autoReset = false;
    renderer.autoClear = true;
    return renderer;
  } catch (cause) {
    workspace.problem.set({
      code: "graphics_unavailable",
      title: t("graphics.none.title"),
      detail: t("graphics.none.detail"),
      remedy: t("graphics.none.remedy"),
    });
    throw new GraphicsUnavailable("No WebGL 2 context.", { cause });
  }
}

/** Whether a processor draws instead of a graphics card. */
export function isSoftware(renderer: WebGLRenderer): boolean {
  return isSoftwareContext(renderer.getContext());
}

/** Calls back when the canvas or the display's pixels change size. Returns the way to stop. */
export function watchSize(canvas: HTMLCanvasElement, resize: () => void): () => void {
  const observer = new ResizeObserver(resize);
  observer.observe(canvas);
  const ratio = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
  ratio.addEventListener("change", resize);
  return () => {
    observer.disconnect();
    ratio.removeEventListener("change", resize);
  };
}

/** Milliseconds after which a browser that was asked for the picture will not give it back. */
const GIVEN_BACK_MS = 4_000;

/**
 * Says when the context is lost, and that it is back; *Restore* asks for it. Everything shown is kept in the stores.
 * Returns the way to stop.
 */
export function watchContext(
  renderer: WebGLRenderer,
  workspace: Workspace,
  commands: Commands,
  tell: { lost(): void; restored(): void },
): () => void {
  const canvas = renderer.domElement;
  // Cannot be had any more once the context is lost. It gives back what it took itself; a driver's loss the browser
  // gives back by itself, or not at all.
  const extension = renderer.getContext().getExtension("WEBGL_lose_context");
  const stop = new AbortController();
  const { signal } = stop;
  let timer = 0;
  const say = (stays: boolean): void =>
    workspace.problem.set({
      code: "graphics_lost",
      title: t("graphics.lost.title"),
      detail: t("graphics.lost.detail"),
      remedy: t(stays ? "graphics.lost.stays" : "graphics.lost.remedy"),
      ways: stays ? ["reload"] : ["restore", "lower"],
    });
  canvas.addEventListener(
    "webglcontextlost",
    (event) => {
      event.preventDefault(); // else it is never given back
      tell.lost();
      say(false);
    },
    { signal },
  );
  canvas.addEventListener(
    "webglcontextrestored",
    () => {
      window.clearTimeout(timer);
      if (workspace.problem.get()?.code === "graphics_lost") workspace.problem.set(null);
      tell.restored();
    },
    { signal },
  );
  const unregister = commands.register("graphics.restore", () => {
    if (!renderer.getContext().isContextLost()) return;
    extension?.restoreContext();
    window.clearTimeout(timer);
    timer = window.setTimeout(() => say(true), GIVEN_BACK_MS);
  });
  return () => {
    stop.abort();
    unregister();
    window.clearTimeout(timer);
  };
}
