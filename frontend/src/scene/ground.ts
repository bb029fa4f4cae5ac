/**
 * The ground under the model: a soft shadow, baked once for each visible shape from how far above the ground it stands,
 * and a grid of lines at round distances. One quad, drawn after the opaque faces and seen from above only.
 */

import {
  BufferAttribute,
  BufferGeometry,
  Color,
  FrontSide,
  GLSL3,
  LinearFilter,
  Mesh,
  NormalBlending,
  OrthographicCamera,
  RawShaderMaterial,
  Scene,
  Vector2,
  Vector4,
  WebGLRenderTarget,
  type WebGLRenderer,
} from "three";
import type { Bounds, Vec3 } from "../state/model";
import { drawDepth } from "./depth_pass";
import { GROUND_FRAGMENT, GROUND_VERTEX, SHADOW_BLUR, SHADOW_GATHER } from "./ground_shaders";
import { screenTriangle } from "./highlight";
import type { OpenedModel } from "./opened_model";
import { SCREEN_VERTEX } from "./shaders";
import type { SceneColours } from "./theme";

const TEXELS = 512;
/** A processor blurs a quarter of them in the time of two frames. */
const TEXELS_SOFTWARE = 256;
/** Of the model's larger side: how far the shadow reaches beyond it. */
const REACH = 0.22;
/** Of the model's size: how far below it the ground lies, so that its bottom faces win. */
const BELOW = 2e-4;
/** Width of the grid in widths of the model. */
const GRID_WIDTH = 5;
/** Lines across the model, about. */
const GRID_LINES = 10;

/** Distance between lines, metres: 1, 2 or 5 times a power of ten, about a tenth of the size. */
export function gridStep(size: number): number {
  const wanted = Math.max(size, Number.MIN_VALUE) / GRID_LINES;
  const ten = 10 ** Math.floor(Math.log10(wanted));
  const times = [1, 2, 5, 10].find((factor) => factor * ten >= wanted * 0.8) ?? 10;
  return times * ten;
}

/** Light on a dark ground around the model, as a share of white. */
const POOL = 0.07;

/** See the head of the file. Add `mesh` to the scene. */
export class Ground {
  readonly mesh: Mesh<BufferGeometry, RawShaderMaterial>;
  /** Metres between the lines of the grid; null: no grid is drawn. */
  step: number | null = null;
  private readonly screen = new Scene();
  private readonly eye = new OrthographicCamera();
  private readonly gather: RawShaderMaterial;
  private readonly blur: RawShaderMaterial;
  private readonly quad: Mesh<BufferGeometry, RawShaderMaterial>;
  private targets: readonly [WebGLRenderTarget, WebGLRenderTarget] | null = null;
  private baked = "";
  private strength = 0;
  private pool = 0;
  private readonly texels: number;

  constructor(software: boolean) {
    this.texels = software ? TEXELS_SOFTWARE : TEXELS;
    const geometry = new BufferGeometry();
    const corners = [-1, 0, -1, -1, 0, 1, 1, 0, -1, 1, 0, -1, -1, 0, 1, 1, 0, 1];
    geometry.setAttribute("position", new BufferAttribute(new Float32Array(corners), 3));
    const material = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: GROUND_VERTEX,
      fragmentShader: GROUND_FRAGMENT,
      uniforms: {
        shadow: { value: null },
        place: { value: new Vector4() },
        quadSize: { value: 1 },
        shadowSize: { value: 1 },
        strength: { value: 0 },
        pool: { value: 0 },
        gridStep: { value: 0 },
        gridOffset: { value: new Vector2() },
        gridColour: { value: new Color() },
        gridStrength: { value: 0 },
      },
      transparent: true,
      depthWrite: false,
      blending: NormalBlending,
      side: FrontSide,
    });
    this.mesh = new Mesh(geometry, material);
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = -10;
    this.mesh.visible = false;
    const pass = (fragmentShader: string): RawShaderMaterial =>
      new RawShaderMaterial({
        glslVersion: GLSL3,
        vertexShader: SCREEN_VERTEX,
        fragmentShader,
        uniforms: {
          source: { value: null },
          along: { value: new Vector2() },
          height: { value: 1 },
          near: { value: 1 },
        },
        depthTest: false,
        depthWrite: false,
      });
    this.gather = pass(SHADOW_GATHER);
    this.blur = pass(SHADOW_BLUR);
    this.quad = screenTriangle(this.gather);
    this.screen.add(this.quad);
  }

  setColours(colours: SceneColours): void {
    this.strength = colours.shadow;
    this.pool = colours.dark && !colours.contrast ? POOL : 0;
    this.set("gridColour", colours.grid);
  }

  /** What of it is shown. origin: absolute metres of the model frame's zero, where the grid's lines count from. */
  show(
    shown: { readonly shadow: boolean; readonly grid: boolean },
    bounds: Bounds | null,
    origin: Vec3,
  ): void {
    const shadow = shown.shadow && this.targets !== null && this.baked !== "";
    this.mesh.visible = bounds !== null && (shadow || shown.grid);
    this.step = null;
    if (!bounds) return;
    const { x, y, z, size } = placeOf(bounds);
    (this.mesh.material.uniforms["place"]?.value as Vector4).set(x, y, z, 0); // made above
    this.set("shadowSize", shadowSize(size));
    this.set("quadSize", shown.grid ? size * GRID_WIDTH : shadowSize(size));
    this.set("strength", shadow ? this.strength : 0);
    this.set("pool", shadow ? this.pool : 0);
    this.set("shadow", shadow ? (this.targets?.[0].texture ?? null) : null);
    this.set("gridStrength", shown.grid ? 1 : 0);
    if (!shown.grid) return;
    this.step = gridStep(size);
    this.set("gridStep", this.step);
    // In double precision here: far from zero a float has no millimetres left.
    const rest = (value: number): number =>
      value - Math.floor(value / (this.step ?? 1)) * (this.step ?? 1);
    (this.mesh.material.uniforms["gridOffset"]?.value as Vector2).set(
      rest(origin[0]),
      rest(origin[2]),
    );
  }

  /** Whether the shadow is that of this shape. */
  isFresh(key: string): boolean {
    return this.baked === key;
  }

  /** Bakes the shadow of what is visible within `bounds`. */
  bake(renderer: WebGLRenderer, model: OpenedModel, bounds: Bounds, key: string): void {
    const [first, second] = (this.targets ??= [target(this.texels), target(this.texels)]);
    const { x, y, z, size, height } = placeOf(bounds);
    const half = shadowSize(size) / 2;
    Object.assign(this.eye, {
      left: -half,
      right: half,
      top: half,
      bottom: -half,
      near: 0,
      far: height,
    });
    this.eye.position.set(x, y, z);
    this.eye.up.set(0, 0, 1);
    this.eye.lookAt(x, y + 1, z);
    this.eye.updateProjectionMatrix();
    this.eye.updateMatrixWorld(true);
    const { autoClear } = renderer;
    renderer.getClearColor(_clear);
    const alpha = renderer.getClearAlpha();
    renderer.setClearColor(0, 0);
    renderer.autoClear = false;
    renderer.setRenderTarget(second);
    renderer.clear();
    drawDepth(renderer, model, this.eye, false);
    this.pass(renderer, this.gather, second, first, 0, 0, height, size);
    // Two rounds: the second hides the steps of the first.
    for (const wide of [1, 0.55]) {
      this.pass(renderer, this.blur, first, second, wide / this.texels, 0, height, size);
      this.pass(renderer, this.blur, second, first, 0, wide / this.texels, height, size);
    }
    renderer.setRenderTarget(null);
    renderer.setClearColor(_clear, alpha);
    renderer.autoClear = autoClear;
    this.baked = key;
  }

  /** The shadow is of something that is no longer there. */
  forget(): void {
    this.baked = "";
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    this.quad.geometry.dispose();
    this.gather.dispose();
    this.blur.dispose();
    this.targets?.forEach((each) => each.dispose());
  }

  private pass(
    renderer: WebGLRenderer,
    material: RawShaderMaterial,
    from: WebGLRenderTarget,
    to: WebGLRenderTarget,
    alongX: number,
    alongY: number,
    height: number,
    size: number,
  ): void {
    this.quad.material = material;
    const { uniforms } = material;
    if (uniforms["source"]) uniforms["source"].value = from.texture;
    (uniforms["along"]?.value as Vector2).set(alongX * this.texels, alongY * this.texels); // made above
    if (uniforms["height"]) uniforms["height"].value = height;
    if (uniforms["near"]) uniforms["near"].value = size * 0.06;
    renderer.setRenderTarget(to);
    renderer.clear();
    renderer.render(this.screen, this.eye);
  }

  private set(name: string, value: unknown): void {
    const uniform = this.mesh.material.uniforms[name];
    if (uniform) uniform.value = value;
  }
}

function placeOf({ min, max }: Bounds): {
  x: number;
  y: number;
  z: number;
  size: number;
  height: number;
} {
  const size = Math.max(max[0] - min[0], max[2] - min[2], 1e-6);
  const height = Math.max(max[1] - min[1], size * 1e-3);
  return {
    x: (min[0] + max[0]) / 2,
    y: min[1] - (size + height) * BELOW,
    z: (min[2] + max[2]) / 2,
    size,
    height: height * 1.01,
  };
}

const shadowSize = (size: number): number => size * (1 + 2 * REACH);

function target(texels: number): WebGLRenderTarget {
  return new WebGLRenderTarget(texels, texels, {
    minFilter: LinearFilter,
    magFilter: LinearFilter,
  });
}

const _clear = new Color();
