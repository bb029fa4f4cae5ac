/** Whether the session is being recorded, and whether this person goes on in it (UX.md §3.9). */

import { Store } from "../store";

/** A recording that goes on. */
export interface RecordingState {
  readonly id: string;
  /** Name of who started it. */
  readonly by: string;
  /** Unix milliseconds: the press. */
  readonly startedMs: number;
  /** Nobody has to ask me any more: I started it, was told before I came, or said that I go on. */
  readonly agreed: boolean;
}

export interface Recording {
  readonly recording: Store<RecordingState | null>;
}

export function createRecording(): Recording {
  return { recording: new Store<RecordingState | null>(null) };
}
