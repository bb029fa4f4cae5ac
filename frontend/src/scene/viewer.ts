/**
 * The 3D view of one workspace: draws what the stores say, answers where a pointer hits, moves the camera.
 * Knows no panel and no network; `fetchScene` brings the files, commands carry every change of state.
 */

import {
  Group,
  Matrix4,
  NoToneMapping,
  Ray,
  Scene,
  SRGBColorSpace,
  Vector3,
  WebGLRenderer,
  type OrthographicCamera,
  type PerspectiveCamera,
} from "three";
import type { Commands } from "../state/commands";
import type { Bounds, Manifest, Structure, Vec3 } from "../state/model";
import { ALONE, type Presence } from "../state/presence";
import { RangeSet } from "../state/ranges";
import type { CameraPose, Person, ViewName, Workspace } from "../state/workspace";
import { MOVE_MS, ViewCamera } from "./camera";
import { WorkerDecoder, type Decoder } from "./decoder";
import { Backdrop, Outline } from "./highlight";
import { CanvasInput } from "./input";
import type { LevelView } from "./levels";
import { PackageLoader, type FailedFile, type FetchScene } from "./loader";
import { OpenedModel, type ShownState } from "./opened_model";
import { Overlay } from "./overlay";
import type { Hit } from "./picking";
import type { MenuRequest, Pointer, PointerHandler } from "./pointer";
import { cornersOf, fit, lookFrom, namedView, orbit, withProjection } from "./pose";
import { sceneColours } from "./theme";
import { add, distance, mix, subtract } from "./vector";
import "./scene.css";

/** What a viewer is made of. */
export interface ViewerOptions {
  /** Stands in a positioned element of its size; the overlay is put beside it. */
  readonly canvas: HTMLCanvasElement;
  readonly workspace: Workspace;
  readonly commands: Commands;
  readonly fetchScene: FetchScene;
  /** Default: a worker. */
  readonly decoder?: Decoder;
  /** Triangles per picture; default by the kind of graphics. */
  readonly triangleBudget?: number;
}

/** The browser gives no WebGL 2 context. */
export class GraphicsUnavailable extends Error {
  readonly code = "graphics_unavailable";
}

/** Numbers for tests and the status bar; read only. */
export interface ViewerDebug {
  readonly drawCalls: number;
  readonly subDraws: number;
  /** Triangles of one picture. */
  readonly triangles: number;
  /** Finest level that has arrived; null before the first picture. */
  readonly level: number | null;
  readonly visible: number;
  readonly hidden: number;
  /** Pictures drawn since the start. */
  readonly frames: number;
  /** Everything has arrived, nothing moves, the last picture shows it. */
  readonly settled: boolean;
  /** JavaScript milliseconds of the last picture. */
  readonly frameMs: number;
  readonly gpuBytes: number;
  readonly failed: readonly FailedFile[];
  /** A point of the canvas, CSS pixels, where clicking hits this occurrence; null when it cannot be seen. */
  pixelOfOccurrence(occurrence: number): { readonly x: number; readonly y: number } | null;
}

/** Levels are chosen at most this often while the camera moves. */
const LEVELS_EVERY_MS = 200;
const STATS_EVERY_MS = 500;
/** Triangles per picture: a desktop GPU at 60 Hz, a headset per eye (VIEWER.md §4), software GL. */
const DESKTOP_BUDGET = 3_000_000;
const HEADSET_BUDGET = 600_000;
const SOFTWARE_BUDGET = 400_000;
const MAX_PIXEL_RATIO = 2;
/** Radians that count as a pixel in a headset. */
export const PIXEL_ANGLE = (0.05 * Math.PI) / 180;

/** Makes a viewer. @throws GraphicsUnavailable without WebGL 2. */
export function createViewer(options: ViewerOptions): Viewer {
  return new Viewer(options);
}

/** See `createViewer`. */
export class Viewer {
  readonly renderer: WebGLRenderer;
  readonly scene = new Scene();
  /** Drawn in the model frame besides the model: gizmos, people, the headset's rig. */
  readonly extras = new Group();
  readonly overlay: Overlay;
  readonly view: ViewCamera;
  readonly input: CanvasInput;
  readonly canvas: HTMLCanvasElement;
  readonly workspace: Workspace;
  readonly commands: Commands;
  /** Set while a headset draws: its camera rig decides what is seen. */
  presenting = false;
  /** The headset's eye while it draws, model frame. */
  headsetEye: Vec3 = [0, 0, 0];
  private readonly options: ViewerOptions;
  private readonly backdrop = new Backdrop();
  private readonly outline = new Outline();
  private readonly stops: (() => void)[] = [];
  private readonly frameListeners = new Set<(nowMs: number) => void>();
  private readonly menuListeners = new Set<(request: MenuRequest) => void>();
  private readonly navigateListeners = new Set<() => void>();
  private readonly budget: number;
  private handler: PointerHandler | null = null;
  private opened: OpenedModel | null = null;
  private manifest: Manifest | null = null;
  private loader: PackageLoader | null = null;
  private decoder: Decoder | null = null;
  private failed: FailedFile[] = [];
  private frameRequest = 0;
  private frames = 0;
  private frameMs = 0;
  private levelsWanted = true;
  private levelsAtMs = 0;
  private levelsTimer = 0;
  private writingPose = false;
  private presence: Presence = ALONE;
  private lost = false;
  /** Nobody has moved the camera since the model was opened. */
  private untouched = true;
  private stats = { sinceMs: 0, frames: 0 };

  constructor(options: ViewerOptions) {
    const { canvas, workspace, commands } = options;
    this.options = options;
    this.canvas = canvas;
    this.workspace = workspace;
    this.commands = commands;
    this.renderer = makeRenderer(canvas, workspace);
    this.budget =
      options.triangleBudget ?? (isSoftware(this.renderer) ? SOFTWARE_BUDGET : DESKTOP_BUDGET);
    this.overlay = new Overlay(canvas);
    this.view = new ViewCamera(workspace.camera.get());
    this.scene.add(this.backdrop.mesh, this.extras);
    this.scene.matrixWorldAutoUpdate = true;
    this.input = new CanvasInput({
      canvas,
      pose: () => this.view.pose,
      navigate: (pose) => this.navigate(pose),
      rayAt: (x, y, ray) => this.rayAt(x, y, ray),
      surfaceAt: (x, y) => this.pick(x, y)?.point ?? null,
      metresPerPixel: (point) => this.view.metresPerPixel(point, canvas.clientHeight || 1),
      middle: () => this.middle(),
      showPivot: (point) => this.overlay.showPivot(point ? this.projectToScreen(point) : null),
      handler: () => this.handler,
      menu: (request) => this.menuListeners.forEach((tell) => tell(request)),
    });
    this.watchSize();
    this.watchContext();
    this.watchStores();
    this.registerCommands();
  }

  /** Puts a package on the table: coarse at once, finer as it comes. Replaces what was there. */
  open(manifest: Manifest, structure: Structure): void {
    this.close();
    this.manifest = manifest;
    this.untouched = true;
    this.showFirst();
    const decoder = this.options.decoder ?? new WorkerDecoder();
    this.decoder = decoder;
    const loader = new PackageLoader({
      manifest,
      fetchScene: this.options.fetchScene,
      decoder,
      listener: {
        base: (chunk) => {
          this.opened = new OpenedModel(this.renderer, manifest, structure, chunk);
          this.opened.setColours(sceneColours(this.workspace.theme.get()));
          this.opened.batch.materials.setViewportHeight(this.renderer.domElement.height);
          this.scene.add(this.opened.batch.group);
          this.outline.setSubject(this.opened.batch.maskGroup);
          this.showAll();
          if (this.untouched) this.showFirst();
        },
        finer: (chunk) => {
          this.opened?.addChunk(chunk);
          this.wantLevels();
        },
        edges: (edges) => {
          this.opened?.addEdges(edges);
          this.invalidate();
        },
        progress: (loading) => this.workspace.loading.set(loading),
        failed: (failure) => this.fail(failure),
        weight: (chunk) => this.opened?.weight(chunk) ?? 0,
      },
    });
    this.loader = loader;
    // The loader turns every failure into a named state; what is left is a mistake of ours.
    loader.run().catch((error: unknown) => {
      this.fail({ file: "base.glb", code: "damaged_chunk", detail: String(error) });
    });
  }

  /** The model on the table, once its first chunk has arrived. */
  get model(): OpenedModel | null {
    return this.opened;
  }

  /** Absolute metres of the model frame's zero. */
  get origin(): Vec3 {
    return this.manifest?.origin ?? [0, 0, 0];
  }

  get camera(): PerspectiveCamera | OrthographicCamera {
    return this.view.active;
  }

  /** The first thing under a point of the canvas, CSS pixels. */
  pick(x: number, y: number): Hit | null {
    const { origin, direction } = this.rayAt(x, y, _ray);
    return this.pickRay([origin.x, origin.y, origin.z], [direction.x, direction.y, direction.z]);
  }

  /** The first thing along a ray; model frame, unit direction. */
  pickRay(origin: Vec3, direction: Vec3): Hit | null {
    return this.opened?.pick(origin, direction) ?? null;
  }

  /** except: an occurrence to look through. */
  pickPointer(pointer: Pointer, except: number | null = null): Hit | null {
    return this.opened?.pick(pointer.origin, pointer.direction, except) ?? null;
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
    this.wantLevels();
    this.invalidate();
    if (!this.view.isMoving) this.publishPose();
  }

  /** Frames some occurrences, or what is visible. */
  fit(ranges?: RangeSet): void {
    this.moveTo(fit(this.view.destination, this.cornersToFit(ranges), this.view.viewAspect));
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

  /** Where a point of the model frame is in the canvas, CSS pixels; null behind the eye. */
  projectToScreen(point: Vec3): { readonly x: number; readonly y: number } | null {
    const camera = this.camera;
    _point.set(...point).applyMatrix4(camera.matrixWorldInverse);
    if (this.view.pose.ortho_height_m === null && _point.z > -1e-9) return null;
    _point.applyMatrix4(camera.projectionMatrix);
    const { clientWidth, clientHeight } = this.canvas;
    return { x: ((_point.x + 1) / 2) * clientWidth, y: ((1 - _point.y) / 2) * clientHeight };
  }

  /** A point of a part, metres in its frame, as it stands in the model frame. */
  partPoint(occurrence: number, local: Vec3): Vec3 | null {
    if (!this.opened?.occurrences.has(occurrence)) return null;
    return this.opened.occurrences.fromPart(occurrence, local);
  }

  /** A point of the model frame in the frame of a part, as it stands now; null when it is not placed. */
  toPart(occurrence: number, point: Vec3): Vec3 | null {
    if (!this.opened?.occurrences.has(occurrence)) return null;
    return this.opened.occurrences.toPart(occurrence, point);
  }

  /** Width by height of the picture. */
  aspect(): number {
    return this.view.viewAspect;
  }

  /** Box of an occurrence as it stands, model frame. */
  occurrenceBounds(occurrence: number): Bounds | null {
    return this.opened?.occurrences.boxOf([occurrence]) ?? null;
  }

  /** Model frame → absolute metres. */
  toAbsolute(point: Vec3): Vec3 {
    return add(point, this.origin);
  }

  toModel(absolute: Vec3): Vec3 {
    return subtract(absolute, this.origin);
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
    this.frameListeners.add(callback);
    return () => this.frameListeners.delete(callback);
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
    if (this.frameRequest !== 0 || this.presenting || this.lost) return;
    this.frameRequest = requestAnimationFrame((now) => this.frame(now));
  }

  /** Brings lists, textures and clip planes up to date; a headset's loop calls it instead of `frame`. */
  prepareFrame(nowMs: number): void {
    for (const tell of this.frameListeners) tell(nowMs);
    this.opened?.batch.prepare();
    this.frames += 1;
    this.countFrame(nowMs);
  }

  /** Chooses levels for another eye than the camera's: the headset's. */
  chooseLevels(view: LevelView, budget = HEADSET_BUDGET): void {
    this.opened?.chooseLevels(view, budget);
  }

  /** Shows or hides what only a flat screen has: background and outline. */
  setFlatScreen(flat: boolean): void {
    this.backdrop.mesh.visible = flat;
    this.presenting = !flat;
    if (flat) {
      this.opened?.batch.materials.setViewportHeight(this.renderer.domElement.height);
      this.wantLevels();
      this.invalidate();
    }
  }

  debug(): ViewerDebug {
    const { opened } = this;
    const loading = this.workspace.loading.get();
    const idle = this.frameRequest === 0 && !this.view.isMoving && this.levelsTimer === 0;
    return {
      drawCalls: opened?.batch.drawCalls ?? 0,
      subDraws: opened?.batch.subDraws ?? 0,
      triangles: opened?.batch.triangles ?? 0,
      level: loading.level,
      visible: opened?.batch.visibleCount ?? 0,
      hidden: (opened?.occurrences.count ?? 0) - (opened?.batch.visibleCount ?? 0),
      frames: this.frames,
      settled: loading.done && idle && this.frames > 0,
      frameMs: this.frameMs,
      gpuBytes: opened?.batch.bytes ?? 0,
      failed: this.failed,
      pixelOfOccurrence: (occurrence) => this.pixelOf(occurrence),
    };
  }

  dispose(): void {
    this.close();
    cancelAnimationFrame(this.frameRequest);
    this.input.dispose();
    for (const stop of this.stops) stop();
    this.overlay.dispose();
    this.backdrop.dispose();
    this.outline.dispose();
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

  private cornersToFit(ranges?: RangeSet): readonly Vec3[] {
    const corners = this.opened?.cornersOf(ranges) ?? [];
    return corners.length > 0 ? corners : cornersOf(this.opened?.visibleBounds ?? this.middleBox());
  }

  private close(): void {
    this.loader?.dispose();
    this.loader = null;
    if (!this.options.decoder) this.decoder?.dispose();
    this.decoder = null;
    this.outline.setSubject(null);
    this.opened?.dispose();
    this.opened = null;
    this.failed = [];
  }

  private fail(failure: FailedFile): void {
    this.failed = [...this.failed, failure];
    if (failure.file !== "base.glb") {
      this.workspace.announce(
        `Part of the model could not be loaded (${failure.file}); the rest is shown.`,
      );
      return;
    }
    this.workspace.problem.set({
      code: failure.code,
      title: "The model could not be loaded",
      detail: failure.detail,
      remedy: "Check the connection and reload the page. If it stays, convert the revision again.",
    });
  }

  private frame(nowMs: number): void {
    this.frameRequest = 0;
    const started = performance.now();
    const followed = this.presence.followedCamera(nowMs);
    if (followed) this.view.set(followed);
    const moving = this.view.step(nowMs) || followed !== null;
    if (moving) {
      this.publishPose();
      this.levelsWanted = true;
    }
    this.refreshLevels(nowMs);
    const bounds = this.opened?.bounds ?? this.middleBox();
    this.view.apply(bounds);
    this.prepareFrame(nowMs);
    const { renderer, camera } = this;
    renderer.info.reset();
    renderer.render(this.scene, camera);
    if (this.opened?.batch.highlights) this.outline.render(renderer, camera);
    this.frameMs = performance.now() - started;
    if (this.view.isMoving || this.presence.isMoving(nowMs)) this.invalidate();
  }

  private refreshLevels(nowMs: number): void {
    if (!this.levelsWanted || !this.opened) return;
    const wait = this.levelsAtMs + LEVELS_EVERY_MS - nowMs;
    if (wait > 0 && this.levelsAtMs > 0) {
      if (this.levelsTimer === 0)
        this.levelsTimer = window.setTimeout(() => {
          this.levelsTimer = 0;
          this.invalidate();
        }, wait);
      return;
    }
    this.levelsWanted = false;
    this.levelsAtMs = nowMs;
    const view = this.levelView();
    this.opened.chooseLevels(view, this.budget);
  }

  private levelView(): LevelView {
    const { pose } = this.view;
    const height = this.renderer.domElement.height;
    const camera = this.camera;
    this.view.apply(this.opened?.bounds ?? this.middleBox());
    return {
      eye: [...pose.position],
      pixelsPerMetre:
        pose.ortho_height_m === null
          ? height / 2 / Math.tan(pose.fov_rad / 2)
          : height / pose.ortho_height_m,
      orthographic: pose.ortho_height_m !== null,
      frustum: frustumOf(camera),
    };
  }

  private wantLevels(): void {
    this.levelsWanted = true;
    this.invalidate();
  }

  /** A deliberate move by the person. */
  private navigate(pose: CameraPose): void {
    for (const tell of this.navigateListeners) tell();
    this.setCameraPose(pose);
  }

  private moveTo(pose: CameraPose): void {
    for (const tell of this.navigateListeners) tell();
    this.setCameraPose(pose, { animate: true });
  }

  private publishPose(): void {
    this.writingPose = true;
    this.workspace.camera.set(this.view.pose);
    this.writingPose = false;
  }

  /** Middle of the model and half its diagonal, model frame. */
  middleOfModel(): { readonly point: Vec3; readonly radius: number } {
    return this.middle();
  }

  /** Corners of the model's box, model frame. */
  cornersOfModel(): readonly Vec3[] {
    return cornersOf(this.opened?.bounds ?? this.middleBox());
  }

  /** Metres that CSS pixels cover at a point; while a headset draws, a pixel counts as 0.05°. */
  reach(point: Vec3, pixels: number): number {
    if (this.presenting) return distance(point, this.headsetEye) * pixels * PIXEL_ANGLE;
    return this.view.metresPerPixel(point, this.canvas.clientHeight || 1) * pixels;
  }

  private middle(): { point: Vec3; radius: number } {
    const bounds = this.opened?.bounds ?? this.middleBox();
    const [x, y, z] = subtract(bounds.max, bounds.min);
    return {
      point: mix(bounds.min, bounds.max, 0.5),
      radius: Math.max(Math.hypot(x, y, z) / 2, 1e-6),
    };
  }

  private middleBox(): Bounds {
    if (this.manifest) return relative(this.manifest.bounds, this.manifest.origin);
    return { min: [-0.5, -0.5, -0.5], max: [0.5, 0.5, 0.5] };
  }

  private rayAt(x: number, y: number, ray: Ray): Ray {
    const width = this.canvas.clientWidth || 1;
    const height = this.canvas.clientHeight || 1;
    return this.view.rayInto((x / width) * 2 - 1, 1 - (y / height) * 2, ray);
  }

  private shownState(): ShownState {
    const { hidden, ghosted, selection, hover, sections, explode, display } = this.workspace;
    return {
      hidden: hidden.get(),
      ghosted: ghosted.get(),
      selection: selection.get(),
      hover: hover.get(),
      sections: sections.get(),
      explode: explode.get(),
      edges: display.get().edges,
    };
  }

  private showAll(): void {
    this.opened?.show(this.shownState());
    this.showSelections(this.workspace.people.get());
    this.wantLevels();
  }

  private watchStores(): void {
    const { workspace } = this;
    const draw = <T>(
      store: { subscribe(l: (v: T) => void): () => void },
      apply: (value: T) => void,
    ): void => {
      this.stops.push(
        store.subscribe((value) => {
          apply(value);
          this.invalidate();
        }),
      );
    };
    draw(workspace.hidden, (hidden) => {
      this.opened?.batch.setHidden(hidden);
      this.levelsWanted = true;
    });
    draw(workspace.ghosted, (ghosted) => this.opened?.batch.setGhosted(ghosted));
    draw(workspace.selection, (selection) => {
      if (this.opened)
        this.opened.batch.setSelected(selection.intersect(this.opened.structure.all()));
    });
    draw(workspace.hover, (hover) => this.opened?.setHover(hover));
    draw(workspace.sections, (sections) => this.opened?.setSections(sections));
    draw(workspace.explode, (amount) => {
      this.opened?.setExplode(amount);
      this.levelsWanted = true;
    });
    draw(workspace.display, ({ edges, projection }) => {
      this.opened?.batch.setEdgesShown(edges);
      const pose = this.view.destination;
      if ((pose.ortho_height_m === null) !== (projection === "perspective"))
        this.setCameraPose(withProjection(pose, projection));
    });
    draw(workspace.people, (people) => this.showSelections(people));
    draw(workspace.theme, (theme) => {
      const colours = sceneColours(theme);
      this.backdrop.setColours(colours);
      this.outline.setColours(colours);
      this.opened?.setColours(colours);
    });
    draw(workspace.camera, (pose) => {
      if (!this.writingPose && pose !== this.view.pose) this.setCameraPose(pose);
    });
  }

  /** Outlines what others have selected on this revision. */
  private showSelections(people: readonly Person[]): void {
    const { opened } = this;
    const revision = this.workspace.revision.get()?.revisionId;
    if (!opened) return;
    const marks = people.flatMap(({ mine, colour, status }) =>
      mine ||
      !status.selection ||
      (revision !== undefined && status.selection.revision_id !== revision)
        ? []
        : [
            {
              colour,
              ranges: RangeSet.fromRanges(status.selection.ranges).intersect(
                opened.structure.all(),
              ),
            },
          ],
    );
    opened.batch.setOthersSelection(marks);
  }

  private registerCommands(): void {
    const { commands, workspace } = this;
    this.stops.push(
      commands.register("camera.fit", ({ ranges }) => {
        const wanted = ranges ?? workspace.selection.get();
        this.fit(wanted.isEmpty ? undefined : wanted);
      }),
      commands.register("camera.fitAll", () => this.fit()),
      commands.register("camera.view", ({ name }) => this.showView(name)),
    );
  }

  private watchSize(): void {
    const resize = (): void => {
      const { clientWidth, clientHeight } = this.canvas;
      if (clientWidth === 0 || clientHeight === 0 || this.presenting) return;
      this.renderer.setPixelRatio(Math.min(window.devicePixelRatio, MAX_PIXEL_RATIO));
      this.renderer.setSize(clientWidth, clientHeight, false);
      this.view.setAspect(clientWidth / clientHeight);
      this.opened?.batch.materials.setViewportHeight(this.renderer.domElement.height);
      this.wantLevels();
      // A resized canvas is blank until drawn: not one frame later.
      cancelAnimationFrame(this.frameRequest);
      if (!this.lost) this.frame(performance.now());
    };
    const observer = new ResizeObserver(resize);
    observer.observe(this.canvas);
    const ratio = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    ratio.addEventListener("change", resize);
    this.stops.push(
      () => observer.disconnect(),
      () => ratio.removeEventListener("change", resize),
    );
    resize();
  }

  private watchContext(): void {
    const lost = (event: Event): void => {
      event.preventDefault(); // else it is never given back
      this.lost = true;
      this.workspace.problem.set({
        code: "graphics_lost",
        title: "The graphics driver took the picture away",
        detail:
          "The browser lost its 3D context, usually because memory ran out or the driver restarted.",
        remedy: "It comes back by itself. If it does not, close other 3D tabs and reload the page.",
      });
    };
    const restored = (): void => {
      this.lost = false;
      if (this.workspace.problem.get()?.code === "graphics_lost") this.workspace.problem.set(null);
      const { manifest } = this;
      const structure = this.opened?.structure ?? this.workspace.structure.get();
      const pose = this.view.pose;
      // All buffers are gone; the files come from the browser's cache.
      if (manifest && structure) this.open(manifest, structure);
      this.setCameraPose(pose);
    };
    this.canvas.addEventListener("webglcontextlost", lost);
    this.canvas.addEventListener("webglcontextrestored", restored);
    this.stops.push(
      () => this.canvas.removeEventListener("webglcontextlost", lost),
      () => this.canvas.removeEventListener("webglcontextrestored", restored),
    );
  }

  private countFrame(nowMs: number): void {
    this.stats.frames += 1;
    const elapsed = nowMs - this.stats.sinceMs;
    if (elapsed < STATS_EVERY_MS) return;
    // After a pause there is no rate to speak of: nothing was drawn because nothing changed.
    const fps = elapsed > STATS_EVERY_MS * 2 ? 0 : Math.round((this.stats.frames * 1000) / elapsed);
    this.stats = { sinceMs: nowMs, frames: 0 };
    this.workspace.frame.set({
      fps: fps === 0 ? this.workspace.frame.get().fps : fps,
      triangles: Math.round(this.opened?.batch.triangles ?? 0),
      drawCalls: this.opened?.batch.drawCalls ?? 0,
    });
  }

  private pixelOf(occurrence: number): { x: number; y: number } | null {
    const { opened } = this;
    if (!opened?.occurrences.has(occurrence)) return null;
    const triangles = opened.batch.store.ranges.trianglesOf(
      opened.occurrences.geometry[occurrence] ?? 0,
    );
    const candidates: Vec3[] = [];
    const count = triangles ? triangles.indices.length / 3 : 0;
    // Up to 300 triangles, spread over the part; their middles are where it can be seen, if anywhere.
    const stride = Math.max(1, Math.floor(count / 300));
    for (let t = 0; triangles && t < count; t += stride) {
      const middle = [0, 0, 0];
      for (let corner = 0; corner < 3; corner += 1) {
        const vertex = triangles.indices[t * 3 + corner] ?? 0;
        for (let axis = 0; axis < 3; axis += 1)
          middle[axis] = (middle[axis] ?? 0) + (triangles.vertices[vertex * 4 + axis] ?? 0) / 3;
      }
      candidates.push(
        opened.occurrences.fromSteps(occurrence, middle[0] ?? 0, middle[1] ?? 0, middle[2] ?? 0),
      );
    }
    const { clientWidth, clientHeight } = this.canvas;
    for (const point of candidates) {
      const at = this.projectToScreen(point);
      if (!at || at.x < 1 || at.y < 1 || at.x > clientWidth - 1 || at.y > clientHeight - 1)
        continue;
      // The whole pixel must belong to it: a mouse has whole coordinates.
      const x = Math.round(at.x);
      const y = Math.round(at.y);
      if (this.pick(x, y)?.occurrence === occurrence) return { x, y };
    }
    return null;
  }
}

function makeRenderer(canvas: HTMLCanvasElement, workspace: Workspace): WebGLRenderer {
  try {
    const renderer = new WebGLRenderer({
      canvas,
      antialias: true,
      stencil: true, // caps are marked in it (batch_materials.ts)
      powerPreference: "high-performance",
    });
    renderer.outputColorSpace = SRGBColorSpace;
    renderer.toneMapping = NoToneMapping;
    renderer.info.autoReset = false;
    renderer.autoClear = true;
    return renderer;
  } catch (cause) {
    workspace.problem.set({
      code: "graphics_unavailable",
      title: "This browser cannot draw in 3D",
      detail: "It gives no WebGL 2 context.",
      remedy: "Switch hardware acceleration on in the browser's settings, or use another browser.",
    });
    throw new GraphicsUnavailable("No WebGL 2 context.", { cause });
  }
}

function isSoftware(renderer: WebGLRenderer): boolean {
  const gl = renderer.getContext();
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const name: unknown = info ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : "";
  return typeof name === "string" && /swiftshader|llvmpipe|software/i.test(name);
}

/** (4 × 6) inward planes of a three camera (Gribb and Hartmann 2001). */
export function frustumOf(camera: PerspectiveCamera | OrthographicCamera): Float32Array {
  const m = _matrix.multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse).elements;
  const planes = new Float32Array(24);
  for (let i = 0; i < 6; i += 1) {
    const axis = i >> 1;
    const sign = (i & 1) === 0 ? 1 : -1;
    const row = (c: number): number => (m[c * 4 + 3] ?? 0) + sign * (m[c * 4 + axis] ?? 0);
    const size = Math.hypot(row(0), row(1), row(2)) || 1;
    for (let c = 0; c < 4; c += 1) planes[i * 4 + c] = row(c) / size;
  }
  return planes;
}

function relative(bounds: Bounds, origin: Vec3): Bounds {
  return { min: subtract(bounds.min, origin), max: subtract(bounds.max, origin) };
}

const _ray = new Ray();
const _point = new Vector3();
const _matrix = new Matrix4();
