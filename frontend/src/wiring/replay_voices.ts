/** The voices of a recording as audio elements, fetched piece by piece. */

import { ReplayVoices, type Sound } from "../session/replay_voices";
import type { Stage } from "../ui/ports";
import type { Sources } from "./ports";

type Voices = Awaited<ReturnType<Sources["api"]["recordedVoices"]>>;

export function startVoices(
  { workspace, commands }: Stage,
  api: Sources["api"],
  recordingId: string,
  voices: Voices,
): ReplayVoices {
  return new ReplayVoices({
    workspace,
    commands,
    voices: voices.map(({ principal_id, name, mine, pieces }) => ({
      ...{ principalId: principal_id, name, mine },
      pieces: pieces.map(({ id, from_ms, duration_ms }) => ({
        ...{ id, fromMs: from_ms, durationMs: duration_ms },
      })),
    })),
    fetchSound: async (speakerId, pieceId) =>
      sound(await api.voicePiece(recordingId, speakerId, pieceId), speakerId),
    forget: async () => {
      await api.consentToVoice(recordingId, false);
    },
  });
}

/** An element in the page, out of sight: the browser's own player keeps time and pitch. */
function sound(bytes: Blob, speakerId: string): Sound {
  const url = URL.createObjectURL(bytes);
  const audio = document.createElement("audio");
  audio.preload = "auto";
  audio.preservesPitch = true;
  audio.dataset["testid"] = "replay-voice-sound";
  audio.dataset["principal"] = speakerId;
  audio.src = url;
  document.body.append(audio);
  return Object.assign(audio, {
    close: () => {
      audio.pause();
      audio.remove();
      audio.removeAttribute("src");
      URL.revokeObjectURL(url);
    },
  });
}
