/**
 * The 3D view of one workspace: draws what the stores say, answers where a pointer hits, moves the camera.
 * Knows no panel and no network; `fetchScene` brings the files, commands carry every change of state.
 */

import { Group, Scene, type WebGLRenderer } from "three";
import type { Commands } from "../state/commands";
import type { Manifest, Vec3 } from "../state/model";
import { samePose } from "../state/pose_history";
import { ALONE, type Presence } from "../state/presence";
import type { RangeSet } from "../state/ranges";
import type { CameraPose, ViewName, Workspace } from "../state/workspace";
import { MOVE_MS } from "./camera";
import type { Decoder } from "./decoder";
import { ExactStore } from "./exact_store";
import { FrameLoop } from "./frame_loop";
import { FrameRate } from "./frame_rate";
import { isSoftware, makeRenderer, watchContext, watchSize } from "./graphics";
import { Refinement } from "./refinement";
import { offerRemedies } from "./remedies";
import { CanvasInput } from "./input";
import { LayerHost, type OpenLayer } from "./layer_host";
import type { DrawLimits } from "./draw_limit";
import type { LevelView } from "./levels";
import type { FetchScene } from "./loader";
import { ModelHost } from "./model_host";
import type { OpenedModel } from "./opened_model";
import { Overlay } from "./overlay";
import type { MenuRequest, PointerHandler } from "./pointer";
import { Picture } from "./picture";
import { cornersOf, fit, lookFrom, namedView, orbit, withProjection } from "./pose";
import { debugOf, type ViewerDebug } from "./probe";
import { PIXEL_ANGLE } from "./sight";
import { UploadPace } from "./upload_pace";
import { watchStores } from "./store_watch";
import { type PlacedModel, ViewerSight } from "./viewer_sight";
import "./scene.css";

/** What a viewer is made of. */
export interface ViewerOptions {
  /** Stands in a positioned element of its size; the overlay is put beside it. */
  readonly canvas: HTMLCanvasElement;
  readonly workspace: Workspace;
  readonly commands: Commands;
  readonly fetchScene: FetchScene;
  /** Finds other revisions to lay beside this one; without it there are none. */
  readonly openLayer?: OpenLayer;
  /** Default: a worker. */
  readonly decoder?: Decoder;
  /** Triangles per picture; default by the kind of graphics. */
  readonly triangleBudget?: number;
  /** Bytes of triangles on the graphics card; default by the machine. */
  readonly memoryBytes?: number;
}

/** Triangles per picture: a desktop GPU at 60 Hz, software GL; a headset's are in xr/headset_levels.ts. */
const DESKTOP_BUDGET = 3_000_000;
const SOFTWARE_BUDGET = 400_000;
export { PIXEL_ANGLE };

/** Makes a viewer. @throws GraphicsUnavailable without WebGL 2. */
export function createViewer(options: ViewerOptions): Viewer {
  return new Viewer(options);
}

/** See `createViewer`. */
export class Viewer extends ViewerSight {
  readonly renderer: WebGLRenderer;
  readonly scene = new Scene();
  /** Drawn in the model frame besides the model: gizmos, people, the headset's rig. */
  readonly extras = new Group();
  readonly overlay: Overlay;
  /** The other revisions on the table. */
  readonly layers: LayerHost;
  readonly input: CanvasInput;
  readonly commands: Commands;
  /** Exact shapes of the parts on the table, for tools. */
  readonly exact: ExactStore;
  private readonly host: ModelHost;
  private readonly pace = new UploadPace();
  private readonly loop: FrameLoop;
  private readonly picture: Picture;
  private readonly stops: (() => void)[] = [];
  private readonly menuListeners = new Set<(request: MenuRequest) => void>();
  private readonly navigateListeners = new Set<() => void>();
  private readonly refinement: Refinement;
  /** Not null while one picture is drawn at another pixel ratio. */
  private forcedRatio: number | null = null;
  private readonly rate: FrameRate;
  private handler: PointerHandler | null = null;
  private frames = 0;
  private writingPose = false;
  private presence: Presence = ALONE;
  private lost = false;
  /** Nobody has moved the camera since the model was opened. */
  private untouched = true;

  constructor(options: ViewerOptions) {
    const { canvas, workspace, commands } = options;
    super(canvas, workspace);
    this.commands = commands;
    this.renderer = makeRenderer(canvas, workspace);
    this.rate = new FrameRate(workspace);
    this.overlay = new Overlay(canvas);
    this.exact = new ExactStore({
      fetchScene: options.fetchScene,
      model: () => this.model,
      structure: () => workspace.structure.get(),
      changed: () => this.invalidate(),
    });
    this.picture = new Picture(this.renderer, this.scene, workspace, () => this.invalidate());
    this.scene.add(this.extras, this.table.group);
    this.scene.matrixWorldAutoUpdate = true;
    this.loop = new FrameLoop({
      move: (now) => this.move(now),
      chooseLevels: () => this.chooseOwnLevels(),
      draw: (now) => this.draw(now),
      goesOn: (now) => this.view.isMoving || this.presence.isMoving(now),
      paused: () => this.presenting || this.lost,
    });
    this.refinement = new Refinement({
      workspace,
      budget:
        options.triangleBudget ?? (isSoftware(this.renderer) ? SOFTWARE_BUDGET : DESKTOP_BUDGET),
      due: () => this.loop.wantLevels(),
    });
    this.host = new ModelHost({
      renderer: this.renderer,
      canvas,
      workspace,
      table: this.table,
      pace: this.pace,
      fetchScene: options.fetchScene,
      ...(options.decoder ? { decoder: options.decoder } : {}),
      ...(options.memoryBytes === undefined ? {} : { memoryBytes: options.memoryBytes }),
      opened: (model) => {
        this.picture.setModel(model);
        model.heated = () => this.invalidate();
        this.loop.wantLevels();
        if (this.untouched) this.showFirst();
        return this.loop.nextPicture();
      },
      closed: () => this.picture.setModel(null),
      refined: () => this.loop.wantLevels(),
      leveled: (changed) => {
        if (changed) this.invalidate();
        if (this.refinement.atRest) workspace.reduction.set(this.host.reduction);
      },
      changed: () => this.invalidate(),
    });
    this.layers = new LayerHost({
      renderer: this.renderer,
      canvas,
      workspace,
      commands,
      table: this.table,
      pace: this.pace,
      open: options.openLayer ?? (() => Promise.reject(new Error("Nothing can be laid here."))),
      origin: () => this.origin,
      changed: () => this.invalidate(),
      refined: () => this.loop.wantLevels(),
    });
    this.input = new CanvasInput({
      canvas,
      size: () => ({ width: canvas.clientWidth, height: canvas.clientHeight }),
      choices: () => workspace.navigation.get(),
      middleOfSelection: () => this.middleOfSelection(),
      isWalking: () => workspace.walk.get() !== null,
      walkFaster: (factor) => void commands.run("walk.speed", { factor }),
      pose: () => this.panes.handled.pose,
      navigate: (pose) => {
        if (!this.panes.take(pose)) this.navigate(pose);
      },
      rayAt: (x, y, ray) => this.panes.rayAt(x, y, ray),
      surfaceAt: (x, y) => this.surfaceAt(x, y),
      metresPerPixel: (point) => this.panes.handled.metresPerPixel(point, canvas.clientHeight || 1),
      middle: () => this.middleOfModel(),
      showPivot: (point) => this.overlay.showPivot(point ? this.projectToScreen(point) : null),
      handler: () => this.handler,
      menu: (request) => this.menuListeners.forEach((tell) => tell(request)),
    });
    this.stops.push(
      watchSize(canvas, () => this.resize()),
      watchContext(this.renderer, workspace, commands, {
        lost: () => (this.lost = true),
        restored: () => this.restore(),
      }),
      offerRemedies(workspace, commands, this.host),
    );
    this.resize();
    this.stops.push(
      this.panes.listen(canvas),
      this.watchStores(),
      workspace.comparing.subscribe(() => this.followPanes()),
      workspace.comparison.subscribe(() => this.followPanes()),
    );
    this.registerCommands();
  }

  protected override get manifest(): Manifest | null {
    return this.host.manifest;
  }

  /** Puts a package on the table: coarse at once, finer as it comes. Replaces what was there. */
  open(manifest: Manifest): void {
    this.untouched = true;
    this.host.open(manifest);
    if (!this.table.active) this.showFirst();
  }

  /** The revision that the one on the table is compared with, once it is here. */
  override get oldModel(): OpenedModel | null {
    const old = this.workspace.comparing.get();
    return old && this.layers.find(old.revisionId);
  }

  override placed(revision: string | null): PlacedModel | null {
    if (revision !== null) return this.layers.placed(revision);
    return this.model && { model: this.model, exact: this.exact };
  }

  protected override revisionOf(model: OpenedModel): string | null {
    const revision = this.layers.revisionOf(model);
    return this.workspace.layers.get().some(({ revisionId }) => revisionId === revision)
      ? revision
      : null;
  }

  /** Resolves when the coarse model has been drawn, or cannot be. */
  get firstPicture(): Promise<void> {
    return this.host.firstPicture;
  }

  /** Who gets presses, moves and clicks; the last one set wins. */
  setPointerHandler(handler: PointerHandler | null): void {
    this.handler = handler;
  }

  /** The tool of the moment, for pointers that are not of the canvas: controllers and hands. */
  get pointerHandler(): PointerHandler | null {
    return this.handler;
  }

  cameraPose(): CameraPose {
    return this.view.pose;
  }

  /** Shows a pose. animate: move there in 250 ms, at once with reduced motion. */
  setCameraPose(pose: CameraPose, options: { readonly animate?: boolean } = {}): void {
    this.untouched = false;
    const still = options.animate !== true || this.workspace.reducedMotion.get();
    this.view.animateTo(pose, performance.now(), still ? 0 : MOVE_MS);
    this.loop.wantLevels();
    if (!this.view.isMoving) this.publishPose();
  }

  /** Frames some occurrences, or what is visible. */
  fit(ranges?: RangeSet): void {
    const fill = ranges ? "shorter" : "picture";
    this.moveTo(fit(this.view.destination, this.cornersToFit(ranges), this.view.viewAspect, fill));
  }

  /** One of the seven views, of what is visible. */
  showView(name: ViewName): void {
    this.moveTo(namedView(this.view.destination, name, this.cornersToFit(), this.view.viewAspect));
  }

  /** Looks from a direction at what the camera looks at now; for the 26 zones of the view cube. */
  lookFrom(from: Vec3, up: Vec3): void {
    const turned = lookFrom(this.view.destination, from, up);
    this.moveTo(fit(turned, this.cornersToFit(), this.view.viewAspect));
  }

  /** Turns about the middle of the picture, radians; positive pitch rises. */
  orbitBy(yaw: number, pitch: number): void {
    this.navigate(orbit(this.view.pose, this.view.pose.target, yaw, pitch));
  }

  /** Whose heads and pointers are drawn, and whose camera is followed. Returns the way to stop. */
  setPresence(presence: Presence): () => void {
    this.presence = presence;
    const stop = presence.onPoses(() => this.invalidate());
    this.invalidate();
    return () => {
      stop();
      if (this.presence === presence) this.presence = ALONE;
      this.invalidate();
    };
  }

  /** Everyone else, as set by `setPresence`. */
  get others(): Presence {
    return this.presence;
  }

  /** Calls back before each picture. Returns the way to stop. */
  onFrame(callback: (nowMs: number) => void): () => void {
    return this.loop.onFrame(callback);
  }

  /** Somebody asks for a context menu. */
  onMenu(callback: (request: MenuRequest) => void): () => void {
    this.menuListeners.add(callback);
    return () => this.menuListeners.delete(callback);
  }

  /** The person moved the camera on purpose: following pauses. */
  onNavigate(callback: () => void): () => void {
    this.navigateListeners.add(callback);
    return () => this.navigateListeners.delete(callback);
  }

  /** Asks for a picture soon. */
  invalidate(): void {
    this.loop.invalidate();
  }

  /** Brings lists, textures and clip planes up to date; a headset's loop calls it instead of `frame`. */
  prepareFrame(nowMs: number): void {
    this.loop.tell(nowMs);
    this.table.prepare(this.presenting);
    this.pace.picture();
    this.frames += 1;
    this.rate.count(nowMs, this.model?.batch ?? null);
  }

  /** Chooses levels for other eyes than the camera's: the headset's. */
  chooseWithin(view: LevelView, limits: DrawLimits): void {
    this.table.chooseWithin(view, limits);
  }

  /** Everything that is drawn: the revision on the table and what is laid beside it. */
  get models(): readonly OpenedModel[] {
    return this.table.models;
  }

  /** Shows or hides what only a flat screen has: background and outline. */
  setFlatScreen(flat: boolean): void {
    this.picture.setFlatScreen(flat);
    this.panes.whole = !flat;
    this.presenting = !flat;
    this.pace.set(!flat);
    // What the last pointer was over, a ray or a mouse, is not what the next one is over.
    this.handler?.leave?.();
    if (flat) {
      this.table.setViewportHeight(this.canvas.height);
      this.loop.wantLevels();
    }
  }

  debug(): ViewerDebug {
    const { frames, loop, host, refinement } = this;
    const heated = this.model?.heatSettled ?? true;
    const still = loop.idle && !this.view.isMoving && this.picture.settled;
    const idle = still && refinement.atRest && heated;
    const { frameMs } = loop;
    return debugOf(this, {
      frames,
      occlusions: this.picture.occlusions,
      frameMs,
      idle,
      failed: host.failed,
      stream: host.stream,
      models: this.table.models,
    });
  }

  dispose(): void {
    this.layers.dispose();
    this.host.dispose();
    this.refinement.dispose();
    this.loop.dispose();
    this.input.dispose();
    for (const stop of this.stops) stop();
    this.table.dispose();
    this.overlay.dispose();
    this.picture.dispose();
    this.renderer.dispose();
  }

  /** The first look: from the front, right and above. */
  private showFirst(): void {
    const pose = namedView(
      withProjection(this.view.pose, "perspective"),
      "iso",
      this.cornersToFit(),
      this.view.viewAspect,
    );
    this.setCameraPose(withProjection(pose, this.workspace.display.get().projection));
    this.untouched = true;
  }

  private move(nowMs: number): boolean {
    const followed = this.presence.followedCamera(nowMs);
    // A leader who stands still lets my picture come to rest, too.
    const led = followed !== null && !samePose(followed, this.view.pose);
    if (led) this.view.set(followed);
    const moving = this.view.step(nowMs) || led;
    if (moving) this.publishPose();
    return moving;
  }

  private draw(nowMs: number): void {
    this.refinement.picture(nowMs);
    this.fitPixels();
    this.view.apply(this.boundsOfModel());
    this.prepareFrame(nowMs);
    // Shadows fall from what is outside of the picture, too.
    const whole = this.table.models.every(({ batch }) => !batch.partial);
    const { model, oldModel } = this;
    const beside = this.table.models.filter((each) => each !== model && each !== oldModel);
    const panes = this.panes.panesOf(model, oldModel, beside, this.boundsOfModel());
    if (panes) this.picture.renderPanes(panes);
    else this.picture.render(this.camera, this.table.models, this.refinement.atRest && whole);
  }

  private chooseOwnLevels(): boolean {
    if (!this.model) return false;
    this.view.apply(this.boundsOfModel());
    const { beyond, budget } = this.refinement;
    const { height } = this.canvas;
    const { oldView, unlocked } = this.panes;
    if (unlocked) oldView.apply(this.boundsOfModel());
    this.table.chooseLevels({ ...this.view.levelView(height), beyond }, budget, {
      model: unlocked ? this.oldModel : null,
      view: { ...oldView.levelView(height), beyond },
    });
    return true;
  }

  /** As many pixels as the moment deserves; in the same breath as the picture, or it would be blank for one. */
  private fitPixels(): void {
    const wanted = this.forcedRatio ?? this.refinement.pixelRatio;
    if (Math.abs(this.renderer.getPixelRatio() - wanted) < 1e-6) return;
    const { clientWidth, clientHeight } = this.canvas;
    this.renderer.setPixelRatio(wanted);
    this.renderer.setSize(clientWidth, clientHeight, false);
    this.table.setViewportHeight(this.canvas.height);
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.canvas;
    if (clientWidth === 0 || clientHeight === 0 || this.presenting) return;
    this.renderer.setPixelRatio(this.forcedRatio ?? this.refinement.pixelRatio);
    this.renderer.setSize(clientWidth, clientHeight, false);
    this.view.setAspect(this.panes.aspect);
    this.table.setViewportHeight(this.canvas.height);
    if (this.untouched && this.manifest) this.showFirst();
    this.loop.noteLevels();
    this.loop.drawNow();
  }

  /** One picture or two: what a camera sees has another shape. */
  private followPanes(): void {
    if (Math.abs(this.view.viewAspect - this.panes.aspect) < 1e-6 || this.presenting) return;
    this.view.setAspect(this.panes.aspect);
    this.loop.noteLevels();
    this.invalidate();
  }

  /** Draws one picture at another pixel ratio, hands it over in the same breath, and goes back. */
  drawAt(pixelRatio: number, use: (canvas: HTMLCanvasElement) => void): void {
    this.forcedRatio = pixelRatio;
    this.loop.drawNow();
    use(this.canvas);
    this.forcedRatio = null;
    this.resize();
  }

  /** One colour behind the model instead of the theme's; null: the theme's again. `#rrggbb`. */
  setBackdropOverride(colour: string | null): void {
    this.picture.setBackdropOverride(colour);
  }

  /** The context is back and empty; the files come from the browser's cache. */
  private restore(): void {
    this.lost = false;
    const pose = this.view.pose;
    this.host.reopen();
    this.layers.reopen();
    this.setCameraPose(pose);
  }

  /** A view that is drawn on stays still; says so to whoever shows the way out. */
  private knockAtSheet(): boolean {
    const { openSheet, frozenKnocks } = this.workspace;
    if (openSheet.get() === null) return false;
    frozenKnocks.update((count) => count + 1);
    return true;
  }

  /** A deliberate move by the person: following pauses. */
  navigate(pose: CameraPose): void {
    if (this.knockAtSheet()) return;
    for (const tell of this.navigateListeners) tell();
    this.setCameraPose(pose);
  }

  /** The same, in 250 ms; at once with reduced motion. */
  moveTo(pose: CameraPose): void {
    if (this.knockAtSheet()) return;
    for (const tell of this.navigateListeners) tell();
    this.setCameraPose(pose, { animate: true });
  }

  private publishPose(): void {
    this.refinement.moved();
    this.writingPose = true;
    this.workspace.camera.set(this.view.pose);
    this.writingPose = false;
  }

  private watchStores(): () => void {
    // Getters: what is on the table changes, and an object is made once.
    const model = (): OpenedModel | null => this.model;
    return watchStores({
      workspace: this.workspace,
      get model() {
        return model();
      },
      invalidate: () => this.invalidate(),
      noteLevels: () => this.loop.noteLevels(),
      setColours: (colours) => this.picture.setColours(colours),
      setDisplay: (display) => this.picture.setDisplay(display),
      showAnnotations: (shown) => this.host.showAnnotations(shown),
      setProjection: (projection) => {
        const pose = this.view.destination;
        if ((pose.ortho_height_m === null) !== (projection === "perspective"))
          this.setCameraPose(withProjection(pose, projection));
      },
      followCamera: (pose) => {
        if (!this.writingPose && pose !== this.view.pose) this.setCameraPose(pose);
      },
    });
  }

  private registerCommands(): void {
    const { commands, workspace } = this;
    this.stops.push(
      commands.register("camera.fit", ({ ranges }) => {
        const wanted = ranges ?? workspace.selection.get();
        this.fit(wanted.isEmpty ? undefined : wanted);
      }),
      commands.register("layer.fit", ({ revision, ranges }) => {
        const corners = this.layers.find(revision)?.cornersOf(ranges) ?? [];
        if (corners.length > 0)
          this.moveTo(fit(this.view.destination, corners, this.view.viewAspect, "shorter"));
      }),
      commands.register("camera.fitAll", () => this.fit()),
      commands.register("camera.fitBox", (box) => {
        const corners = cornersOf(box);
        this.moveTo(fit(this.view.destination, corners, this.view.viewAspect, "shorter"));
      }),
      commands.register("camera.view", ({ name }) => this.showView(name)),
    );
  }
}
