/** The textured parts of one model, in step with the part batch: who shows a surface, and in which state. */

import type { Group, WebGLRenderer } from "three";
import type { Manifest } from "../state/model";
import type { Occurrences } from "./occurrences";
import type { PartBatch } from "./part_batch";
import { Surfaces } from "./surfaces";

/** One model's surfaces; nothing until `load`. */
export class ModelSurfaces {
  private readonly manifest: Manifest;
  private readonly occurrences: Occurrences;
  private readonly batch: PartBatch;
  private surfaces: Surfaces | null = null;
  /** What is shown, ghosted, coloured, cut or pulled apart has changed. */
  private touched = false;
  /** Selection, hover or spared parts have changed. */
  private statesTouched = false;
  private without = false;
  private capped = false;
  private studio: readonly number[] = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  private disposed = false;

  constructor(manifest: Manifest, occurrences: Occurrences, batch: PartBatch) {
    this.manifest = manifest;
    this.occurrences = occurrences;
    this.batch = batch;
  }

  /** Textured parts as they stand; null without any. */
  get group(): Group | null {
    return this.surfaces?.group ?? null;
  }

  /** GL calls of one picture. */
  get drawCalls(): number {
    return this.surfaces?.drawCalls ?? 0;
  }

  /** Brings in how parts really look, file by file; after everything that the picture needs more. */
  async load(
    renderer: WebGLRenderer,
    fetchFile: (file: string) => Promise<ArrayBuffer>,
    software: boolean,
    failed: (file: string, error: unknown) => void,
  ): Promise<void> {
    const files = this.manifest.surfaces ?? [];
    if (files.length === 0 || this.disposed) return;
    const { shared } = this.batch.materials;
    const surfaces = new Surfaces(renderer, this.occurrences, software, shared);
    this.surfaces = surfaces;
    surfaces.setStudio(this.studio);
    this.batch.group.add(surfaces.group);
    for (const { file } of files) {
      try {
        await surfaces.add(await fetchFile(file));
      } catch (error) {
        failed(file, error);
      }
      if (this.disposed) return;
      this.touched = true;
    }
  }

  touch(): void {
    this.touched = true;
  }

  touchStates(): void {
    this.statesTouched = true;
  }

  /** Where the light stands: see `studioAxes`. */
  setStudio(axes: readonly number[]): void {
    this.studio = axes;
    this.surfaces?.setStudio(axes);
  }

  /**
   * Brings everything up to date before a picture.
   *
   * none: no part shows its surface now. capped: something cuts.
   */
  prepare(none: boolean, capped: boolean): void {
    const { surfaces, batch } = this;
    if (!surfaces) return;
    if (this.touched || none !== this.without) {
      this.touched = false;
      this.without = none;
      const { visible } = batch;
      const isPlain = (o: number): boolean => batch.isGhost(o) || batch.isColoured(o);
      if (surfaces.show({ visible, isPlain, none }) || capped !== this.capped)
        batch.setCovered(surfaces.covered, capped);
      this.capped = capped;
      surfaces.setCut(capped);
      this.statesTouched = true;
    }
    if (!this.statesTouched) return;
    this.statesTouched = false;
    surfaces.showStates((o) => batch.stateBits(o));
  }

  dispose(): void {
    this.disposed = true;
    this.surfaces?.dispose();
  }
}
