/**
 * The models on the table: the active revision, which stores, tools and tests speak of, and context beside it (other
 * revisions, neighbouring assets). The viewer prepares, draws, levels and frames whatever stands on the table and asks
 * nobody else.
 */

import { Group } from "three";
import type { RangeSet } from "../state/ranges";
import type { Bounds, Vec3 } from "../state/model";
import type { DrawLimits } from "./draw_limit";
import type { LevelView } from "./levels";
import type { OpenedModel } from "./opened_model";
import type { Hit } from "./picking";
import { cornersOf } from "./pose";

/** See the head of the file. `group` stands in the scene for as long as the viewer lives. */
export class ModelTable {
  readonly group = new Group();
  private opened: OpenedModel | null = null;
  private readonly beside: OpenedModel[] = [];

  /** The revision that the workspace is about; null until its first chunk has arrived. */
  get active(): OpenedModel | null {
    return this.opened;
  }

  /** Puts the active model down, in place of the one before. */
  putActive(model: OpenedModel): void {
    this.removeActive();
    this.opened = model;
    this.group.add(model.batch.group);
  }

  /** Takes the active model away and frees what it held. */
  removeActive(): void {
    this.opened?.dispose();
    this.opened = null;
  }

  /** Everything that is drawn. */
  get models(): readonly OpenedModel[] {
    return this.opened ? [this.opened, ...this.beside] : this.beside;
  }

  /** Puts context down. */
  putBeside(model: OpenedModel): void {
    this.beside.push(model);
    this.group.add(model.batch.group);
  }

  /** Takes context away and frees what it held. */
  removeBeside(model: OpenedModel): void {
    const at = this.beside.indexOf(model);
    if (at >= 0) this.beside.splice(at, 1);
    model.dispose();
  }

  /** Brings everything up to date before a picture. presenting: a headset draws. */
  prepare(presenting: boolean): void {
    for (const model of this.models) model.prepare(presenting);
  }

  /** For a headset: hard numbers for all models together. */
  chooseWithin(view: LevelView, limits: DrawLimits): void {
    const { models } = this;
    const weights = models.map(({ manifest }) => Math.sqrt(Math.max(1, manifest.counts.triangles)));
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    models.forEach((model, m) => {
      const share = (weights[m] ?? 0) / all;
      const triangles = Math.floor(limits.triangles * share);
      const own = { ...limits, triangles, subDraws: Math.floor(limits.subDraws * share) };
      model.chooseLevels(view, triangles, own);
    });
  }

  /** budget: triangles of all models together. other: one of them is seen from elsewhere. */
  chooseLevels(
    view: LevelView,
    budget: number,
    other: { readonly model: OpenedModel | null; readonly view: LevelView } | null = null,
  ): void {
    const { models } = this;
    const all = models.reduce((sum, { manifest }) => sum + manifest.counts.triangles, 0);
    for (const model of models) {
      // Each has its part of the budget, and nobody less than a tenth.
      const share = models.length === 1 ? 1 : model.manifest.counts.triangles / Math.max(1, all);
      const seen = other?.model === model ? other.view : view;
      model.chooseLevels(seen, budget * Math.max(0.1, share));
    }
  }

  /** Height of the picture in device pixels. */
  setViewportHeight(pixels: number): void {
    for (const model of this.models) model.batch.materials.setViewportHeight(pixels);
  }

  /**
   * The first thing of the active model along a ray, unless context stands in front of it; model frame, unit
   * direction. except: looked through.
   */
  pick(origin: Vec3, direction: Vec3, except: number | null = null): Hit | null {
    const hit = this.opened?.pick(origin, direction, except) ?? null;
    if (!hit || this.beside.length === 0) return hit;
    const context = this.pickBeside(origin, direction);
    return context && context.hit.distance < hit.distance ? null : hit;
  }

  /** The first thing of all models along a ray; model frame, unit direction. */
  pickAny(
    origin: Vec3,
    direction: Vec3,
  ): { readonly model: OpenedModel; readonly hit: Hit } | null {
    const hit = this.opened?.pick(origin, direction) ?? null;
    const context = this.beside.length > 0 ? this.pickBeside(origin, direction) : null;
    if (context && (!hit || context.hit.distance < hit.distance)) return context;
    return this.opened && hit ? { model: this.opened, hit } : null;
  }

  /** The first thing of the context along a ray. */
  pickBeside(
    origin: Vec3,
    direction: Vec3,
  ): { readonly model: OpenedModel; readonly hit: Hit } | null {
    let best: { readonly model: OpenedModel; readonly hit: Hit } | null = null;
    for (const model of this.beside) {
      const hit = model.pick(origin, direction);
      if (hit && (!best || hit.distance < best.hit.distance)) best = { model, hit };
    }
    return best;
  }

  /** Box around everything as it stands; null while the table is empty. */
  get bounds(): Bounds | null {
    const own = this.opened?.bounds ?? null;
    if (!own || this.beside.length === 0) return own;
    const boxes = [own, ...this.beside.map(({ bounds }) => bounds)];
    const end = (side: "min" | "max", pick: (...values: number[]) => number): Vec3 => [
      pick(...boxes.map((box) => box[side][0])),
      pick(...boxes.map((box) => box[side][1])),
      pick(...boxes.map((box) => box[side][2])),
    ];
    return { min: end("min", Math.min), max: end("max", Math.max) };
  }

  /** Corners of boxes around some occurrences of the active model, or around what is visible; may be none. */
  cornersOf(ranges?: RangeSet): readonly Vec3[] {
    if (ranges === undefined && this.beside.length > 0)
      return this.models.flatMap((model) => model.cornersOf());
    const corners = this.opened?.cornersOf(ranges) ?? [];
    if (corners.length > 0) return corners;
    return this.opened ? cornersOf(this.opened.visibleBounds) : [];
  }

  dispose(): void {
    this.removeActive();
    for (const model of [...this.beside]) this.removeBeside(model);
    this.group.removeFromParent();
  }
}
