/** Whether the session is being recorded, and whether this person goes on in it (UX.md §3.9). */

import { Store } from "../store";

/** A recording that goes on. */
export interface RecordingState {
  readonly id: string;
  /** Name of who started it. */
  readonly by: string;
  /** Unix milliseconds: the press. */
  readonly startedMs: number;
  /** I am recorded: I started it, was told before I came, or said that I go on. */
  readonly agreed: boolean;
  /** The question is open. */
  readonly asked: boolean;
  /** Principals of those who go on. */
  readonly goingOn: ReadonlySet<string>;
}

/** How many people here are not recorded; each counts once, whatever devices they use. */
export function unrecordedCount(
  state: RecordingState,
  people: readonly { readonly principal_id: string; readonly lost?: boolean }[],
): number {
  const here = new Set(people.filter(({ lost }) => !lost).map((person) => person.principal_id));
  return [...here].filter((id) => !state.goingOn.has(id)).length;
}

/** Why my voice is not kept as wanted; `recording.voiceProblem.*` says it. */
export type VoiceKeptProblem =
  | "unsupported" // the browser records nothing
  | "failed" // the server did not hear what I said
  | "refused"
  | "full"
  | "lost"; // more waited for the network than is kept

/** My own voice in the recording. */
export interface VoiceKept {
  /** I said that it may be kept. */
  readonly agreed: boolean;
  /** Pieces that wait for the network. */
  readonly waiting: number;
  readonly problem: VoiceKeptProblem | null;
}

export interface Recording {
  readonly recording: Store<RecordingState | null>;
  readonly voiceKept: Store<VoiceKept>;
}

export function createRecording(): Recording {
  return {
    recording: new Store<RecordingState | null>(null),
    voiceKept: new Store<VoiceKept>({ agreed: false, waiting: 0, problem: null }),
  };
}
