/**
 * The models on the table. Today one: the active revision, which stores, tools and tests speak of. Context beside it
 * (other revisions, neighbouring assets) is to be added here, each with its own transform: the viewer prepares, draws,
 * levels, picks and frames whatever stands on the table and asks nobody else.
 */

import { Group } from "three";
import type { RangeSet } from "../state/ranges";
import type { Bounds, Vec3 } from "../state/model";
import type { LevelView } from "./levels";
import type { OpenedModel } from "./opened_model";
import type { Hit } from "./picking";
import { cornersOf } from "./pose";

/** See the head of the file. `group` stands in the scene for as long as the viewer lives. */
export class ModelTable {
  readonly group = new Group();
  private opened: OpenedModel | null = null;

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
    return this.opened ? [this.opened] : [];
  }

  /** Brings everything up to date before a picture. presenting: a headset draws. */
  prepare(presenting: boolean): void {
    for (const model of this.models) model.prepare(presenting);
  }

  /** budget: triangles of all models together. */
  chooseLevels(view: LevelView, budget: number): void {
    for (const model of this.models) model.chooseLevels(view, budget);
  }

  /** Height of the picture in device pixels. */
  setViewportHeight(pixels: number): void {
    for (const model of this.models) model.batch.materials.setViewportHeight(pixels);
  }

  /** The first thing of the active model along a ray; model frame, unit direction. except: looked through. */
  pick(origin: Vec3, direction: Vec3, except: number | null = null): Hit | null {
    return this.opened?.pick(origin, direction, except) ?? null;
  }

  /** Box around everything as it stands; null while the table is empty. */
  get bounds(): Bounds | null {
    return this.opened?.bounds ?? null;
  }

  /** Corners of boxes around some occurrences of the active model, or around what is visible; may be none. */
  cornersOf(ranges?: RangeSet): readonly Vec3[] {
    const corners = this.opened?.cornersOf(ranges) ?? [];
    if (corners.length > 0) return corners;
    return this.opened ? cornersOf(this.opened.visibleBounds) : [];
  }

  dispose(): void {
    this.removeActive();
    this.group.removeFromParent();
  }
}
