/** The WebGL context: made, measured, lost and given back. */

import { NoToneMapping, SRGBColorSpace, WebGLRenderer } from "three";
import type { Workspace } from "../state/workspace";

/** The browser gives no WebGL 2 context. */
export class GraphicsUnavailable extends Error {
  readonly code = "graphics_unavailable";
}

/** A renderer on the canvas. @throws GraphicsUnavailable without WebGL 2. */
export function makeRenderer(canvas: HTMLCanvasElement, workspace: Workspace): WebGLRenderer {
  try {
    const renderer = new WebGLRenderer({
      canvas,
      antialias: true,
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
      title: "This browser cannot draw in 3D",
      detail: "It gives no WebGL 2 context.",
      remedy: "Switch hardware acceleration on in the browser's settings, or use another browser.",
    });
    throw new GraphicsUnavailable("No WebGL 2 context.", { cause });
  }
}

/** Whether a processor draws instead of a graphics card. */
export function isSoftware(renderer: WebGLRenderer): boolean {
  const gl = renderer.getContext();
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const name: unknown = info ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : "";
  return typeof name === "string" && /swiftshader|llvmpipe|software/i.test(name);
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

/** Says when the context is lost, and that it is back. Returns the way to stop. */
export function watchContext(
  canvas: HTMLCanvasElement,
  workspace: Workspace,
  tell: { lost(): void; restored(): void },
): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  canvas.addEventListener(
    "webglcontextlost",
    (event) => {
      event.preventDefault(); // else it is never given back
      tell.lost();
      workspace.problem.set({
        code: "graphics_lost",
        title: "The graphics driver took the picture away",
        detail:
          "The browser lost its 3D context, usually because memory ran out or the driver restarted.",
        remedy: "It comes back by itself. If it does not, close other 3D tabs and reload the page.",
      });
    },
    { signal },
  );
  canvas.addEventListener(
    "webglcontextrestored",
    () => {
      if (workspace.problem.get()?.code === "graphics_lost") workspace.problem.set(null);
      tell.restored();
    },
    { signal },
  );
  return () => stop.abort();
}
