/**
 * The 3D view of one workspace: draws what the stores say, answers where a pointer hits, moves the camera.
 * Knows no panel and no network; `fetchScene` brings the files, commands carry every change of state.
 */

import {
  Group,
  Ray,
  Scene,
  Vector3,
  type WebGLRenderer,
  type OrthographicCamera,
  type PerspectiveCamera,
} from "three";
import type { Commands } from "../state/commands";
import type { Bounds, Manifest, Vec3 } from "../state/model";
import { ALONE, type Presence } from "../state/presence";
import type { RangeSet } from "../state/ranges";
import type { Readable } from "../state/store";
import type { CameraPose, ViewName, Workspace } from "../state/workspace";
import { MOVE_MS, ViewCamera } from "./camera";
import { WorkerDecoder, type Decoder } from "./decoder";
import { FrameRate } from "./frame_rate";
import { isSoftware, makeRenderer, watchContext, watchSize } from "./graphics";
import { CanvasInput } from "./input";
import type { LevelView } from "./levels";
import { BASE_FILE, PackageLoader, hashOf, type FailedFile, type FetchScene } from "./loader";
import { OpenedModel } from "./opened_model";
import { Overlay } from "./overlay";
import type { Hit } from "./picking";
import type { MenuRequest, Pointer, PointerHandler } from "./pointer";
import { Picture } from "./picture";
import { PMI_FILE } from "./pmi";
import { cornersOf, fit, lookFrom, namedView, orbit, withProjection } from "./pose";
import { pixelOf, type ViewerDebug } from "./probe";
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

/** Levels are chosen at most this often while the camera moves. */
const LEVELS_EVERY_MS = 200;
/** A tab in the background draws nothing, and loading goes on without a first picture. */
const FIRST_PICTURE_MS = 1_500;
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
  private readonly picture: Picture;
  private readonly stops: (() => void)[] = [];
  private readonly frameListeners = new Set<(nowMs: number) => void>();
  private readonly menuListeners = new Set<(request: MenuRequest) => void>();
  private readonly navigateListeners = new Set<() => void>();
  private readonly budget: number;
  private readonly rate: FrameRate;
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

  constructor(options: ViewerOptions) {
    const { canvas, workspace, commands } = options;
    this.options = options;
    this.canvas = canvas;
    this.workspace = workspace;
    this.commands = commands;
    this.renderer = makeRenderer(canvas, workspace);
    this.budget =
      options.triangleBudget ?? (isSoftware(this.renderer) ? SOFTWARE_BUDGET : DESKTOP_BUDGET);
    this.rate = new FrameRate(workspace);
    this.overlay = new Overlay(canvas);
    this.view = new ViewCamera(workspace.camera.get());
    this.picture = new Picture(this.renderer, this.scene);
    this.scene.add(this.extras);
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
    this.stops.push(
      watchSize(canvas, () => this.resize()),
      watchContext(canvas, workspace, {
        lost: () => (this.lost = true),
        restored: () => this.restore(),
      }),
    );
    this.resize();
    this.watchStores();
    this.registerCommands();
  }

  /** Puts a package on the table: coarse at once, finer as it comes. Replaces what was there. */
  open(manifest: Manifest): void {
    this.close();
    this.manifest = manifest;
    this.untouched = true;
    this.showFirst();
    const decoder = this.options.decoder ?? new WorkerDecoder();
    this.decoder = decoder;
    let drawn: () => void = () => undefined;
    this.firstPicture = new Promise((resolve) => (drawn = resolve));
    const loader = new PackageLoader({
      manifest,
      fetchScene: this.options.fetchScene,
      decoder,
      listener: {
        base: (chunk) => {
          this.opened = new OpenedModel(this.renderer, manifest, chunk);
          this.opened.openPoints({
            fetch: (file, signal) => this.options.fetchScene(file, hashOf(manifest, file), signal),
            decode: (file) => decoder.points(file),
            changed: () => this.wantLevels(),
            failed: (failure) => this.fail(failure),
          });
          this.opened.setColours(sceneColours(this.workspace.theme.get()));
          this.opened.batch.materials.setViewportHeight(this.canvas.height);
          this.scene.add(this.opened.batch.group);
          this.picture.setModel(this.opened);
          this.showAll();
          if (this.untouched) this.showFirst();
          return this.nextPicture().then(drawn);
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
        failed: (failure) => {
          if (failure.file === BASE_FILE) drawn();
          this.fail(failure);
        },
        weight: (chunk) => this.opened?.weight(chunk) ?? 0,
      },
    });
    this.loader = loader;
    // The loader turns every failure into a named state; what is left is a mistake of ours.
    loader
      .run()
      .then(() => this.loadSurfaces(manifest))
      .catch((error: unknown) => {
        this.fail({ file: "base.glb", code: "damaged_chunk", detail: String(error) });
      });
  }

  private showAnnotations(shown: boolean): void {
    const { opened, manifest } = this;
    if (!opened || !manifest) return;
    opened
      .showAnnotations(
        shown,
        (file) => this.options.fetchScene(file, hashOf(manifest, file)),
        () => this.workspace.hidden.get(),
      )
      .then(
        () => this.invalidate(),
        (error: unknown) =>
          this.fail({ file: PMI_FILE, code: "not_loaded", detail: String(error) }),
      );
  }

  /** Textures come last: they are the finest look, never needed for the picture. */
  private async loadSurfaces(manifest: Manifest): Promise<void> {
    await this.opened?.loadSurfaces(
      this.renderer,
      async (file) => {
        const content = await this.options.fetchScene(file, hashOf(manifest, file));
        return content;
      },
      isSoftware(this.renderer),
      (file, error) => this.fail({ file, code: "not_loaded", detail: String(error) }),
    );
    this.invalidate();
  }

  /** Resolves when the coarse model has been drawn, or cannot be. */
  firstPicture: Promise<void> = Promise.resolve();

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

  /** Resolves after the next picture; at once where none is drawn, in a hidden tab for example. */
  private nextPicture(): Promise<void> {
    return new Promise((resolve) => {
      const late = window.setTimeout(resolve, FIRST_PICTURE_MS);
      const stop = this.onFrame(() => {
        stop();
        window.clearTimeout(late);
        requestAnimationFrame(() => resolve());
      });
      this.invalidate();
    });
  }

  /** Brings lists, textures and clip planes up to date; a headset's loop calls it instead of `frame`. */
  prepareFrame(nowMs: number): void {
    for (const tell of this.frameListeners) tell(nowMs);
    this.opened?.prepare(this.presenting);
    this.frames += 1;
    this.rate.count(nowMs, this.opened?.batch ?? null);
  }

  /** Chooses levels for another eye than the camera's: the headset's. */
  chooseLevels(view: LevelView, budget = HEADSET_BUDGET): void {
    this.opened?.chooseLevels(view, budget);
  }

  /** Shows or hides what only a flat screen has: background and outline. */
  setFlatScreen(flat: boolean): void {
    this.picture.setFlatScreen(flat);
    this.presenting = !flat;
    // What the last pointer was over, a ray or a mouse, is not what the next one is over.
    this.handler?.leave?.();
    if (flat) {
      this.opened?.batch.materials.setViewportHeight(this.canvas.height);
      this.wantLevels();
      this.invalidate();
    }
  }

  debug(): ViewerDebug {
    const { opened } = this;
    const loading = this.workspace.loading.get();
    const idle = this.frameRequest === 0 && !this.view.isMoving && this.levelsTimer === 0;
    return {
      drawCalls:
        (opened?.batch.drawCalls ?? 0) +
        (opened?.points?.drawCalls ?? 0) +
        (opened?.surfaceDrawCalls ?? 0),
      surfaces: opened?.surfaceDrawCalls ?? 0,
      annotations: opened?.annotationDrawCalls ?? 0,
      subDraws: opened?.batch.subDraws ?? 0,
      triangles: opened?.batch.triangles ?? 0,
      level: loading.level,
      visible: opened?.batch.visibleCount ?? 0,
      hidden: (opened?.occurrences.count ?? 0) - (opened?.batch.visibleCount ?? 0),
      frames: this.frames,
      settled: loading.done && idle && this.frames > 0 && (opened?.points?.idle ?? true),
      points: opened?.points?.drawn ?? 0,
      frameMs: this.frameMs,
      gpuBytes: (opened?.batch.bytes ?? 0) + (opened?.points?.bytes ?? 0),
      failed: this.failed,
      pixelOfOccurrence: (occurrence) => pixelOf(this, occurrence),
    };
  }

  dispose(): void {
    this.close();
    cancelAnimationFrame(this.frameRequest);
    this.input.dispose();
    for (const stop of this.stops) stop();
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

  private cornersToFit(ranges?: RangeSet): readonly Vec3[] {
    const corners = this.opened?.cornersOf(ranges) ?? [];
    return corners.length > 0 ? corners : cornersOf(this.opened?.visibleBounds ?? this.middleBox());
  }

  private close(): void {
    this.loader?.dispose();
    this.loader = null;
    if (!this.options.decoder) this.decoder?.dispose();
    this.decoder = null;
    this.picture.setModel(null);
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
    this.picture.render(this.camera, this.opened);
    this.frameMs = performance.now() - started;
    if (this.view.isMoving || this.presence.isMoving(nowMs)) this.invalidate();
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.canvas;
    if (clientWidth === 0 || clientHeight === 0 || this.presenting) return;
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio, MAX_PIXEL_RATIO));
    this.renderer.setSize(clientWidth, clientHeight, false);
    this.view.setAspect(clientWidth / clientHeight);
    this.opened?.batch.materials.setViewportHeight(this.canvas.height);
    if (this.untouched && this.manifest) this.showFirst();
    this.wantLevels();
    // A resized canvas is blank until drawn: not one frame later.
    cancelAnimationFrame(this.frameRequest);
    if (!this.lost) this.frame(performance.now());
  }

  /** The context is back and empty; the files come from the browser's cache. */
  private restore(): void {
    this.lost = false;
    const { manifest } = this;
    const pose = this.view.pose;
    if (manifest) this.open(manifest);
    this.setCameraPose(pose);
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
    this.view.apply(this.opened.bounds);
    this.opened.chooseLevels(this.view.levelView(this.canvas.height), this.budget);
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

  private showAll(): void {
    this.opened?.show(this.workspace);
    if (this.workspace.display.get().pmi) this.showAnnotations(true);
    this.wantLevels();
  }

  /** Draws what the stores say, and says so when they change. */
  private watchStores(): void {
    const { workspace } = this;
    const draw = <T>(store: Readable<T>, apply: (value: T) => void): void => {
      this.stops.push(
        store.subscribe((value) => {
          apply(value);
          this.invalidate();
        }),
      );
    };
    draw(workspace.hidden, (hidden) => {
      this.opened?.batch.setHidden(hidden);
      this.opened?.touchSurfaces();
      this.levelsWanted = true;
    });
    draw(workspace.ghosted, (ghosted) => {
      this.opened?.batch.setGhosted(ghosted);
      this.opened?.touchSurfaces();
    });
    draw(workspace.selection, (selection) => this.opened?.setSelection(selection));
    draw(workspace.hover, (hover) => this.opened?.setHover(hover));
    draw(workspace.sections, (sections) => {
      this.opened?.setSections(sections);
      this.opened?.touchSurfaces();
    });
    draw(workspace.people, () => this.opened?.showOthers(workspace));
    draw(workspace.explode, (amount) => {
      this.opened?.batch.setExplode(amount);
      this.opened?.touchSurfaces();
      this.levelsWanted = true;
    });
    draw(workspace.display, ({ edges, pmi, projection }) => {
      this.opened?.batch.setEdgesShown(edges);
      this.showAnnotations(pmi);
      const pose = this.view.destination;
      if ((pose.ortho_height_m === null) !== (projection === "perspective"))
        this.setCameraPose(withProjection(pose, projection));
    });
    draw(workspace.theme, (theme) => {
      const colours = sceneColours(theme);
      this.picture.setColours(colours);
      this.opened?.setColours(colours);
    });
    draw(workspace.camera, (pose) => {
      if (!this.writingPose && pose !== this.view.pose) this.setCameraPose(pose);
    });
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
}

function relative(bounds: Bounds, origin: Vec3): Bounds {
  return { min: subtract(bounds.min, origin), max: subtract(bounds.max, origin) };
}

const _ray = new Ray();
const _point = new Vector3();
