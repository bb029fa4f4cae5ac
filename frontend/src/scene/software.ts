/** Whether this machine's WebGL is drawn by its processor: asked once for a page, before the first picture. */

const SOFTWARE = /swiftshader|llvmpipe|software/i;
let answer: boolean | null = null;

/** Whether a renderer of this name, as WEBGL_debug_renderer_info has it, is a program. */
export function isSoftwareName(name: unknown): boolean {
  return typeof name === "string" && SOFTWARE.test(name);
}

/** What a context is drawn by; false where the browser does not say. */
export function isSoftwareContext(gl: WebGLRenderingContext | WebGL2RenderingContext): boolean {
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  return info !== null && isSoftwareName(gl.getParameter(info.UNMASKED_RENDERER_WEBGL));
}

/** The same before a context is made, whose samples cannot be changed any more; false without WebGL 2. */
export function isSoftwareMachine(): boolean {
  if (answer !== null) return answer;
  const gl = document.createElement("canvas").getContext("webgl2");
  answer = gl !== null && isSoftwareContext(gl);
  gl?.getExtension("WEBGL_lose_context")?.loseContext(); // a page has few contexts
  return answer;
}
