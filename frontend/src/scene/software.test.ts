import { describe, expect, it } from "vitest";
import { isSoftwareContext, isSoftwareName } from "./software";

const contextOf = (name: unknown, says = true): WebGL2RenderingContext =>
  ({
    getExtension: () => (says ? { UNMASKED_RENDERER_WEBGL: 37446 } : null),
    getParameter: (which: number) => (which === 37446 ? name : null),
  }) as unknown as WebGL2RenderingContext; // the two members that are asked

describe("who draws", () => {
  it.each([
    "ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)",
    "llvmpipe (LLVM 15.0.6, 256 bits)",
    "Mesa Software Rasterizer",
  ])("%s is a program", (name) => {
    expect(isSoftwareName(name)).toBe(true);
    expect(isSoftwareContext(contextOf(name))).toBe(true);
  });

  it.each([
    "ANGLE (NVIDIA, NVIDIA GeForce RTX 3060/PCIe/SSE2, OpenGL 4.5)",
    "Adreno (TM) 740",
    null,
  ])("%s is a graphics card, or not said", (name) => {
    expect(isSoftwareName(name)).toBe(false);
    expect(isSoftwareContext(contextOf(name))).toBe(false);
  });

  it("takes a browser that does not say for one with a graphics card", () => {
    expect(isSoftwareContext(contextOf("llvmpipe", false))).toBe(false);
  });
});
