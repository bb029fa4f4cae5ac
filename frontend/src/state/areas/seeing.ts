/** Which parts somebody looks for, and which of them have been in view: for the coverage of a review. */

import { Store } from "../store";

/** A review that keeps what is looked at, and how far it is. */
export interface KeptFor {
  readonly reviewId: string;
  readonly number: number;
  readonly changed: number;
  readonly unseen: number;
}

export interface Seeing {
  /** Occurrences that have not been in view; null: nobody keeps track, and nothing is looked for. */
  readonly soughtParts: Store<ReadonlySet<number> | null>;
  /** Occurrences that were in view since they were sought, in turn of being seen. */
  readonly seenParts: Store<readonly number[]>;
  readonly keptFor: Store<KeptFor | null>;
}

export function createSeeing(): Seeing {
  return {
    soughtParts: new Store<ReadonlySet<number> | null>(null),
    seenParts: new Store<readonly number[]>([]),
    keptFor: new Store<KeptFor | null>(null),
  };
}
