/** What carries sound to and from the others: a mesh of connections, or an SFU. */

/** Hears of a link. */
export interface LinkEvents {
  /** Somebody's sound; null: it ended. */
  onStream(slot: number, stream: MediaStream | null): void;
  /** connecting: a way is being looked for; failed: none was found, `retry` looks again. */
  onState(state: LinkState): void;
}

export type LinkState = "idle" | "connecting" | "connected" | "failed";

/** Somebody else in voice. */
export interface Talker {
  readonly slot: number;
  readonly principalId: string;
  readonly open: boolean;
}

export interface VoiceLink {
  /** Sends this track from now on; null: nothing. */
  send(track: MediaStreamTrack | null): void;
  /** Whether I may speak at all; a listener's connections only receive. */
  allow(speak: boolean): void;
  /** Exactly these others are in voice. */
  others(talkers: readonly Talker[]): void;
  retry(): void;
  stop(): void;
}
