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
import { USUAL_DISPLAY, type Display, type Shading } from "../state/areas/displaying";
import { CHANGE_STATES } from "../state/changes";
import type { ComparedLook } from "./compared_look";
import { EDGE_FRAGMENT, EDGE_VERTEX } from "./edge_shaders";
import {
  DEPTH_FRAGMENT,
  FACE_FRAGMENT,
  FACE_VERTEX,
  LOOK_GHOST,
  LOOK_PAPER,
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

/** CSS pixels of a display edge, and of a curved face's silhouette. */
const EDGE_PX = 1.35;
const SILHOUETTE_PX = 1.1;
/** A headset's pixels are larger than a screen's seen from a desk, and its lines are seen from all sides. */
const XR_RATIO = 1.5;
const LOOK_OF: Readonly<Record<Shading, number>> = {
  shaded: LOOK_SHADED,
  materials: LOOK_SHADED,
  wireframe: LOOK_PAPER,
  hiddenLine: LOOK_PAPER,
  ghost: LOOK_GHOST,
};

const WHITE = new Color(1, 1, 1);
const BLACK = new Color(0, 0, 0);

/** Samples of a pixel that alpha is shared out over: at most four of them, one where nothing is anti-aliased. */
function samplesOf(renderer: WebGLRenderer): number {
  return renderer.getContext().getContextAttributes()?.antialias === true ? 4 : 1;
}

/** Four materials over one set of uniforms. */
export class BatchMaterials {
  readonly face: RawShaderMaterial;
  readonly blended: RawShaderMaterial;
  readonly edge: RawShaderMaterial;
  readonly mask: RawShaderMaterial;
  /** Opaque faces by their depth alone. */
  readonly depth: RawShaderMaterial;
  private readonly planes = Array.from({ length: MAX_PLANES }, () => new Vector4());
  private readonly capped: number[] = new Array<number>(MAX_PLANES).fill(0);
  /** Uniforms of all passes; the point clouds read them too. */
  readonly shared: Readonly<Record<string, IUniform>>;
  private readonly renderer: WebGLRenderer;
  private capCount = 0;
  private display: Display = USUAL_DISPLAY;
  private ink = BLACK;
  /** Linear. */
  private background = WHITE;
  /** Some faces may be ghosts: their alpha is shared out over the samples of a pixel. */
  private ghosts = false;
  /** This revision is compared with another one. */
  private compared = false;

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
      sampleSteps: value(samplesOf(renderer)),
      paper: value(new Color(1, 1, 1)),
      silhouette: value(0),
      lineInk: value(BLACK),
      edgePoints: value<Texture | null>(null),
      edgeInk: value(new Color()),
      edgeStrength: value(0.8),
      edgeDark: value(0.03),
      edgeWidth: value(EDGE_PX),
      facesShown: value(true),
      ownInk: value(false),
      behind: value(false),
      changeColours: value(CHANGE_STATES.map(() => new Color())),
      changeInk: value(new Color()),
      changeRatio: value(1),
      unchangedAlpha: value(1),
      removedAlpha: value(1),
      wholeAlpha: value(1),
      heat: value<Texture | null>(null),
      heatColours: value(Array.from({ length: 5 }, () => new Color())),
      heatTolerance: value(0),
      patternsOnly: value(false),
      clipAt: value(0),
      clipSide: value(0),
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
    this.depth = make(FACE_VERTEX, DEPTH_FRAGMENT, {});
    this.choosePrograms();
  }

  /** Programs without what is not seen at the moment; three keeps those it has compiled. */
  private choosePrograms(): void {
    const { shading } = this.display;
    const paper = LOOK_OF[shading] === LOOK_PAPER;
    const wanted: Readonly<Record<string, boolean>> = {
      NO_CUTS: this.shared["planeCount"]?.value === 0,
      NO_GHOSTS: !this.sharesSamples,
      PAPER: paper,
      INKED: this.shared["silhouette"]?.value !== 0,
      COMPARED: this.compared,
      HEATED: this.compared && this.shared["heat"]?.value !== null,
    };
    for (const material of [this.face, this.blended, this.edge, this.mask, this.depth])
      for (const [name, on] of Object.entries(wanted)) {
        if ((material.defines[name] !== undefined) === on) continue;
        if (on) material.defines[name] = "";
        else Reflect.deleteProperty(material.defines, name);
        material.needsUpdate = true;
      }
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
    this.choosePrograms();
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
    this.setWidths();
  }

  /** Which of the modes of the Display menu the faces and edges are drawn in. */
  setDisplay(display: Display): void {
    this.display = display;
    const { shading } = display;
    this.set("look", LOOK_OF[shading]);
    this.set("ownInk", display.ownEdges);
    this.set("facesShown", shading !== "wireframe");
    this.setPaper();
    this.blended.visible = shading !== "wireframe";
    this.setWidths();
  }

  setGhosts(any: boolean): void {
    this.ghosts = any;
    this.choosePrograms();
  }

  /** Colours and patterns of changes, and the side of the slider; null: nothing is compared. */
  setCompared(look: ComparedLook | null): void {
    this.compared = look !== null;
    if (look) {
      this.set(
        "changeColours",
        CHANGE_STATES.map((state) => new Color(look.colours[state])),
      );
      this.set("changeInk", new Color(look.ink));
      this.set("unchangedAlpha", look.unchangedAlpha);
      this.set("removedAlpha", look.removedAlpha);
      this.set("wholeAlpha", look.wholeAlpha);
      this.set("patternsOnly", look.patternsOnly);
      this.set("clipAt", look.clipAt);
      this.set("clipSide", look.clipSide);
    }
    this.choosePrograms();
  }

  /** Changed shapes in the colours of their displacement; null: as the others. tolerance: share of the ramp. */
  setHeat(
    look: {
      readonly texture: Texture;
      readonly colours: readonly string[];
      readonly tolerance: number;
    } | null,
  ): void {
    this.set("heat", look?.texture ?? null);
    if (look) {
      this.set(
        "heatColours",
        look.colours.map((colour) => new Color(colour)),
      );
      this.set("heatTolerance", look.tolerance);
    }
    this.choosePrograms();
  }

  setEdgePoints(points: Texture | null): void {
    this.set("edgePoints", points);
  }

  /** What faces without colours of their own show: paper, or a wireframe's background. */
  private setPaper(): void {
    const wires = this.display.shading === "wireframe" && this.display.background !== "white";
    this.set("paper", wires ? this.background : WHITE);
    this.set("lineInk", wires ? this.ink : BLACK);
  }

  /** Device pixels per CSS pixel. */
  get pixelRatio(): number {
    return this.renderer.xr.isPresenting ? XR_RATIO : this.renderer.getPixelRatio();
  }

  /** Line widths in device pixels, of the present pixel ratio. */
  private setWidths(): void {
    const ratio = this.pixelRatio;
    const { shading, edges } = this.display;
    const inked = shading === "wireframe" || (edges && LOOK_OF[shading] !== LOOK_GHOST);
    this.set("changeRatio", ratio);
    this.set("edgeWidth", EDGE_PX * ratio);
    this.set("silhouette", inked ? SILHOUETTE_PX * ratio : 0);
    this.choosePrograms();
  }

  setColours(colours: SceneColours): void {
    this.set("selectColour", colours.select.clone());
    this.set("hoverColour", colours.hover.clone());
    this.set("ghostColour", colours.ghost);
    this.set("edgeInk", colours.ink);
    this.ink = colours.ink;
    this.background = colours.background.clone().convertSRGBToLinear();
    this.setPaper();
    this.set("edgeStrength", colours.dark ? 0.95 : 0.85);
    this.set("edgeDark", colours.dark ? 0.05 : 0.025);
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
        if (this.sharesSamples) {
          gl.enable(gl.SAMPLE_ALPHA_TO_COVERAGE);
          gl.colorMask(true, true, true, false); // the picture itself stays opaque
        }
        if (this.capCount === 0) return;
        gl.enable(gl.STENCIL_TEST);
        gl.stencilMask(0xff);
        gl.stencilFunc(gl.ALWAYS, 1, 0xff);
        gl.stencilOpSeparate(gl.FRONT, gl.KEEP, gl.KEEP, gl.ZERO);
        gl.stencilOpSeparate(gl.BACK, gl.KEEP, gl.KEEP, gl.REPLACE);
      },
      after: (gl) => {
        if (this.sharesSamples) {
          gl.disable(gl.SAMPLE_ALPHA_TO_COVERAGE);
          gl.colorMask(true, true, true, true);
        }
        if (this.capCount === 0) return;
        gl.disable(gl.STENCIL_TEST);
        this.renderer.state.buffers.stencil.reset(); // what three remembers of it is no longer true
      },
    };
  }

  private get sharesSamples(): boolean {
    return this.ghosts || this.compared || this.display.shading === "ghost";
  }

  /** A wireframe draws its edges twice: what is in front, then what lies behind, dim and dashed. */
  markHidden(edges: MultiDraw): void {
    let behind: WebGLUniformLocation | null = null;
    edges.around = {
      before: () => (behind = null),
      again: (gl) => {
        if (behind || this.display.shading !== "wireframe") return false;
        // The type of a parameter query is open; CURRENT_PROGRAM is a program or null (WebGL 2 §5.14.3).
        const program = gl.getParameter(gl.CURRENT_PROGRAM) as WebGLProgram | null;
        behind = program && gl.getUniformLocation(program, "behind");
        if (!behind) return false;
        gl.uniform1i(behind, 1);
        gl.depthFunc(gl.GREATER);
        return true;
      },
      after: (gl) => {
        if (!behind) return;
        gl.uniform1i(behind, 0);
        gl.depthFunc(gl.LEQUAL);
      },
    };
  }

  dispose(): void {
    for (const material of [this.face, this.blended, this.edge, this.mask, this.depth])
      material.dispose();
  }

  private set(name: string, value: unknown): void {
    const uniform = this.shared[name];
    if (uniform) uniform.value = value;
  }
}
