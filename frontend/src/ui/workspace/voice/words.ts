/** What the microphone button shows: one word for the whole of voice. */

import type { VoiceProblem, VoiceState } from "../../../state/areas/voicing";

export type MicrophoneWord =
  "off" | "muted" | "asking" | "open" | "talking" | "blocked" | "noDevice" | "connecting";

/** The state that matters most; the button's icon is never friendlier than the truth. */
export function microphoneWord(voice: VoiceState): MicrophoneWord {
  const { joined, microphone, problem, connecting } = voice;
  if (problem === "blocked" || problem === "insecure") return "blocked";
  if (problem === "noDevice" || problem === "busy") return "noDevice";
  if (!joined) return "off";
  if (microphone !== "muted" && connecting) return "connecting";
  return microphone;
}

/** Whether trying again may help; a listener or somebody muted has to ask a person. */
export function mayRetry(problem: VoiceProblem): boolean {
  return problem !== "listener" && problem !== "silenced" && problem !== "insecure";
}
