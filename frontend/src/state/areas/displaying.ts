/** How the model is drawn, for me alone. */

import { Store } from "../store";

/** How the model is drawn. */
export interface Display {
  readonly edges: boolean;
  /** The file's own dimensions, tolerances and notes. */
  readonly pmi: boolean;
  readonly projection: "perspective" | "orthographic";
}

export interface Displaying {
  readonly display: Store<Display>;
}

export function createDisplaying(): Displaying {
  return {
    display: new Store<Display>({ edges: true, pmi: false, projection: "perspective" }),
  };
}
