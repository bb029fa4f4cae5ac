/** A recording that is being played in the workspace, and where it stands (UX.md §3.9). */

import { Store } from "../store";

/** Slowest to fastest; 1 is as it was. */
export const SPEEDS = [0.5, 1, 1.5, 2, 3, 4, 8] as const;

/** [from, to], milliseconds since the beginning of the recording. */
export type Interval = readonly [number, number];

/** What a mark stands for; also what one jumps to. */
export const MARK_KINDS = [
  "chat",
  "decision",
  "question",
  "view",
  "scene",
  "measurement",
  "markup",
  "issue",
  "verdict",
] as const;
export type MarkKind = (typeof MARK_KINDS)[number];
/** Those that one jumps to by name. */
export const JUMPS = ["issue", "decision", "chat"] as const satisfies readonly MarkKind[];
export type Jump = (typeof JUMPS)[number];

/** Something that happened at a moment. */
export interface Mark {
  readonly ms: number;
  readonly kind: MarkKind;
  readonly text: string;
  /** Whose lane it stands in; null: nobody's alone. */
  readonly principalId: string | null;
}

/** What one person did when. */
export interface Lane {
  readonly principalId: string;
  readonly name: string;
  readonly colour: number;
  readonly shape: number;
  readonly there: readonly Interval[];
  readonly hand: readonly Interval[];
  readonly presenting: readonly Interval[];
  /** There, and nothing of them was kept. */
  readonly unrecorded: readonly Interval[];
  readonly talking: readonly Interval[];
}

/** How long somebody talked, milliseconds. */
export function talkedMs({ talking }: Pick<Lane, "talking">): number {
  return talking.reduce((sum, [from, to]) => sum + to - from, 0);
}

/** A recording from afar. */
export interface Timeline {
  readonly lanes: readonly Lane[];
  /** Ascending. */
  readonly marks: readonly Mark[];
  /** Pauses in which nothing happens. */
  readonly quiet: readonly Interval[];
  /** Of these nothing was kept. */
  readonly gaps: readonly Interval[];
}

export const NO_TIMELINE: Timeline = { lanes: [], marks: [], quiet: [], gaps: [] };

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
  /** Pauses in which nothing happens are passed over. */
  readonly skipsQuiet: boolean;
  /** Length of the pause that was passed over last, and when it ended; null: none, or long ago. */
  readonly skipped: { readonly ms: number; readonly untilMs: number } | null;
  /** The seconds at this place are being fetched. */
  readonly waiting: boolean;
  /** The seconds at this place cannot be read: people stand where they were. */
  readonly damaged: boolean;
  /** It ended because what recorded it died. */
  readonly interrupted: boolean;
  readonly timeline: Timeline;
}

/** How one person's voice is heard. */
export interface ReplayVoice {
  readonly principalId: string;
  readonly name: string;
  readonly mine: boolean;
  readonly muted: boolean;
  /** 0 to 1. */
  readonly volume: number;
  /** Something of it is kept at this place. */
  readonly speaking: boolean;
}

export interface Replaying {
  readonly replay: Store<ReplayState | null>;
  /** Whose voices are in the recording. */
  readonly replayVoices: Store<readonly ReplayVoice[]>;
}

export function createReplaying(): Replaying {
  return {
    replay: new Store<ReplayState | null>(null),
    replayVoices: new Store<readonly ReplayVoice[]>([]),
  };
}
