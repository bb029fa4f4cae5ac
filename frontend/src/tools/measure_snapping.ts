/** Snapping and exact shapes of all models on the table as the measuring tool uses them. */

import type { Mark, MeasurePoint, SnapKind } from "../state/areas/measuring";
import type { EntityRef } from "../state/entities";
import { type Owner, entityOf, ownedBy, ownerOf } from "../state/measure_owner";
import type { Vec3 } from "../state/model";
import { EntityLayer } from "../scene/entity_layer";
import type { ExactStore } from "../scene/exact_store";
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
  readonly owner: Owner;
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
  /** By revision; null: the active one. */
  private readonly layers = new Map<string | null, EntityLayer>();
  private inks: {
    readonly theme: string;
    readonly hovered: string;
    readonly accent: string;
  } | null = null;
  private readonly snappers = new WeakMap<object, Snapper>();
  /** Pointed at while its exact shape was on its way. */
  private awaited: Owner | null = null;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
    this.shapes = kernelShapes(viewer);
  }

  /** Whether the exact shape has come of what was pointed at; true once. */
  hasArrived(): boolean {
    if (this.awaited === null || this.isPending(this.awaited)) return false;
    this.awaited = null;
    return true;
  }

  /** Whether the exact shape of a part may still come. */
  isPending(owner: Owner): boolean {
    return this.exactOf(owner)?.isPending(owner.occurrence) ?? false;
  }

  /** Resolves when it is here, or it is known that there is none. Never fails. */
  async load(owner: Owner): Promise<void> {
    await this.exactOf(owner)?.load(owner.occurrence);
  }

  aim(pointer: Pointer): Aim | null {
    const aim = this.aimAt(pointer);
    if (!aim) return null;
    const { owner } = aim;
    this.exactOf(owner)?.want(owner.occurrence);
    this.awaited = this.isPending(owner) ? owner : null;
    return aim;
  }

  /** Everything near enough to be meant, the best first; what is under the pointer before what is beside it. */
  candidates(pointer: Pointer): readonly Aim[] {
    const met = this.viewer.pickTable(pointer);
    const near = met?.hit.distance ?? Infinity;
    const revisions = [...this.viewer.pickable()].sort(
      (a, b) => Number(b === met?.revision) - Number(a === met?.revision),
    );
    return revisions.flatMap((revision) => {
      const hit = met?.revision === revision ? met.hit : null;
      const found = this.snapperOf(revision)?.candidates(pointer, hit, near) ?? [];
      return found.map((snap) => aimOf(snap, revision));
    });
  }

  anchorOf(aim: Aim): MeasurePoint {
    const { kind: snap, owner, local, tolerance_m } = aim;
    const position = this.positionOf(owner, local) ?? this.viewer.toAbsolute(aim.point);
    const entity = owner.revision === null ? aim.entity : null;
    const { kind, index } = aim.entity ?? {};
    const feature = kind !== undefined && index !== undefined ? { feature: { kind, index } } : {};
    const own = { ...ownedBy(owner), ...(owner.revision === null ? {} : feature) };
    return { position, ...own, local, snap, entity, tolerance_m };
  }

  /** The same point where its part stands now; as it was while its revision is not on the table. */
  again(anchor: MeasurePoint): MeasurePoint {
    const owner = ownerOf(anchor);
    const position = owner && anchor.local && this.positionOf(owner, anchor.local);
    return position ? { ...anchor, position } : anchor;
  }

  /** Runs as soon as the exact shapes of what was clicked are here, or it is known that there are none. */
  whenHere(anchors: readonly MeasurePoint[], then: () => void): void {
    const missing = anchors
      .map(ownerOf)
      .filter((owner) => owner !== null)
      .filter((owner) => this.isPending(owner));
    if (missing.length === 0) {
      then();
      return;
    }
    void Promise.all(missing.map((owner) => this.load(owner))).then(then);
  }

  /** Tints the face under the pointer, and what was clicked or belongs to the chosen measurement. */
  highlight(aim: Aim | null, anchors: readonly MeasurePoint[]): void {
    const { hovered, accent } = this.colours();
    const face = aim?.kind === "face" || aim?.kind === "axis" ? aim.entity : null;
    const meant = anchors.filter(({ snap }) => snap !== "vertex" && snap !== "middle");
    const revisions = [aim?.owner, ...meant.map(ownerOf)].map((owner) => owner?.revision ?? null);
    for (const revision of new Set([...this.layers.keys(), ...revisions])) {
      const layer = this.layerOf(revision);
      const aimed = face && aim?.owner.revision === revision ? [face] : [];
      layer.show("measure-aim", aimed, { colour: hovered, opacity: 0.3 });
      const chosen = meant.flatMap((anchor) => {
        const entity = entityOf(anchor);
        return entity && (ownerOf(anchor)?.revision ?? null) === revision ? [entity] : [];
      });
      layer.show("measure-chosen", chosen, { colour: accent, opacity: 0.35 });
    }
  }

  /** Where a point stands now: with its part, exploded or not; model frame. */
  shownAt(mark: Mark): Vec3 {
    const owner = ownerOf(mark);
    const { model, exact } = (owner && this.viewer.placed(owner.revision)) ?? {};
    if (!owner || !mark.local || !model || !exact) return this.viewer.toModel(mark.position);
    const { occurrence } = owner;
    const shown = exact.toShown(occurrence, mark.local);
    if (shown) return shown;
    if (!model.occurrences.has(occurrence)) return this.viewer.toModel(mark.position);
    return model.occurrences.fromPart(occurrence, mark.local);
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
    for (const layer of this.layers.values()) layer.dispose();
  }

  private aimAt(pointer: Pointer): Aim | null {
    const met = this.viewer.pickTable(pointer);
    const snapper = met && this.snapperOf(met.revision);
    const own = met && snapper ? aimOf(snapper.snap(pointer, met.hit), met.revision) : null;
    if ((own && own.kind !== "face") || pointer.alt) return own;
    // Of a corner's outline half of the pixels miss the part, and may hit one of another revision behind it.
    for (const revision of this.viewer.pickable()) {
      const beside = this.snapperOf(revision);
      const hit = met?.revision === revision ? met.hit : null;
      for (const near of beside?.beside(pointer, hit, met?.hit.distance ?? Infinity) ?? []) {
        const snap = beside?.snap(pointer, near);
        if (snap && snap.kind !== "face") return aimOf(snap, revision);
      }
    }
    return own;
  }

  /** A point of a part, absolute metres, unexploded; base.glb places in single precision, the structure in double. */
  private positionOf(owner: Owner, local: Vec3): Vec3 | null {
    const { model, exact } = this.viewer.placed(owner.revision) ?? {};
    const { occurrence } = owner;
    const matrix = exact?.matrixOf(occurrence);
    if (matrix) return this.viewer.toAbsolute(placePoint(matrix, local));
    if (!model?.occurrences.has(occurrence)) return null;
    const shown = model.occurrences.fromPart(occurrence, local);
    return this.viewer.toAbsolute(model.occurrences.unexploded(occurrence, shown));
  }

  private exactOf({ revision }: Owner): ExactStore | null {
    return this.viewer.placed(revision)?.exact ?? null;
  }

  private layerOf(revision: string | null): EntityLayer {
    let layer = this.layers.get(revision);
    if (!layer) {
      const { viewer } = this;
      const { renderer, extras } = viewer;
      layer = new EntityLayer({
        renderer,
        extras,
        get model() {
          return viewer.placed(revision)?.model ?? null;
        },
        get exact() {
          return viewer.placed(revision)?.exact ?? viewer.exact;
        },
        onFrame: (callback) => viewer.onFrame(callback),
        invalidate: () => viewer.invalidate(),
      });
      this.layers.set(revision, layer);
    }
    return layer;
  }

  private snapperOf(revision: string | null): Snapper | null {
    const placed = this.viewer.placed(revision);
    if (!placed) return null;
    const known = this.snappers.get(placed.model);
    if (known) return known;
    const { viewer } = this;
    const made = new Snapper(
      placed.model,
      placed.exact,
      () => viewer.workspace.snapRadius.get(),
      (origin, direction) => viewer.table.pickAny(origin, direction)?.hit.distance ?? null,
    );
    this.snappers.set(placed.model, made);
    return made;
  }
}

function aimOf(snap: Snap, revision: string | null): Aim {
  const { kind, point, occurrence, local, entity, tolerance_m, edge, axis } = snap;
  const owner = { revision, occurrence };
  const edges = edge.map((pair) => [...pair]);
  return { kind, point, owner, local, entity, tolerance_m, edges, axis };
}
