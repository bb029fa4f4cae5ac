/** How far parts are pulled apart. */

import { Store } from "../store";

export interface Exploding {
  /** 0 to 1. */
  readonly explode: Store<number>;
}

export function createExploding(): Exploding {
  return {
    explode: new Store(0),
  };
}

/** As when a model is put on the table. */
export function resetExploding(state: Exploding): void {
  state.explode.set(0);
}
