/**
 * What depth adds to a picture at rest: ambient occlusion (n8ao, loaded when first wanted) and the relief of points
 * (eye-dome lighting). Both are computed once for a view and multiplied over the finished picture, which keeps its
 * samples and its colours. Rendering through n8ao's own path instead would cost the canvas's anti-aliasing, a half
 * float copy of every pixel and other colours for every shader that writes sRGB by itself.
 */

import {
  CustomBlending,
  GLSL3,
  LinearFilter,
  type Mesh,
  type BufferGeometry,
  type OrthographicCamera,
  type PerspectiveCamera,
  OneFactor,
  RawShaderMaterial,
  Scene,
  SrcColorFactor,
  Vector2,
  WebGLRenderTarget,
  type WebGLRenderer,
  ZeroFactor,
} from "three";
import type * as N8AO from "n8ao";
import type { DepthPass } from "./depth_pass";
import { SCREEN_CAMERA, screenTriangle } from "./highlight";
import { FRAGMENT_HEAD, SCREEN_VERTEX } from "./shaders";

type ViewCamera = PerspectiveCamera | OrthographicCamera;

/** CSS pixels that corners darken within. */
const RADIUS_PX = 26;
/** Exponent of the open share. */
const INTENSITY = 2.2;
/** Milliseconds beyond which a picture at rest is better off without. */
const REST_BUDGET_MS = 120;
/** Slow pictures in a row after which it is left out. */
const SLOW_PICTURES = 2;

/** Eye-dome lighting (Boucheny 2009): darker where neighbours on the screen are nearer. */
const RELIEF_FRAGMENT =
  `${FRAGMENT_HEAD}` +
  /* glsl */ `
uniform sampler2D depth;
uniform sampler2D open;
uniform bool hasOpen;
uniform float relief;        // strength, 0: none
uniform float reach;         // device pixels
uniform float near;
uniform float far;
uniform bool orthographic;
in vec2 vAt;
out vec4 fragment;

float distanceOf(float d) {
  return orthographic ? d : log2(near * far / (far - d * (far - near)));
}

void main() {
  float shade = hasOpen ? texture(open, vAt).r : 1.0;
  ivec2 size = textureSize(depth, 0);
  ivec2 at = ivec2(vAt * vec2(size));
  float d = texelFetch(depth, at, 0).r;
  if (d >= 1.0) { fragment = vec4(1.0); return; }
  if (relief > 0.0) {
    float own = distanceOf(d);
    float sum = 0.0;
    for (int i = 0; i < 8; i++) {
      float turn = float(i) * 0.7853982;
      ivec2 next = clamp(at + ivec2(round(vec2(cos(turn), sin(turn)) * reach)), ivec2(0), size - 1);
      float other = texelFetch(depth, next, 0).r;
      sum += max(0.0, own - distanceOf(min(other, 0.99999)));
    }
    shade *= mix(0.35, 1.0, exp(-relief * sum * 0.125));
  }
  fragment = vec4(vec3(shade), 1.0);
}
`;

/** What a picture wants of it. */
export interface RestWish {
  readonly occlusion: boolean;
  readonly relief: boolean;
}

/** See the head of the file. */
export class RestShade {
  /** Milliseconds that the last ambient occlusion took, drivers included. */
  costMs: number | null = null;
  /** How often ambient occlusion was found. */
  count = 0;
  /** It was too slow twice in a row; `forgive` lets it try again. */
  yielded = false;
  private readonly renderer: WebGLRenderer;
  private readonly changed: (due: boolean) => void;
  private readonly scene = new Scene();
  private readonly quad: Mesh<BufferGeometry, RawShaderMaterial>;
  private readonly shade: WebGLRenderTarget;
  private open: WebGLRenderTarget | null = null;
  private library: typeof N8AO | null = null;
  private loading = false;
  private pass: N8AO.N8AOPass | null = null;
  private orthographic = false;
  private made = "";
  private slow = 0;
  private gone = false;

  /** changed: it was measured; due: another picture is due, the library has arrived or occlusion gives up. */
  constructor(renderer: WebGLRenderer, changed: (due: boolean) => void) {
    this.renderer = renderer;
    this.changed = changed;
    this.shade = new WebGLRenderTarget(1, 1, { depthBuffer: false });
    this.quad = screenTriangle(
      new RawShaderMaterial({
        glslVersion: GLSL3,
        vertexShader: SCREEN_VERTEX,
        fragmentShader: RELIEF_FRAGMENT,
        uniforms: {
          depth: { value: null },
          open: { value: null },
          hasOpen: { value: false },
          relief: { value: 0 },
          reach: { value: 1 },
          near: { value: 0.1 },
          far: { value: 1 },
          orthographic: { value: false },
        },
        depthTest: false,
        depthWrite: false,
        transparent: true,
        blending: CustomBlending,
        blendSrc: ZeroFactor,
        blendDst: SrcColorFactor,
        blendSrcAlpha: ZeroFactor,
        blendDstAlpha: OneFactor,
      }),
    );
    this.scene.add(this.quad);
  }

  /** Tries ambient occlusion again, however slow it was. */
  forgive(): void {
    this.yielded = false;
    this.slow = 0;
  }

  /** Whether what `render` would put over the picture is ready. */
  isFresh(depth: DepthPass, wish: RestWish): boolean {
    return this.made === this.keyOf(depth, wish);
  }

  /** Multiplies over the canvas what the depth says; ambient occlusion once its library is here. */
  render(depth: DepthPass, camera: ViewCamera, wish: RestWish, insisted: boolean): void {
    const key = this.keyOf(depth, wish);
    const occluded = wish.occlusion && this.bring();
    if (this.made !== key && occluded) this.occlude(depth, camera, insisted);
    this.made = key;
    const { uniforms } = this.quad.material;
    const set = (name: string, value: unknown): void => {
      if (uniforms[name]) uniforms[name].value = value;
    };
    set("depth", depth.texture);
    set("open", this.open?.texture ?? null);
    set("hasOpen", occluded && this.open !== null);
    set("orthographic", "isOrthographicCamera" in camera);
    const strength = "isOrthographicCamera" in camera ? 160 : 14;
    set("relief", wish.relief ? strength : 0);
    set("reach", 1.4 * this.renderer.getPixelRatio());
    set("near", camera.near);
    set("far", camera.far);
    const { autoClear } = this.renderer;
    this.renderer.setRenderTarget(null);
    this.renderer.autoClear = false;
    this.renderer.render(this.scene, SCREEN_CAMERA);
    this.renderer.autoClear = autoClear;
  }

  dispose(): void {
    this.gone = true;
    this.pass?.dispose();
    this.open?.dispose();
    this.shade.dispose();
    this.quad.geometry.dispose();
    this.quad.material.dispose();
  }

  private keyOf(depth: DepthPass, wish: RestWish): string {
    return `${depth.version} ${wish.occlusion && this.library !== null} ${wish.relief}`;
  }

  /** Whether the library is here; else it is on its way. */
  private bring(): boolean {
    if (this.library) return true;
    if (!this.loading) {
      this.loading = true;
      import("n8ao").then(
        (library) => {
          if (this.gone) return;
          this.library = library;
          this.changed(true);
        },
        () => {
          // Without it the picture is a little flatter, nothing else; the next wish tries again.
          this.loading = false;
        },
      );
    }
    return false;
  }

  private occlude(depth: DepthPass, camera: ViewCamera, insisted: boolean): void {
    const { renderer, library } = this;
    if (!library) return;
    const started = performance.now();
    const { width, height } = depth.target;
    const pass = (this.pass ??= this.makePass(library, camera, width, height));
    this.open ??= new WebGLRenderTarget(width, height, {
      depthBuffer: false,
      minFilter: LinearFilter,
      magFilter: LinearFilter,
    });
    if (this.open.width !== width || this.open.height !== height) {
      this.open.setSize(width, height);
      pass.setSize(width, height);
    }
    const orthographic = "isOrthographicCamera" in camera;
    pass.camera = camera;
    if (orthographic !== this.orthographic) {
      this.orthographic = orthographic;
      pass.configureAOPass(1, orthographic);
      pass.configureDenoisePass(1, orthographic);
      pass.configureEffectCompositer(1, orthographic);
    }
    pass.configuration.aoRadius = RADIUS_PX * renderer.getPixelRatio();
    // After setSize, which touches its own target: ours has the depth.
    pass.beautyRenderTarget = depth.target;
    pass.render(renderer, this.open, null);
    renderer.setRenderTarget(null);
    this.count += 1;
    this.measure(started, insisted);
  }

  private makePass(
    library: typeof N8AO,
    camera: ViewCamera,
    width: number,
    height: number,
  ): N8AO.N8AOPass {
    this.orthographic = "isOrthographicCamera" in camera;
    const pass = new library.N8AOPass(new Scene(), camera, width, height);
    pass.beautyRenderTarget.dispose();
    pass.autoDetectTransparency = false;
    pass.renderToScreen = false;
    Object.assign(pass.configuration, {
      autoRenderBeauty: false,
      transparencyAware: false,
      renderMode: 1,
      gammaCorrection: false,
      screenSpaceRadius: true,
      distanceFalloff: 0.3,
      intensity: INTENSITY,
      aoSamples: 16,
      denoiseSamples: 8,
      denoiseRadius: 10,
    });
    return pass;
  }

  /** Notes how long the graphics card was busy, and gives up when that was too long too often. */
  private measure(started: number, insisted: boolean): void {
    // WebGLRenderer has made WebGL 2 contexts only since r163; its type still names both.
    const gl = this.renderer.getContext() as WebGL2RenderingContext;
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    if (!fence) return;
    gl.flush();
    const look = (): void => {
      if (this.gone || gl.isContextLost()) return;
      if (gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.SIGNALED) {
        window.setTimeout(look, 8);
        return;
      }
      gl.deleteSync(fence);
      this.costMs = performance.now() - started;
      this.slow = this.costMs > REST_BUDGET_MS ? this.slow + 1 : 0;
      const gaveUp = !this.yielded && this.slow >= SLOW_PICTURES && !insisted;
      if (gaveUp) this.yielded = true;
      this.changed(gaveUp);
    };
    window.setTimeout(look, 0);
  }
}
