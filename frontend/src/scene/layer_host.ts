/**
 * The other revisions on the table: brought in, laid where they belong and taken away again, as `workspace.layers` says.
 * They are seen, cut, picked and shown as `layerParts` and `layerSelection` say.
 */

import type { WebGLRenderer } from "three";
import { type LayerModel, putShownParts, shownPartsOf } from "../state/areas/layer_parts";
import type { LayerInfo, TableLayer } from "../state/areas/table";
import { t } from "../state/messages";
import {
  type Manifest,
  type Matrix4,
  type Structure,
  type Vec3,
  structureHash,
} from "../state/model";
import { byGeoreference, readGeoreference, compose, IDENTITY, translation } from "../state/rigid";
import { RangeSet } from "../state/ranges";
import { Store } from "../state/store";
import type { Commands } from "../state/commands";
import type { Workspace } from "../state/workspace";
import { comparisonNow, hiddenOfOld, lookOfOld } from "./compared_look";
import { WorkerDecoder } from "./decoder";
import { ExactStore } from "./exact_store";
import { isSoftware } from "./graphics";
import { PackageLoader, hashOf, type FetchScene } from "./loader";
import { memoryCeiling, thisMachine } from "./memory";
import type { UploadPace } from "./upload_pace";
import type { ModelTable } from "./model_table";
import { OpenedModel } from "./opened_model";
import { sceneColours } from "./theme";
import type { PlacedModel } from "./viewer_sight";

/** One revision's files, and what to call it. */
export interface LayerFiles {
  readonly name: string;
  readonly label: string;
  readonly manifest: Manifest;
  readonly structure: Structure;
  readonly fetchScene: FetchScene;
}

/** Finds a revision; its own correction of unit and axis is applied. Rejects with a reason for the person. */
export type OpenLayer = (revisionId: string, signal: AbortSignal) => Promise<LayerFiles>;

export interface LayerHostOptions {
  readonly renderer: WebGLRenderer;
  readonly canvas: HTMLCanvasElement;
  readonly workspace: Workspace;
  readonly commands: Commands;
  readonly table: ModelTable;
  readonly pace: UploadPace;
  readonly open: OpenLayer;
  /** Absolute metres of the table's zero: the active revision's. */
  readonly origin: () => Vec3;
  readonly changed: () => void;
  readonly refined: () => void;
}

/** What all layers together may take of the memory for finer triangles. */
const SHARE = 0.5;

/** What the exact shapes of one layer may take. */
const EXACT_BYTES = 16 << 20;
const NOTHING_UNCUT = new Store(RangeSet.empty);

interface Laid {
  readonly revisionId: string;
  readonly ended: AbortController;
  layer: TableLayer;
  manifest: Manifest | null;
  structure: Structure | null;
  loader: PackageLoader | null;
  model: OpenedModel | null;
  exact: ExactStore | null;
  decoder: WorkerDecoder | null;
  laidAt: string;
  /** What of it was shown last. */
  shown: string;
}

export class LayerHost {
  private readonly options: LayerHostOptions;
  private readonly laid = new Map<string, Laid>();
  private readonly stops: (() => void)[] = [];

  constructor(options: LayerHostOptions) {
    this.options = options;
    const { workspace, commands } = options;
    const { layers, manifest, sections, sectionBox, display, theme } = workspace;
    const { comparing, comparison, blinking, crossFade } = workspace;
    // Nothing is laid before it is known where the table's zero is.
    const follow = (): void => this.follow(manifest.get() ? this.wanted() : []);
    const redraw = (): void => {
      for (const { model } of this.laid.values()) if (model) this.show(model);
      options.changed();
    };
    this.stops.push(
      ...[layers, comparing, comparison, blinking, crossFade, theme].map((store) =>
        store.subscribe(follow),
      ),
      manifest.subscribe(() => this.reopen()),
      ...[sections, sectionBox, display, theme].map((store) => store.subscribe(redraw)),
      workspace.layerParts.subscribe(follow),
      workspace.layerSelection.subscribe(() => this.highlight()),
      workspace.layerHover.subscribe(() => this.highlight()),
      commands.register("layer.georeference", ({ revision }) => this.georeference(revision)),
    );
  }

  /** The model of a layer, once its first triangles are here. */
  find(revisionId: string): OpenedModel | null {
    return this.laid.get(revisionId)?.model ?? null;
  }

  /** The model of a layer with its exact shapes. */
  placed(revisionId: string): PlacedModel | null {
    const { model, exact } = this.laid.get(revisionId) ?? {};
    return model && exact ? { model, exact } : null;
  }

  /** The revision of a model that is laid here. */
  revisionOf(model: OpenedModel): string | null {
    for (const laid of this.laid.values()) if (laid.model === model) return laid.revisionId;
    return null;
  }

  /** What a ray meets of the layers, by name; null when it is none. */
  under(origin: Vec3, direction: Vec3): string | null {
    const met = this.options.table.pickBeside(origin, direction);
    if (!met) return null;
    const laid = [...this.laid.values()].find(({ model }) => model === met.model);
    const info = this.options.workspace.layerInfo.get().get(laid?.revisionId ?? "");
    return info ? `${info.name} ${info.label}` : null;
  }

  /** Brings everything in again: the graphics came back empty, or the table's zero moved. */
  reopen(): void {
    this.follow([]);
    if (this.options.workspace.manifest.get()) this.follow(this.wanted());
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.follow([]);
  }

  /** The layers on the table, and the revision that it is compared with: where it stands itself. */
  private wanted(): readonly TableLayer[] {
    const layers = this.options.workspace.layers.get();
    const { comparing, comparison } = comparisonNow(this.options.workspace);
    // Not before there is something to see of it: it would only stand in the way.
    if (!comparing || comparison?.state !== "ready") return layers;
    const { revisionId } = comparing;
    return [
      ...layers.filter((layer) => layer.revisionId !== revisionId),
      { revisionId, visible: true, ghosted: false, transform: null },
    ];
  }

  private follow(layers: readonly TableLayer[]): void {
    for (const [revisionId, laid] of this.laid)
      if (!layers.some((layer) => layer.revisionId === revisionId)) this.drop(laid);
    for (const layer of layers) {
      const laid = this.laid.get(layer.revisionId);
      if (laid) {
        laid.layer = layer;
        this.place(laid);
      } else this.bring(layer);
    }
    this.options.changed();
  }

  private drop(laid: Laid): void {
    laid.ended.abort();
    laid.loader?.dispose();
    laid.exact?.dispose();
    laid.decoder?.dispose();
    if (laid.model) this.options.table.removeBeside(laid.model);
    this.laid.delete(laid.revisionId);
    this.tell(laid.revisionId, null);
    this.name(laid, null);
  }

  private bring(layer: TableLayer): void {
    const { revisionId } = layer;
    const laid: Laid = {
      revisionId,
      ended: new AbortController(),
      layer,
      manifest: null,
      structure: null,
      loader: null,
      model: null,
      exact: null,
      decoder: null,
      laidAt: "",
      shown: "",
    };
    this.laid.set(revisionId, laid);
    this.tell(revisionId, { name: "…", label: "", state: "loading", fraction: 0, problem: null });
    this.options.open(revisionId, laid.ended.signal).then(
      (files) => this.load(laid, files),
      (error: unknown) => this.failed(laid, error instanceof Error ? error.message : String(error)),
    );
  }

  private load(laid: Laid, files: LayerFiles): void {
    if (laid.ended.signal.aborted) return;
    const { renderer, canvas, workspace, table, origin, changed, refined } = this.options;
    const zero = origin();
    const shift: Vec3 = [0, 1, 2].map(
      (axis) => (zero[axis] ?? 0) - (files.manifest.origin[axis] ?? 0),
    ) as unknown as Vec3;
    const moved = (point: Vec3): Vec3 => [
      point[0] + shift[0],
      point[1] + shift[1],
      point[2] + shift[2],
    ];
    const { bounds } = files.manifest;
    laid.manifest = files.manifest;
    laid.structure = files.structure;
    // A better converter numbered its parts anew: what was kept of them is of others now.
    const kept = workspace.layerParts.get().get(laid.revisionId)?.structure ?? null;
    if (kept !== null && kept !== structureHash(files.manifest)) {
      putShownParts(workspace, laid.revisionId, null);
      workspace.announce(t("table.renumbered", { name: `${files.name} ${files.label}` }));
    }
    laid.exact = new ExactStore({
      fetchScene: files.fetchScene,
      model: () => laid.model,
      structure: () => laid.structure,
      motion: () => laid.layer.transform,
      changed,
      ceilingBytes: EXACT_BYTES,
    });
    this.name(laid, { manifest: files.manifest, structure: files.structure });
    const manifest: Manifest = {
      ...files.manifest,
      origin: zero,
      bounds: { min: moved(bounds.min), max: moved(bounds.max) },
    };
    const decoder = new WorkerDecoder();
    laid.decoder = decoder;
    const info = { name: files.name, label: files.label, problem: null };
    const loader = new PackageLoader({
      manifest,
      fetchScene: files.fetchScene,
      decoder,
      pace: this.options.pace,
      listener: {
        base: (chunk) => {
          const model = new OpenedModel(renderer, manifest, chunk);
          laid.model = model;
          model.openPoints({
            fetch: (file, signal) => files.fetchScene(file, hashOf(manifest, file), signal),
            decode: (file) => decoder.points(file),
            changed: refined,
            failed: (failure) => this.failed(laid, failure.detail),
          });
          model.batch.materials.setViewportHeight(canvas.height);
          this.show(model);
          this.place(laid);
          table.putBeside(model);
          this.highlight();
          model.onLevels(({ wants, largest, partial }, another) => {
            if (!partial) laid.loader?.stream?.want(wants, largest);
            if (another) changed();
          });
          refined();
          return {
            index: model.index,
            ceiling: (memoryCeiling(thisMachine(isSoftware(renderer))) * SHARE) / this.laid.size,
            store: {
              add: (finer) => model.addChunk(finer),
              remove: (held) => model.removeChunk(held),
            },
            changed: refined,
            lowered: () => undefined,
            seen: Promise.resolve(),
          };
        },
        edges: (edges) => {
          laid.model?.addEdges(edges);
          changed();
        },
        progress: ({ bytes, totalBytes, done }) =>
          this.tell(laid.revisionId, {
            ...info,
            state: done ? "ready" : "loading",
            fraction: done ? 1 : bytes / Math.max(1, totalBytes),
          }),
        failed: (failure) => this.failed(laid, failure.detail, info),
      },
    });
    laid.loader = loader;
    loader.run().then(
      () =>
        laid.model?.loadSurfaces(
          renderer,
          (file) => files.fetchScene(file, hashOf(manifest, file)),
          isSoftware(renderer),
          () => undefined, // the look falls back to colours; the part is there
        ),
      (error: unknown) => this.failed(laid, String(error), info),
    );
    workspace.announce(t("table.arrived", { name: `${files.name} ${files.label}` }));
  }

  /** Lays a model where it belongs, and shows or hides it. */
  private place(laid: Laid): void {
    const { model, manifest, structure, layer } = laid;
    if (!model || !manifest || !structure) return;
    const motion = this.motion(manifest.origin, layer.transform);
    const key = motion.join(" ");
    if (key !== laid.laidAt) {
      laid.laidAt = key;
      model.lay(motion);
    }
    const now = comparisonNow(this.options.workspace);
    const look = now.comparing?.revisionId === layer.revisionId ? lookOfOld(now) : null;
    model.setCompared(look);
    const all = RangeSet.span(0, model.occurrences.count - 1);
    const old = look ? structure.hiddenByFile.union(hiddenOfOld(now, look)) : null;
    const parts = shownPartsOf(this.options.workspace, layer.revisionId);
    const off = old ?? (layer.visible ? parts.hidden.intersect(all) : all);
    const ghosts = layer.ghosted ? all : old ? RangeSet.empty : parts.ghosted.intersect(all);
    const shown = `${key} ${JSON.stringify([off, ghosts])}`;
    // A slider that is dragged changes nothing of what is listed for drawing.
    if (shown === laid.shown) return;
    laid.shown = shown;
    model.batch.setHidden(off);
    model.batch.setGhosted(ghosts);
    model.touchSurfaces();
    this.options.refined();
  }

  /** Outlines what of the layers is selected or pointed at. */
  private highlight(): void {
    const { layerHover, layerSelection } = this.options.workspace;
    const [chosen, over] = [layerSelection.get(), layerHover.get()];
    for (const { model, revisionId } of this.laid.values()) {
      model?.setSelection(chosen?.revisionId === revisionId ? chosen.ranges : RangeSet.empty);
      model?.setHover(over?.revisionId === revisionId ? over.occurrence : null);
    }
    this.options.changed();
  }

  /** From the layer's model frame to the table's. */
  private motion(own: Vec3, transform: Matrix4 | null): Matrix4 {
    const [x, y, z] = this.options.origin();
    const absolute = compose(translation(own), transform ?? IDENTITY);
    return compose(absolute, translation([-x, -y, -z]));
  }

  private show(model: OpenedModel): void {
    const { workspace } = this.options;
    // Which parts nothing cuts is said in the numbers of the active revision.
    model.setSections({ ...workspace, uncut: NOTHING_UNCUT });
    model.setColours(sceneColours(workspace.theme.get()));
    model.setDisplay(workspace.display.get());
    model.touchSurfaces();
  }

  private georeference(revision: string): void {
    const { workspace, commands } = this.options;
    const own = this.laid.get(revision)?.manifest;
    const active = workspace.manifest.get();
    // A correction of unit or axis is not part of what the file says of the Earth.
    const corrected = own?.placement !== undefined || active?.placement !== undefined;
    const found = corrected
      ? "missing"
      : byGeoreference(readGeoreference(own?.georeference), readGeoreference(active?.georeference));
    if (typeof found === "string") workspace.announce(t(`table.geo.${found}`));
    else commands.run("layer.update", { revision, change: { transform: found } });
  }

  private failed(laid: Laid, reason: string, info = { name: "", label: "" }): void {
    if (laid.ended.signal.aborted) return;
    this.tell(laid.revisionId, { ...info, state: "failed", fraction: 0, problem: reason });
  }

  /** Tells what can be read of a layer: its tree and what its file says. */
  private name({ revisionId }: Laid, model: LayerModel | null): void {
    const { layerModels } = this.options.workspace;
    const next = new Map(layerModels.get());
    if (model) next.set(revisionId, model);
    else next.delete(revisionId);
    layerModels.set(next);
  }

  private tell(revisionId: string, info: LayerInfo | null): void {
    const { layerInfo } = this.options.workspace;
    const next = new Map(layerInfo.get());
    if (info) next.set(revisionId, info);
    else next.delete(revisionId);
    layerInfo.set(next);
  }
}
