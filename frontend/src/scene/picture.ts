/** How one picture is drawn: what stands behind the model, the model, what lies over it. */

import {
  type Color,
  type OrthographicCamera,
  type PerspectiveCamera,
  Vector2,
  Vector3,
  type Scene,
  type WebGLRenderer,
} from "three";
import { type Display, type PointsReport, USUAL_DISPLAY } from "../state/areas/displaying";
import type { Bounds, Manifest } from "../state/model";
import type { Workspace } from "../state/workspace";
import { DepthPass } from "./depth_pass";
import { isSoftware } from "./graphics";
import { Ground } from "./ground";
import { Backdrop, Outline } from "./highlight";
import type { OpenedModel } from "./opened_model";
import { RestShade, type RestWish } from "./rest_shade";
import { studioAxes } from "./studio";
import { rawColour, type SceneColours } from "./theme";

/** What is drawn has come to rest when it has been the same for so long: a dragged slider bakes no shadows. */
const QUIET_MS = 150;
/** Ambient occlusion may be drawn while the camera moves when it costs no more than this. */
const MOVING_BUDGET_MS = 4;

/** One of several pictures in one, side by side. */
export interface PicturePane {
  readonly camera: PerspectiveCamera | OrthographicCamera;
  readonly models: readonly OpenedModel[];
}

/** Draws pictures on a flat screen; a headset's loop draws without it. */
export class Picture {
  private readonly renderer: WebGLRenderer;
  private readonly scene: Scene;
  private readonly workspace: Workspace;
  private readonly software: boolean;
  private readonly backdrop = new Backdrop();
  private readonly outline = new Outline();
  private readonly ground: Ground;
  private readonly depth = new DepthPass();
  private readonly rest: RestShade;
  private readonly size = new Vector2();
  private colours: SceneColours | null = null;
  private display: Display = USUAL_DISPLAY;
  private override: Color | null = null;
  private model: OpenedModel | null = null;
  private bounds: {
    readonly model: OpenedModel;
    readonly version: number;
    readonly box: Bounds;
  } | null = null;
  private readonly changed: () => void;
  private shapeVersion = -1;
  private quietTimer = 0;

  /** changed: another picture is due. */
  constructor(renderer: WebGLRenderer, scene: Scene, workspace: Workspace, changed: () => void) {
    this.renderer = renderer;
    this.scene = scene;
    this.workspace = workspace;
    this.changed = changed;
    this.software = isSoftware(renderer);
    this.ground = new Ground(this.software);
    this.rest = new RestShade(renderer, (due) => {
      this.report();
      if (due) changed();
    });
    scene.add(this.backdrop.mesh, this.ground.mesh);
    this.report();
  }

  /** Whose selection and hover are outlined, and whose shadow falls on the ground. */
  setModel(model: OpenedModel | null): void {
    this.model = model;
    this.bounds = null;
    this.shapeVersion = -1;
    this.ground.forget();
    this.report();
  }

  /** One colour instead of the background, `#rrggbb`; null: the background again. */
  setBackdropOverride(colour: string | null): void {
    this.override = colour === null ? null : rawColour(colour);
    this.showBackdrop();
  }

  setColours(colours: SceneColours): void {
    this.colours = colours;
    this.outline.setColours(colours);
    this.ground.setColours(colours);
    this.showBackdrop();
  }

  /** Background, shadow and what else surrounds the model. */
  setDisplay(display: Display): void {
    if (display.occlusion !== this.display.occlusion) this.rest.forgive();
    this.display = display;
    this.showBackdrop();
  }

  /** Background, ground and outline are for flat screens. */
  setFlatScreen(flat: boolean): void {
    this.backdrop.mesh.visible = flat;
    this.ground.mesh.visible = false; // the next flat picture shows it
    if (!flat) this.model?.setStudio(studioAxes([0, 0, -1], [0, 1, 0]));
  }

  /** How often ambient occlusion was found; for tests. */
  get occlusions(): number {
    return this.rest.count;
  }

  /** Nothing is waited for before shadows are made. */
  get settled(): boolean {
    return this.quietTimer === 0;
  }

  /** still: the camera does not move; what takes longer may be drawn. */
  render(
    camera: PerspectiveCamera | OrthographicCamera,
    models: readonly OpenedModel[],
    still: boolean,
  ): void {
    const { renderer } = this;
    const atRest = this.isQuiet() && still;
    camera.getWorldDirection(_forward);
    _up.setFromMatrixColumn(camera.matrixWorld, 1);
    const axes = studioAxes([_forward.x, _forward.y, _forward.z], [_up.x, _up.y, _up.z]);
    for (const each of models) each.setStudio(axes);
    renderer.info.reset();
    this.layGround(atRest);
    renderer.render(this.scene, camera);
    this.shadeByDepth(camera, atRest);
    const outlined = models.filter(({ batch }) => batch.highlights);
    this.outline.setSubjects(outlined.map(({ batch }) => batch.maskGroup));
    if (outlined.length > 0) this.outline.render(renderer, camera);
  }

  /** Draws panes of one width beside each other, without what is made at rest: shadow and occlusion. */
  renderPanes(panes: readonly PicturePane[]): void {
    const { renderer } = this;
    renderer.info.reset();
    renderer.getSize(this.size);
    const { x: width, y: height } = this.size;
    const all = new Set(panes.flatMap(({ models }) => models));
    this.ground.mesh.visible = false;
    renderer.setScissorTest(true);
    panes.forEach(({ camera, models }, index) => {
      const left = (index * width) / panes.length;
      renderer.setViewport(left, 0, width / panes.length, height);
      renderer.setScissor(left, 0, width / panes.length, height);
      camera.getWorldDirection(_forward);
      _up.setFromMatrixColumn(camera.matrixWorld, 1);
      const axes = studioAxes([_forward.x, _forward.y, _forward.z], [_up.x, _up.y, _up.z]);
      for (const model of all) model.batch.group.visible = models.includes(model);
      for (const model of models) model.setStudio(axes);
      renderer.render(this.scene, camera);
      const outlined = models.filter(({ batch }) => batch.highlights);
      this.outline.setSubjects(outlined.map(({ batch }) => batch.maskGroup));
      if (outlined.length > 0) this.outline.render(renderer, camera, 1 / panes.length);
    });
    for (const model of all) model.batch.group.visible = true;
    renderer.setScissorTest(false);
    renderer.setViewport(0, 0, width, height);
  }

  dispose(): void {
    window.clearTimeout(this.quietTimer);
    this.backdrop.dispose();
    this.outline.dispose();
    this.ground.dispose();
    this.depth.dispose();
    this.rest.dispose();
  }

  /** Whether what is visible has been as it is for a while; else asks for another picture then. */
  private isQuiet(): boolean {
    const version = this.model?.batch.shapeVersion ?? -1;
    if (version !== this.shapeVersion) {
      const first = this.shapeVersion === -1;
      this.shapeVersion = version;
      window.clearTimeout(this.quietTimer);
      this.quietTimer = 0;
      if (!first)
        this.quietTimer = window.setTimeout(() => {
          this.quietTimer = 0;
          this.changed();
        }, QUIET_MS);
    }
    return this.quietTimer === 0;
  }

  /** Shadow and grid under what is visible; the shadow is baked when the picture has come to rest. */
  private layGround(atRest: boolean): void {
    const { display, ground, model, renderer } = this;
    const solid = display.shading === "shaded" || display.shading === "materials";
    const something = (model?.batch.triangles ?? 0) > 0 || model?.surfaceGroup?.visible === true;
    const shadow = display.shadow && solid && something;
    const grid = display.grid && display.shading !== "hiddenLine";
    if (!model || (!shadow && !grid)) {
      ground.show({ shadow: false, grid: false }, null, [0, 0, 0]);
    } else {
      const bounds = this.boundsOf(model);
      if (shadow && atRest) {
        const { batch } = model;
        const covered = model.surfaceGroup?.visible ?? false;
        const key = `${batch.shapeVersion} ${this.workspace.loading.get().done} ${covered}`;
        if (!ground.isFresh(key)) ground.bake(renderer, model, bounds, key);
      }
      ground.show({ shadow, grid }, bounds, model.manifest.origin);
    }
    const said = this.workspace.looks.get();
    const ownEdges = model?.batch.store.edgeLines?.coloured ?? false;
    if (ground.step !== said.gridStep_m || ownEdges !== said.ownEdges) this.report();
  }

  /** Box around what is visible; found once for each shape, since it costs a look at every part. */
  private boundsOf(model: OpenedModel): Bounds {
    const version = model.batch.shapeVersion;
    if (this.bounds?.model !== model || this.bounds.version !== version)
      this.bounds = { model, version, box: model.visibleBounds };
    return this.bounds.box;
  }

  private shadeByDepth(camera: PerspectiveCamera | OrthographicCamera, atRest: boolean): void {
    const { model, rest, depth, renderer } = this;
    if (!model) return;
    const wish = this.restWish(model, atRest);
    if (!wish.occlusion && !wish.relief) return;
    renderer.getDrawingBufferSize(this.size);
    const { x, y } = this.size;
    // A pointer that moves over the model asks for pictures, too: they show what the last one at rest found.
    if (!atRest && !this.paysWhileMoving(wish) && !depth.isFresh(model, camera, x, y)) return;
    depth.render(renderer, model, camera, x, y);
    rest.render(depth, camera, wish, this.display.occlusion === "on");
  }

  private restWish(model: OpenedModel, atRest: boolean): RestWish {
    const { display, software, rest, workspace } = this;
    const solid = display.shading === "shaded" || display.shading === "materials";
    const wanted =
      display.occlusion === "on" || (display.occlusion === "auto" && !software && !rest.yielded);
    return {
      // The first pictures are to come quickly; occlusion is for the finished one.
      occlusion:
        solid && wanted && (atRest || rest.costMs !== null) && workspace.loading.get().done,
      relief: workspace.points.get().relief && (model.points?.drawn ?? 0) > 0,
    };
  }

  private paysWhileMoving({ occlusion }: RestWish): boolean {
    if (this.software) return false;
    return !occlusion || (this.rest.costMs ?? Infinity) <= MOVING_BUDGET_MS;
  }

  private report(): void {
    this.workspace.looks.update((now) => ({
      ...now,
      software: this.software,
      occlusionMs: this.rest.costMs,
      occlusionYielded: this.rest.yielded,
      gridStep_m: this.ground.step,
      points: this.model ? pointsReport(this.model.manifest) : null,
      ownEdges: this.model?.batch.store.edgeLines?.coloured ?? false,
    }));
  }

  private showBackdrop(): void {
    const { colours, override, display } = this;
    if (!colours) return;
    const paper = display.background === "white" || display.shading === "hiddenLine";
    const plain = override ?? (paper ? PAPER : colours.background);
    // A wireframe's faces are painted in the background's colour: it has to be one.
    const wires = display.shading === "wireframe";
    const gradient = !override && !paper && !wires && display.background === "gradient";
    this.backdrop.setColours(
      gradient ? colours.backgroundTop : plain,
      gradient ? colours.backgroundBottom : plain,
    );
  }
}

/** What the Display menu says of clouds; null without any. */
function pointsReport({ points, bounds }: Manifest): PointsReport | null {
  if (!points) return null;
  const classes = Object.entries(points.classes).map(([code, count]) => ({
    code: Number(code),
    points: count,
  }));
  return {
    hasColours: points.has.includes("colours"),
    hasIntensities: points.has.includes("intensities"),
    classes: classes.sort((a, b) => b.points - a.points),
    heights: [bounds.min[1], bounds.max[1]],
  };
}

const PAPER = rawColour("#ffffff");
const _forward = new Vector3();
const _up = new Vector3();
