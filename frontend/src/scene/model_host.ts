/** Brings a revision onto the table and takes it away: its files, what becomes of them, and what failed. */

import type { WebGLRenderer } from "three";
import type { Manifest, Vec3 } from "../state/model";
import type { Workspace } from "../state/workspace";
import { WorkerDecoder, type Decoder } from "./decoder";
import { isSoftware } from "./graphics";
import { BASE_FILE, PackageLoader, hashOf, type FailedFile, type FetchScene } from "./loader";
import type { ModelTable } from "./model_table";
import { OpenedModel } from "./opened_model";
import { PMI_FILE } from "./pmi";
import { sceneColours } from "./theme";

export interface ModelHostOptions {
  readonly renderer: WebGLRenderer;
  readonly canvas: HTMLCanvasElement;
  readonly workspace: Workspace;
  readonly table: ModelTable;
  readonly fetchScene: FetchScene;
  /** Default: a worker for each model. */
  readonly decoder?: Decoder;
  /** The coarse model stands on the table, drawn as the workspace says; resolves when it has been seen. */
  readonly opened: (model: OpenedModel) => Promise<void>;
  readonly closed: () => void;
  /** Finer triangles are here: levels may change. */
  readonly refined: () => void;
  /** Something else to draw is here. */
  readonly changed: () => void;
}

/** One revision at a time. */
export class ModelHost {
  /** Resolves when the coarse model has been drawn, or cannot be. */
  firstPicture: Promise<void> = Promise.resolve();
  failed: readonly FailedFile[] = [];
  private readonly options: ModelHostOptions;
  private held: Manifest | null = null;
  private loader: PackageLoader | null = null;
  private decoder: Decoder | null = null;

  constructor(options: ModelHostOptions) {
    this.options = options;
  }

  /** Of the revision on the table, also before its first chunk has arrived. */
  get manifest(): Manifest | null {
    return this.held;
  }

  /** Absolute metres of the model frame's zero. */
  get origin(): Vec3 {
    return this.held?.origin ?? [0, 0, 0];
  }

  /** Coarse at once, finer as it comes. Replaces what was there. */
  open(manifest: Manifest): void {
    this.close();
    this.held = manifest;
    const { workspace, fetchScene, refined, changed, renderer, canvas, table } = this.options;
    const decoder = this.options.decoder ?? new WorkerDecoder();
    this.decoder = decoder;
    let drawn: () => void = () => undefined;
    this.firstPicture = new Promise((resolve) => (drawn = resolve));
    const loader = new PackageLoader({
      manifest,
      fetchScene,
      decoder,
      listener: {
        base: (chunk) => {
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
          return this.options.opened(model).then(drawn);
        },
        finer: (chunk) => {
          table.active?.addChunk(chunk);
          refined();
        },
        edges: (edges) => {
          table.active?.addEdges(edges);
          changed();
        },
        progress: (loading) => workspace.loading.set(loading),
        failed: (failure) => {
          if (failure.file === BASE_FILE) drawn();
          this.fail(failure);
        },
        weight: (chunk) => table.active?.weight(chunk) ?? 0,
      },
    });
    this.loader = loader;
    // The loader turns every failure into a named state; what is left is a mistake of ours.
    loader
      .run()
      .then(() => this.loadSurfaces(manifest))
      .catch((error: unknown) => {
        this.fail({ file: BASE_FILE, code: "damaged_chunk", detail: String(error) });
      });
  }

  close(): void {
    this.loader?.dispose();
    this.loader = null;
    if (!this.options.decoder) this.decoder?.dispose();
    this.decoder = null;
    this.options.closed();
    this.options.table.removeActive();
    this.failed = [];
  }

  /** Brings the revision in again after the context came back empty; files come from the browser's cache. */
  reopen(): void {
    if (this.held) this.open(this.held);
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
      .then(changed, (error: unknown) =>
        this.fail({ file: PMI_FILE, code: "not_loaded", detail: String(error) }),
      );
  }

  /** Textures come last: they are the finest look, never needed for the picture. */
  private async loadSurfaces(manifest: Manifest): Promise<void> {
    const { table, renderer, fetchScene, changed } = this.options;
    await table.active?.loadSurfaces(
      renderer,
      (file) => fetchScene(file, hashOf(manifest, file)),
      isSoftware(renderer),
      (file, error) => this.fail({ file, code: "not_loaded", detail: String(error) }),
    );
    changed();
  }

  private fail(failure: FailedFile): void {
    const { workspace } = this.options;
    this.failed = [...this.failed, failure];
    if (failure.file !== BASE_FILE) {
      workspace.announce(
        `Part of the model could not be loaded (${failure.file}); the rest is shown.`,
      );
      return;
    }
    workspace.problem.set({
      code: failure.code,
      title: "The model could not be loaded",
      detail: failure.detail,
      remedy: "Check the connection and reload the page. If it stays, convert the revision again.",
    });
  }
}
