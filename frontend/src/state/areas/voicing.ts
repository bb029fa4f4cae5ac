/** Voice as one participant sees it (UX.md §3.6): the microphone, its devices, who is heard how loudly. */

import { Store } from "../store";

export type VoiceMode = "mesh" | "sfu" | "off";

/**
 * What the microphone does. muted: nothing is captured; asking: the browser asks for permission; talking: open as
 * long as a key is held.
 */
export type MicrophoneState = "muted" | "asking" | "open" | "talking";

/** Why there is no sound as wanted, a stable word; `voice.problem.*` says it. */
export type VoiceProblem =
  | "blocked" // the browser or the person denied the microphone
  | "noDevice"
  | "busy" // another program has it
  | "insecure" // browsers give microphones to https and localhost alone
  | "listener"
  | "silenced" // the host closed it and the rules leave it to them
  | "fullOpen"
  | "fullPeople"
  | "failed" // no way to the others was found
  | "suspended"; // the browser plays no sound before the page is pressed

/** A microphone or a loudspeaker. */
export interface AudioDevice {
  readonly id: string;
  readonly label: string;
}

/** Voice of this page. */
export interface VoiceState {
  /** null: not in a meeting, or not known yet. */
  readonly mode: VoiceMode | null;
  /** I hear the others. */
  readonly joined: boolean;
  readonly microphone: MicrophoneState;
  /** The host muted me. */
  readonly silenced: boolean;
  readonly problem: VoiceProblem | null;
  /** A way to somebody is being looked for. */
  readonly connecting: boolean;
  /** Voices come from where people stand; else from the middle. */
  readonly spatial: boolean;
  readonly inputs: readonly AudioDevice[];
  readonly outputs: readonly AudioDevice[];
  /** Empty: the system's choice. */
  readonly input: string;
  readonly output: string;
}

export const NO_VOICE: VoiceState = {
  mode: null,
  joined: false,
  microphone: "muted",
  silenced: false,
  problem: null,
  connecting: false,
  spatial: false,
  inputs: [],
  outputs: [],
  input: "",
  output: "",
};

export interface Voicing {
  readonly voice: Store<VoiceState>;
  /** Slot → 0 to 1, of those who are heard right now. */
  readonly levels: Store<ReadonlyMap<number, number>>;
}

export function createVoicing(): Voicing {
  return {
    voice: new Store(NO_VOICE),
    levels: new Store<ReadonlyMap<number, number>>(new Map()),
  };
}

/** Whether my microphone sends. */
export function isSpeaking({ microphone }: VoiceState): boolean {
  return microphone === "open" || microphone === "talking";
}
