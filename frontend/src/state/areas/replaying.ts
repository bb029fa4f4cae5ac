/** A recording that is being played in the workspace, and where it stands (UX.md §3.9). */

import { Store } from "../store";

/** Slowest to fastest; 1 is as it was. */
export const SPEEDS = [0.5, 1, 1.5, 2, 3] as const;

/** Milliseconds since the beginning of the recording. */
export interface ReplayState {
  readonly recordingId: string;
  readonly sessionId: string;
  /** Of the session. */
  readonly name: string;
  readonly durationMs: number;
  readonly atMs: number;
  readonly playing: boolean;
  readonly speed: number;
}

export interface Replaying {
  readonly replay: Store<ReplayState | null>;
}

export function createReplaying(): Replaying {
  return { replay: new Store<ReplayState | null>(null) };
}
