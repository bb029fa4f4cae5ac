/**
 * What stands on the table beside the revision that the workspace is about: other revisions and assets, each with its
 * place. They are seen, cut, picked and measured; of their parts speaks `layer_parts.ts`.
 */

import type { Matrix4 } from "../model";
import { isRigid } from "../rigid";
import { Store } from "../store";

export interface TableLayer {
  readonly revisionId: string;
  readonly visible: boolean;
  /** Seen through. */
  readonly ghosted: boolean;
  /** From the layer's absolute frame to the active revision's; null: where it stands itself. */
  readonly transform: Matrix4 | null;
}

/** What is known of a layer besides its place; not shared. */
export interface LayerInfo {
  readonly name: string;
  readonly label: string;
  readonly state: "loading" | "ready" | "failed";
  /** 0 to 1. */
  readonly fraction: number;
  /** Why it failed, for the person. */
  readonly problem: string | null;
}

/** How a layer is being placed by hand. */
export interface Placing {
  readonly revisionId: string;
  readonly by: "drag" | "points";
}

export interface Tabling {
  readonly layers: Store<readonly TableLayer[]>;
  readonly layerInfo: Store<ReadonlyMap<string, LayerInfo>>;
  readonly placing: Store<Placing | null>;
  /** Points clicked so far of the six of a placing by points. */
  readonly placingPoints: Store<number>;
}

/** As many as a room shares (`rooms/keys.py`). */
export const MOST_LAYERS = 16;

export function createTabling(): Tabling {
  return {
    layers: new Store<readonly TableLayer[]>([]),
    layerInfo: new Store<ReadonlyMap<string, LayerInfo>>(new Map()),
    placing: new Store<Placing | null>(null),
    placingPoints: new Store(0),
  };
}

/** As when a model is put on the table. */
export function resetTabling(state: Tabling): void {
  state.placing.set(null);
  state.layers.set([]);
}

/** What a viewpoint keeps. */
export type TablingView = readonly {
  readonly revision_id: string;
  readonly visible: boolean;
  readonly ghosted: boolean;
  readonly transform: Matrix4 | null;
}[];

export function captureTabling({ layers }: Tabling): TablingView {
  return layers.get().map(({ revisionId, ...rest }) => ({ revision_id: revisionId, ...rest }));
}

/** Shows what was kept; a place that is no rigid motion is forgotten. */
export function restoreTabling(state: Tabling, view: TablingView): void {
  const layers = view
    .slice(0, MOST_LAYERS)
    .map(({ revision_id: revisionId, visible, ghosted, transform }): TableLayer => ({
      revisionId,
      visible,
      ghosted,
      transform: transform && isRigid(transform) ? [...transform] : null,
    }));
  if (JSON.stringify(layers) !== JSON.stringify(state.layers.get())) state.layers.set(layers);
}
