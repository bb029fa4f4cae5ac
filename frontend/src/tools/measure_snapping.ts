/** Snapping and exact shapes as the measuring tool uses them. */

import type { MeasurePoint, SnapKind } from "../state/areas/measuring";
import type { EntityRef } from "../state/entities";
import type { Vec3 } from "../state/model";
import { EntityLayer } from "../scene/entity_layer";
import { placePoint } from "../scene/kernel/affine";
import type { Pointer } from "../scene/pointer";
import type { Viewer } from "../scene/viewer";
import { kernelShapes } from "./kernel_shapes";
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
}

/** See the head of the file. */
export class Snapping {
  readonly shapes: Shapes;
  private readonly viewer: Viewer;
  private readonly layer: EntityLayer;
  private inks: {
    readonly theme: string;
    readonly hovered: string;
    readonly accent: string;
  } | null = null;
  private snapper: { readonly of: object; readonly snapper: Snapper } | null = null;
  /** Pointed at while its exact shape was on its way. */
  private awaited: number | null = null;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
    this.shapes = kernelShapes(viewer);
    this.layer = new EntityLayer(viewer);
  }

  /** Whether the exact shape has come of what was pointed at; true once. */
  hasArrived(): boolean {
    if (this.awaited === null || this.viewer.exact.isPending(this.awaited)) return false;
    this.awaited = null;
    return true;
  }

  aim(pointer: Pointer): Aim | null {
    const snapper = this.snapping();
    const snap = snapper?.aim(pointer) ?? null;
    if (!snapper || !snap) return null;
    this.viewer.exact.want(snap.occurrence);
    this.awaited = this.viewer.exact.isPending(snap.occurrence) ? snap.occurrence : null;
    return aimOf(snap);
  }

  /** Everything near enough to be meant, the best first. */
  candidates(pointer: Pointer): readonly Aim[] {
    return this.snapping()?.candidates(pointer).map(aimOf) ?? [];
  }

  anchorOf(aim: Aim): MeasurePoint {
    const { kind, point, occurrence, local, entity, tolerance_m } = aim;
    // base.glb places in single precision, the structure in double.
    const matrix = this.viewer.exact.matrixOf(occurrence);
    const still = matrix
      ? placePoint(matrix, local)
      : (this.viewer.model?.occurrences.unexploded(occurrence, point) ?? point);
    const position = this.viewer.toAbsolute(still);
    return { position, occurrence, local, snap: kind, entity, tolerance_m };
  }

  /** Runs as soon as the exact shapes of what was clicked are here, or it is known that there are none. */
  whenHere(anchors: readonly MeasurePoint[], then: () => void): void {
    const { exact } = this.viewer;
    const missing = anchors.flatMap(({ occurrence }) =>
      occurrence !== null && exact.isPending(occurrence) ? [occurrence] : [],
    );
    if (missing.length === 0) {
      then();
      return;
    }
    // `load` answers null where a shape cannot be had; it never fails.
    void Promise.all(missing.map((occurrence) => exact.load(occurrence))).then(then);
  }

  /** Tints the face under the pointer, and what was clicked or belongs to the chosen measurement. */
  highlight(aim: Aim | null, anchors: readonly MeasurePoint[]): void {
    const { hovered, accent } = this.colours();
    const face = aim?.kind === "face" || aim?.kind === "axis" ? aim.entity : null;
    const hover = { colour: hovered, opacity: 0.3 };
    this.layer.show("measure-aim", face ? [face] : [], hover);
    const chosen = anchors.flatMap(({ entity, snap }) =>
      entity && snap !== "vertex" && snap !== "middle" ? [entity] : [],
    );
    const style = { colour: accent, opacity: 0.35 };
    this.layer.show("measure-chosen", chosen, style);
  }

  toShown(occurrence: number, local: Vec3): Vec3 | null {
    return this.viewer.exact.toShown(occurrence, local) ?? this.viewer.partPoint(occurrence, local);
  }

  /** Asked of the page once for each theme: asking makes it lay itself out. */
  private colours(): { readonly hovered: string; readonly accent: string } {
    const theme = this.viewer.workspace.theme.get();
    if (this.inks?.theme !== theme) {
      const style = getComputedStyle(this.viewer.canvas);
      const colour = (name: string, otherwise: string): string =>
        style.getPropertyValue(name).trim() || otherwise;
      const hovered = colour("--hover-3d", "#0f6fc6");
      this.inks = { theme, hovered, accent: colour("--accent", "#0b62c4") };
    }
    return this.inks;
  }

  dispose(): void {
    this.snapper = null;
    this.layer.dispose();
  }

  private snapping(): Snapper | null {
    const { model } = this.viewer;
    if (!model) return null;
    if (this.snapper?.of !== model) {
      const radius = (): number => this.viewer.workspace.snapRadius.get();
      this.snapper = { of: model, snapper: new Snapper(model, this.viewer.exact, radius) };
    }
    return this.snapper.snapper;
  }
}

function aimOf({ kind, point, occurrence, local, entity, tolerance_m, edge, axis }: Snap): Aim {
  const edges = edge.map((pair) => [...pair]);
  return { kind, point, occurrence, local, entity, tolerance_m, edges, axis };
}
