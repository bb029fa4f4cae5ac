/** What we use of n8ao 2.1, which ships no types. */
declare module "n8ao" {
  import type { Camera, Scene, WebGLRenderer, WebGLRenderTarget } from "three";

  export class N8AOPass {
    constructor(scene: Scene, camera: Camera, width: number, height: number);
    camera: Camera;
    beautyRenderTarget: WebGLRenderTarget;
    renderToScreen: boolean;
    autoDetectTransparency: boolean;
    readonly configuration: {
      aoSamples: number;
      aoRadius: number;
      denoiseSamples: number;
      denoiseRadius: number;
      distanceFalloff: number;
      intensity: number;
      renderMode: 0 | 1 | 2 | 3 | 4;
      gammaCorrection: boolean;
      screenSpaceRadius: boolean;
      halfRes: boolean;
      autoRenderBeauty: boolean;
      transparencyAware: boolean;
    };
    configureAOPass(depthBufferType: number, orthographic: boolean): void;
    configureDenoisePass(depthBufferType: number, orthographic: boolean): void;
    configureEffectCompositer(depthBufferType: number, orthographic: boolean): void;
    setSize(width: number, height: number): void;
    render(renderer: WebGLRenderer, write: WebGLRenderTarget, read: WebGLRenderTarget | null): void;
    dispose(): void;
  }
}
