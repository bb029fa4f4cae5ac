/** The materials of the part batch and the uniforms they share. */

import {
  Color,
  DoubleSide,
  EqualStencilFunc,
  GLSL3,
  LessEqualDepth,
  Matrix3,
  NormalBlending,
  RawShaderMaterial,
  type Texture,
  Vector4,
  type IUniform,
  type WebGLRenderer,
} from "three";
import type { MultiDraw } from "./multi_draw";
import {
  EDGE_FRAGMENT,
  EDGE_VERTEX,
  FACE_FRAGMENT,
  FACE_VERTEX,
  LOOK_SHADED,
  MASK_FRAGMENT,
  MAX_PLANES,
} from "./shaders";
import type { StateTextures } from "./state_textures";
import type { SceneColours } from "./theme";

/** A section as the shader takes it: kept side dot(normal, p) >= offset, model frame. */
export interface CutPlane {
  readonly normal: readonly [number, number, number];
  readonly offset: number;
  readonly cap: boolean;
}

/** Four materials over one set of uniforms. */
export class BatchMaterials {
  readonly face: RawShaderMaterial;
  readonly blended: RawShaderMaterial;
  readonly edge: RawShaderMaterial;
  readonly mask: RawShaderMaterial;
  private readonly planes = Array.from({ length: MAX_PLANES }, () => new Vector4());
  private readonly capped: number[] = new Array<number>(MAX_PLANES).fill(0);
  /** Uniforms of all passes; the point clouds read them too. */
  readonly shared: Readonly<Record<string, IUniform>>;
  private readonly renderer: WebGLRenderer;
  private capCount = 0;

  constructor(renderer: WebGLRenderer, textures: StateTextures) {
    this.renderer = renderer;
    const value = <T>(initial: T): IUniform<T> => ({ value: initial });
    this.shared = {
      matrices: value(textures.matrices),
      colours: value(textures.colours),
      states: value(textures.states),
      palette: value(textures.palette),
      explode: value(0),
      planes: value(this.planes),
      planeCount: value(0),
      planeSlack: value(0),
      capped: value(this.capped),
      viewportHeight: value(1),
      selectColour: value(new Color()),
      hoverColour: value(new Color()),
      ghostColour: value(new Color(0.35, 0.38, 0.42)),
      studio: value(new Matrix3()),
      look: value(LOOK_SHADED),
      paper: value(new Color(1, 1, 1)),
      silhouette: value(0),
      edgeStrength: value(0.8),
    };
    const multiDraw = renderer.extensions.has("WEBGL_multi_draw");
    const make = (
      vertexShader: string,
      fragmentShader: string,
      defines: Record<string, string>,
    ): RawShaderMaterial =>
      new RawShaderMaterial({
        glslVersion: GLSL3,
        vertexShader,
        fragmentShader,
        defines: { ...(multiDraw ? { MULTI_DRAW: "" } : {}), ...defines },
        // Every pass has its own list; everything else is one object for all.
        uniforms: { ...this.shared, list: value<Texture | null>(null) },
        side: DoubleSide,
        depthFunc: LessEqualDepth,
      });
    this.face = make(FACE_VERTEX, FACE_FRAGMENT, {});
    this.face.polygonOffset = true;
    this.face.polygonOffsetFactor = 1;
    this.face.polygonOffsetUnits = 1;
    this.blended = make(FACE_VERTEX, FACE_FRAGMENT, { BLENDED: "" });
    this.blended.transparent = true;
    this.blended.depthWrite = false;
    this.blended.forceSinglePass = true;
    this.edge = make(EDGE_VERTEX, EDGE_FRAGMENT, {});
    this.edge.transparent = true;
    this.edge.depthWrite = false;
    this.edge.blending = NormalBlending;
    this.edge.forceSinglePass = true;
    this.edge.stencilFunc = EqualStencilFunc;
    this.edge.stencilRef = 0;
    this.edge.stencilWriteMask = 0;
    this.mask = make(FACE_VERTEX, MASK_FRAGMENT, {});
    this.mask.depthTest = false;
    this.mask.depthWrite = false;
  }

  setPlanes(planes: readonly CutPlane[]): void {
    const used = planes.slice(0, MAX_PLANES);
    used.forEach(({ normal, offset, cap }, i) => {
      this.planes[i]?.set(normal[0], normal[1], normal[2], offset);
      this.capped[i] = cap ? 1 : 0;
    });
    this.set("planeCount", used.length);
    this.capCount = used.filter(({ cap }) => cap).length;
    this.edge.stencilWrite = this.capCount > 0;
  }

  /** Metres by which a plane spares what lies in it: a plane in a face would cut every other pixel of it. */
  setPlaneSlack(metres: number): void {
    this.set("planeSlack", metres);
  }

  setExplode(amount: number): void {
    this.set("explode", amount);
  }

  /** Height of the picture in device pixels: hatches keep their width. */
  setViewportHeight(pixels: number): void {
    this.set("viewportHeight", pixels);
  }

  setColours(colours: SceneColours): void {
    this.set("selectColour", colours.select.clone());
    this.set("hoverColour", colours.hover.clone());
    this.set("ghostColour", colours.ghost);
    this.set("edgeStrength", colours.dark ? 0.9 : 0.75);
  }

  /** Where the studio stands: model frame to studio frame, rows as `studioAxes` gives them. */
  setStudio(axes: readonly number[]): void {
    const [a = 1, b = 0, c = 0, d = 0, e = 1, f = 0, g = 0, h = 0, i = 1] = axes;
    (this.shared["studio"]?.value as Matrix3 | undefined)?.set(a, b, c, d, e, f, g, h, i); // made above
  }

  /**
   * While sections cap, the stencil remembers where a back face is in front: that is a cap, and the edges
   * that lie behind it must not shine through. three has one stencil operation for both faces, GL has two.
   * Without a stencil buffer (WebXR) the test always passes.
   */
  markCaps(faces: MultiDraw): void {
    faces.around = {
      before: (gl) => {
        if (this.capCount === 0) return;
        gl.enable(gl.STENCIL_TEST);
        gl.stencilMask(0xff);
        gl.stencilFunc(gl.ALWAYS, 1, 0xff);
        gl.stencilOpSeparate(gl.FRONT, gl.KEEP, gl.KEEP, gl.ZERO);
        gl.stencilOpSeparate(gl.BACK, gl.KEEP, gl.KEEP, gl.REPLACE);
      },
      after: (gl) => {
        if (this.capCount === 0) return;
        gl.disable(gl.STENCIL_TEST);
        this.renderer.state.buffers.stencil.reset(); // what three remembers of it is no longer true
      },
    };
  }

  dispose(): void {
    for (const material of [this.face, this.blended, this.edge, this.mask]) material.dispose();
  }

  private set(name: string, value: unknown): void {
    const uniform = this.shared[name];
    if (uniform) uniform.value = value;
  }
}
