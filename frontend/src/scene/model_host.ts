/** Brings a revision onto the table and takes it away: its files, what becomes of them, and what failed. */

import type { WebGLRenderer } from "three";
import type { Reduction } from "../state/areas/rendering";
import { t } from "../state/messages";
import type { Manifest, Vec3 } from "../state/model";
import type { RangeSet } from "../state/ranges";
import type { Workspace } from "../state/workspace";
import { BASE_FILE } from "./chunk_stream";
import type { DecodedChunk } from "./decode";
import { WorkerDecoder, type Decoder } from "./decoder";
import { failureOf, type FailedFile } from "./download";
import { OutOfGraphicsMemory } from "./gpu_buffer";
import { isSoftware } from "./graphics";
import { PackageLoader, hashOf, type Destination, type FetchScene } from "./loader";
import { memoryCeiling, thisMachine } from "./memory";
import type { ModelTable } from "./model_table";
import { OpenedModel } from "./opened_model";
import { PMI_FILE } from "./pmi";
import { sceneColours } from "./theme";
import type { UploadPace } from "./upload_pace";

export interface ModelHostOptions {
  readonly renderer: WebGLRenderer;
  readonly canvas: HTMLCanvasElement;
  readonly workspace: Workspace;
  readonly table: ModelTable;
  readonly pace: UploadPace;
  readonly fetchScene: FetchScene;
  /** Default: a worker for each model. */
  readonly decoder?: Decoder;
  /** Bytes of triangles on the graphics card; default: by the machine. */
  readonly memoryBytes?: number;
  /** The coarse model stands on the table, drawn as the workspace says; resolves when it has been seen. */
  readonly opened: (model: OpenedModel) => Promise<void>;
  readonly closed: () => void;
  /** Triangles came or went: levels may change. */
  readonly refined: () => void;
  /** Levels have been chosen, other ones if changed: another picture, and `reduction` says what it lacks. */
  readonly leveled: (changed: boolean) => void;
  /** Something else to draw is here. */
  readonly changed: () => void;
}

/** Buffers grow by half, so what lies in them may fill two thirds of what they take. */
const FILLED = 2 / 3;
/** Even where base.glb alone fills the ceiling, something can be looked at closely. */
const LEAST_FOR_FINER = 2e6;

/** One revision at a time. */
export class ModelHost {
  /** Resolves when the coarse model has been drawn, or cannot be. */
  firstPicture: Promise<void> = Promise.resolve();
  failed: readonly FailedFile[] = [];
  private readonly options: ModelHostOptions;
  private held: Manifest | null = null;
  private loader: PackageLoader | null = null;
  private decoder: Decoder | null = null;
  private readonly stops: (() => void)[] = [];

  constructor(options: ModelHostOptions) {
    this.options = options;
    const { workspace } = options;
    const visibility = (): void => this.loader?.rest("hidden", document.hidden);
    document.addEventListener("visibilitychange", visibility);
    this.stops.push(
      () => document.removeEventListener("visibilitychange", visibility),
      workspace.quality.subscribe(() => this.loader?.stream?.setCeiling(this.forFiner())),
    );
  }

  /** Of the revision on the table, also before its first chunk has arrived. */
  get manifest(): Manifest | null {
    return this.held;
  }

  /** Absolute metres of the model frame's zero. */
  get origin(): Vec3 {
    return this.held?.origin ?? [0, 0, 0];
  }

  /** Finer triangles of the model on the table; null before the base is here. */
  get stream(): PackageLoader["stream"] {
    return this.loader?.stream ?? null;
  }

  /** Why the picture at rest is coarser than the view deserves. */
  get reduction(): Reduction {
    if (this.stream?.short === true) return "memory";
    return this.options.table.active?.batch.reduced === true ? "triangles" : "none";
  }

  /** Coarse at once, finer as the view needs it. Replaces what was there. */
  open(manifest: Manifest): void {
    this.close();
    this.held = manifest;
    const { workspace, fetchScene, changed, table } = this.options;
    const decoder = this.options.decoder ?? new WorkerDecoder();
    this.decoder = decoder;
    let drawn: () => void = () => undefined;
    this.firstPicture = new Promise((resolve) => (drawn = resolve));
    const loader = new PackageLoader({
      manifest,
      fetchScene,
      decoder,
      pace: this.options.pace,
      listener: {
        base: (chunk) => this.putDown(manifest, chunk, decoder, drawn),
        edges: (edges) => {
          try {
            table.active?.addEdges(edges);
            // They stay, so finer triangles have that much less.
            this.stream?.setCeiling(this.forFiner());
          } catch (error) {
            if (!(error instanceof OutOfGraphicsMemory)) throw error;
            this.ranOut();
          }
          changed();
        },
        progress: (loading) => workspace.loading.set(loading),
        failed: (failure) => {
          if (failure.file === BASE_FILE) drawn();
          this.fail(failure);
        },
      },
    });
    this.loader = loader;
    if (document.hidden) loader.rest("hidden", true);
    // The loader turns every failure into a named state; what is left is the base's, or a mistake of ours.
    loader
      .run()
      .then(() => this.loadSurfaces(manifest))
      .catch((error: unknown) => {
        drawn();
        if (error instanceof OutOfGraphicsMemory) this.noRoomForBase(error);
        else this.fail({ ...failureOf(BASE_FILE, error), code: "damaged_chunk" });
      });
  }

  close(): void {
    const { workspace, closed, table } = this.options;
    this.loader?.dispose();
    this.loader = null;
    if (!this.options.decoder) this.decoder?.dispose();
    this.decoder = null;
    closed();
    table.removeActive();
    this.failed = [];
    workspace.missing.set([]);
    workspace.access.set("granted");
    workspace.reduction.set("none");
    workspace.memoryRanOut.set(false);
  }

  /** Brings the revision in again after the context came back empty; files come from the browser's cache. */
  reopen(): void {
    if (this.held) this.open(this.held);
  }

  /** Asks again for everything that could not be had. */
  retry(): void {
    const { workspace } = this.options;
    this.failed = [];
    workspace.missing.set([]);
    workspace.access.set("granted");
    if (this.options.table.active) this.stream?.retry();
    else this.reopen();
  }

  /** Refines only these occurrences from now on; null: everything. */
  refineOnly(occurrences: RangeSet | null): void {
    const { table, workspace } = this.options;
    const model = table.active;
    if (!model) return;
    workspace.memoryRanOut.set(false);
    this.stream?.setOnly(occurrences ? model.geometriesOf(occurrences) : null);
  }

  showAnnotations(shown: boolean): void {
    const { held: manifest } = this;
    const { table, fetchScene, workspace, changed } = this.options;
    if (!table.active || !manifest) return;
    table.active
      .showAnnotations(
        shown,
        (file) => fetchScene(file, hashOf(manifest, file)),
        () => workspace.hidden.get(),
      )
      .then(changed, (error: unknown) => this.fail(failureOf(PMI_FILE, error)));
  }

  dispose(): void {
    this.close();
    for (const stop of this.stops) stop();
  }

  /** Makes a model of base.glb and says where finer triangles go. @throws OutOfGraphicsMemory */
  private putDown(
    manifest: Manifest,
    chunk: DecodedChunk,
    decoder: Decoder,
    drawn: () => void,
  ): Destination {
    const { renderer, workspace, canvas, table, fetchScene, refined, opened } = this.options;
    const model = new OpenedModel(renderer, manifest, chunk);
    model.openPoints({
      fetch: (file, signal) => fetchScene(file, hashOf(manifest, file), signal),
      decode: (file) => decoder.points(file),
      changed: refined,
      failed: (failure) => this.fail(failure),
    });
    model.setColours(sceneColours(workspace.theme.get()));
    model.batch.materials.setViewportHeight(canvas.height);
    table.putActive(model);
    model.show(workspace);
    if (workspace.display.get().pmi) this.showAnnotations(true);
    model.onLevels(({ wants, largest, partial }, changed) => {
      if (!partial) this.stream?.want(wants, largest);
      this.options.leveled(changed);
    });
    const seen = opened(model);
    void seen.then(drawn);
    return {
      index: model.index,
      ceiling: this.forFiner(),
      store: {
        add: (finer) => model.addChunk(finer),
        remove: (held) => model.removeChunk(held),
      },
      changed: refined,
      lowered: () => this.ranOut(),
      seen,
    };
  }

  /** Bytes on the graphics card that finer triangles may take beside the base and the edges. */
  private forFiner(): number {
    const { workspace, renderer, memoryBytes, table } = this.options;
    const { detail, memoryBytes: wished } = workspace.quality.get();
    const machine = memoryBytes ?? memoryCeiling(thisMachine(isSoftware(renderer)));
    const ceiling = Math.min(machine * detail, wished ?? Infinity);
    const fixed = table.active?.baseBytes ?? 0;
    return Math.max(LEAST_FOR_FINER, ceiling * FILLED - fixed);
  }

  /** Textures come last: they are the finest look, never needed for the picture. */
  private async loadSurfaces(manifest: Manifest): Promise<void> {
    const { table, renderer, fetchScene, changed } = this.options;
    await table.active?.loadSurfaces(
      renderer,
      (file) => fetchScene(file, hashOf(manifest, file)),
      isSoftware(renderer),
      (file, error) => this.fail(failureOf(file, error)),
    );
    changed();
  }

  /** The machine has less memory than we thought; the stream has lowered its ceiling. */
  private ranOut(): void {
    const { workspace } = this.options;
    if (workspace.memoryRanOut.get()) return;
    workspace.memoryRanOut.set(true);
    workspace.announce(t("graphics.ranOut"), { assertive: true });
  }

  private noRoomForBase(error: OutOfGraphicsMemory): void {
    this.options.workspace.problem.set({
      code: error.code,
      title: t("graphics.memory.title"),
      detail: `${t("graphics.memory.detail")} ${error.message}`,
      remedy: t("graphics.memory.remedy"),
      ways: ["lower", "reload"],
    });
  }

  private fail(failure: FailedFile): void {
    const { workspace } = this.options;
    this.failed = [...this.failed, failure];
    if (failure.file === BASE_FILE) {
      const revoked = failure.code === "no_access";
      workspace.problem.set({
        code: failure.code,
        title: t(revoked ? "graphics.access.title" : "graphics.base.title"),
        detail: failure.detail,
        remedy: t(revoked ? "graphics.access.remedy" : "graphics.base.remedy"),
      });
      return;
    }
    if (failure.code === "no_access") {
      if (workspace.access.get() === "revoked") return;
      this.stream?.giveUp();
      workspace.access.set("revoked");
      workspace.announce(t("graphics.revoked"), { assertive: true });
      return;
    }
    workspace.missing.set([...workspace.missing.get(), failure]);
    workspace.announce(t("graphics.missing", { count: workspace.missing.get().length }));
  }
}
