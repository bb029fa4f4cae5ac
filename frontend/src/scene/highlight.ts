/** Background and outlines: what is drawn before and after the model, each as one triangle over the picture. */

import {
  BufferAttribute,
  BufferGeometry,
  Color,
  GLSL3,
  LinearFilter,
  Mesh,
  NoBlending,
  NormalBlending,
  OrthographicCamera,
  RawShaderMaterial,
  Scene,
  Vector2,
  WebGLRenderTarget,
  type Camera,
  type Object3D,
  type WebGLRenderer,
} from "three";
import { CHANGE_INK } from "../state/changes";
import { BACKGROUND_FRAGMENT, OUTLINE_FRAGMENT, SCREEN_VERTEX } from "./shaders";
import { PEOPLE_COLOURS, rawColour, type SceneColours } from "./theme";

export const SCREEN_CAMERA = new OrthographicCamera(-1, 1, 1, -1, 0, 1);

/** UX.md §2.5: hover thin, selection thick; CSS pixels. */
const OUTLINE_PX = 2.6;
/** UX.md §2.11: around everything that changed. */
const CHANGE_PX = 2;

/** The soft gradient behind the model. */
export class Backdrop {
  readonly mesh: Mesh<BufferGeometry, RawShaderMaterial>;

  constructor() {
    this.mesh = screenTriangle(
      new RawShaderMaterial({
        glslVersion: GLSL3,
        vertexShader: SCREEN_VERTEX,
        fragmentShader: BACKGROUND_FRAGMENT,
        uniforms: { top: { value: new Color() }, bottom: { value: new Color() } },
        depthTest: false,
        depthWrite: false,
        blending: NoBlending,
      }),
    );
    this.mesh.renderOrder = -1000;
  }

  /** sRGB as written. */
  setColours(top: Color, bottom: Color): void {
    const { uniforms } = this.mesh.material;
    if (uniforms["top"]) uniforms["top"].value = top;
    if (uniforms["bottom"]) uniforms["bottom"].value = bottom;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}

/** Outlines of what a mask holds, drawn over the finished picture; seen through whatever is in front. */
export class Outline {
  private readonly maskScene = new Scene();
  private readonly screenScene = new Scene();
  private readonly mesh: Mesh<BufferGeometry, RawShaderMaterial>;
  private readonly target = new WebGLRenderTarget(1, 1, {
    depthBuffer: false,
    minFilter: LinearFilter,
    magFilter: LinearFilter,
  });
  private readonly size = new Vector2();
  private readonly clear = new Color();

  constructor() {
    this.mesh = screenTriangle(
      new RawShaderMaterial({
        glslVersion: GLSL3,
        vertexShader: SCREEN_VERTEX,
        fragmentShader: OUTLINE_FRAGMENT,
        uniforms: {
          mask: { value: this.target.texture },
          texel: { value: new Vector2() },
          thickness: { value: OUTLINE_PX },
          selectColour: { value: new Color() },
          hoverColour: { value: new Color() },
          innerColour: { value: new Color() },
          people: { value: PEOPLE_COLOURS.map(rawColour) },
          changeInk: { value: new Color() },
          changeThickness: { value: CHANGE_PX },
        },
        transparent: true,
        depthTest: false,
        depthWrite: false,
        blending: NormalBlending,
      }),
    );
    this.screenScene.add(this.mesh);
  }

  /** What is drawn into the mask. */
  setSubjects(subjects: readonly Object3D[]): void {
    const { children } = this.maskScene;
    if (children.length === subjects.length && subjects.every((each) => children.includes(each)))
      return;
    this.maskScene.clear();
    if (subjects.length > 0) this.maskScene.add(...subjects);
  }

  setColours(colours: SceneColours): void {
    const { uniforms } = this.mesh.material;
    const set = (name: string, colour: Color): void => {
      // The shader writes what it is given: sRGB numbers.
      if (uniforms[name]) uniforms[name].value = colour.clone().convertLinearToSRGB();
    };
    set("selectColour", colours.select);
    set("hoverColour", colours.hover);
    set("innerColour", colours.inner);
    const { changeInk } = uniforms;
    if (changeInk) changeInk.value = rawColour(CHANGE_INK[colours.dark ? "dark" : "light"]);
  }

  /** Draws the mask and then, onto the canvas, its outline. share: how much of the width the viewport has. */
  render(renderer: WebGLRenderer, camera: Camera, share = 1): void {
    renderer.getDrawingBufferSize(this.size);
    this.size.x = Math.max(1, Math.floor(this.size.x * share));
    if (this.target.width !== this.size.x || this.target.height !== this.size.y)
      this.target.setSize(this.size.x, this.size.y);
    const { uniforms } = this.mesh.material;
    uniforms["texel"]?.value.set(1 / this.size.x, 1 / this.size.y);
    const ratio = renderer.getPixelRatio();
    if (uniforms["thickness"]) uniforms["thickness"].value = OUTLINE_PX * ratio;
    if (uniforms["changeThickness"]) uniforms["changeThickness"].value = CHANGE_PX * ratio;
    renderer.getClearColor(this.clear);
    const alpha = renderer.getClearAlpha();
    renderer.setClearColor(0, 0);
    renderer.setRenderTarget(this.target);
    renderer.clear();
    renderer.render(this.maskScene, camera);
    renderer.setRenderTarget(null);
    renderer.setClearColor(this.clear, alpha);
    renderer.autoClear = false; // the picture is already there
    renderer.render(this.screenScene, SCREEN_CAMERA);
    renderer.autoClear = true;
  }

  dispose(): void {
    this.target.dispose();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}

/** One triangle over the whole picture. */
export function screenTriangle(
  material: RawShaderMaterial,
): Mesh<BufferGeometry, RawShaderMaterial> {
  const geometry = new BufferGeometry();
  // One triangle larger than the screen: no seam along a diagonal.
  geometry.setAttribute(
    "position",
    new BufferAttribute(new Float32Array([-1, -1, 0, 3, -1, 0, -1, 3, 0]), 3),
  );
  const mesh = new Mesh(geometry, material);
  mesh.frustumCulled = false;
  return mesh;
}
