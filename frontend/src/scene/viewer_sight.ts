/**
 * What can be asked of a viewer without changing it: what is under a pointer, where points of parts, of the model and of
 * the picture are, and how large things look. Model frame unless said otherwise.
 */

import { type OrthographicCamera, type PerspectiveCamera, Ray } from "three";
import type { Bounds, Manifest, Vec3 } from "../state/model";
import type { RangeSet } from "../state/ranges";
import type { Workspace } from "../state/workspace";
import { ViewCamera } from "./camera";
import { ComparePanes } from "./compare_panes";
import type { ExactStore } from "./exact_store";
import { ModelTable } from "./model_table";
import type { OpenedModel } from "./opened_model";
import type { Hit } from "./picking";
import type { Pointer } from "./pointer";
import { boundsOf, cornersOf } from "./pose";
import { reach } from "./sight";
import { add, mix, subtract } from "./vector";

/** A model and the exact shapes of its parts. */
export interface PlacedModel {
  readonly model: OpenedModel;
  readonly exact: ExactStore;
}

/** A point of any model on the table. */
export interface TableHit {
  readonly model: OpenedModel;
  /** null: the active one. */
  readonly revision: string | null;
  readonly hit: Hit;
}

/** See the head of the file; the viewer moves and draws. */
export abstract class ViewerSight {
  readonly canvas: HTMLCanvasElement;
  readonly workspace: Workspace;
  readonly view: ViewCamera;
  /** Which half of the picture is whose while two revisions are seen side by side. */
  readonly panes: ComparePanes;
  /** What is drawn and picked. */
  readonly table = new ModelTable();
  /** Set while a headset draws: its camera rig decides what is seen. */
  presenting = false;
  /** The headset's eye while it draws, model frame. */
  headsetEye: Vec3 = [0, 0, 0];

  constructor(canvas: HTMLCanvasElement, workspace: Workspace) {
    this.canvas = canvas;
    this.workspace = workspace;
    this.view = new ViewCamera(workspace.camera.get());
    this.panes = new ComparePanes(canvas, workspace, this.view);
  }

  /** Of the package that is on the table, or on its way there. */
  protected abstract get manifest(): Manifest | null;

  /** The model on the table, once its first chunk has arrived. */
  get model(): OpenedModel | null {
    return this.table.active;
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
    if (this.panes.isOld(x)) return null;
    const { origin, direction } = this.panes.rayAt(x, y, _ray);
    return this.pickRay([origin.x, origin.y, origin.z], [direction.x, direction.y, direction.z]);
  }

  /** The revision that the one on the table is compared with, once it is here. */
  abstract get oldModel(): OpenedModel | null;

  /** What lies under a point of the canvas, in whichever half, CSS pixels; model frame. */
  protected surfaceAt(x: number, y: number): Vec3 | null {
    if (!this.panes.isOld(x)) return this.pick(x, y)?.point ?? null;
    const { origin, direction } = this.panes.rayAt(x, y, _ray);
    const from: Vec3 = [origin.x, origin.y, origin.z];
    return this.oldModel?.pick(from, [direction.x, direction.y, direction.z])?.point ?? null;
  }

  /** The first thing along a ray; model frame, unit direction. */
  pickRay(origin: Vec3, direction: Vec3): Hit | null {
    return this.table.pick(origin, direction);
  }

  /** except: an occurrence to look through. */
  pickPointer(pointer: Pointer, except: number | null = null): Hit | null {
    if (pointer.screen && this.showsOld(pointer.screen.x)) return null;
    return this.table.pick(pointer.origin, pointer.direction, except);
  }

  /** `pickTable` under a point of the canvas, CSS pixels. */
  pickAt(x: number, y: number): TableHit | null {
    const { origin, direction } = this.panes.rayAt(x, y, _ray);
    return this.pickTable({
      screen: { x, y },
      origin: [origin.x, origin.y, origin.z],
      direction: [direction.x, direction.y, direction.z],
    });
  }

  /** What is hit first of all models on the table; nothing where the old one of two compared revisions is in front. */
  pickTable({
    screen,
    origin,
    direction,
  }: Pick<Pointer, "screen" | "origin" | "direction">): TableHit | null {
    if (screen && this.showsOld(screen.x)) return null;
    const met = this.table.pickAny(origin, direction);
    if (!met) return null;
    if (met.model === this.model) return { ...met, revision: null };
    const revision = this.revisionOf(met.model);
    return revision === null ? null : { ...met, revision };
  }

  /** A model on the table; null: the active one. */
  abstract placed(revision: string | null): PlacedModel | null;

  /** The revisions on the table that can be picked, the active one (null) first. */
  pickable(): readonly (string | null)[] {
    return [null, ...this.workspace.layers.get().map(({ revisionId }) => revisionId)];
  }

  /** The revision of a model beside the active one; null for one that is only there to be compared with. */
  protected abstract revisionOf(model: OpenedModel): string | null;

  /** Whether the old one of two compared revisions is seen there, CSS pixels; it is for looking at. */
  private showsOld(x: number): boolean {
    const { comparing, comparison, blinking } = this.workspace;
    const now = comparing.get();
    if (!now || comparison.get()?.state !== "ready") return false;
    if (blinking.get() || this.panes.isOld(x)) return true;
    return now.mode === "slider" && x < now.slider * this.canvas.clientWidth;
  }

  /** Where a point of the model frame is in the canvas, CSS pixels; null behind the eye. */
  projectToScreen(point: Vec3): { readonly x: number; readonly y: number } | null {
    return this.panes.project(point);
  }

  /** A point of a part, metres in its frame, as it stands in the model frame. */
  partPoint(occurrence: number, local: Vec3): Vec3 | null {
    if (!this.model?.occurrences.has(occurrence)) return null;
    return this.model.occurrences.fromPart(occurrence, local);
  }

  /** A point of the model frame in the frame of a part, as it stands now; null when it is not placed. */
  toPart(occurrence: number, point: Vec3): Vec3 | null {
    if (!this.model?.occurrences.has(occurrence)) return null;
    return this.model.occurrences.toPart(occurrence, point);
  }

  /** Width by height of the picture. */
  aspect(): number {
    return this.view.viewAspect;
  }

  /** Box of an occurrence as it stands, model frame. */
  occurrenceBounds(occurrence: number): Bounds | null {
    return this.model?.occurrences.boxOf([occurrence]) ?? null;
  }

  /** Model frame → absolute metres. */
  toAbsolute(point: Vec3): Vec3 {
    return add(point, this.origin);
  }

  toModel(absolute: Vec3): Vec3 {
    return subtract(absolute, this.origin);
  }

  /** Middle of the model and half its diagonal, model frame. */
  middleOfModel(): { readonly point: Vec3; readonly radius: number } {
    const bounds = this.boundsOfModel();
    const [x, y, z] = subtract(bounds.max, bounds.min);
    return {
      point: mix(bounds.min, bounds.max, 0.5),
      radius: Math.max(Math.hypot(x, y, z) / 2, 1e-6),
    };
  }

  middleOfSelection(): Vec3 | null {
    const selection = this.workspace.selection.get();
    if (selection.isEmpty) return null;
    const box = boundsOf(this.table.cornersOf(selection));
    return box ? mix(box.min, box.max, 0.5) : null;
  }

  /** Corners of the model's box, model frame. */
  cornersOfModel(): readonly Vec3[] {
    return cornersOf(this.boundsOfModel());
  }

  /** Metres that CSS pixels cover at a point; while a headset draws, a pixel counts as 0.05°. */
  reach(point: Vec3, pixels: number): number {
    return reach(this.view, this.canvas, this.presenting ? this.headsetEye : null, point, pixels);
  }

  protected boundsOfModel(): Bounds {
    return this.table.bounds ?? this.middleBox();
  }

  private middleBox(): Bounds {
    const { manifest } = this;
    if (manifest) return relative(manifest.bounds, manifest.origin);
    return { min: [-0.5, -0.5, -0.5], max: [0.5, 0.5, 0.5] };
  }

  protected cornersToFit(ranges?: RangeSet): readonly Vec3[] {
    const corners = this.table.cornersOf(ranges);
    return corners.length > 0 ? corners : cornersOf(this.middleBox());
  }
}

function relative(bounds: Bounds, origin: Vec3): Bounds {
  return { min: subtract(bounds.min, origin), max: subtract(bounds.max, origin) };
}

const _ray = new Ray();
