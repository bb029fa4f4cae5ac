/** Snapping and exact shapes as the measuring tool uses them. */

import type { MeasurePoint, SnapKind } from "../state/areas/measuring";
import type { EntityRef } from "../state/entities";
import { type Vec3, toFileAxes } from "../state/model";
import type { Hit } from "../scene/picking";
import type { Pointer } from "../scene/pointer";
import type { Viewer } from "../scene/viewer";
import type { Shapes } from "./reading_shapes";
import { type Snap, Snapper } from "./snapping";

/** What a pointer would measure from. */
export interface Aim {
  readonly kind: SnapKind;
  /** Model frame, as shown. */
  readonly point: Vec3;
  readonly occurrence: number;
  /** Metres, part frame. */
  readonly local: Vec3;
  readonly entity: EntityRef | null;
  readonly tolerance_m: number;
  /** The edge, as lines; model frame, as shown. */
  readonly edges: readonly (readonly Vec3[])[];
  readonly axis: readonly Vec3[] | null;
  /** How many things are near enough to be meant. */
  readonly choices: number;
}

/** See the head of the file. */
export class Snapping {
  readonly shapes: Shapes;
  private readonly viewer: Viewer;
  private snapper: { readonly of: object; readonly snapper: Snapper } | null = null;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
    this.shapes = {
      placed: () => null,
      placedPart: () => null,
      toLocal: (occurrence, position) => viewer.toPart(occurrence, viewer.toModel(position)),
      toFile: (vector) => {
        const manifest = viewer.workspace.manifest.get();
        return manifest ? toFileAxes(vector, manifest.source) : vector;
      },
      measure: () => null,
      properties: () => null,
      thickness: () => null,
    };
  }

  onChange(tell: () => void): () => void {
    void tell;
    return () => undefined;
  }

  aim(pointer: Pointer, hit: Hit | null): Aim | null {
    void hit;
    const snap = this.snapping()?.aim(pointer) ?? null;
    return snap && this.aimOf(snap, 1);
  }

  candidates(pointer: Pointer, hit: Hit | null): readonly Aim[] {
    const aim = this.aim(pointer, hit);
    return aim ? [aim] : [];
  }

  anchorOf(aim: Aim): MeasurePoint {
    const { kind, point, occurrence, local, entity, tolerance_m } = aim;
    const still = this.viewer.model?.occurrences.unexploded(occurrence, point) ?? point;
    const position = this.viewer.toAbsolute(still);
    return { position, occurrence, local, snap: kind, entity, tolerance_m };
  }

  fetch(anchor: MeasurePoint, here: () => void): void {
    void anchor;
    here();
  }

  whenHere(anchors: readonly MeasurePoint[], then: () => void): void {
    void anchors;
    then();
  }

  highlight(aim: Aim | null, pending: readonly MeasurePoint[]): void {
    void [aim, pending];
  }

  toShown(occurrence: number, local: Vec3): Vec3 | null {
    return this.viewer.partPoint(occurrence, local);
  }

  dispose(): void {
    this.snapper = null;
  }

  private snapping(): Snapper | null {
    const { model } = this.viewer;
    if (!model) return null;
    if (this.snapper?.of !== model) this.snapper = { of: model, snapper: new Snapper(model) };
    return this.snapper.snapper;
  }

  private aimOf({ kind, point, occurrence, local, edge }: Snap, choices: number): Aim {
    const edges = edge.map((pair) => [...pair]);
    return {
      kind,
      point,
      occurrence,
      local,
      entity: null,
      tolerance_m: 1e-5,
      edges,
      axis: null,
      choices,
    };
  }
}
