/** My own voice on its way into a recording, over REST. */

import { ApiError } from "../api/http";
import { recordMicrophone } from "../session/voice/recorder";
import type { VoiceTapePorts } from "../session/voice/voice_tape";
import type { Sources } from "./ports";

/** What asking again cannot change, but for too many at once. */
function isRefusal(error: unknown): error is ApiError {
  return (
    error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429
  );
}

export function voiceTapePorts(api: Sources["api"]): VoiceTapePorts {
  return {
    record: recordMicrophone,
    newId: () => crypto.randomUUID(), // missing over plain HTTP, as is the microphone
    said: (id) => api.voiceConsent(id),
    consent: async (id, agrees) => {
      await api.consentToVoice(id, agrees);
    },
    send: async ({ id, recordingId, durationMs, sound }, ageMs) => {
      try {
        await api.keepVoicePiece(recordingId, { id, durationMs, ageMs: Math.round(ageMs) }, sound);
        return "kept";
      } catch (error) {
        // Signed out for a moment is no refusal: 401 is tried again.
        if (isRefusal(error) && error.status !== 401) return error.code;
        throw error;
      }
    },
  };
}
